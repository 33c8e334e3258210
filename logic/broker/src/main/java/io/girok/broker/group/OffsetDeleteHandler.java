package io.girok.broker.group;

import io.girok.broker.ApiHandler;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.group.GroupCoordinator;
import io.girok.metadata.acl.AclOperation;
import io.girok.wire.ErrorAnswers;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopicCollection;
import org.apache.kafka.common.protocol.Errors;

/// OffsetDelete, version 0. Immutable.
final class OffsetDeleteHandler implements ApiHandler {
    private final GroupCoordinator groups;
    private final GroupCluster cluster;
    private final Access access;

    OffsetDeleteHandler(GroupCoordinator groups, GroupCluster cluster, Access access) {
        this.groups = groups;
        this.cluster = cluster;
        this.access = access;
    }

    @Override
    public void handle(Request request, Responder responder) {
        OffsetDeleteRequestData body = (OffsetDeleteRequestData) request.body();
        Permissions permissions = access.of(request);
        if (!permissions.mayOnGroup(AclOperation.DELETE, body.groupId())) {
            responder.respond(ErrorAnswers.of(request, Errors.GROUP_AUTHORIZATION_FAILED));
            return;
        }
        OffsetDeleteRequestTopicCollection known = new OffsetDeleteRequestTopicCollection();
        OffsetDeleteResponseTopicCollection unknown = new OffsetDeleteResponseTopicCollection();
        for (OffsetDeleteRequestTopic topic : body.topics()) {
            if (permissions.mayOnTopic(AclOperation.READ, topic.name())) {
                sort(topic, known, unknown);
            } else {
                unknown.add(denied(topic));
            }
        }
        CompletableFuture<OffsetDeleteResponseData> deleted = groups
                .deleteOffsets(new OffsetDeleteRequestData().setGroupId(body.groupId()).setTopics(known));
        Answering.when(deleted.thenApply(answer -> merge(answer, unknown)), responder);
    }

    private static OffsetDeleteResponseTopic denied(OffsetDeleteRequestTopic topic) {
        OffsetDeleteResponseTopic denied = new OffsetDeleteResponseTopic().setName(topic.name());
        topic.partitions()
                .forEach(partition -> denied.partitions()
                        .add(new OffsetDeleteResponsePartition().setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())));
        return denied;
    }

    private void sort(OffsetDeleteRequestTopic topic, OffsetDeleteRequestTopicCollection known,
            OffsetDeleteResponseTopicCollection unknown) {
        int partitionCount = cluster.partitionCount(topic.name());
        OffsetDeleteRequestTopic accepted = new OffsetDeleteRequestTopic().setName(topic.name());
        OffsetDeleteResponseTopic refused = new OffsetDeleteResponseTopic().setName(topic.name());
        for (OffsetDeleteRequestPartition partition : topic.partitions()) {
            if (0 <= partition.partitionIndex() && partition.partitionIndex() < partitionCount) {
                accepted.partitions().add(partition.duplicate());
            } else {
                refused.partitions()
                        .add(
                                new OffsetDeleteResponsePartition().setPartitionIndex(partition.partitionIndex())
                                        .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
            }
        }
        if (!accepted.partitions().isEmpty()) {
            known.add(accepted);
        }
        if (!refused.partitions().isEmpty()) {
            unknown.add(refused);
        }
    }

    private static OffsetDeleteResponseData merge(OffsetDeleteResponseData answer,
            OffsetDeleteResponseTopicCollection unknown) {
        if (answer.errorCode() != Errors.NONE.code()) {
            return answer;
        }
        for (OffsetDeleteResponseTopic topic : unknown) {
            OffsetDeleteResponseTopic present = answer.topics().find(topic.name());
            if (present == null) {
                answer.topics().add(topic.duplicate());
            } else {
                topic.partitions().forEach(partition -> present.partitions().add(partition.duplicate()));
            }
        }
        return answer;
    }
}
