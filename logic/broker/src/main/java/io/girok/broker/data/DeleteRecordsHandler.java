package io.girok.broker.data;

import io.girok.broker.ApiHandler;
import io.girok.broker.LedPartition;
import io.girok.broker.Partitions;
import io.girok.broker.Placement;
import io.girok.broker.SpanningRequest;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.files.StorageFailed;
import io.girok.metadata.acl.AclOperation;
import io.girok.replication.PartitionLeader;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.protocol.Errors;

/// DeleteRecords, versions 0 to 2: hides everything below an offset for good; retention takes the segments. Immutable.
final class DeleteRecordsHandler implements ApiHandler {
    private static final long NO_OFFSET = -1;

    private final Partitions partitions;
    private final Access access;

    private record Item(LedPartition partition, DeleteRecordsPartition wanted, DeleteRecordsPartitionResult answer) {}

    DeleteRecordsHandler(Partitions partitions, Access access) {
        this.partitions = partitions;
        this.access = access;
    }

    @Override
    public void handle(Request request, Responder responder) {
        DeleteRecordsRequestData body = (DeleteRecordsRequestData) request.body();
        DeleteRecordsResponseData response = new DeleteRecordsResponseData();
        List<Item> items = new ArrayList<>();
        Permissions permissions = access.of(request);
        for (DeleteRecordsTopic topic : body.topics()) {
            DeleteRecordsTopicResult result = new DeleteRecordsTopicResult().setName(topic.name());
            response.topics().add(result);
            boolean isAllowed = permissions.mayOnTopic(AclOperation.DELETE, topic.name());
            for (DeleteRecordsPartition partition : topic.partitions()) {
                DeleteRecordsPartitionResult answer = new DeleteRecordsPartitionResult()
                        .setPartitionIndex(partition.partitionIndex())
                        .setLowWatermark(NO_OFFSET)
                        .setErrorCode(Errors.UNKNOWN_SERVER_ERROR.code());
                result.partitions().add(answer);
                if (!isAllowed) {
                    answer.setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code());
                    continue;
                }
                if (Topic.isInternal(topic.name())) {
                    answer.setErrorCode(Errors.INVALID_TOPIC_EXCEPTION.code());
                    continue;
                }
                switch (partitions.find(topic.name(), partition.partitionIndex())) {
                    case LedPartition led -> items.add(new Item(led, partition, answer));
                    case Placement.NotHere notHere -> answer.setErrorCode(notHere.error().code());
                }
            }
        }
        SpanningRequest.run(items, item -> item.partition().shard(), DeleteRecordsHandler::delete,
                () -> responder.respond(response));
    }

    private static void delete(List<Item> items) {
        for (Item item : items) {
            Errors error = item.partition().admit();
            if (error != Errors.NONE) {
                item.answer().setErrorCode(error.code());
                continue;
            }
            PartitionLeader leader = item.partition().leader();
            if (!leader.settings().retention().deletes()) {
                item.answer().setErrorCode(Errors.POLICY_VIOLATION.code());
                continue;
            }
            try {
                PartitionLeader.DeleteOutcome outcome = leader.deleteBefore(item.wanted().offset());
                item.answer().setErrorCode(outcome.error().code()).setLowWatermark(outcome.lowWatermark());
            } catch (StorageFailed failure) {
                // The leader has noted and logged it.
                item.answer().setErrorCode(Errors.KAFKA_STORAGE_ERROR.code());
            }
        }
    }
}
