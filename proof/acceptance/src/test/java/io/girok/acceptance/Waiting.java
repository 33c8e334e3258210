package io.girok.acceptance;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/// Waits for what happens in other processes. Stateless.
final class Waiting {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    /// The processes that are waited for need the processor.
    private static final long PAUSE_NANOS = 2_000_000;

    private Waiting() {}

    /// Asks again and again until `condition` holds.
    static void until(String what, Callable<Boolean> condition) {
        until(what, LIMIT, condition);
    }

    static void until(String what, Duration limit, Callable<Boolean> condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!holds(condition)) {
            if (deadline < System.nanoTime() || Thread.currentThread().isInterrupted()) {
                throw new AssertionError("not within " + limit + ": " + what);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static boolean holds(Callable<Boolean> condition) {
        try {
            return condition.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
