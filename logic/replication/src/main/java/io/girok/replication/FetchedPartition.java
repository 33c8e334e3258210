package io.girok.replication;

import io.girok.base.FileSlice;
import io.girok.base.Invariant;
import io.girok.files.EpochEnd;
import io.girok.record.producer.AbortedTransaction;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What a read of one partition gave. Immutable, but for the slices, which whoever has it last releases.
///
/// @param highWatermark -1 with an error, as the other offsets
/// @param abortedTransactions null for readers of uncommitted records
/// @param diverging where the reader's log leaves the leader's (KIP-595); null when it does not
/// @param preferredReplica the broker to read from instead (KIP-392); -1 for this one
public record FetchedPartition(Errors error, long highWatermark, long lastStableOffset, long logStartOffset,
        List<FileSlice> slices, int sizeInBytes, @Nullable List<AbortedTransaction> abortedTransactions,
        @Nullable EpochEnd diverging, int preferredReplica) {
    /// No broker to read from instead.
    public static final int NO_REPLICA = -1;

    private static final long UNKNOWN_OFFSET = -1;

    FetchedPartition(Errors error, long highWatermark, long lastStableOffset, long logStartOffset,
            List<FileSlice> slices, int sizeInBytes, @Nullable List<AbortedTransaction> abortedTransactions,
            @Nullable EpochEnd diverging) {
        this(error, highWatermark, lastStableOffset, logStartOffset, slices, sizeInBytes, abortedTransactions,
                diverging, NO_REPLICA);
    }

    public static FetchedPartition failed(Errors error) {
        return new FetchedPartition(error, UNKNOWN_OFFSET, UNKNOWN_OFFSET, UNKNOWN_OFFSET, List.of(), 0, null, null);
    }

    /// For a follower that lacks what this log does not have any more.
    static FetchedPartition belowStart(long logStartOffset) {
        return new FetchedPartition(Errors.OFFSET_OUT_OF_RANGE, UNKNOWN_OFFSET, UNKNOWN_OFFSET, logStartOffset,
                List.of(), 0, null, null);
    }

    /// The same answer, which has no records, with another broker to read them from.
    public FetchedPartition preferring(int brokerId) {
        Invariant.check(slices.isEmpty(), "who is sent elsewhere gets no records");
        return new FetchedPartition(error, highWatermark, lastStableOffset, logStartOffset, List.of(), 0,
                abortedTransactions, diverging, brokerId);
    }

    /// The same answer without its records, which are given back: they did not fit any more.
    public FetchedPartition withoutRecords() {
        release();
        List<AbortedTransaction> aborted = abortedTransactions == null ? null : List.of();
        return new FetchedPartition(error, highWatermark, lastStableOffset, logStartOffset, List.of(), 0, aborted,
                diverging, preferredReplica);
    }

    /// Gives the file handles back.
    public void release() {
        for (FileSlice slice : slices) {
            slice.release();
        }
    }
}
