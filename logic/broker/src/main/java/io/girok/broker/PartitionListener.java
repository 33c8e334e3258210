package io.girok.broker;

/// Told which partitions this broker leads: a coordinator lives where its partition does. Called on the partition's
/// shard.
public interface PartitionListener {
    void onLed(LedPartition partition);

    /// The lead is gone, or the partition, or this broker stops; after [#onLed] of the same partition.
    void onLeft(LedPartition partition);
}
