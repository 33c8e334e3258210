package io.girok.broker;

/// What a listener was told last of who leads a partition: it hears of each change once, however the partition comes to
/// it. Owned by the partition's shard.
final class LeadNotice {
    private final PartitionListener listener;
    private final LedPartition partition;
    private boolean isLed;

    LeadNotice(PartitionListener listener, LedPartition partition) {
        this.listener = listener;
        this.partition = partition;
    }

    /// It is led here, and can be used.
    void led() {
        if (!isLed) {
            isLed = true;
            listener.onLed(partition);
        }
    }

    /// It is not, or can not be used now.
    void left() {
        if (isLed) {
            isLed = false;
            listener.onLeft(partition);
        }
    }
}
