package io.girok.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.kafka.common.protocol.Errors;

/// The requests that wait until other replicas have come as far: their appends are committed, or what they deleted is
/// gone. Lowest offset first. Owned by the partition's shard.
final class CommitWaits {
    /// One who waits.
    private static final class Wait implements PartitionLeader.CommitWait, Comparable<Wait> {
        private final CommitWaits waits;
        private final long endOffset;
        private final PartitionLeader.CommitListener listener;

        Wait(CommitWaits waits, long endOffset, PartitionLeader.CommitListener listener) {
            this.waits = waits;
            this.endOffset = endOffset;
            this.listener = listener;
        }

        @Override
        public void cancel() {
            waits.queue.remove(this);
        }

        @Override
        public int compareTo(Wait other) {
            return Long.compare(endOffset, other.endOffset);
        }
    }

    private final PriorityQueue<Wait> queue = new PriorityQueue<>();

    PartitionLeader.CommitWait add(long endOffset, PartitionLeader.CommitListener listener) {
        Wait wait = new Wait(this, endOffset, listener);
        queue.add(wait);
        return wait;
    }

    /// Tells all who wait for `reachedOffset` or less that it is reached.
    void complete(long reachedOffset) {
        for (Wait first = queue.peek(); first != null && first.endOffset <= reachedOffset; first = queue.peek()) {
            queue.remove();
            first.listener.onDone(Errors.NONE);
        }
    }

    void failAll(Errors error) {
        List<Wait> failed = new ArrayList<>(queue);
        queue.clear();
        for (Wait wait : failed) {
            wait.listener.onDone(error);
        }
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }
}
