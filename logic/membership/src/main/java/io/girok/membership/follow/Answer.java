package io.girok.membership.follow;

import java.nio.ByteBuffer;
import java.util.List;

/// What a voter answers a follower. Immutable.
sealed interface Answer {
    /// What comes next; perhaps nothing.
    record Batches(List<CommittedBatch> batches) implements Answer {
        public Batches {
            batches = List.copyOf(batches);
        }
    }

    /// A part of the snapshot that covers all up to the record at `lastOffset`, which has `lastEpoch`. A follower that
    /// is too far behind gets the first part without asking for it.
    ///
    /// @param sizeBytes of the whole snapshot
    /// @param position where in it `bytes` belong
    record SnapshotPart(long lastOffset, long lastEpoch, int sizeBytes, int position, ByteBuffer bytes)
            implements
                Answer {}

    /// All that was committed before the question has an offset of at most `lastOffset`.
    record UpTo(long lastOffset) implements Answer {}

    /// The follower belongs to another cluster, or does not know to which.
    record OtherCluster() implements Answer {}

    /// The record before the follower's end has this epoch here and another one there: the two logs are not the same.
    record Diverged(long epoch) implements Answer {}

    /// This node can't say; another one may.
    record Unable() implements Answer {}
}
