package io.girok.record.producer;

/// A transaction that was aborted, for the consumers that read committed records only. Immutable.
///
/// @param lastOffset of the abort marker
/// @param lastStableOffset when the marker was appended
public record AbortedTransaction(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {}
