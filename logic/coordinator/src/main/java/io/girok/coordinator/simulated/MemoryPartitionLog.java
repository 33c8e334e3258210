package io.girok.coordinator.simulated;

import io.girok.coordinator.CoordinatorRecord;
import io.girok.coordinator.PartitionLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A partition log in memory that commits when told to, and fails when told to. Owned by the thread that plays.
public final class MemoryPartitionLog implements PartitionLog {
    /// An append or barrier that waits for the high watermark.
    private record Waiting(long endOffset, CompletableFuture<AppendOutcome> future) {}

    private final List<CoordinatorRecord> records = new ArrayList<>();
    private final List<Integer> batchSizes = new ArrayList<>();
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private final int maxBatchBytes;
    private long highWatermark;
    private boolean isHeld;
    private AppendOutcome.@Nullable Failed refusal;
    private boolean isShort;

    public MemoryPartitionLog(int maxBatchBytes) {
        this.maxBatchBytes = maxBatchBytes;
    }

    /// The log that a crash leaves: what is committed, and `extra` records of what is not.
    public MemoryPartitionLog afterCrash(int extra) {
        MemoryPartitionLog left = new MemoryPartitionLog(maxBatchBytes);
        int end = (int) Math.min(records.size(), highWatermark + extra);
        left.records.addAll(records.subList(0, end));
        left.highWatermark = end;
        return left;
    }

    /// Appends wait for [#commit] from now on.
    public void hold() {
        isHeld = true;
    }

    /// Commits all there is, and what comes from now on.
    public void commit() {
        isHeld = false;
        highWatermark = records.size();
        answer();
    }

    /// Refuses every append from now on, and writes nothing.
    public void refuse(FailureReason reason) {
        refusal = new AppendOutcome.Failed(reason, "planted");
    }

    /// Says from now on that it takes no appends, and commits nothing more by itself.
    public void lackReplicas() {
        refuse(FailureReason.UNAVAILABLE);
        isShort = true;
    }

    /// Takes appends again.
    public void accept() {
        refusal = null;
        isShort = false;
    }

    /// Fails what waits to be committed.
    ///
    /// @param isKept whether the records stay in the log all the same
    public void failHeld(FailureReason reason, boolean isKept) {
        if (!isKept) {
            records.subList((int) highWatermark, records.size()).clear();
        }
        isHeld = false;
        for (Waiting each = waiting.poll(); each != null; each = waiting.poll()) {
            each.future.complete(new AppendOutcome.Failed(reason, "planted"));
        }
        highWatermark = records.size();
    }

    public List<CoordinatorRecord> records() {
        return List.copyOf(records);
    }

    /// How many records each accepted append had.
    public List<Integer> batchSizes() {
        return List.copyOf(batchSizes);
    }

    /// Writes behind the coordinator's back.
    public void plant(CoordinatorRecord record) {
        records.add(record);
        highWatermark = isHeld || isShort ? highWatermark : records.size();
    }

    @Override
    public CompletableFuture<AppendOutcome> append(List<CoordinatorRecord> batch) {
        if (refusal != null) {
            return CompletableFuture.completedFuture(refusal);
        }
        records.addAll(batch);
        batchSizes.add(batch.size());
        return barrier();
    }

    @Override
    public boolean mayAppend() {
        return !isShort;
    }

    @Override
    public CompletableFuture<AppendOutcome> barrier() {
        CompletableFuture<AppendOutcome> future = new CompletableFuture<>();
        waiting.add(new Waiting(records.size(), future));
        if (!isHeld && !isShort) {
            highWatermark = records.size();
        }
        answer();
        return future;
    }

    @Override
    public CompletableFuture<ReadOutcome> read(long offset, int maxBytes) {
        List<CoordinatorRecord> slice = new ArrayList<>();
        int size = 0;
        int next = (int) offset;
        while (next < records.size() && (slice.isEmpty() || size < maxBytes)) {
            CoordinatorRecord record = records.get(next++);
            size += record.maxSizeInBytes();
            slice.add(record);
        }
        return CompletableFuture.completedFuture(new ReadOutcome.Slice(slice, next));
    }

    @Override
    public long startOffset() {
        return 0;
    }

    @Override
    public long endOffset() {
        return records.size();
    }

    @Override
    public int maxBatchBytes() {
        return maxBatchBytes;
    }

    private void answer() {
        while (!waiting.isEmpty() && waiting.element().endOffset <= highWatermark) {
            Waiting done = waiting.remove();
            done.future.complete(new AppendOutcome.Committed(done.endOffset));
        }
    }
}
