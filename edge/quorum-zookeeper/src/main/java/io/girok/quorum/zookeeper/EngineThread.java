package io.girok.quorum.zookeeper;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The one thread that owns the state of a [ZookeeperMetadataLog] and calls its listener. Thread-safe.
///
/// A task that throws is the last one: what it left behind is not to be trusted.
final class EngineThread implements Executor {
    private static final long JOIN_MS = 10_000;

    private final ScheduledThreadPoolExecutor executor;
    private final Consumer<Throwable> onFatal;
    /// Owned by the thread.
    private boolean hasFailed;

    /// @param onFatal told what a task has thrown, on the thread, once
    EngineThread(Consumer<Throwable> onFatal) {
        this.onFatal = onFatal;
        executor = new ScheduledThreadPoolExecutor(1,
                Thread.ofPlatform().name("metadata-listener").daemon().factory());
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
    }

    /// Runs `task` after all that came before; drops it once this is closed.
    @Override
    public void execute(Runnable task) {
        try {
            executor.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            // Closed: whoever waits is told by the one who closes.
        }
    }

    void schedule(long delayMs, Runnable task) {
        try {
            var _ = executor.schedule(() -> run(task), delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // As above.
        }
    }

    private void run(Runnable task) {
        if (hasFailed) {
            return;
        }
        try {
            task.run();
        } catch (Throwable e) {
            fail(e);
        }
    }

    /// On the thread: does one or the other once `future` is done, which must be completed on the thread.
    <T> void then(CompletableFuture<T> future, Consumer<T> onSuccess, Consumer<Throwable> onFailure) {
        var _ = future.whenComplete((value, failure) -> run(() -> {
            if (failure == null) {
                onSuccess.accept(value);
            } else {
                onFailure.accept(failure);
            }
        }));
    }

    /// On the thread: nothing is done any more.
    void fail(Throwable cause) {
        if (!hasFailed) {
            hasFailed = true;
            onFatal.accept(cause);
        }
    }

    /// Finishes what was given and ends.
    void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(JOIN_MS, TimeUnit.MILLISECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
