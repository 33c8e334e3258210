package io.girok.coordinator;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A key and its value as they stand in the log; no value is a tombstone. Immutable by agreement: nobody writes into
/// the buffers, and every call gives a view with a position of its own.
///
/// @param value null when the key is deleted
public record CoordinatorRecord(ByteBuffer key, @Nullable ByteBuffer value) {
    /// What a record costs in a batch beside its key and value, at most: lengths, deltas, attributes, header count.
    private static final int OVERHEAD_BYTES = 36;

    public static CoordinatorRecord tombstone(ByteBuffer key) {
        return new CoordinatorRecord(key, null);
    }

    @Override
    public ByteBuffer key() {
        return key.duplicate();
    }

    @Override
    public @Nullable ByteBuffer value() {
        return value == null ? null : value.duplicate();
    }

    /// An upper bound of the bytes this record takes in a batch.
    public int maxSizeInBytes() {
        return OVERHEAD_BYTES + key.remaining() + (value == null ? 0 : value.remaining());
    }
}
