package io.girok.base;

/// Runs a task later, on the owner's own thread. Thread-safe.
public interface Timers {
    /// Runs `task` once, at least `delayMs` milliseconds from now; a negative delay counts as 0.
    Scheduled schedule(long delayMs, Runnable task);

    /// A task that waits for its time. Thread-safe.
    interface Scheduled {
        /// Keeps the task from running if it has not started; otherwise does nothing.
        void cancel();
    }
}
