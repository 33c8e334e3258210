package io.girok.network;

import io.girok.base.Shard;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An event loop as a shard: requests, answers and partitions that share a loop need no hand-over. Thread-safe.
final class NettyShard implements Shard {
    private static final Logger LOG = LoggerFactory.getLogger(NettyShard.class);

    private final EventLoop loop;

    NettyShard(EventLoop loop) {
        this.loop = loop;
    }

    EventLoop loop() {
        return loop;
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public boolean isCurrent() {
        return loop.inEventLoop();
    }

    @Override
    public Scheduled schedule(long delayMs, Runnable task) {
        Future<?> timer = loop.schedule(() -> runLoudly(task), Math.max(0, delayMs), TimeUnit.MILLISECONDS);
        return () -> timer.cancel(false);
    }

    /// The loop would keep what a timed task throws in a future that nobody reads.
    private static void runLoudly(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("a timed task failed; what it was to do is not done", e);
        }
    }
}
