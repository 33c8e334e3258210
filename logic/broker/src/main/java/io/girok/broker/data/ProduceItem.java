package io.girok.broker.data;

import io.girok.broker.LedPartition;
import io.girok.log.AppendOrigin;
import io.girok.replication.AppendOutcome;
import io.girok.replication.AppendOutcome.RecordFault;
import io.girok.replication.PartitionLeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// One partition of a produce request. Owned by the partition's shard.
final class ProduceItem extends TimedPart.Item {
    private static final short ACKS_ALL = -1;

    private final ByteBuffer records;
    private final PartitionProduceResponse answer;
    private final short acks;
    private final Sequence sequence;

    /// Where the batch stands in what its producer sends.
    record Sequence(SkippedSequences skipped, Object topic, int index, @Nullable ByteBuffer records) {
        void refused() {
            skipped.refused(topic, index, records);
        }

        void accepted() {
            skipped.accepted(topic, index, records);
        }

        boolean isTooEarly(PartitionLeader leader) {
            return skipped.isTooEarly(topic, index, records, leader);
        }
    }

    ProduceItem(LedPartition partition, ByteBuffer records, PartitionProduceResponse answer, short acks,
            Sequence sequence) {
        super(partition);
        this.sequence = sequence;
        this.records = records;
        this.answer = answer;
        this.acks = acks;
    }

    PartitionProduceResponse answer() {
        return answer;
    }

    /// Appends, and waits for the commit where the producer does.
    @Override
    boolean begin(TimedPart part) {
        Errors error = partition().admit();
        if (error != Errors.NONE) {
            answer.setErrorCode(error.code());
            sequence.refused();
            return true;
        }
        if (sequence.isTooEarly(partition().leader())) {
            answer.setErrorCode(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code())
                    .setErrorMessage("an earlier batch of the producer was refused and has to come first");
            return true;
        }
        return switch (partition().leader().append(records, AppendOrigin.CLIENT, acks)) {
            case AppendOutcome.Refused refused -> {
                refuse(refused);
                sequence.refused();
                yield true;
            }
            case AppendOutcome.Written written -> {
                sequence.accepted();
                answer.setErrorCode(Errors.NONE.code())
                        .setBaseOffset(written.baseOffset())
                        .setLogAppendTimeMs(written.logAppendTimeMs())
                        .setLogStartOffset(written.logStartOffset());
                yield acks != ACKS_ALL
                        || waitIn(part, partition().leader().awaitCommitted(written.endOffset(), this));
            }
        };
    }

    @Override
    void tell(Errors error) {
        answer.setErrorCode(error.code());
    }

    private void refuse(AppendOutcome.Refused refused) {
        answer.setErrorCode(refused.error().code()).setErrorMessage(refused.message());
        if (!refused.recordErrors().isEmpty()) {
            List<BatchIndexAndErrorMessage> errors = new ArrayList<>(refused.recordErrors().size());
            for (RecordFault fault : refused.recordErrors()) {
                errors.add(new BatchIndexAndErrorMessage().setBatchIndex(fault.index())
                        .setBatchIndexErrorMessage(fault.message()));
            }
            answer.setRecordErrors(errors);
        }
    }
}
