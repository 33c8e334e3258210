package io.girok.record.producer;

import io.girok.record.Record;
import io.girok.record.RecordBatch;
import io.girok.record.RecordIterator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a log knows of the producers that wrote to it: refuses what comes twice or out of order, and knows the open
/// transactions. Owned by the partition's shard.
///
/// [#check] decides and changes nothing; [#apply] takes note of a batch that is in the log, and cannot refuse.
public final class ProducerStates {
    /// What becomes of a producer's batch.
    public sealed interface Verdict {
        record Fine() implements Verdict {}

        record Repeats(ProducerEntry.Batch batch) implements Verdict {}

        record Refused(Refusal reason, String message) implements Verdict {}
    }

    /// A transaction that ended, but whose end the high watermark may not have passed.
    private record Ended(long firstOffset, long lastOffset) {}

    private static final Verdict FINE = new Verdict.Fine();
    private static final long MAX_MARKER_BYTES = 1024;
    private static final short ABORT = 0;

    private final Map<Long, ProducerEntry> entries = new HashMap<>();
    /// Open transactions by their first offset.
    private final TreeMap<Long, Long> open = new TreeMap<>();
    private final List<Ended> ended = new ArrayList<>(0);
    /// The log's end when the state was last saved; -1 when it was not.
    private long snapshotOffset = -1;

    public static ProducerStates of(List<ProducerEntry> restored, long snapshotOffset) {
        ProducerStates states = new ProducerStates();
        for (ProducerEntry entry : restored) {
            states.entries.put(entry.producerId(), entry);
            if (0 <= entry.transactionFirstOffset()) {
                states.open.put(entry.transactionFirstOffset(), entry.producerId());
            }
        }
        states.snapshotOffset = snapshotOffset;
        return states;
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    public Collection<ProducerEntry> entries() {
        return entries.values();
    }

    public long snapshotOffset() {
        return snapshotOffset;
    }

    public void setSnapshotOffset(long offset) {
        snapshotOffset = offset;
    }

    /// Whether a batch of a client or of this broker's coordinators may be appended.
    public Verdict check(RecordBatch batch) {
        if (!batch.hasProducerId()) {
            return FINE;
        }
        ProducerEntry entry = entries.get(batch.producerId());
        if (batch.isControl()) {
            return checkMarker(batch, entry);
        }
        if (entry == null) {
            // Its batches may have gone by retention or expiry: any sequence is a beginning.
            return FINE;
        }
        ProducerEntry.Batch repeated = entry.findDuplicate(batch);
        if (repeated != null) {
            return new Verdict.Repeats(repeated);
        }
        if (batch.producerEpoch() < entry.epoch()) {
            return new Verdict.Refused(Refusal.INVALID_PRODUCER_EPOCH,
                    "producer " + batch.producerId() + " has epoch " + batch.producerEpoch() + ", and " + entry.epoch()
                            + " wrote already");
        }
        int expected = batch.producerEpoch() == entry.epoch() ? (entry.lastSequence() + 1) & Integer.MAX_VALUE : 0;
        if (batch.baseSequence() != expected) {
            return new Verdict.Refused(Refusal.OUT_OF_ORDER_SEQUENCE,
                    "producer " + batch.producerId() + " of epoch " + batch.producerEpoch() + " sent sequence "
                            + batch.baseSequence() + ", where " + expected + " follows");
        }
        if (0 <= entry.transactionFirstOffset() && !batch.isTransactional()) {
            return new Verdict.Refused(Refusal.INVALID_TRANSACTION_STATE,
                    "producer " + batch.producerId() + " wrote outside of its open transaction");
        }
        return FINE;
    }

    private static Verdict checkMarker(RecordBatch batch, @Nullable ProducerEntry entry) {
        if (entry == null) {
            return FINE;
        }
        if (batch.producerEpoch() < entry.epoch()) {
            return new Verdict.Refused(Refusal.INVALID_PRODUCER_EPOCH,
                    "transaction marker for producer " + batch.producerId() + " has epoch " + batch.producerEpoch()
                            + ", and " + entry.epoch() + " wrote already");
        }
        Marker marker = Marker.of(batch);
        if (marker != null && marker.coordinatorEpoch < entry.coordinatorEpoch()) {
            return new Verdict.Refused(Refusal.COORDINATOR_FENCED,
                    "transaction marker of coordinator epoch " + marker.coordinatorEpoch + ", and "
                            + entry.coordinatorEpoch() + " wrote already");
        }
        return FINE;
    }

    /// Takes note of a batch in the log. Control batches must be there with their records.
    ///
    /// @return the transaction that the batch aborts
    public Optional<AbortedTransaction> apply(RecordBatch batch) {
        if (!batch.hasProducerId()) {
            return Optional.empty();
        }
        ProducerEntry entry = entries
                .computeIfAbsent(batch.producerId(), id -> new ProducerEntry(id, batch.producerEpoch()));
        if (batch.isControl()) {
            return applyMarker(batch, entry);
        }
        entry.addBatch(
                batch.producerEpoch(),
                new ProducerEntry.Batch(batch.lastSequence(), batch.lastOffset(), batch.lastOffsetDelta(),
                        batch.maxTimestamp()));
        if (batch.isTransactional() && entry.transactionFirstOffset() < 0) {
            entry.setTransactionFirstOffset(batch.baseOffset());
            open.put(batch.baseOffset(), batch.producerId());
        }
        return Optional.empty();
    }

    private Optional<AbortedTransaction> applyMarker(RecordBatch batch, ProducerEntry entry) {
        Marker marker = Marker.of(batch);
        if (marker == null) {
            return Optional.empty();
        }
        entry.beginEpoch(batch.producerEpoch());
        entry.setMarker(marker.coordinatorEpoch, batch.maxTimestamp());
        long firstOffset = entry.transactionFirstOffset();
        if (firstOffset < 0) {
            return Optional.empty();
        }
        entry.setTransactionFirstOffset(ProducerEntry.NO_OFFSET);
        open.remove(firstOffset);
        long markerOffset = batch.baseOffset();
        ended.add(new Ended(firstOffset, markerOffset));
        if (marker.type != ABORT) {
            return Optional.empty();
        }
        long lastStableOffset = open.isEmpty() ? markerOffset + 1 : open.firstKey();
        return Optional.of(new AbortedTransaction(batch.producerId(), firstOffset, markerOffset, lastStableOffset));
    }

    /// The first offset of a transaction that is open or ended at or after the high watermark, or the high watermark.
    public long lastStableOffset(long highWatermark) {
        long first = open.isEmpty() ? highWatermark : Math.min(highWatermark, open.firstKey());
        ended.removeIf(transaction -> transaction.lastOffset < highWatermark);
        for (Ended transaction : ended) {
            first = Math.min(first, transaction.firstOffset);
        }
        return first;
    }

    /// Forgets producers that were silent since before `timestampMs`, unless their transaction is open.
    public void expire(long timestampMs) {
        entries.values()
                .removeIf(entry -> entry.lastTimestamp() < timestampMs && entry.transactionFirstOffset() < 0);
    }

    public List<ProducerState> states() {
        return entries.values().stream().map(ProducerEntry::toState).toList();
    }

    /// What a transaction's end says.
    private record Marker(short type, int coordinatorEpoch) {
        /// Null when the batch is no transaction marker.
        static @Nullable Marker of(RecordBatch batch) {
            try (RecordIterator records = batch.records(MAX_MARKER_BYTES)) {
                if (!records.hasNext()) {
                    return null;
                }
                Record first = records.next();
                ByteBuffer key = first.key();
                ByteBuffer value = first.value();
                if (key == null || key.remaining() < 4 || value == null || value.remaining() < 6) {
                    return null;
                }
                short type = key.getShort(key.position() + 2);
                boolean isEnd = type == ABORT || type == 1;
                return isEnd ? new Marker(type, value.getInt(value.position() + 2)) : null;
            }
        }
    }
}
