package io.girok.log;

import io.girok.base.PartitionName;
import io.girok.files.CorruptLog;
import io.girok.files.Marks;
import io.girok.record.producer.AbortedTransaction;
import io.girok.record.producer.ProducerState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A log as a cleaner sees it: how dirty it is, which segments may be cleaned, and how what is left of them takes their
/// place. Owned by the partition's shard.
///
/// May be cleaned: closed segments from the first on whose records are committed, saved (below the recovery point) and
/// past the topic's lag. What is dirty of them are those above the offset up to which the log was cleaned before.
public final class CleanableLog {
    /// How dirty a log is. Immutable.
    ///
    /// @param cleanBytes of the segments that were cleaned before
    /// @param dirtyBytes of the segments that may be cleaned and were not yet
    /// @param firstOffset of the log's first segment
    /// @param endOffset where what may be cleaned ends
    /// @param oldestDirtyMs the time of the first record that is dirty; [Long#MAX_VALUE] when none is
    public record Dirt(long cleanBytes, long dirtyBytes, long firstOffset, long endOffset, long oldestDirtyMs) {
        static final Dirt NONE = new Dirt(0, 0, 0, 0, Long.MAX_VALUE);

        /// The share of the log that is dirty, from 0 to 1.
        public double ratio() {
            return dirtyBytes == 0 ? 0 : (double) dirtyBytes / (cleanBytes + dirtyBytes);
        }
    }

    private static final Logger LOGGER = LoggerFactory.getLogger(CleanableLog.class);

    private final PartitionStore store;
    private final LogDirectory home;
    private final LogContents contents;
    private final Segments segments;
    private final Marks marks;
    private final LogFlushing flushing;
    private long generation;
    private boolean isStopped;
    private @Nullable SegmentSwap swap;

    CleanableLog(PartitionStore store, LogDirectory home, LogContents contents, Segments segments, Marks marks,
            LogFlushing flushing) {
        this.store = store;
        this.home = home;
        this.contents = contents;
        this.segments = segments;
        this.marks = marks;
        this.flushing = flushing;
    }

    public PartitionName name() {
        return store.name();
    }

    public LogSettings settings() {
        return store.settings();
    }

    PartitionStore store() {
        return store;
    }

    LogDirectory home() {
        return home;
    }

    Segments segments() {
        return segments;
    }

    Marks marks() {
        return marks;
    }

    LogFlushing flushing() {
        return flushing;
    }

    /// How dirty the log is now.
    public Dirt measure(long nowMs) {
        return store.onDisk(() -> {
            int count = countCleanable(nowMs);
            if (count == 0) {
                return Dirt.NONE;
            }
            long dirtyOffset = dirtyOffset();
            long cleanBytes = 0;
            long dirtyBytes = 0;
            long oldestMs = Long.MAX_VALUE;
            for (int index = 0; index < count; index++) {
                Segment segment = segments.get(index);
                if (endOf(index) <= dirtyOffset) {
                    cleanBytes += segment.size();
                } else {
                    oldestMs = dirtyBytes == 0 ? firstTimeOf(segment) : oldestMs;
                    dirtyBytes += segment.size();
                }
            }
            return new Dirt(cleanBytes, dirtyBytes, segments.first().baseOffset(), endOf(count - 1), oldestMs);
        });
    }

    private int countCleanable(long nowMs) throws IOException {
        int closed = segments.count() - 1;
        if (closed == 0) {
            return 0;
        }
        long limit = Math.min(store.lastStableOffset(store.checkpointedHighWatermark()), marks.recoveryPoint());
        long minLagMs = store.settings().compaction().minLagMs();
        long dirtyOffset = dirtyOffset();
        int count = 0;
        while (count < closed && endOf(count) <= limit) {
            boolean isDirty = dirtyOffset < endOf(count);
            if (isDirty && 0 < minLagMs && nowMs - minLagMs < largestTimeOf(segments.get(count))) {
                break;
            }
            count++;
        }
        return count;
    }

    private long endOf(int index) {
        return segments.get(index + 1).baseOffset();
    }

    private long dirtyOffset() {
        long cleaned = home.marks().cleaned().of(name());
        if (segments.active().baseOffset() < cleaned) {
            LOGGER.warn("log '{}': is said to be clean up to offset {}, which is past its last segment at {}; it is "
                    + "cleaned from its beginning", name(), cleaned, segments.active().baseOffset());
            home.marks().cleaned().remove(name());
            return segments.first().baseOffset();
        }
        return Math.max(cleaned, segments.first().baseOffset());
    }

    private long firstTimeOf(Segment segment) throws IOException {
        segment.resume(store.settings().roll().indexIntervalBytes());
        return 0 <= segment.firstTimestamp() ? segment.firstTimestamp() : segment.log().lastModifiedMs();
    }

    private long largestTimeOf(Segment segment) throws IOException {
        long largest = segment.largestTimestamp(store.settings().roll().indexIntervalBytes());
        return 0 <= largest ? largest : segment.log().lastModifiedMs();
    }

    /// What to clean; empty when nothing is dirty, or a cleaning ends just now.
    public Optional<CleaningPlan> plan(long nowMs) {
        return store.onDisk(() -> {
            int count = countCleanable(nowMs);
            long dirtyOffset = dirtyOffset();
            if (count == 0 || endOf(count - 1) <= dirtyOffset || swap != null) {
                return Optional.empty();
            }
            List<ClosedSegment> closed = new ArrayList<>(count);
            for (int index = 0; index < count; index++) {
                closed.add(new ClosedSegment(segments.get(index), endOf(index)));
            }
            Map<Long, CleaningPlan.LastBatch> producers = new HashMap<>();
            for (ProducerState producer : store.producers()) {
                producers.put(producer.producerId(),
                        new CleaningPlan.LastBatch(producer.lastOffset(), producer.producerEpoch()));
            }
            List<AbortedTransaction> aborted = contents
                    .abortedTransactions(segments.first().baseOffset(), endOf(count - 1));
            return Optional.of(
                    new CleaningPlan(this, closed, dirtyOffset, aborted, producers, store.settings(), generation));
        });
    }

    /// Begins to put `rewrite` in the place of its segments; tells whether it is there.
    void begin(SegmentRewrite rewrite, Consumer<Boolean> onDone) {
        int index = indexOf(rewrite);
        if (index < 0) {
            rewrite.discard();
            onDone.accept(false);
            return;
        }
        SegmentSwap begun = new SegmentSwap(this, rewrite, index, onDone);
        swap = begun;
        begun.advance();
    }

    /// Where the segments lie that it stands for; -1 when they are not there any more.
    private int indexOf(SegmentRewrite rewrite) {
        if (isObsolete(rewrite.plan()) || swap != null) {
            return -1;
        }
        List<ClosedSegment> group = rewrite.group();
        int first = segments.floor(group.getFirst().baseOffset());
        for (int index = 0; index < group.size(); index++) {
            if (segments.count() - 1 <= first + index
                    || segments.get(first + index) != group.get(index).segment()) {
                return -1;
            }
        }
        return first;
    }

    /// Whether the log was cut since, or is not in use any more.
    boolean isObsolete(CleaningPlan plan) {
        return isStopped || store.isOffline() || plan.generation() != generation;
    }

    void noteCleaned(CleaningPlan plan, long offset, Runnable onDone) {
        if (isObsolete(plan)) {
            onDone.run();
            return;
        }
        segments.environment().blockingPool().execute(() -> {
            try {
                home.marks().cleaned().set(name(), offset);
            } catch (IOException e) {
                var _ = failed(plan, e);
            }
            store.shard().execute(onDone);
        });
    }

    CleaningPlan.Outcome failed(CleaningPlan plan, IOException failure) {
        if (isObsolete(plan) || !segments.environment().disk().isDirectory(segments.directory())) {
            return CleaningPlan.Outcome.OBSOLETE;
        }
        if (!(failure instanceof CorruptLog) && home.isFull(failure, 0)) {
            home.space().noteFull(failure);
            return CleaningPlan.Outcome.FULL_DISK;
        }
        boolean areThere = plan.segments().stream().allMatch(this::isThere);
        if (!areThere) {
            return CleaningPlan.Outcome.OBSOLETE;
        }
        var _ = home.failed(name(), failure);
        return CleaningPlan.Outcome.OFFLINE;
    }

    private boolean isThere(ClosedSegment segment) {
        return segments.get(segments.floor(segment.baseOffset())) == segment.segment();
    }

    /// Whether segments are being replaced just now: none may be taken out meanwhile.
    boolean isSwapping() {
        return swap != null;
    }

    void swapped() {
        swap = null;
    }

    /// Before the log is truncated: what is replaced just now is replaced before this returns, and no plan made so far
    /// counts any more. Blocks; no flush is under way.
    void settle() throws IOException {
        generation++;
        SegmentSwap running = swap;
        if (running != null) {
            running.settle();
        }
    }

    /// A flush has ended.
    void flushed() {
        SegmentSwap running = swap;
        if (running != null) {
            running.advance();
        }
    }

    /// The log is closed: whatever is under way is left to the next open.
    void stop() {
        isStopped = true;
        SegmentSwap running = swap;
        swap = null;
        if (running != null) {
            running.cancel();
        }
    }

    boolean isStopped() {
        return isStopped;
    }
}
