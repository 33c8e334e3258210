package io.girok.coordinator;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The log of the partition a coordinator stands on, as its leader sees it. Owned by the partition's shard: called
/// there only. Its futures never fail, and may complete on any thread.
public interface PartitionLog {
    /// Appends `records` as one batch, all or none; at most [#maxBatchBytes] together. Done when the batch is committed
    /// (the high watermark passed it) or never will be, as far as this leader can tell. Batches commit in the order
    /// they were appended.
    CompletableFuture<AppendOutcome> append(List<CoordinatorRecord> records);

    /// Whether [#append] would be taken as far as anybody knows: false while too few replicas are in sync, which may
    /// last for hours.
    boolean mayAppend();

    /// Done when everything in the log now is committed, however many replicas are in sync by then.
    ///
    /// With too few of them in sync that may take hours, although all of it was acknowledged: a new leader's high
    /// watermark is about one fetch behind what the last one committed, and does not move before enough are in sync.
    CompletableFuture<AppendOutcome> barrier();

    /// Reads records from `offset` on, committed or not, about `maxBytes` of them but at least one if there is one.
    CompletableFuture<ReadOutcome> read(long offset, int maxBytes);

    long startOffset();

    /// The next offset to be written.
    long endOffset();

    /// The largest batch that [#append] takes, header included.
    int maxBatchBytes();

    /// How an append ended.
    sealed interface AppendOutcome {
        /// @param endOffset one past the last offset that was waited for
        record Committed(long endOffset) implements AppendOutcome {}

        /// Not committed, and perhaps not even written.
        record Failed(FailureReason reason, String detail) implements AppendOutcome {}
    }

    /// What a read gave.
    sealed interface ReadOutcome {
        /// @param nextOffset where to read on; passes offsets that hold no record of ours (compacted away, control)
        record Slice(List<CoordinatorRecord> records, long nextOffset) implements ReadOutcome {}

        record Failed(FailureReason reason, String detail) implements ReadOutcome {}
    }

    /// Why the log refused.
    enum FailureReason {
        /// This replica leads no longer.
        NOT_LEADER,
        /// The log directory failed.
        STORAGE_FAILED,
        /// Too few in-sync replicas, too late, too large: trying again later may help.
        UNAVAILABLE
    }
}
