package io.girok.broker.data;

import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.broker.SpanningRequest;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The partitions of a request that lie on one shard and may have to wait for other replicas. Owned by that shard.
final class TimedPart {
    /// One partition of the request. Owned by the partition's shard.
    interface Item {
        /// Does what is asked; answers whether that was all. If not, it calls [#itemDone] once, later.
        boolean begin(TimedPart part);

        /// Gives up waiting; nothing happens when it is over.
        void timeOut();
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
    static <T extends Item> void run(List<T> items, Function<T, Shard> home, int timeoutMs, Runnable whenAllDone) {
        if (items.isEmpty()) {
            whenAllDone.run();
            return;
        }
        List<SpanningRequest.Part<T>> parts = SpanningRequest.split(items, home);
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

    void itemDone() {
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
