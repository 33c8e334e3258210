package io.girok.cleaner;

import io.girok.log.CleaningPlan;
import io.girok.log.ClosedSegment;
import io.girok.log.LogSettings;
import io.girok.log.SegmentRewrite;
import io.girok.record.InvalidBatch;
import io.girok.record.RecordBatch;
import io.girok.record.RecordCursor;
import io.girok.record.producer.AbortedTransaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The cleaning of one log, in steps. Used by one thread at a time.
///
/// ```
///   MAPPING  the keys of the dirty part and their last offsets, until all is read or the memory is full
///      │
///   COPYING  what is left of a group of segments ──▶ SWAPPING: it takes their place ──▶ the next group
///      │
///    DONE    clean up to the end of what was mapped
/// ```
///
/// Groups are replaced from the log's beginning on: a key's older records are gone before its tombstone may go.
final class LogCleaning implements AutoCloseable {
    /// What a step came to.
    sealed interface Step {
        /// @param bytes read and written
        record Worked(long bytes) implements Step {}

        /// The files are to take their place before the next step.
        record Swap(SegmentRewrite rewrite) implements Step {}

        record Done() implements Step {}
    }

    private static final int MAX_SEGMENTS_IN_GROUP = 100;
    /// Of the memory for keys, so much more is used for [LatestOffsets]: an eighth.
    private static final int LATEST_SHARE = 8;
    private static final long MIN_UNPACKED_LIMIT_BYTES = 1L << 30;

    private final CleaningPlan plan;
    private final KeyOffsets lastOffsets;
    private final @Nullable LatestOffsets latest;
    private final long nowMs;
    private final long maxUnpackedBytes;
    private final BatchWindow window;
    private final ByteBuffer out;
    private final RecordCursor cursor = new RecordCursor();
    private final Transactions mappingTransactions;
    private int segmentIndex;
    private boolean isSegmentOpen;
    private boolean isMapped;
    private long endOffset;
    private @Nullable BatchFilter filter;
    private List<List<ClosedSegment>> groups = List.of();
    private int groupIndex;
    private @Nullable SegmentRewrite rewrite;
    private long bytesRead;
    private long bytesKept;

    /// @param lastOffsets empty; closed with this
    LogCleaning(CleaningPlan plan, KeyOffsets lastOffsets, int windowBytes, long nowMs) {
        this.plan = plan;
        this.lastOffsets = lastOffsets;
        this.nowMs = nowMs;
        this.maxUnpackedBytes = Math.max(plan.settings().batches().maxUnpackedBytes(), MIN_UNPACKED_LIMIT_BYTES);
        this.window = new BatchWindow(windowBytes);
        this.out = ByteBuffer.allocate(windowBytes);
        this.mappingTransactions = new Transactions(plan.aborted(), plan.dirtyOffset());
        this.endOffset = plan.segments().getLast().endOffset();
        this.latest = LatestOffsets.of(plan.dirtyOffset(), endOffset, lastOffsets.budgetBytes() / LATEST_SHARE);
        while (plan.segments().get(segmentIndex).endOffset() <= plan.dirtyOffset()) {
            segmentIndex++;
        }
    }

    /// The log is clean below, once all is done.
    long endOffset() {
        return endOffset;
    }

    /// Of the segments that were gone through.
    long bytesRead() {
        return bytesRead;
    }

    long bytesKept() {
        return bytesKept;
    }

    long recordsRead() {
        return filter == null ? 0 : filter.recordsRead();
    }

    long recordsKept() {
        return filter == null ? 0 : filter.recordsKept();
    }

    /// Works for a moment.
    ///
    /// @throws CannotClean when the log holds something that is no record
    /// @throws IOException when the disk fails, or the segments are gone
    Step step() throws IOException, CannotClean {
        return isMapped ? copy() : map();
    }

    private Step map() throws IOException, CannotClean {
        if (!isSegmentOpen) {
            window.open(plan.segments().get(segmentIndex));
            isSegmentOpen = true;
        }
        if (!window.fill()) {
            isSegmentOpen = false;
            segmentIndex++;
            if (segmentIndex == plan.segments().size()) {
                endMapping();
            }
            return new Step.Worked(0);
        }
        for (RecordBatch batch = window.next(); batch != null; batch = window.next()) {
            long full = mapBatch(batch);
            if (0 <= full) {
                endOffset = full;
                endMapping();
                break;
            }
        }
        return new Step.Worked(window.lastFillBytes());
    }

    /// The offset of the first record that has no room; -1 when all have.
    private long mapBatch(RecordBatch batch) throws CannotClean {
        if (batch.lastOffset() < plan.dirtyOffset()) {
            return -1;
        }
        try {
            if (isToBeSkipped(batch)) {
                return -1;
            }
            cursor.open(batch, maxUnpackedBytes);
            while (cursor.next()) {
                long offset = cursor.offset();
                if (0 <= cursor.keySize() && plan.dirtyOffset() <= offset && !mapRecord(offset)) {
                    return offset;
                }
            }
            return -1;
        } catch (InvalidBatch e) {
            throw window.corrupt(batch, String.valueOf(e.getMessage()));
        }
    }

    /// False when there is no room for its key.
    private boolean mapRecord(long offset) {
        long before = lastOffsets.put(cursor.bytes(), cursor.keyPosition(), cursor.keySize(), offset);
        if (latest != null && before != KeyOffsets.NO_ROOM) {
            latest.move(before, offset);
        }
        return before != KeyOffsets.NO_ROOM;
    }

    /// Markers are looked at all the same: they say where an aborted transaction ends.
    private boolean isToBeSkipped(RecordBatch batch) {
        if (batch.isControl()) {
            var _ = mappingTransactions.isNeedless(batch);
            return true;
        }
        return mappingTransactions.isAborted(batch);
    }

    private void endMapping() {
        isMapped = true;
        isSegmentOpen = false;
        filter = new BatchFilter(plan, lastOffsets, latest, endOffset, nowMs, maxUnpackedBytes);
        groups = group();
    }

    /// Segments that fit into one together, as far as what was mapped reaches.
    private List<List<ClosedSegment>> group() {
        LogSettings.Roll roll = plan.settings().roll();
        List<List<ClosedSegment>> result = new ArrayList<>();
        List<ClosedSegment> group = new ArrayList<>();
        long bytes = 0;
        long indexBytes = 0;
        for (ClosedSegment segment : plan.segments()) {
            if (endOffset <= segment.baseOffset()) {
                break;
            }
            bytes += segment.sizeInBytes();
            indexBytes += segment.indexBytes();
            boolean fits = !group.isEmpty() && bytes <= roll.segmentBytes() && indexBytes <= roll.maxIndexBytes()
                    && segment.endOffset() - group.getFirst().baseOffset() <= Integer.MAX_VALUE
                    && group.size() < MAX_SEGMENTS_IN_GROUP;
            if (!fits) {
                group = new ArrayList<>();
                result.add(group);
                bytes = segment.sizeInBytes();
                indexBytes = segment.indexBytes();
            }
            group.add(segment);
        }
        return result;
    }

    private Step copy() throws IOException, CannotClean {
        if (groupIndex == groups.size()) {
            return new Step.Done();
        }
        List<ClosedSegment> group = groups.get(groupIndex);
        SegmentRewrite writing = rewrite;
        if (writing == null) {
            writing = plan.rewrite(group);
            rewrite = writing;
            filter().forgetChanges();
            segmentIndex = 0;
        }
        if (!isSegmentOpen) {
            window.open(group.get(segmentIndex));
            isSegmentOpen = true;
        }
        if (!window.fill()) {
            isSegmentOpen = false;
            segmentIndex++;
            return segmentIndex == group.size() ? endGroup(writing, group.size() == 1) : new Step.Worked(0);
        }
        long bytes = window.lastFillBytes();
        bytesRead += bytes;
        boolean isLastSegment = segmentIndex == group.size() - 1;
        for (RecordBatch batch = window.next(); batch != null; batch = window.next()) {
            bytes += copyBatch(batch, isLastSegment && window.isAtEnd(), writing);
        }
        return new Step.Worked(bytes);
    }

    private int copyBatch(RecordBatch batch, boolean isLast, SegmentRewrite into) throws IOException, CannotClean {
        ByteBuffer left;
        try {
            left = filter().apply(batch, isLast);
        } catch (InvalidBatch e) {
            throw window.corrupt(batch, String.valueOf(e.getMessage()));
        }
        if (batch.isControl() && left != null) {
            Optional<AbortedTransaction> ended = filter().transactions().ended();
            if (ended.isPresent()) {
                into.add(ended.get());
            }
        }
        if (left == null) {
            return 0;
        }
        int size = left.remaining();
        if (out.remaining() < size) {
            flush(into);
        }
        if (Integer.MAX_VALUE - into.sizeInBytes() - out.position() < size) {
            throw window.corrupt(batch, "does not fit into one segment with those before it any more");
        }
        if (out.remaining() < size) {
            into.write(left);
        } else {
            out.put(left);
        }
        bytesKept += size;
        return size;
    }

    private Step endGroup(SegmentRewrite written, boolean isSingle) throws IOException {
        flush(written);
        groupIndex++;
        rewrite = null;
        isSegmentOpen = false;
        if ((isSingle && !filter().hasChanges()) || written.sizeInBytes() == 0) {
            written.discard();
            return new Step.Worked(0);
        }
        written.finish();
        return new Step.Swap(written);
    }

    private void flush(SegmentRewrite into) throws IOException {
        if (0 < out.position()) {
            into.write(out.flip());
            out.clear();
        }
    }

    private BatchFilter filter() {
        BatchFilter made = filter;
        if (made == null) {
            throw new IllegalStateException("nothing is mapped yet");
        }
        return made;
    }

    /// Gives up what was not handed over, and the memory.
    @Override
    public void close() {
        if (rewrite != null) {
            rewrite.discard();
            rewrite = null;
        }
        lastOffsets.close();
        if (latest != null) {
            latest.close();
        }
    }
}
