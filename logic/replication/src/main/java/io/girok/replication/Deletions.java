package io.girok.replication;

import io.girok.log.PartitionStore;
import io.girok.replication.PartitionLeader.CommitListener;
import io.girok.replication.PartitionLeader.CommitWait;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What is deleted at the start of a led log, and who waits until no replica that may be elected has it any more. Owned
/// by the partition's shard.
final class Deletions {
    private final PartitionStore store;
    private final ReplicaProgress progress;
    private final BooleanSupplier hasEnoughInSync;
    private final CommitWaits waits = new CommitWaits();

    /// @param hasEnoughInSync whether only those that are in sync may be elected: with too few of them, one that is
    ///         eligible (KIP-966) may still have what was deleted, and nobody knows where it starts
    Deletions(PartitionStore store, ReplicaProgress progress, BooleanSupplier hasEnoughInSync) {
        this.store = store;
        this.progress = progress;
        this.hasEnoughInSync = hasEnoughInSync;
    }

    /// Hides what lies below `offset`; answers whether that is news.
    boolean deleteBefore(long offset) {
        boolean isNews = store.startOffset() < offset;
        store.advanceStartOffset(offset);
        return isNews;
    }

    /// The lowest log start offset of the replicas that may be in sync; 0 while one of them has not said it.
    long lowWatermark() {
        return progress.lowWatermark(store.startOffset());
    }

    /// Null when told already.
    @Nullable
    CommitWait await(long offset, CommitListener listener) {
        if (offset <= lowWatermark() && hasEnoughInSync.getAsBoolean()) {
            listener.onDone(Errors.NONE);
            return null;
        }
        return waits.add(offset, listener);
    }

    /// A replica has said where it starts, or other replicas may be in sync.
    void progressed() {
        if (!waits.isEmpty() && hasEnoughInSync.getAsBoolean()) {
            waits.complete(lowWatermark());
        }
    }

    void failAll(Errors error) {
        waits.failAll(error);
    }

    /// Whether nobody waits.
    boolean isEmpty() {
        return waits.isEmpty();
    }
}
