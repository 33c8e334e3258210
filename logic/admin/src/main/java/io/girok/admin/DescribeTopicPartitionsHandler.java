package io.girok.admin;

import io.girok.broker.ApiHandler;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.controller.TopicNames;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import io.girok.metadata.acl.AclOperation;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import io.girok.wire.TopicUuids;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/// DescribeTopicPartitions (KIP-966): topics page by page, in the order of their names. Thread-safe.
final class DescribeTopicPartitionsHandler implements ApiHandler {
    /// The most partitions in one answer, whatever the client asks for.
    private static final int MAX_PARTITIONS = 2_000;

    private final ClusterView cluster;
    private final Access access;

    DescribeTopicPartitionsHandler(ClusterView cluster, Access access) {
        this.access = access;
        this.cluster = cluster;
    }

    @Override
    public void handle(Request request, Responder responder) {
        DescribeTopicPartitionsRequestData body = (DescribeTopicPartitionsRequestData) request.body();
        MetadataImage image = cluster.image();
        Permissions permissions = access.of(request);
        TreeSet<String> names = new TreeSet<>();
        if (body.topics().isEmpty()) {
            image.topics().forEach(topic -> {
                if (permissions.maySeeTopic(topic.name())) {
                    names.add(topic.name());
                }
            });
        } else {
            body.topics().forEach(topic -> names.add(topic.name()));
        }
        String from = body.cursor() == null ? "" : body.cursor().topicName();
        int fromIndex = body.cursor() == null ? 0 : Math.max(0, body.cursor().partitionIndex());
        int room = Math.clamp(body.responsePartitionLimit(), 1, MAX_PARTITIONS);

        DescribeTopicPartitionsResponseData answer = new DescribeTopicPartitionsResponseData();
        for (String name : names.tailSet(from)) {
            int first = name.equals(from) ? fromIndex : 0;
            if (!permissions.mayOnTopic(AclOperation.DESCRIBE, name)) {
                answer.topics().add(denied(name));
                continue;
            }
            TopicImage topic = image.topic(name);
            if (topic == null) {
                answer.topics().add(unknown(name));
                continue;
            }
            if (room == 0) {
                answer.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(first));
                break;
            }
            int to = (int) Math.min(topic.partitions().size(), (long) first + room);
            answer.topics()
                    .add(describe(image, topic, first, to)
                            .setTopicAuthorizedOperations(AuthorizedOperations.onTopic(permissions, name)));
            room -= Math.max(0, to - first);
            if (to < topic.partitions().size()) {
                answer.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(to));
                break;
            }
        }
        responder.respond(answer);
    }

    /// The same whether or not there is such a topic.
    private static DescribeTopicPartitionsResponseTopic denied(String name) {
        return new DescribeTopicPartitionsResponseTopic().setName(name)
                .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code());
    }

    private static DescribeTopicPartitionsResponseTopic unknown(String name) {
        return new DescribeTopicPartitionsResponseTopic().setName(name)
                .setErrorCode(
                        TopicNames.problem(name).isPresent()
                                ? Errors.INVALID_TOPIC_EXCEPTION.code()
                                : Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    private DescribeTopicPartitionsResponseTopic describe(MetadataImage image, TopicImage topic, int from,
            int to) {
        DescribeTopicPartitionsResponseTopic described = new DescribeTopicPartitionsResponseTopic()
                .setName(topic.name())
                .setTopicId(TopicUuids.of(topic.id()))
                .setIsInternal(ClusterView.isInternal(topic.name()));
        for (int index = from; index < to; index++) {
            PartitionImage partition = topic.partitions().get(index);
            int leader = cluster.leader(partition);
            described.partitions()
                    .add(
                            new DescribeTopicPartitionsResponsePartition().setPartitionIndex(index)
                                    .setErrorCode(
                                            leader == PartitionImage.NO_LEADER
                                                    ? Errors.LEADER_NOT_AVAILABLE.code()
                                                    : Errors.NONE.code())
                                    .setLeaderId(leader)
                                    .setLeaderEpoch(partition.leaderEpoch())
                                    .setReplicaNodes(partition.replicas())
                                    .setIsrNodes(partition.isr())
                                    .setEligibleLeaderReplicas(partition.elr())
                                    .setLastKnownElr(List.of())
                                    .setOfflineReplicas(cluster.offlineReplicas(image, partition)));
        }
        return described;
    }
}
