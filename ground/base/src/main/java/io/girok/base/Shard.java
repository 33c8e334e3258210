package io.girok.base;

import java.util.concurrent.Executor;

/// A single-threaded executor that owns partition replicas: tasks run one at a time, in the order they were given.
///
/// In production a shard is a network event loop, in simulation a task queue under a virtual clock. Whatever belongs to
/// a partition is touched on its shard only, so that the data path needs no lock. Nothing that runs on a shard may
/// block: `fsync`, deletion and cold reads run on their own pools and come back as a task. Thread-safe.
public interface Shard extends Executor, Timers {
    /// Whether the calling code runs on this shard.
    boolean isCurrent();

    /// Runs `task` now if the caller is on this shard, otherwise hands it over.
    default void run(Runnable task) {
        if (isCurrent()) {
            task.run();
        } else {
            execute(task);
        }
    }
}
