package io.girok.cli;

import org.jspecify.annotations.Nullable;

/// Chooses partitions for records without a key: one after the other, so that any two partitions differ by one record
/// at most, however few there are. Records with a key are left to the client (murmur2 of the key). Not thread-safe.
public final class EvenSpread {
    private final int partitions;
    private int next;

    public EvenSpread(int partitions) {
        if (partitions < 1) {
            throw new IllegalArgumentException("at least one partition, given " + partitions);
        }
        this.partitions = partitions;
    }

    /// The partition, or null for the client to choose by the key.
    @Nullable
    Integer partitionFor(byte @Nullable [] key) {
        return key == null ? next() : null;
    }

    public int next() {
        int partition = next;
        next = next + 1 == partitions ? 0 : next + 1;
        return partition;
    }
}
