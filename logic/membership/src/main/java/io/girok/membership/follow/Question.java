package io.girok.membership.follow;

import io.girok.metadata.MetadataLog.Leadership;

/// What a follower asks a voter. Immutable.
sealed interface Question {
    /// What comes after `position`? Answered when there is something, when another node leads than the follower has
    /// heard of, or after `waitMs`.
    record Fetch(LogPosition position, Leadership known, int waitMs) implements Question {}

    /// The snapshot that covers all up to `lastOffset`, from a position in its bytes on.
    record MoreOfSnapshot(long lastOffset, int position) implements Question {}

    /// How far must a follower read to know all that was committed before it asked?
    record Barrier() implements Question {}
}
