package io.girok.record;

import java.util.ArrayList;
import java.util.List;

/// Decides whether a batch may be appended, and makes it what the topic wants. Used up by one batch; not thread-safe.
///
/// Every record is stepped over, packed or not, because a batch that lies about its count or its offsets breaks every
/// consumer of the partition for as long as it is stored. Stepping takes no memory for a record, and a packed batch is
/// unpacked through a small window that counts.
public final class BatchValidator {
    /// A client is told about this many records at fault; it needs to know that, not how often.
    private static final int MAX_FAULTS_TOLD = 100;

    private final RecordBatch batch;
    private final BatchRules rules;
    private final long nowMs;
    private List<BatchVerdict.RecordFault> faults = List.of();
    private boolean isTimestampAtFault;
    private long maxTimestamp = RecordBatch.NO_TIMESTAMP;

    private BatchValidator(RecordBatch batch, BatchRules rules, long nowMs) {
        this.batch = batch;
        this.rules = rules;
        this.nowMs = nowMs;
    }

    /// Validates a batch that a client wants to append.
    ///
    /// @param batch from a [BatchWalk]; its buffer may be written to, and is left alone if the batch is refused
    /// @param nowMs the broker's clock, which judges the producer's and gives log append time
    public static BatchVerdict validate(RecordBatch batch, BatchRules rules, long nowMs) {
        try {
            return new BatchValidator(batch, rules, nowMs).validate();
        } catch (InvalidBatch e) {
            return refused(e);
        }
    }

    /// Checks that a batch is what its writer meant: size, CRC and the header's own sense, not the records. For batches
    /// that a broker has validated before, and for those it writes itself.
    public static BatchVerdict checkIntact(RecordBatch batch) {
        try {
            checkCrc(batch);
            if (batch.lastOffsetDelta() < 0 || batch.recordCount() < 0) {
                throw invalid("last offset delta " + batch.lastOffsetDelta() + " and record count "
                        + batch.recordCount() + " must not be negative");
            }
            return new BatchVerdict.Accepted(batch, batch.maxTimestamp());
        } catch (InvalidBatch e) {
            return refused(e);
        }
    }

    private BatchVerdict validate() {
        checkSize(batch.sizeInBytes());
        checkCrc(batch);
        checkHeader();
        checkRecords();
        if (!faults.isEmpty()) {
            InvalidReason reason = isTimestampAtFault ? InvalidReason.INVALID_TIMESTAMP : InvalidReason.INVALID_RECORD;
            return new BatchVerdict.Refused(
                    reason,
                    "record " + faults.getFirst().index() + " " + faults.getFirst().message(),
                    faults);
        }
        return accept();
    }

    private void checkSize(int size) {
        if (rules.maxBatchBytes() < size) {
            throw new InvalidBatch(
                    InvalidReason.TOO_LARGE,
                    "batch of " + size + " bytes, where at most " + rules.maxBatchBytes() + " are taken");
        }
    }

    private static void checkCrc(RecordBatch batch) {
        if (batch.magic() != RecordBatch.MAGIC) {
            throw new InvalidBatch(InvalidReason.UNKNOWN_FORMAT, "unknown record format " + batch.magic());
        }
        if (!batch.isCrcValid()) {
            throw new InvalidBatch(InvalidReason.CORRUPT, "CRC does not fit the batch: it was changed on its way");
        }
    }

    private void checkHeader() {
        int count = batch.recordCount();
        if (count <= 0 || batch.lastOffsetDelta() != count - 1) {
            throw invalid("record count " + count + " and last offset delta " + batch.lastOffsetDelta()
                    + " do not fit together");
        }
        if (batch.baseOffset() != 0) {
            throw invalid("base offset is " + batch.baseOffset() + ", where a client's batch has 0");
        }
        if (batch.isControl()) {
            throw invalid("control records are not for clients to write");
        }
        if (batch.hasDeleteHorizon()) {
            throw invalid("a delete horizon is not for clients to set");
        }
        if (batch.hasProducerId() && (batch.producerEpoch() < 0 || batch.baseSequence() < 0)) {
            throw invalid("producer id " + batch.producerId() + " comes with epoch " + batch.producerEpoch()
                    + " and sequence " + batch.baseSequence());
        }
        if (batch.isTransactional() && !batch.hasProducerId()) {
            throw invalid("transactional batch without a producer id");
        }
        if (rules.timestampType() == TimestampType.CREATE_TIME
                && batch.timestampType() == TimestampType.LOG_APPEND_TIME) {
            throw new InvalidBatch(InvalidReason.INVALID_TIMESTAMP, "log append time is not for clients to set");
        }
    }

    private void checkRecords() {
        int count = batch.recordCount();
        try (RecordReader reader = batch.reader(rules.maxUnpackedBytes())) {
            try {
                for (int index = 0; index < count; index++) {
                    reader.skip();
                    checkRecord(reader, index);
                }
                if (!reader.isAtEnd()) {
                    throw invalid("bytes follow the last of " + count + " records");
                }
            } catch (InvalidBatch e) {
                throw e.recordIndex() == InvalidBatch.NO_RECORD && e.reason() == InvalidReason.INVALID_RECORD
                        ? new InvalidBatch(e.reason(), e.getMessage(), Math.max(0, reader.index()))
                        : e;
            }
        }
    }

    private void checkRecord(RecordReader reader, int index) {
        if (reader.offsetDelta() != index) {
            throw new InvalidBatch(
                    InvalidReason.INVALID_RECORD,
                    "record " + index + " has offset delta " + reader.offsetDelta(),
                    index);
        }
        if (rules.needsKeys() && !reader.hasKey()) {
            addFault(index, "has no key, which a compacted topic needs");
        }
        if (rules.timestampType() == TimestampType.CREATE_TIME) {
            checkTimestamp(reader.timestampDelta(), index);
        }
    }

    private void checkTimestamp(long delta, int index) {
        long timestamp = batch.baseTimestamp() + delta;
        maxTimestamp = Math.max(maxTimestamp, timestamp);
        if (timestamp == RecordBatch.NO_TIMESTAMP) {
            return;
        }
        boolean isTooEarly = timestamp < 0
                ? rules.timestampBeforeMaxMs() - nowMs < -timestamp || timestamp == Long.MIN_VALUE
                : rules.timestampBeforeMaxMs() < nowMs - timestamp;
        boolean isTooLate = nowMs < timestamp && rules.timestampAfterMaxMs() < timestamp - nowMs;
        if (isTooEarly || isTooLate) {
            isTimestampAtFault = true;
            addFault(
                    index,
                    "has timestamp " + timestamp + ", where " + rules.timestampBeforeMaxMs() + " ms before and "
                            + rules.timestampAfterMaxMs() + " ms after the broker's " + nowMs + " are taken");
        }
    }

    private void addFault(int index, String message) {
        if (faults.isEmpty()) {
            faults = new ArrayList<>();
        }
        if (faults.size() < MAX_FAULTS_TOLD) {
            faults.add(new BatchVerdict.RecordFault(index, message));
        }
    }

    private BatchVerdict accept() {
        RecordBatch result = batch;
        if (rules.compression() instanceof CompressionTarget.Fixed(Compression codec, int level)
                && codec != batch.compression()) {
            result = RecordBatch.at(Repacking.repack(batch, codec, level, rules), 0);
            checkSize(result.sizeInBytes());
        }
        switch (rules.timestampType()) {
            case LOG_APPEND_TIME -> {
                maxTimestamp = nowMs;
                result.assignLogAppendTime(nowMs);
            }
            case CREATE_TIME -> {
                // Some clients leave the header's field empty or wrong; the time index and retention rely on it, so it
                // is put right, as Apache Kafka does, and not held against the client.
                if (result.maxTimestamp() != maxTimestamp) {
                    result.assignMaxTimestamp(maxTimestamp);
                }
            }
        }
        return new BatchVerdict.Accepted(result, maxTimestamp);
    }

    private static InvalidBatch invalid(String message) {
        return new InvalidBatch(InvalidReason.INVALID_RECORD, message);
    }

    private static BatchVerdict.Refused refused(InvalidBatch e) {
        String message = e.getMessage();
        return new BatchVerdict.Refused(
                e.reason(),
                message,
                e.recordIndex() == InvalidBatch.NO_RECORD
                        ? List.of()
                        : List.of(new BatchVerdict.RecordFault(e.recordIndex(), message)));
    }
}
