package io.girok.record.producer;

/// Why a batch of an idempotent or transactional producer may not be appended. The names are those of the protocol's
/// errors. Immutable.
public enum Refusal {
    OUT_OF_ORDER_SEQUENCE, INVALID_PRODUCER_EPOCH, INVALID_TRANSACTION_STATE, COORDINATOR_FENCED
}
