package io.girok.group;

import org.jspecify.annotations.Nullable;

/// What a record of `__consumer_offsets` says. Immutable.
sealed interface GroupRecord {
    /// @param value null when the offset is deleted
    record OffsetCommit(OffsetKey key, @Nullable OffsetValue value) implements GroupRecord {}

    /// @param value null when the group is deleted
    record GroupMetadata(String group, @Nullable GroupValue value) implements GroupRecord {}

    /// A kind this version does not serve (KIP-848, KIP-932, KIP-1071 groups): left in the log, and out of the state.
    record Other(short type) implements GroupRecord {}
}
