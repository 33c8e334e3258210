package io.girok.files;

/// How far a partition has come, for the checkpoints of its directory. Written by the partition's shard, read by any
/// thread.
public final class Marks {
    private volatile long recoveryPoint;
    /// What of it the checkpoint file says, which a crash would begin from.
    private volatile long checkpointedRecoveryPoint;
    private volatile long startOffset;
    private volatile long highWatermark;
    /// Told of every change, once the partition has a place in the checkpoints.
    private volatile Runnable onChange = () -> {};

    public Marks(long recoveryPoint, long startOffset, long highWatermark) {
        this.recoveryPoint = recoveryPoint;
        this.checkpointedRecoveryPoint = recoveryPoint;
        this.startOffset = startOffset;
        this.highWatermark = highWatermark;
    }

    /// Everything below is on stable storage, with all its indexes.
    public long recoveryPoint() {
        return recoveryPoint;
    }

    public long startOffset() {
        return startOffset;
    }

    public long highWatermark() {
        return highWatermark;
    }

    public long checkpointedRecoveryPoint() {
        return checkpointedRecoveryPoint;
    }

    public void onChange(Runnable listener) {
        onChange = listener;
    }

    public void setCheckpointedRecoveryPoint(long offset) {
        checkpointedRecoveryPoint = offset;
    }

    public void setRecoveryPoint(long offset) {
        recoveryPoint = offset;
        onChange.run();
    }

    public void setStartOffset(long offset) {
        startOffset = offset;
        onChange.run();
    }

    public void setHighWatermark(long offset) {
        highWatermark = offset;
        onChange.run();
    }
}
