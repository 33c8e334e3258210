package io.girok.broker.data;

import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.broker.LedPartition;
import io.girok.broker.SpanningRequest;
import io.girok.replication.PartitionLeader;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The partitions of a request that lie on one shard and may have to wait for other replicas. Owned by that shard.
final class TimedPart {
    /// One partition of the request, which may have to wait once it is done here. Owned by the partition's shard.
    abstract static class Item implements PartitionLeader.CommitListener {
        private final LedPartition partition;
        private PartitionLeader.@Nullable CommitWait wait;
        private @Nullable TimedPart waitingPart;

        Item(LedPartition partition) {
            this.partition = partition;
        }

        final LedPartition partition() {
            return partition;
        }

        /// Does what is asked; answers whether that was all, that is, nothing is waited for ([#waitIn]).
        abstract boolean begin(TimedPart part);

        /// The client is to be told that.
        abstract void tell(Errors error);

        /// Waits unless `begun` is null, when all has been told already. Answers whether that is so.
        final boolean waitIn(TimedPart part, PartitionLeader.@Nullable CommitWait begun) {
            wait = begun;
            waitingPart = begun == null ? null : part;
            return begun == null;
        }

        @Override
        public final void onDone(Errors error) {
            tell(error);
            wait = null;
            TimedPart part = waitingPart;
            if (part != null) {
                waitingPart = null;
                part.itemDone();
            }
        }

        /// Gives up waiting; nothing happens when it is over.
        private void timeOut() {
            PartitionLeader.CommitWait waited = wait;
            if (waited != null) {
                waited.cancel();
                onDone(Errors.REQUEST_TIMED_OUT);
            }
        }
    }

    private final Shard shard;
    private final List<? extends Item> items;
    private final SpanningRequest request;
    private int waiting;
    private Timers.@Nullable Scheduled timer;

    private TimedPart(Shard shard, List<? extends Item> items, SpanningRequest request) {
        this.shard = shard;
        this.items = items;
        this.request = request;
    }

    /// Runs the items on their shards, and `whenAllDone` on the shard that is last, or at once when there are no items.
    ///
    /// @param timeoutMs how long an item may wait; less than 0 is 0
    static <T extends Item> void run(List<T> items, int timeoutMs, Runnable whenAllDone) {
        if (items.isEmpty()) {
            whenAllDone.run();
            return;
        }
        List<SpanningRequest.Part<T>> parts = SpanningRequest.split(items, item -> item.partition().shard());
        SpanningRequest spanning = SpanningRequest.of(parts.size(), whenAllDone);
        for (SpanningRequest.Part<T> part : parts) {
            TimedPart timed = new TimedPart(part.shard(), part.items(), spanning);
            part.shard().run(() -> timed.start(Math.max(0, timeoutMs)));
        }
    }

    /// Begins everything, then waits for what has to wait, for `timeoutMs` at most.
    private void start(int timeoutMs) {
        // Counts as one more that is waited for, so that nothing ends the part before all has begun.
        waiting = 1;
        try {
            for (Item item : items) {
                if (!item.begin(this)) {
                    waiting++;
                }
            }
        } finally {
            if (1 < waiting) {
                timer = shard.schedule(timeoutMs, this::timeOut);
            }
            itemDone();
        }
    }

    private void itemDone() {
        waiting--;
        if (waiting == 0) {
            if (timer != null) {
                timer.cancel();
            }
            request.partDone();
        }
    }

    private void timeOut() {
        for (Item item : items) {
            item.timeOut();
        }
    }
}
