package io.girok.record.producer;

/// What the log knows of an idempotent producer. Immutable.
///
/// @param lastSequence -1 when nothing of its epoch is known
/// @param lastOffset of its last batch, -1 for none
/// @param coordinatorEpoch of the last transaction marker, -1 for none
/// @param transactionFirstOffset of its open transaction, -1 for none
public record ProducerState(long producerId, short producerEpoch, int lastSequence, long lastOffset,
        long lastTimestamp, int coordinatorEpoch, long transactionFirstOffset) {}
