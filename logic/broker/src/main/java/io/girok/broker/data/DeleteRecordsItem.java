package io.girok.broker.data;

import io.girok.broker.LedPartition;
import io.girok.files.StorageFailed;
import io.girok.replication.PartitionLeader;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.protocol.Errors;

/// One partition of a DeleteRecords request. Owned by the partition's shard.
final class DeleteRecordsItem extends TimedPart.Item {
    private final DeleteRecordsPartition wanted;
    private final DeleteRecordsPartitionResult answer;

    DeleteRecordsItem(LedPartition partition, DeleteRecordsPartition wanted, DeleteRecordsPartitionResult answer) {
        super(partition);
        this.wanted = wanted;
        this.answer = answer;
    }

    /// Deletes, and waits for the in-sync followers.
    @Override
    boolean begin(TimedPart part) {
        Errors error = partition().admit();
        if (error == Errors.NONE && !partition().leader().settings().retention().deletes()) {
            error = Errors.POLICY_VIOLATION;
        }
        if (error != Errors.NONE) {
            answer.setErrorCode(error.code());
            return true;
        }
        try {
            PartitionLeader.DeleteOutcome outcome = partition().leader().deleteBefore(wanted.offset());
            answer.setErrorCode(outcome.error().code());
            return outcome.error() != Errors.NONE
                    || waitIn(part, partition().leader().awaitDeleted(outcome.offset(), this));
        } catch (StorageFailed failure) {
            // The leader has noted and logged it.
            answer.setErrorCode(Errors.KAFKA_STORAGE_ERROR.code());
            return true;
        }
    }

    @Override
    void tell(Errors error) {
        answer.setErrorCode(error.code());
        if (error == Errors.NONE || error == Errors.REQUEST_TIMED_OUT) {
            answer.setLowWatermark(partition().leader().lowWatermark());
        }
    }
}
