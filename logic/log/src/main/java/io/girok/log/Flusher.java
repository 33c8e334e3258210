package io.girok.log;

import io.girok.base.Shard;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
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
    /// Does the work, on any thread: at one go, or in steps.
    interface Steps {
        void run(FlushWork work) throws IOException;

        boolean prepare(FlushWork work) throws IOException;

        void install(FlushWork work) throws IOException;

        /// The work was done in steps.
        void ended(boolean isSaved, @Nullable IOException failure);
    }

    private final Shard shard;
    private final Executor pool;
    private final Function<Boolean, FlushWork> capture;
    private final Steps steps;
    private final Consumer<FlushWork> onDone;
    private final Consumer<IOException> onFailed;
    private @Nullable Run running;
    private boolean isAsked;
    private boolean isAskedDeep;
    private boolean isStopped;

    /// @param capture gives what there is to do now; its argument says whether the flush is a deep one
    /// @param onDone told on the shard
    /// @param onFailed told on the shard, once; nothing is flushed any more then
    Flusher(Shard shard, Executor pool, Function<Boolean, FlushWork> capture, Steps steps, Consumer<FlushWork> onDone,
            Consumer<IOException> onFailed) {
        this.shard = shard;
        this.pool = pool;
        this.capture = capture;
        this.steps = steps;
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

    /// Captures a deep flush that is done together with those of other logs; null when there is one already, which
    /// [#request] follows then.
    @Nullable
    Lent lend() {
        if (isStopped || running != null) {
            return null;
        }
        Run run = new Run(capture.apply(true));
        running = run;
        isAskedDeep = false;
        return run;
    }

    /// A flush that is done in steps, by whoever was lent it, on any thread. What becomes of it in the meantime (the
    /// log is deleted, or somebody waits for the flush and does it himself) makes the remaining steps do nothing.
    interface Lent {
        /// Writes what is replaced as a whole beside its place; false when the disk is full.
        boolean prepare() throws IOException;

        /// Puts it in its place, once everything written is durable.
        void install() throws IOException;

        /// Does all of it, with syncs of its own.
        void runAlone();

        /// Everything is durable, or `failure` says why not.
        void end(boolean isSaved, @Nullable IOException failure);

        /// Tells the shard how it ended.
        void report();
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

    /// As [#stop], but the pool waits for what runs; done when nothing does.
    CompletableFuture<Void> stopSoon() {
        isStopped = true;
        Run run = running;
        running = null;
        return run == null
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.runAsync(run::cancel, pool);
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
            run.report();
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
    private final class Run implements Lent {
        private final FlushWork work;
        private boolean isComplete;
        private volatile @Nullable IOException failure;

        Run(FlushWork work) {
            this.work = work;
        }

        @Override
        public synchronized boolean prepare() throws IOException {
            return isComplete || steps.prepare(work);
        }

        @Override
        public synchronized void install() throws IOException {
            if (!isComplete) {
                steps.install(work);
            }
        }

        @Override
        public void runAlone() {
            complete();
        }

        @Override
        public synchronized void end(boolean isSaved, @Nullable IOException cause) {
            if (!isComplete) {
                isComplete = true;
                failure = cause;
                steps.ended(isSaved, cause);
            }
        }

        @Override
        public void report() {
            shard.execute(() -> finish(this));
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
                steps.run(work);
            } catch (IOException e) {
                failure = e;
            }
        }
    }
}
