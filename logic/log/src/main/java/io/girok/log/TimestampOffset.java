package io.girok.log;

/// A record found by its time. Immutable.
///
/// @param leaderEpoch of the record's batch, -1 where it has none
public record TimestampOffset(long timestamp, long offset, int leaderEpoch) {}
