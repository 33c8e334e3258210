package io.girok.replication;

import io.girok.base.FileSlice;
import io.girok.log.EpochEnd;
import io.girok.record.producer.AbortedTransaction;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What a read of one partition gave. Immutable, but for the slices, which whoever has it last releases.
///
/// @param highWatermark -1 with an error, as the other offsets
/// @param abortedTransactions null for readers of uncommitted records
/// @param diverging where the reader's log leaves the leader's (KIP-595); null when it does not
public record FetchedPartition(Errors error, long highWatermark, long lastStableOffset, long logStartOffset,
        List<FileSlice> slices, int sizeInBytes, @Nullable List<AbortedTransaction> abortedTransactions,
        @Nullable EpochEnd diverging) {
    private static final long UNKNOWN_OFFSET = -1;

    public static FetchedPartition failed(Errors error) {
        return new FetchedPartition(error, UNKNOWN_OFFSET, UNKNOWN_OFFSET, UNKNOWN_OFFSET, List.of(), 0, null, null);
    }

    /// For a follower that lacks what this log does not have any more.
    static FetchedPartition belowStart(long logStartOffset) {
        return new FetchedPartition(Errors.OFFSET_OUT_OF_RANGE, UNKNOWN_OFFSET, UNKNOWN_OFFSET, logStartOffset,
                List.of(), 0, null, null);
    }

    /// The same answer without its records, which are given back: they did not fit any more.
    public FetchedPartition withoutRecords() {
        release();
        List<AbortedTransaction> aborted = abortedTransactions == null ? null : List.of();
        return new FetchedPartition(error, highWatermark, lastStableOffset, logStartOffset, List.of(), 0, aborted,
                diverging);
    }

    /// Gives the file handles back.
    public void release() {
        for (FileSlice slice : slices) {
            slice.release();
        }
    }
}
