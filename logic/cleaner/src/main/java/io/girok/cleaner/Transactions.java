package io.girok.cleaner;

import io.girok.record.Record;
import io.girok.record.RecordBatch;
import io.girok.record.RecordIterator;
import io.girok.record.producer.AbortedTransaction;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/// Which batches belong to aborted transactions, and which markers are still needed, while the batches of a log are
/// gone through in their order. Used by one thread.
///
/// A marker is needed as long as there is a batch before it that it is about: a batch without records counts too, since
/// a transaction begins with it for whoever replays the log.
final class Transactions {
    /// An aborted transaction that has begun.
    private static final class Open {
        private final AbortedTransaction transaction;
        private boolean hasBatches;

        Open(AbortedTransaction transaction) {
            this.transaction = transaction;
        }
    }

    private static final int MAX_MARKER_BYTES = 1024;
    private static final int TYPE_POSITION = 2;
    private static final int MIN_KEY_BYTES = 4;
    private static final short ABORT = 0;
    private static final short COMMIT = 1;
    private static final short OTHER = -1;

    private final PriorityQueue<AbortedTransaction> coming = new PriorityQueue<>(
            Comparator.comparingLong(AbortedTransaction::firstOffset));
    private final Map<Long, Open> aborted = new HashMap<>();
    private final Set<Long> committed = new HashSet<>();
    private Optional<AbortedTransaction> ended = Optional.empty();

    /// @param fromOffset where going through begins
    Transactions(List<AbortedTransaction> known, long fromOffset) {
        for (AbortedTransaction transaction : known) {
            if (fromOffset <= transaction.lastOffset()) {
                coming.add(transaction);
            }
        }
    }

    /// Whether the batch of data belongs to an aborted transaction.
    boolean isAborted(RecordBatch batch) {
        if (!batch.isTransactional()) {
            return false;
        }
        begin(batch.lastOffset());
        Open open = aborted.get(batch.producerId());
        if (open == null) {
            committed.add(batch.producerId());
            return false;
        }
        open.hasBatches = true;
        return true;
    }

    /// Whether the marker has nothing before it that it is about.
    boolean isNeedless(RecordBatch marker) {
        ended = Optional.empty();
        if (marker.recordCount() == 0) {
            return true;
        }
        begin(marker.lastOffset());
        short type = type(marker);
        if (type != ABORT && type != COMMIT) {
            return false;
        }
        boolean hasCommitted = committed.remove(marker.producerId());
        if (type == COMMIT) {
            return !hasCommitted;
        }
        Open open = aborted.remove(marker.producerId());
        if (open != null && open.hasBatches) {
            ended = Optional.of(open.transaction);
            return false;
        }
        return !hasCommitted;
    }

    /// The transaction that the last marker has aborted, if batches of it were there.
    Optional<AbortedTransaction> ended() {
        return ended;
    }

    private void begin(long upTo) {
        for (AbortedTransaction next = coming.peek(); next != null && next.firstOffset() <= upTo; next = coming
                .peek()) {
            coming.remove();
            aborted.put(next.producerId(), new Open(next));
        }
    }

    private static short type(RecordBatch marker) {
        try (RecordIterator records = marker.records(MAX_MARKER_BYTES)) {
            Record first = records.next();
            ByteBuffer key = first.key();
            return key == null || key.remaining() < MIN_KEY_BYTES
                    ? OTHER
                    : key.getShort(key.position() + TYPE_POSITION);
        }
    }
}
