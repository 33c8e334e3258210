package io.girok.membership.follow;

/// How far a node knows the metadata log. Immutable.
///
/// @param endOffset the next record's offset
/// @param lastEpoch of the record before it; -1 when there is none
record LogPosition(long endOffset, long lastEpoch) {
    static final LogPosition START = new LogPosition(0, -1);

    static LogPosition after(CommittedBatch batch) {
        return new LogPosition(batch.endOffset(), batch.epoch());
    }
}
