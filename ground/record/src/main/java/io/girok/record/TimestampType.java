package io.girok.record;

/// Whose clock a batch's timestamps come from. Immutable.
public enum TimestampType {
    /// The producer's: every record has its own.
    CREATE_TIME,
    /// The broker's at the append: one for the whole batch.
    LOG_APPEND_TIME
}
