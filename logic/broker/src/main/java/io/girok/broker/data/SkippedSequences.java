package io.girok.broker.data;

import io.girok.base.Clock;
import io.girok.files.StorageFailed;
import io.girok.record.RecordBatch;
import io.girok.replication.PartitionLeader;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Batches of idempotent producers that were refused, so that none that follows them is taken first. Thread-safe.
///
/// A producer sends its batches one after the other without waiting. The first is refused (too few replicas, not the
/// leader yet), and the third arrives when nothing speaks against it any more. A log that knows the producer sees that
/// something is missing; one that does not would take the third batch for the first, as Apache Kafka does, and what the
/// producer then sends again would be out of order for ever.
final class SkippedSequences {
    /// Longer than any producer goes on trying.
    private static final long REMEMBERED_MS = 600_000;
    private static final int MAX_REMEMBERED = 10_000;
    /// Sequences go round: what is less than half the way ahead follows.
    private static final int HALF_THE_WAY = 1 << 30;

    /// @param topic as requests of the producer name it: by name or by id
    private record Key(Object topic, int partition, long producerId) {}

    private record Skipped(short epoch, int sequence, long sinceMs) {}

    private final Clock clock;
    private final Map<Key, Skipped> skipped = new ConcurrentHashMap<>();

    SkippedSequences(Clock clock) {
        this.clock = clock;
    }

    /// The partition did not take the batch at the start of `records`.
    void refused(Object topic, int partition, @Nullable ByteBuffer records) {
        RecordBatch batch = idempotent(records);
        if (batch == null) {
            return;
        }
        long nowMs = clock.monotonicMs();
        if (MAX_REMEMBERED <= skipped.size()) {
            skipped.values().removeIf(each -> each.sinceMs + REMEMBERED_MS < nowMs);
        }
        if (skipped.size() < MAX_REMEMBERED) {
            Skipped added = new Skipped(batch.producerEpoch(), batch.baseSequence(), nowMs);
            skipped.merge(new Key(topic, partition, batch.producerId()), added,
                    (before, after) -> before.epoch == after.epoch && !follows(before.sequence, after.sequence)
                            ? before
                            : after);
        }
    }

    /// The log has taken it.
    void accepted(Object topic, int partition, @Nullable ByteBuffer records) {
        RecordBatch batch = skipped.isEmpty() ? null : idempotent(records);
        if (batch != null) {
            skipped.remove(new Key(topic, partition, batch.producerId()));
        }
    }

    /// Whether a batch before this one was refused and has to come first.
    boolean isTooEarly(Object topic, int partition, @Nullable ByteBuffer records, PartitionLeader leader) {
        RecordBatch batch = skipped.isEmpty() ? null : idempotent(records);
        if (batch == null) {
            return false;
        }
        Skipped first = skipped.get(new Key(topic, partition, batch.producerId()));
        return first != null && first.epoch == batch.producerEpoch()
                && clock.monotonicMs() <= first.sinceMs + REMEMBERED_MS
                && follows(batch.baseSequence(), first.sequence)
                && !isKnown(batch.producerId(), leader);
    }

    private static boolean isKnown(long producerId, PartitionLeader leader) {
        try {
            return leader.store().producers().stream().anyMatch(known -> known.producerId() == producerId);
        } catch (StorageFailed failure) {
            // The append comes to that, and says so.
            return true;
        }
    }

    /// Whether `one` comes after `other`.
    private static boolean follows(int one, int other) {
        int distance = (one - other) & Integer.MAX_VALUE;
        return distance != 0 && distance < HALF_THE_WAY;
    }

    private static @Nullable RecordBatch idempotent(@Nullable ByteBuffer records) {
        if (records == null || records.remaining() < RecordBatch.HEADER_BYTES) {
            return null;
        }
        RecordBatch batch = RecordBatch.at(records, records.position());
        return batch.hasProducerId() ? batch : null;
    }
}
