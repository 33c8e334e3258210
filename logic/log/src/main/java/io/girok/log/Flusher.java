package io.girok.log;

import io.girok.base.Shard;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Makes a log durable, one flush at a time: what asks while one runs is answered together by the next. Owned by the
/// partition's shard; only the work itself is done elsewhere.
///
/// ```
///          request            captured work           done
///   idle ───────────▶ running ────────────▶ pool ────────────▶ idle, or running again if asked meanwhile
///                                            └─ failed: for good, what was not synced must be taken as lost
/// ```
final class Flusher {
    /// Does the work, on any thread.
    interface Sync {
        void run(FlushWork work) throws IOException;
    }

    private final Shard shard;
    private final Executor pool;
    private final Function<Boolean, FlushWork> capture;
    private final Sync sync;
    private final Consumer<FlushWork> onDone;
    private final Consumer<IOException> onFailed;
    private @Nullable Run running;
    private boolean isAsked;
    private boolean isAskedDeep;
    private boolean isStopped;

    /// @param capture gives what there is to do now; its argument says whether the flush is a deep one
    /// @param onDone told on the shard
    /// @param onFailed told on the shard, once; nothing is flushed any more then
    Flusher(Shard shard, Executor pool, Function<Boolean, FlushWork> capture, Sync sync, Consumer<FlushWork> onDone,
            Consumer<IOException> onFailed) {
        this.shard = shard;
        this.pool = pool;
        this.capture = capture;
        this.sync = sync;
        this.onDone = onDone;
        this.onFailed = onFailed;
    }

    /// Asks for a flush of everything appended so far.
    ///
    /// @param isDeep whether indexes and states are to be saved as well
    void request(boolean isDeep) {
        isAsked = true;
        isAskedDeep |= isDeep;
        startIfIdle();
    }

    /// Flushes everything before it returns, what runs included. Blocks.
    void flushNow() throws IOException {
        settle();
        Run run = new Run(capture.apply(true));
        running = run;
        isAsked = false;
        isAskedDeep = false;
        settle();
    }

    /// Waits for what runs, or does it here, until nothing is left. Blocks.
    void settle() throws IOException {
        for (Run run = running; run != null; run = running) {
            run.complete();
            finish(run);
            IOException failure = run.failure;
            if (failure != null) {
                throw failure;
            }
        }
    }

    /// Whether no flush is under way: only then may files get other names.
    boolean isIdle() {
        return running == null;
    }

    /// Starts nothing more, and returns when nothing runs: what is flushed late could land in the files of a log that
    /// has taken this one's place.
    void stop() {
        isStopped = true;
        Run run = running;
        running = null;
        if (run != null) {
            run.cancel();
        }
    }

    private void startIfIdle() {
        if (isStopped || !isAsked || running != null) {
            return;
        }
        Run run = new Run(capture.apply(isAskedDeep));
        isAsked = false;
        isAskedDeep = false;
        running = run;
        pool.execute(() -> {
            run.complete();
            shard.execute(() -> finish(run));
        });
    }

    private void finish(Run run) {
        if (running != run) {
            return;
        }
        running = null;
        IOException failure = run.failure;
        if (failure != null) {
            stop();
            onFailed.accept(failure);
            return;
        }
        onDone.accept(run.work);
        startIfIdle();
    }

    /// A flush on its way. The pool and a [#settle] may both come to do it: the lock lets the first do it and the
    /// second wait.
    private final class Run {
        private final FlushWork work;
        private boolean isComplete;
        private volatile @Nullable IOException failure;

        Run(FlushWork work) {
            this.work = work;
        }

        /// Keeps the work from being done, unless it is: then waits for its end.
        synchronized void cancel() {
            isComplete = true;
        }

        synchronized void complete() {
            if (isComplete) {
                return;
            }
            isComplete = true;
            try {
                sync.run(work);
            } catch (IOException e) {
                failure = e;
            }
        }
    }
}
