package io.girok.replication;

import io.girok.files.EpochEnd;
import io.girok.log.PartitionStore;
import io.girok.log.ReadResult;
import io.girok.record.producer.AbortedTransaction;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Reads what others may see of a replica, and tells those who wait to see more; whether it may be read at all is for
/// others to say. Owned by the partition's shard.
final class ReplicaReader {
    private static final ReadResult.Data NOTHING = new ReadResult.Data(List.of(), 0);

    private final PartitionStore store;
    private final Visibility visibility;
    private final FetchWaits waits;

    ReplicaReader(PartitionStore store, Visibility visibility, FetchWaits waits) {
        this.store = store;
        this.visibility = visibility;
        this.waits = waits;
    }

    /// What lies at `position`, as far as it may be seen.
    FetchedPartition read(FetchPosition position, Isolation isolation, boolean atLeastOne) {
        long offset = position.fetchOffset();
        if (offset < store.startOffset() || store.endOffset() < offset) {
            return FetchedPartition.failed(Errors.OFFSET_OUT_OF_RANGE);
        }
        long visibleEnd = visibility.end(isolation);
        boolean mayGiveRecords = atLeastOne || 0 < position.maxBytes();
        if (visibleEnd <= offset || !mayGiveRecords) {
            return answer(NOTHING, isolation, offset, null);
        }
        return switch (store.read(offset, visibleEnd, Math.max(0, position.maxBytes()), atLeastOne)) {
            case ReadResult.Data data -> answer(data, isolation, offset, null);
            case ReadResult.OutOfRange outOfRange -> FetchedPartition.failed(Errors.OFFSET_OUT_OF_RANGE);
        };
    }

    /// For a reader at `offset` whose log leaves this one at `diverging`.
    FetchedPartition parted(long offset, Isolation isolation, EpochEnd diverging) {
        return answer(NOTHING, isolation, offset, diverging);
    }

    private FetchedPartition answer(ReadResult.Data data, Isolation isolation, long offset,
            @Nullable EpochEnd diverging) {
        List<AbortedTransaction> aborted = switch (isolation) {
            case READ_UNCOMMITTED, LOG_END -> null;
            case READ_COMMITTED ->
                data.isEmpty() ? List.of() : store.abortedTransactions(offset, visibility.stableOffset());
        };
        return new FetchedPartition(Errors.NONE, visibility.highWatermark(), visibility.stableOffset(),
                store.startOffset(), data.slices(), data.sizeInBytes(), aborted, diverging);
    }

    /// So much was appended.
    void appended(long sizeInBytes) {
        visibility.appended(sizeInBytes);
        waits.progressed(Isolation.LOG_END, sizeInBytes);
    }

    /// Everything below `committed` may be seen from now on.
    void commit(long committed) {
        long bytes = visibility.commit(committed);
        long stableBytes = visibility.stabilize();
        waits.progressed(Isolation.READ_UNCOMMITTED, bytes);
        if (0 < stableBytes) {
            waits.progressed(Isolation.READ_COMMITTED, stableBytes);
        }
    }

    /// The log was cut.
    void truncated() {
        visibility.truncated();
    }

    /// Tells followers that there is more below the high watermark, or that the log starts later.
    void tellFollowers() {
        waits.news();
    }

    /// Who waits is to look elsewhere.
    void dismissWaiting() {
        waits.interrupted();
    }

    void watch(PartitionLeader.ProgressListener listener, Isolation isolation) {
        waits.add(listener, isolation);
    }

    void stopWatching(PartitionLeader.ProgressListener listener, Isolation isolation) {
        waits.remove(listener, isolation);
    }

    boolean isWatched() {
        return !waits.isEmpty();
    }
}
