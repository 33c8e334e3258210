package io.girok.broker.group;

import io.girok.base.TopicId;
import io.girok.broker.ApiHandler;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.group.GroupCoordinator;
import io.girok.metadata.acl.AclOperation;
import io.girok.wire.ErrorAnswers;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import io.girok.wire.TopicUuids;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// OffsetCommit, versions 2 to 10: what is committed for partitions that are not there is refused here, the rest is the
/// coordinator's. Immutable.
final class OffsetCommitHandler implements ApiHandler {
    private static final short FIRST_VERSION_WITH_IDS = 10;

    private final GroupCoordinator groups;
    private final GroupCluster cluster;
    private final Access access;

    OffsetCommitHandler(GroupCoordinator groups, GroupCluster cluster, Access access) {
        this.groups = groups;
        this.cluster = cluster;
        this.access = access;
    }

    @Override
    public void handle(Request request, Responder responder) {
        OffsetCommitRequestData body = (OffsetCommitRequestData) request.body();
        Permissions permissions = access.of(request);
        if (!permissions.mayOnGroup(AclOperation.READ, body.groupId())) {
            responder.respond(ErrorAnswers.of(request, Errors.GROUP_AUTHORIZATION_FAILED));
            return;
        }
        boolean hasIds = FIRST_VERSION_WITH_IDS <= request.version();
        OffsetCommitResponseData answer = new OffsetCommitResponseData();
        List<OffsetCommitRequestTopic> known = new ArrayList<>();
        Map<String, OffsetCommitResponseTopic> answerByTopic = new HashMap<>();
        for (OffsetCommitRequestTopic topic : body.topics()) {
            OffsetCommitResponseTopic topicAnswer = new OffsetCommitResponseTopic().setName(topic.name())
                    .setTopicId(topic.topicId());
            answer.topics().add(topicAnswer);
            String name = hasIds ? cluster.nameOf(TopicUuids.of(topic.topicId())) : topic.name();
            if (name != null && !permissions.mayOnTopic(AclOperation.READ, name)) {
                topic.partitions()
                        .forEach(partition -> refuse(topicAnswer, partition, Errors.TOPIC_AUTHORIZATION_FAILED));
                continue;
            }
            OffsetCommitRequestTopic accepted = accept(topic, name, hasIds, topicAnswer);
            if (!accepted.partitions().isEmpty()) {
                known.add(accepted);
                answerByTopic.put(accepted.name(), topicAnswer);
            }
        }
        if (known.isEmpty()) {
            responder.respond(answer);
            return;
        }
        CompletableFuture<OffsetCommitResponseData> committed = groups.commit(body.duplicate().setTopics(known));
        Answering.when(committed.thenApply(data -> merge(data, answer, answerByTopic)), responder);
    }

    /// The part of `topic` that the coordinator is asked about; the rest is refused in `answer`.
    private OffsetCommitRequestTopic accept(OffsetCommitRequestTopic topic, @Nullable String name, boolean hasIds,
            OffsetCommitResponseTopic answer) {
        TopicId id = name == null ? TopicId.ZERO : cluster.idOf(name);
        int partitionCount = name == null ? 0 : cluster.partitionCount(name);
        Errors refusal = hasIds && id.isZero() ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        OffsetCommitRequestTopic accepted = new OffsetCommitRequestTopic().setName(name == null ? "" : name)
                .setTopicId(TopicUuids.of(id));
        for (OffsetCommitRequestPartition partition : topic.partitions()) {
            if (!id.isZero() && 0 <= partition.partitionIndex() && partition.partitionIndex() < partitionCount) {
                accepted.partitions().add(partition);
            } else {
                refuse(answer, partition, refusal);
            }
        }
        return accepted;
    }

    private static void refuse(OffsetCommitResponseTopic answer, OffsetCommitRequestPartition partition,
            Errors error) {
        answer.partitions()
                .add(new OffsetCommitResponsePartition().setPartitionIndex(partition.partitionIndex())
                        .setErrorCode(error.code()));
    }

    private static OffsetCommitResponseData merge(OffsetCommitResponseData committed, OffsetCommitResponseData answer,
            Map<String, OffsetCommitResponseTopic> answerByTopic) {
        for (OffsetCommitResponseTopic topic : committed.topics()) {
            OffsetCommitResponseTopic topicAnswer = answerByTopic.get(topic.name());
            if (topicAnswer != null) {
                topicAnswer.partitions().addAll(topic.partitions());
            }
        }
        return answer;
    }
}
