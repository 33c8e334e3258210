package io.girok.membership.follow;

/// How far a node knows the metadata log. Immutable.
///
/// @param endOffset the next record's offset
/// @param lastEpoch of the record before it; -1 when there is none, whatever a snapshot of nothing says
record LogPosition(long endOffset, long lastEpoch) {
    static final LogPosition START = new LogPosition(0, -1);

    LogPosition {
        lastEpoch = endOffset == 0 ? -1 : lastEpoch;
    }

    static LogPosition after(CommittedBatch batch) {
        return new LogPosition(batch.endOffset(), batch.epoch());
    }
}
