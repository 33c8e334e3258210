package io.girok.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ctrl-C and SIGTERM: runs an action once, then lets the command finish its work for a while before the process ends.
/// Thread-safe.
final class Interruption implements AutoCloseable {
    private static final long FINISH_MS = 10_000;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean isRequested;

    private Interruption(Runnable onInterruption) {
        this.hook = new Thread(() -> {
            isRequested = true;
            onInterruption.run();
            awaitTheCommand();
        }, "girok-interruption");
    }

    /// Watches until closed. `onInterruption` runs on a thread of its own.
    static Interruption watch(Runnable onInterruption) {
        Interruption interruption = new Interruption(onInterruption);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    boolean isRequested() {
        return isRequested;
    }

    /// The command is done: the process may end.
    @Override
    public void close() {
        finished.countDown();
        if (!isRequested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The process is ending already, which is what the hook was for.
            }
        }
    }

    private void awaitTheCommand() {
        try {
            finished.await(FINISH_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
