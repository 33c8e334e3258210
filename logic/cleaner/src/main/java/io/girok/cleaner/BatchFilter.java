package io.girok.cleaner;

import io.girok.log.CleaningPlan;
import io.girok.record.BatchRewrite;
import io.girok.record.RecordBatch;
import io.girok.record.RecordCursor;
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// Says what is left of a batch. Used by one thread, for the batches of one cleaning in their order.
///
/// - A record stays when it is the last of its key, or comes after what was looked at. One without key goes.
/// - A tombstone stays so for `delete.retention.ms` from the first cleaning that met it, which notes the end of that
///   time in the batch (KIP-534). Markers of transactions with nothing left before them are treated alike.
/// - Records of aborted transactions go.
/// - A batch that is the last of its producer, or of the segment that is written, stays without records.
final class BatchFilter {
    private final CleaningPlan plan;
    private final KeyOffsets lastOffsets;
    private final @Nullable LatestOffsets latest;
    private final long endOffset;
    private final Transactions transactions;
    private final long nowMs;
    private final long horizonMs;
    private final long maxUnpackedBytes;
    private final RecordCursor cursor = new RecordCursor();
    private final BatchRewrite rewrite = new BatchRewrite();
    private final BitSet kept = new BitSet();
    private long recordsRead;
    private long recordsKept;
    private boolean hasChanges;

    /// @param latest what `lastOffsets` knows, by offset; null when there is no room for that
    /// @param endOffset records from here on were not looked at
    BatchFilter(CleaningPlan plan, KeyOffsets lastOffsets, @Nullable LatestOffsets latest, long endOffset, long nowMs,
            long maxUnpackedBytes) {
        this.plan = plan;
        this.lastOffsets = lastOffsets;
        this.latest = latest;
        this.endOffset = endOffset;
        this.transactions = new Transactions(plan.aborted(), plan.segments().getFirst().baseOffset());
        this.nowMs = nowMs;
        this.horizonMs = nowMs + Math.min(plan.settings().compaction().deleteRetentionMs(), Long.MAX_VALUE - nowMs);
        this.maxUnpackedBytes = maxUnpackedBytes;
    }

    Transactions transactions() {
        return transactions;
    }

    long recordsRead() {
        return recordsRead;
    }

    long recordsKept() {
        return recordsKept;
    }

    /// Whether anything is to be written that is not what was read.
    boolean hasChanges() {
        return hasChanges;
    }

    void forgetChanges() {
        hasChanges = false;
    }

    /// What is left of the batch; null for nothing. Good until the next call, and as long as the batch is.
    ///
    /// @param isLast whether it is the last batch of what is written
    @Nullable
    ByteBuffer apply(RecordBatch batch, boolean isLast) {
        recordsRead += batch.recordCount();
        boolean staysEmpty = isLast || plan.isLastOfProducer(batch);
        ByteBuffer left = batch.isControl() ? leftOfMarker(batch) : leftOfData(batch);
        if (left != null) {
            return left;
        }
        hasChanges |= !staysEmpty || 0 < batch.recordCount();
        if (!staysEmpty) {
            return null;
        }
        if (batch.recordCount() == 0) {
            return batch.slice();
        }
        rewrite.begin(batch, BatchRewrite.SAME_BASE);
        return rewrite.build();
    }

    private @Nullable ByteBuffer leftOfMarker(RecordBatch batch) {
        boolean isNeedless = transactions.isNeedless(batch);
        if (batch.recordCount() == 0 || (isNeedless && isOver(batch))) {
            return null;
        }
        recordsKept += batch.recordCount();
        if (!isNeedless || batch.hasDeleteHorizon()) {
            return batch.slice();
        }
        cursor.open(batch, maxUnpackedBytes);
        return rewritten(batch, batch.recordCount(), horizonMs);
    }

    private @Nullable ByteBuffer leftOfData(RecordBatch batch) {
        int count = batch.recordCount();
        if (transactions.isAborted(batch) || count == 0 || isSuperseded(batch)) {
            return null;
        }
        boolean isOver = isOver(batch);
        boolean keepsTombstone = false;
        int keptCount = 0;
        kept.clear();
        cursor.open(batch, maxUnpackedBytes);
        for (int index = 0; cursor.next(); index++) {
            boolean isTombstone = !cursor.hasValue();
            boolean isBeyond = endOffset <= cursor.offset();
            if (0 <= cursor.keySize() && (isBeyond || (isLatest() && !(isTombstone && isOver)))) {
                kept.set(index);
                keptCount++;
                keepsTombstone |= isTombstone;
            }
        }
        recordsKept += keptCount;
        if (keptCount == 0) {
            return null;
        }
        boolean needsHorizon = keepsTombstone && !batch.hasDeleteHorizon();
        if (keptCount == count && !needsHorizon) {
            return batch.slice();
        }
        if (keptCount == count) {
            kept.set(0, count);
        }
        cursor.rewind();
        return rewritten(batch, keptCount, needsHorizon ? horizonMs : BatchRewrite.SAME_BASE);
    }

    /// Whether its offsets alone say that none of its records is the last of its key.
    private boolean isSuperseded(RecordBatch batch) {
        return latest != null && batch.endOffset() <= endOffset && latest.covers(batch.baseOffset())
                && !latest.containsAny(batch.baseOffset(), batch.lastOffset());
    }

    private boolean isLatest() {
        if (latest != null && latest.covers(cursor.offset())) {
            return latest.contains(cursor.offset());
        }
        return lastOffsets.get(cursor.bytes(), cursor.keyPosition(), cursor.keySize()) <= cursor.offset();
    }

    /// Whether the time is over for which the batch's tombstones, or its marker, had to stay.
    private boolean isOver(RecordBatch batch) {
        return batch.hasDeleteHorizon() && batch.baseTimestamp() <= nowMs;
    }

    private ByteBuffer rewritten(RecordBatch batch, int keptCount, long newHorizonMs) {
        hasChanges = true;
        boolean keepsAll = keptCount == batch.recordCount();
        rewrite.begin(batch, newHorizonMs);
        for (int index = 0; cursor.next(); index++) {
            if (keepsAll || kept.get(index)) {
                rewrite.keep(cursor);
            }
        }
        return rewrite.build();
    }
}
