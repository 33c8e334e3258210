package io.girok.broker.data;

import io.girok.broker.LedPartition;
import io.girok.files.StorageFailed;
import io.girok.replication.PartitionLeader;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// One partition of a DeleteRecords request. Owned by the partition's shard.
final class DeleteRecordsItem implements TimedPart.Item, PartitionLeader.CommitListener {
    private final LedPartition partition;
    private final DeleteRecordsPartition wanted;
    private final DeleteRecordsPartitionResult answer;
    private PartitionLeader.@Nullable CommitWait wait;
    private @Nullable TimedPart waitingPart;

    DeleteRecordsItem(LedPartition partition, DeleteRecordsPartition wanted, DeleteRecordsPartitionResult answer) {
        this.partition = partition;
        this.wanted = wanted;
        this.answer = answer;
    }

    LedPartition partition() {
        return partition;
    }

    /// Deletes, and waits for the in-sync followers.
    @Override
    public boolean begin(TimedPart part) {
        Errors error = partition.admit();
        if (error == Errors.NONE && !partition.leader().settings().retention().deletes()) {
            error = Errors.POLICY_VIOLATION;
        }
        if (error != Errors.NONE) {
            answer.setErrorCode(error.code());
            return true;
        }
        try {
            PartitionLeader.DeleteOutcome outcome = partition.leader().deleteBefore(wanted.offset());
            answer.setErrorCode(outcome.error().code());
            if (outcome.error() == Errors.NONE) {
                wait = partition.leader().awaitDeleted(outcome.offset(), this);
                waitingPart = wait == null ? null : part;
            }
        } catch (StorageFailed failure) {
            // The leader has noted and logged it.
            answer.setErrorCode(Errors.KAFKA_STORAGE_ERROR.code());
        }
        return wait == null;
    }

    @Override
    public void onDone(Errors error) {
        answer.setErrorCode(error.code());
        if (error == Errors.NONE || error == Errors.REQUEST_TIMED_OUT) {
            answer.setLowWatermark(partition.leader().lowWatermark());
        }
        wait = null;
        TimedPart part = waitingPart;
        if (part != null) {
            waitingPart = null;
            part.itemDone();
        }
    }

    @Override
    public void timeOut() {
        PartitionLeader.CommitWait waited = wait;
        if (waited != null) {
            waited.cancel();
            onDone(Errors.REQUEST_TIMED_OUT);
        }
    }
}
