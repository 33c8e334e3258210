package io.girok.replication;

/// Where a reader stands in a partition, and what it knows of it. Immutable.
///
/// @param currentLeaderEpoch the leader epoch the reader believes in, -1 when it does not care
/// @param fetchOffset the next offset it wants
/// @param lastFetchedEpoch the epoch of the last record it has, -1 when it does not say
/// @param logStartOffset a follower's own log start offset, -1 for consumers
public record FetchPosition(int currentLeaderEpoch, long fetchOffset, int lastFetchedEpoch, long logStartOffset,
        int maxBytes) {}
