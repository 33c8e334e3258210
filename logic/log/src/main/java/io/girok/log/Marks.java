package io.girok.log;

/// How far a partition has come, for the checkpoints of its directory. Written by the partition's shard, read by any
/// thread.
final class Marks {
    private volatile long recoveryPoint;
    /// What of it the checkpoint file says, which a crash would begin from.
    private volatile long checkpointedRecoveryPoint;
    private volatile long startOffset;
    private volatile long highWatermark;
    /// Told of every change, once the partition has a place in the checkpoints.
    private volatile Runnable onChange = () -> {};

    Marks(long recoveryPoint, long startOffset, long highWatermark) {
        this.recoveryPoint = recoveryPoint;
        this.checkpointedRecoveryPoint = recoveryPoint;
        this.startOffset = startOffset;
        this.highWatermark = highWatermark;
    }

    /// Everything below is on stable storage, with all its indexes.
    long recoveryPoint() {
        return recoveryPoint;
    }

    long startOffset() {
        return startOffset;
    }

    long highWatermark() {
        return highWatermark;
    }

    long checkpointedRecoveryPoint() {
        return checkpointedRecoveryPoint;
    }

    void onChange(Runnable listener) {
        onChange = listener;
    }

    void setCheckpointedRecoveryPoint(long offset) {
        checkpointedRecoveryPoint = offset;
    }

    void setRecoveryPoint(long offset) {
        recoveryPoint = offset;
        onChange.run();
    }

    void setStartOffset(long offset) {
        startOffset = offset;
        onChange.run();
    }

    void setHighWatermark(long offset) {
        highWatermark = offset;
        onChange.run();
    }
}
