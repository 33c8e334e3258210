package io.girok.replication;

import io.girok.log.RejectReason;
import org.apache.kafka.common.protocol.Errors;

/// The Kafka error for each reason of the log to refuse an append. Immutable.
final class Rejections {
    private Rejections() {}

    static Errors error(RejectReason reason) {
        return switch (reason) {
            case CORRUPT -> Errors.CORRUPT_MESSAGE;
            // A produce request that took the trouble to be of version 3 must not hold what older versions do.
            case OLD_FORMAT, INVALID_RECORD -> Errors.INVALID_RECORD;
            case TOO_LARGE -> Errors.MESSAGE_TOO_LARGE;
            case LARGER_THAN_SEGMENT -> Errors.RECORD_LIST_TOO_LARGE;
            case INVALID_TIMESTAMP -> Errors.INVALID_TIMESTAMP;
            case UNKNOWN_COMPRESSION -> Errors.UNSUPPORTED_COMPRESSION_TYPE;
            case OUT_OF_ORDER_SEQUENCE -> Errors.OUT_OF_ORDER_SEQUENCE_NUMBER;
            case INVALID_PRODUCER_EPOCH -> Errors.INVALID_PRODUCER_EPOCH;
            case INVALID_TRANSACTION_STATE -> Errors.INVALID_TXN_STATE;
            case COORDINATOR_FENCED -> Errors.TRANSACTION_COORDINATOR_FENCED;
            case OFFSETS_NOT_FOLLOWING -> throw new IllegalArgumentException("a leader assigns its offsets itself");
            // What every client sends again, unlike KAFKA_STORAGE_ERROR, which ends the producers of sarama before
            // 1.44, aiokafka before 0.13, brod and librdkafka before 1.6; the message says what is the matter.
            case DISK_FULL -> Errors.NOT_ENOUGH_REPLICAS;
        };
    }
}
