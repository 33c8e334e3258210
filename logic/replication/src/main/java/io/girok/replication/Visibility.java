package io.girok.replication;

import io.girok.log.PartitionStore;

/// How far readers may see into a log, and about how many bytes each step makes visible. Owned by the partition's
/// shard.
final class Visibility {
    private final PartitionStore store;
    private long highWatermark;
    private long stableOffset;
    private long bytesAboveHighWatermark;
    private long bytesAboveStableOffset;

    Visibility(PartitionStore store) {
        this.store = store;
        restart();
    }

    /// Back to what is known of the log for certain.
    void restart() {
        highWatermark = Math.max(store.startOffset(), store.checkpointedHighWatermark());
        stableOffset = store.lastStableOffset(highWatermark);
        bytesAboveHighWatermark = 0;
        bytesAboveStableOffset = 0;
    }

    /// The log was cut: nobody sees beyond its end.
    void truncated() {
        highWatermark = Math.clamp(highWatermark, store.startOffset(), store.endOffset());
        stableOffset = store.lastStableOffset(highWatermark);
        bytesAboveHighWatermark = 0;
        bytesAboveStableOffset = 0;
    }

    /// Everything below is committed.
    long highWatermark() {
        return highWatermark;
    }

    long stableOffset() {
        return stableOffset;
    }

    /// The offset that a reader may not see yet.
    long end(Isolation isolation) {
        return switch (isolation) {
            case READ_UNCOMMITTED -> highWatermark;
            case READ_COMMITTED -> stableOffset;
            case LOG_END -> store.endOffset();
        };
    }

    void appended(long sizeInBytes) {
        bytesAboveHighWatermark += sizeInBytes;
    }

    /// Moves the high watermark up to `committed`; answers about how many bytes lie between its old and its new place.
    long commit(long committed) {
        long bytes = bytesBelow(committed);
        highWatermark = committed;
        store.noteHighWatermark(committed);
        bytesAboveHighWatermark -= bytes;
        bytesAboveStableOffset += bytes;
        // What was in the log before this leader opened it has no known size; still it is something to look at.
        return Math.max(1, bytes);
    }

    /// Moves the stable offset along; answers about how many bytes lie between its old and its new place.
    long stabilize() {
        long stable = store.lastStableOffset(highWatermark);
        if (stable <= stableOffset) {
            return 0;
        }
        stableOffset = stable;
        long bytes = Math.max(1, bytesAboveStableOffset);
        bytesAboveStableOffset = 0;
        return bytes;
    }

    /// Sizes of single batches are not kept: what is in flight counts in proportion to its offsets, and to the byte
    /// once all of it is committed.
    private long bytesBelow(long committed) {
        long endOffset = store.endOffset();
        if (committed == endOffset) {
            return bytesAboveHighWatermark;
        }
        double share = (double) (committed - highWatermark) / (endOffset - highWatermark);
        return (long) (bytesAboveHighWatermark * share);
    }
}
