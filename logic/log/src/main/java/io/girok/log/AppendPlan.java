package io.girok.log;

import io.girok.record.BatchValidator;
import io.girok.record.BatchVerdict;
import io.girok.record.BatchWalk;
import io.girok.record.InvalidReason;
import io.girok.record.RecordBatch;
import io.girok.record.TimestampType;
import java.nio.ByteBuffer;
import java.util.List;

/// What an append would write, or why it may not. Immutable but for the buffer.
sealed interface AppendPlan {
    /// Ready to be written as it is, offsets and epoch in place.
    ///
    /// @param batches from position to limit
    record Write(ByteBuffer batches, long baseOffset, long lastOffset, long maxTimestamp, long logAppendTimeMs,
            boolean hasProducers) implements AppendPlan {}

    /// The append has ended already.
    record End(AppendResult result) implements AppendPlan {}

    /// @param end the log's end offset
    /// @param nowMs the wall clock
    static AppendPlan forClient(ByteBuffer buffer, long end, int leaderEpoch, LogSettings settings, long nowMs) {
        BatchWalk walk = BatchWalk.of(buffer);
        RecordBatch batch = walk.next();
        if (batch == null) {
            return rejected(walk.ending());
        }
        if (walk.next() != null || !(walk.ending() instanceof BatchWalk.Ending.Whole)) {
            return rejected(RejectReason.INVALID_RECORD, "more than one batch for a partition in a produce request");
        }
        return switch (BatchValidator.validate(batch, settings.batches(), nowMs)) {
            case BatchVerdict.Refused(InvalidReason reason, String message, List<BatchVerdict.RecordFault> records) ->
                new End(new AppendResult.Rejected(reasonOf(reason), message, records));
            case BatchVerdict.Accepted(RecordBatch accepted, long maxTimestamp) -> {
                if (settings.roll().segmentBytes() < accepted.sizeInBytes()) {
                    yield rejected(
                            RejectReason.LARGER_THAN_SEGMENT,
                            "batch of " + accepted.sizeInBytes() + " bytes is larger than a segment of "
                                    + settings.roll().segmentBytes());
                }
                accepted.assignOffsets(end, leaderEpoch);
                boolean isBrokerTime = accepted.timestampType() == TimestampType.LOG_APPEND_TIME;
                yield new Write(accepted.slice(), end, accepted.lastOffset(), maxTimestamp, isBrokerTime ? nowMs : -1,
                        accepted.hasProducerId());
            }
        };
    }

    static AppendPlan forCoordinator(ByteBuffer buffer, long end, int leaderEpoch) {
        BatchWalk walk = BatchWalk.of(buffer);
        long next = end;
        long maxTimestamp = RecordBatch.NO_TIMESTAMP;
        boolean hasProducers = false;
        for (RecordBatch batch = walk.next(); batch != null; batch = walk.next()) {
            if (BatchValidator.checkIntact(batch) instanceof BatchVerdict.Refused refused) {
                return rejected(reasonOf(refused.reason()), refused.message());
            }
            batch.assignOffsets(next, leaderEpoch);
            next = batch.endOffset();
            maxTimestamp = Math.max(maxTimestamp, batch.maxTimestamp());
            hasProducers |= batch.hasProducerId();
        }
        if (!(walk.ending() instanceof BatchWalk.Ending.Whole) || next == end) {
            return rejected(walk.ending());
        }
        return new Write(buffer.slice(), end, next - 1, maxTimestamp, -1, hasProducers);
    }

    /// A batch that is cut short at the end is left out: it comes again with the next fetch.
    static AppendPlan forReplication(ByteBuffer buffer, long end) {
        BatchWalk walk = BatchWalk.of(buffer);
        long first = -1;
        long next = end;
        long maxTimestamp = RecordBatch.NO_TIMESTAMP;
        boolean hasProducers = false;
        for (RecordBatch batch = walk.next(); batch != null; batch = walk.next()) {
            if (BatchValidator.checkIntact(batch) instanceof BatchVerdict.Refused refused) {
                return rejected(reasonOf(refused.reason()), refused.message());
            }
            if (batch.baseOffset() < next) {
                return rejected(
                        RejectReason.OFFSETS_NOT_FOLLOWING,
                        "batch at offset " + batch.baseOffset() + " does not follow on " + next);
            }
            first = first < 0 ? batch.baseOffset() : first;
            next = batch.endOffset();
            maxTimestamp = Math.max(maxTimestamp, batch.maxTimestamp());
            hasProducers |= batch.hasProducerId();
        }
        if (first < 0 || walk.ending() instanceof BatchWalk.Ending.Invalid) {
            return rejected(walk.ending());
        }
        int size = walk.ending().position() - buffer.position();
        return new Write(buffer.slice(buffer.position(), size), first, next - 1, maxTimestamp, -1, hasProducers);
    }

    private static End rejected(BatchWalk.Ending ending) {
        return switch (ending) {
            case BatchWalk.Ending.Whole whole -> rejected(RejectReason.INVALID_RECORD, "no batch to append");
            case BatchWalk.Ending.Torn(int position, int availableBytes, int neededBytes) -> rejected(
                    RejectReason.CORRUPT,
                    "batch of " + neededBytes + " bytes or more ends after " + availableBytes);
            case BatchWalk.Ending.Invalid(int position, InvalidReason reason, String message) ->
                rejected(reasonOf(reason), message);
        };
    }

    static End rejected(RejectReason reason, String message) {
        return new End(new AppendResult.Rejected(reason, message, List.of()));
    }

    private static RejectReason reasonOf(InvalidReason reason) {
        return switch (reason) {
            case CORRUPT -> RejectReason.CORRUPT;
            case OLD_FORMAT -> RejectReason.OLD_FORMAT;
            case UNKNOWN_FORMAT, INVALID_RECORD -> RejectReason.INVALID_RECORD;
            case TOO_LARGE -> RejectReason.TOO_LARGE;
            case INVALID_TIMESTAMP -> RejectReason.INVALID_TIMESTAMP;
            case UNKNOWN_COMPRESSION -> RejectReason.UNKNOWN_COMPRESSION;
        };
    }
}
