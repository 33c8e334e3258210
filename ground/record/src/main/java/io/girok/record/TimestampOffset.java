package io.girok.record;

/// A record by its time and its place in the log. Immutable.
public record TimestampOffset(long timestamp, long offset) {}
