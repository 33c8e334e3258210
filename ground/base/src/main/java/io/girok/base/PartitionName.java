package io.girok.base;

/// A partition by its topic's name: what people, logs and directories call it (`orders-3`). Immutable.
///
/// @param index 0-based number of the partition
public record PartitionName(String topic, int index) {
    @Override
    public String toString() {
        return topic + "-" + index;
    }
}
