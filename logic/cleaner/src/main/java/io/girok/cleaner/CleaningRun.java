package io.girok.cleaner;

import io.girok.base.PartitionName;
import io.girok.log.CleanableLog;
import io.girok.log.CleaningPlan;
import io.girok.log.SegmentRewrite;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One cleaning on its way, step by step on a worker. Handed from one thread to the next; only [#hurry] comes from the
/// side.
final class CleaningRun {
    /// How it ended.
    sealed interface Result {
        record Cleaned(LogCleaning done) implements Result {}

        /// @param segmentBaseOffset of the segment at fault
        record SetAside(long segmentBaseOffset, String reason) implements Result {}

        /// Without any result, and without anybody's fault.
        record LeftOff() implements Result {}
    }

    private static final Logger LOGGER = LoggerFactory.getLogger(CleaningRun.class);
    private static final double MB = 1e6;
    private static final double SECOND_MS = 1000;

    private final Cleaner cleaner;
    private final CleanableLog log;
    private final long beganMs;
    private final long beganMonotonicMs;
    /// The cleaning that waits for the throttle: whoever takes it out goes on with it.
    private final AtomicReference<@Nullable LogCleaning> waiting = new AtomicReference<>();

    CleaningRun(Cleaner cleaner, CleanableLog log, long beganMs, long beganMonotonicMs) {
        this.cleaner = cleaner;
        this.log = log;
        this.beganMs = beganMs;
        this.beganMonotonicMs = beganMonotonicMs;
    }

    PartitionName name() {
        return log.name();
    }

    CleanableLog log() {
        return log;
    }

    long beganMs() {
        return beganMs;
    }

    void nothing() {
        end(new Result.LeftOff());
    }

    void clean(CleaningPlan plan, LogCleaning cleaning) {
        cleaner.workers().execute(() -> step(plan, cleaning));
    }

    private void step(CleaningPlan plan, LogCleaning cleaning) {
        if (cleaner.isStopped()) {
            leave(cleaning);
            return;
        }
        try {
            switch (cleaning.step()) {
                case LogCleaning.Step.Worked(long bytes) -> goOn(plan, cleaning, cleaner.delayMs(bytes));
                case LogCleaning.Step.Swap(SegmentRewrite rewrite) -> rewrite.replace(isThere -> {
                    if (isThere) {
                        clean(plan, cleaning);
                    } else {
                        leave(cleaning);
                    }
                });
                case LogCleaning.Step.Done() -> plan.noteCleaned(cleaning.endOffset(), () -> cleaned(cleaning));
            }
        } catch (CannotClean e) {
            cleaning.close();
            setAside(plan, new Result.SetAside(e.segmentBaseOffset(), String.valueOf(e.getMessage())));
        } catch (IOException e) {
            plan.failed(e, outcome -> failed(cleaning, e, outcome));
        } catch (RuntimeException e) {
            LOGGER.error("log '{}': its cleaning has failed", name(), e);
            cleaning.close();
            setAside(plan, new Result.SetAside(plan.segments().getFirst().baseOffset(), e.toString()));
        }
    }

    /// A follower that is cut writes other batches where segments of the plan are read: those are not at fault.
    private void setAside(CleaningPlan plan, Result.SetAside fault) {
        plan.whetherObsolete(isObsolete -> end(isObsolete ? new Result.LeftOff() : fault));
    }

    private void goOn(CleaningPlan plan, LogCleaning cleaning, long delayMs) {
        if (delayMs <= 0) {
            clean(plan, cleaning);
            return;
        }
        waiting.set(cleaning);
        var _ = cleaner.home().schedule(delayMs, () -> {
            LogCleaning waited = waiting.getAndSet(null);
            if (waited != null) {
                clean(plan, waited);
            }
        });
        if (cleaner.isStopped()) {
            hurry();
        }
    }

    /// The cleaner stops: what waits need not wait for its time.
    void hurry() {
        LogCleaning waited = waiting.getAndSet(null);
        if (waited != null) {
            leave(waited);
        }
    }

    private void failed(LogCleaning cleaning, IOException failure, CleaningPlan.Outcome outcome) {
        switch (outcome) {
            case OBSOLETE -> LOGGER.debug("log '{}': its cleaning was left off: {}", name(), failure.getMessage());
            case FULL_DISK -> LOGGER.warn("log '{}': its cleaning was left off for want of room, and is tried again "
                    + "later: {}", name(), failure.getMessage());
            case OFFLINE -> LOGGER.debug("log '{}': its directory went offline in its cleaning", name());
        }
        leave(cleaning);
    }

    /// Files are removed where that may block.
    private void leave(LogCleaning cleaning) {
        cleaner.workers().execute(() -> {
            cleaning.close();
            end(new Result.LeftOff());
        });
    }

    private void cleaned(LogCleaning cleaning) {
        double seconds = Math.max(1, cleaner.clock().monotonicMs() - beganMonotonicMs) / SECOND_MS;
        LOGGER.info(
                "log '{}': compacted up to offset {}: {} MB read, {} MB kept ({} of {} records) in {} s",
                name(), cleaning.endOffset(), text(cleaning.bytesRead() / MB), text(cleaning.bytesKept() / MB),
                cleaning.recordsKept(), cleaning.recordsRead(), text(seconds));
        cleaning.close();
        end(new Result.Cleaned(cleaning));
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private void end(Result result) {
        cleaner.home().execute(() -> cleaner.ended(this, result));
    }
}
