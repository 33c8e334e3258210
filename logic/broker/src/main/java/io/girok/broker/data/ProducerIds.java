package io.girok.broker.data;

import io.girok.base.Shard;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives out producer ids from blocks that the controller hands to this broker; no id is given twice in a cluster's
/// life. Owned by its shard; [#next] may be called from anywhere.
public final class ProducerIds {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerIds.class);
    private static final int MAX_WAITING = 10_000;

    /// Told when there is no id to be had: the client asks again.
    public static final long NONE = -1;

    /// Ids from `first` on.
    public record Block(long first, int count) {}

    /// Where blocks come from: the active controller.
    @FunctionalInterface
    public interface Source {
        CompletableFuture<Block> allocate();
    }

    private final Shard shard;
    private final Source source;
    private final Queue<LongConsumer> waiting = new ArrayDeque<>();
    private long next;
    private long left;
    private boolean isAsking;

    public ProducerIds(Shard shard, Source source) {
        this.shard = shard;
        this.source = source;
    }

    /// Tells `taker` a fresh id, or [#NONE], on the shard.
    public void next(LongConsumer taker) {
        shard.run(() -> give(taker));
    }

    private void give(LongConsumer taker) {
        if (0 < left) {
            left--;
            taker.accept(next++);
        } else if (MAX_WAITING <= waiting.size()) {
            taker.accept(NONE);
        } else {
            waiting.add(taker);
            ask();
        }
    }

    private void ask() {
        if (isAsking) {
            return;
        }
        isAsking = true;
        var _ = source.allocate().handle((block, failure) -> {
            shard.run(() -> {
                isAsking = false;
                if (failure == null) {
                    take(block);
                } else {
                    LOG.warn("no block of producer ids from the controller; producers that start ask again: {}",
                            failure.toString());
                    refuseAll();
                }
            });
            return true;
        });
    }

    private void take(Block block) {
        next = block.first();
        left = block.count();
        while (0 < left && !waiting.isEmpty()) {
            left--;
            waiting.remove().accept(next++);
        }
        if (!waiting.isEmpty()) {
            ask();
        }
    }

    private void refuseAll() {
        while (!waiting.isEmpty()) {
            waiting.remove().accept(NONE);
        }
    }
}
