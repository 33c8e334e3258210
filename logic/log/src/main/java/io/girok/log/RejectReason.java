package io.girok.log;

import io.girok.record.producer.Refusal;

/// Why an append was refused; each names the Kafka error that a client gets for it. Immutable.
public enum RejectReason {
    /// `CORRUPT_MESSAGE`
    CORRUPT,
    /// `UNSUPPORTED_FOR_MESSAGE_FORMAT`, or `INVALID_RECORD` in a produce request
    OLD_FORMAT,
    /// `MESSAGE_TOO_LARGE`
    TOO_LARGE,
    /// A batch that does not fit a segment: `RECORD_LIST_TOO_LARGE`
    LARGER_THAN_SEGMENT,
    /// `INVALID_RECORD`
    INVALID_RECORD,
    /// `INVALID_TIMESTAMP`
    INVALID_TIMESTAMP,
    /// `UNSUPPORTED_COMPRESSION_TYPE`
    UNKNOWN_COMPRESSION,
    /// `OUT_OF_ORDER_SEQUENCE_NUMBER`
    OUT_OF_ORDER_SEQUENCE,
    /// `INVALID_PRODUCER_EPOCH`
    INVALID_PRODUCER_EPOCH,
    /// `INVALID_TXN_STATE`
    INVALID_TRANSACTION_STATE,
    /// `TRANSACTION_COORDINATOR_FENCED`
    COORDINATOR_FENCED,
    /// Offsets of a replicated batch do not follow on the log: the follower truncates or starts over.
    OFFSETS_NOT_FOLLOWING,
    /// Nothing was written, the log is as it was: `NOT_ENOUGH_REPLICAS`, which every client sends again.
    DISK_FULL;

    static RejectReason of(Refusal refusal) {
        return switch (refusal) {
            case OUT_OF_ORDER_SEQUENCE -> OUT_OF_ORDER_SEQUENCE;
            case INVALID_PRODUCER_EPOCH -> INVALID_PRODUCER_EPOCH;
            case INVALID_TRANSACTION_STATE -> INVALID_TRANSACTION_STATE;
            case COORDINATOR_FENCED -> COORDINATOR_FENCED;
        };
    }
}
