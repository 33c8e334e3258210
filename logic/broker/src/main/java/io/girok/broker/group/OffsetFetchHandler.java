package io.girok.broker.group;

import io.girok.base.TopicId;
import io.girok.broker.ApiHandler;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.group.GroupCoordinator;
import io.girok.metadata.acl.AclOperation;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import io.girok.wire.TopicUuids;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartition;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopic;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;

/// OffsetFetch, versions 1 to 10: one group or many, topics by name or (from 10 on) by id. No offset is ever unstable:
/// there are no transactions yet. Immutable.
final class OffsetFetchHandler implements ApiHandler {
    private static final short FIRST_VERSION_WITH_ERROR = 2;
    private static final short FIRST_VERSION_WITH_GROUPS = 8;
    private static final short FIRST_VERSION_WITH_IDS = 10;
    private static final long NO_OFFSET = -1;

    private final GroupCoordinator groups;
    private final GroupCluster cluster;
    private final Access access;

    OffsetFetchHandler(GroupCoordinator groups, GroupCluster cluster, Access access) {
        this.groups = groups;
        this.cluster = cluster;
        this.access = access;
    }

    @Override
    public void handle(Request request, Responder responder) {
        OffsetFetchRequestData body = (OffsetFetchRequestData) request.body();
        short version = request.version();
        Permissions permissions = access.of(request);
        if (version < FIRST_VERSION_WITH_GROUPS) {
            OffsetFetchRequestGroup group = single(body);
            Answering.when(fetch(group, permissions).thenApply(answer -> single(group, answer, version)), responder);
            return;
        }
        List<CompletableFuture<OffsetFetchResponseGroup>> parts = body.groups()
                .stream()
                .map(group -> version < FIRST_VERSION_WITH_IDS
                        ? fetch(group, permissions)
                        : fetchById(group, permissions))
                .toList();
        CompletableFuture<OffsetFetchResponseData> all = CompletableFuture
                .allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(
                        _ -> new OffsetFetchResponseData()
                                .setGroups(parts.stream().map(CompletableFuture::join).toList()));
        Answering.when(all, responder);
    }

    private static OffsetFetchRequestGroup single(OffsetFetchRequestData body) {
        OffsetFetchRequestGroup group = new OffsetFetchRequestGroup().setGroupId(body.groupId()).setTopics(null);
        if (body.topics() != null) {
            List<OffsetFetchRequestTopics> topics = new ArrayList<>(body.topics().size());
            for (OffsetFetchRequestTopic each : body.topics()) {
                topics.add(
                        new OffsetFetchRequestTopics().setName(each.name())
                                .setPartitionIndexes(each.partitionIndexes()));
            }
            group.setTopics(topics);
        }
        return group;
    }

    private static OffsetFetchResponseData single(OffsetFetchRequestGroup asked, OffsetFetchResponseGroup group,
            short version) {
        OffsetFetchResponseData answer = new OffsetFetchResponseData().setErrorCode(group.errorCode());
        for (OffsetFetchResponseTopics topic : group.topics()) {
            answer.topics().add(single(topic));
        }
        if (version < FIRST_VERSION_WITH_ERROR && group.errorCode() != Errors.NONE.code() && asked.topics() != null) {
            for (OffsetFetchRequestTopics topic : asked.topics()) {
                answer.topics().add(single(refused(topic, Errors.forCode(group.errorCode()))));
            }
        }
        return answer;
    }

    private static OffsetFetchResponseTopic single(OffsetFetchResponseTopics topic) {
        OffsetFetchResponseTopic answer = new OffsetFetchResponseTopic().setName(topic.name());
        for (OffsetFetchResponsePartitions each : topic.partitions()) {
            answer.partitions()
                    .add(
                            new OffsetFetchResponsePartition().setPartitionIndex(each.partitionIndex())
                                    .setCommittedOffset(each.committedOffset())
                                    .setCommittedLeaderEpoch(each.committedLeaderEpoch())
                                    .setMetadata(each.metadata())
                                    .setErrorCode(each.errorCode()));
        }
        return answer;
    }

    /// What the sender may know: without a list of topics, those that it may not know of are left out.
    private CompletableFuture<OffsetFetchResponseGroup> fetch(OffsetFetchRequestGroup group,
            Permissions permissions) {
        if (!permissions.mayOnGroup(AclOperation.DESCRIBE, group.groupId())) {
            return CompletableFuture.completedFuture(new OffsetFetchResponseGroup().setGroupId(group.groupId())
                    .setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code()));
        }
        if (permissions.areUnlimited()) {
            return groups.fetch(group);
        }
        if (group.topics() == null) {
            return groups.fetch(group)
                    .thenApply(answer -> answer.setTopics(answer.topics()
                            .stream()
                            .filter(topic -> permissions.maySeeTopic(topic.name()))
                            .toList()));
        }
        List<OffsetFetchRequestTopics> allowed = new ArrayList<>();
        List<OffsetFetchResponseTopics> denied = new ArrayList<>();
        for (OffsetFetchRequestTopics topic : group.topics()) {
            if (permissions.mayOnTopic(AclOperation.DESCRIBE, topic.name())) {
                allowed.add(topic);
            } else {
                denied.add(refused(topic, Errors.TOPIC_AUTHORIZATION_FAILED));
            }
        }
        return groups.fetch(group.duplicate().setTopics(allowed)).thenApply(answer -> {
            if (answer.errorCode() == Errors.NONE.code()) {
                answer.topics().addAll(denied);
            }
            return answer;
        });
    }

    /// Asks by name, since offsets are kept by name, and answers by id.
    private CompletableFuture<OffsetFetchResponseGroup> fetchById(OffsetFetchRequestGroup group,
            Permissions permissions) {
        if (group.topics() == null) {
            return fetch(group, permissions).thenApply(this::withIds);
        }
        List<OffsetFetchRequestTopics> known = new ArrayList<>();
        List<OffsetFetchResponseTopics> unknown = new ArrayList<>();
        for (OffsetFetchRequestTopics topic : group.topics()) {
            String name = cluster.nameOf(TopicUuids.of(topic.topicId()));
            if (name == null) {
                unknown.add(refused(topic, Errors.UNKNOWN_TOPIC_ID));
            } else {
                known.add(topic.duplicate().setName(name));
            }
        }
        return fetch(group.duplicate().setTopics(known), permissions).thenApply(answer -> {
            if (answer.errorCode() == Errors.NONE.code()) {
                answer.topics().addAll(unknown);
            }
            return answer;
        });
    }

    /// Offsets of topics that are just being deleted have no id any more, and are left out.
    private OffsetFetchResponseGroup withIds(OffsetFetchResponseGroup answer) {
        List<OffsetFetchResponseTopics> present = new ArrayList<>();
        for (OffsetFetchResponseTopics topic : answer.topics()) {
            TopicId id = cluster.idOf(topic.name());
            if (!id.isZero()) {
                present.add(topic.setTopicId(TopicUuids.of(id)));
            }
        }
        return answer.setTopics(present);
    }

    private static OffsetFetchResponseTopics refused(OffsetFetchRequestTopics topic, Errors error) {
        OffsetFetchResponseTopics answer = new OffsetFetchResponseTopics().setName(topic.name())
                .setTopicId(topic.topicId());
        for (int partition : topic.partitionIndexes()) {
            answer.partitions()
                    .add(
                            new OffsetFetchResponsePartitions().setPartitionIndex(partition)
                                    .setCommittedOffset(NO_OFFSET)
                                    .setMetadata("")
                                    .setErrorCode(error.code()));
        }
        return answer;
    }
}
