package io.girok.broker.data;

import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.broker.SpanningRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The partitions of a produce request that lie on one shard. Owned by that shard.
final class ProducePart {
    private final Shard shard;
    private final List<ProduceItem> items;
    private final SpanningRequest request;
    private int waiting;
    private Timers.@Nullable Scheduled timer;

    ProducePart(Shard shard, List<ProduceItem> items, SpanningRequest request) {
        this.shard = shard;
        this.items = items;
        this.request = request;
    }

    /// Appends everything, then waits for what has to be committed, for `timeoutMs` at most.
    void start(int timeoutMs) {
        // Counts as one more that is waited for, so that nothing ends the part before all is appended.
        waiting = 1;
        try {
            for (ProduceItem item : items) {
                if (!item.append(this)) {
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
        for (ProduceItem item : items) {
            item.timeOut();
        }
    }
}
