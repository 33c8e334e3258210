package io.girok.broker.data;

import io.girok.broker.ApiHandler;
import io.girok.broker.LedPartition;
import io.girok.broker.Partitions;
import io.girok.broker.Placement;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.metadata.acl.AclOperation;
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

/// DeleteRecords, versions 0 to 2: hides everything below an offset for good, in all in-sync replicas; retention takes
/// the segments. Immutable.
final class DeleteRecordsHandler implements ApiHandler {
    private static final long NO_OFFSET = -1;

    private final Partitions partitions;
    private final Access access;

    DeleteRecordsHandler(Partitions partitions, Access access) {
        this.partitions = partitions;
        this.access = access;
    }

    @Override
    public void handle(Request request, Responder responder) {
        DeleteRecordsRequestData body = (DeleteRecordsRequestData) request.body();
        DeleteRecordsResponseData response = new DeleteRecordsResponseData();
        List<DeleteRecordsItem> items = new ArrayList<>();
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
                    case LedPartition led -> items.add(new DeleteRecordsItem(led, partition, answer));
                    case Placement.NotHere notHere -> answer.setErrorCode(notHere.error().code());
                }
            }
        }
        TimedPart.run(items, body.timeoutMs(), () -> responder.respond(response));
    }
}
