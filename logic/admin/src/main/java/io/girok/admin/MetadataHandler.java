package io.girok.admin;

import io.girok.base.TopicId;
import io.girok.broker.ApiHandler;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.controller.TopicNames;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import io.girok.metadata.acl.AclOperation;
import io.girok.wire.Connection;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import io.girok.wire.TopicUuids;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBrokerCollection;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopicCollection;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Metadata: brokers, topics and who leads what; creates a topic that is asked for by name where the broker and the
/// client both want it. Thread-safe.
final class MetadataHandler implements ApiHandler {
    private static final short FIRST_WITH_CREATION_CHOICE = 4;
    private static final short FIRST_WITH_TOPIC_IDS = 12;
    private static final int FEW_BROKERS = 2;

    private final ClusterView cluster;
    private final Access access;
    private final @Nullable OnDemandTopics creation;

    /// @param creation null when topics are not created by being asked for
    MetadataHandler(ClusterView cluster, Access access, @Nullable OnDemandTopics creation) {
        this.cluster = cluster;
        this.access = access;
        this.creation = creation;
    }

    @Override
    public void handle(Request request, Responder responder) {
        MetadataRequestData body = (MetadataRequestData) request.body();
        boolean mayCreate = request.version() < FIRST_WITH_CREATION_CHOICE || body.allowAutoTopicCreation();
        Permissions permissions = access.of(request);
        Asked asked = new Asked(request, body, permissions);
        Set<String> missing = creation != null && mayCreate ? missing(request.version(), body) : new HashSet<>();
        Map<String, Errors> denied = denied(missing, permissions);
        missing.removeAll(denied.keySet());
        if (creation == null || missing.isEmpty()) {
            responder.respond(answer(asked, denied));
            return;
        }
        var _ = creation.create(missing).thenAccept(errors -> {
            errors.putAll(denied);
            responder.respond(answer(asked, errors));
        });
    }

    /// What was asked, by whom.
    private record Asked(Request request, MetadataRequestData body, Permissions permissions) {
        boolean maySee(String topic) {
            return permissions.mayOnTopic(AclOperation.DESCRIBE, topic);
        }
    }

    /// Topics that are not there and that the sender may not create, if only because it may not know of them.
    private static Map<String, Errors> denied(Set<String> missing, Permissions permissions) {
        Map<String, Errors> denied = new HashMap<>();
        if (permissions.areUnlimited()) {
            return denied;
        }
        boolean mayCreateAll = permissions.mayQuietlyOnCluster(AclOperation.CREATE);
        for (String topic : missing) {
            if (!permissions.maySeeTopic(topic)
                    || !(mayCreateAll || permissions.mayOnTopic(AclOperation.CREATE, topic))) {
                denied.put(topic, Errors.TOPIC_AUTHORIZATION_FAILED);
            }
        }
        return denied;
    }

    private Set<String> missing(short version, MetadataRequestData body) {
        Set<String> missing = new LinkedHashSet<>();
        if (wantsAll(version, body)) {
            return missing;
        }
        MetadataImage image = cluster.image();
        for (MetadataRequestTopic topic : body.topics()) {
            String name = topic.name();
            if (name != null && image.topic(name) == null && !ClusterView.isInternal(name)) {
                missing.add(name);
            }
        }
        return missing;
    }

    /// No list stands for all topics; in version 0, which has no way to say "no list", the empty one does.
    private static boolean wantsAll(short version, MetadataRequestData body) {
        return body.topics() == null || (version == 0 && body.topics().isEmpty());
    }

    private MetadataResponseData answer(Asked asked, Map<String, Errors> notCreated) {
        Request request = asked.request();
        MetadataRequestData body = asked.body();
        MetadataImage image = cluster.image();
        MetadataResponseTopicCollection topics;
        if (wantsAll(request.version(), body)) {
            topics = new MetadataResponseTopicCollection(image.topics().size() + 1);
            for (TopicImage topic : image.topics()) {
                if (asked.permissions().maySeeTopic(topic.name())) {
                    topics.add(describe(image, topic, asked));
                }
            }
        } else {
            topics = new MetadataResponseTopicCollection(body.topics().size() + 1);
            for (MetadataRequestTopic topic : body.topics()) {
                topics.add(lookUp(image, topic, asked, notCreated));
            }
        }
        return new MetadataResponseData().setBrokers(brokers(image, request.connection(), topics))
                .setClusterId(image.clusterId())
                .setControllerId(cluster.controllerId())
                .setTopics(topics)
                .setClusterAuthorizedOperations(AuthorizedOperations
                        .onCluster(body.includeClusterAuthorizedOperations(), asked.permissions()));
    }

    /// Those that clients can turn to. This one, when it is cut off from the controller, is one for what it alone has,
    /// and where it knows of hardly another: who is told of it asks it again, instead of others that know more. But who
    /// is told of one broker only, and that one stops answering, has nobody left to ask who leads now.
    private MetadataResponseBrokerCollection brokers(MetadataImage image, Connection connection,
            MetadataResponseTopicCollection topics) {
        List<ClusterView.Node> nodes = cluster.nodes(image, connection);
        MetadataResponseBrokerCollection brokers = new MetadataResponseBrokerCollection(nodes.size() + 1);
        ClusterView.Node cutOff = null;
        for (ClusterView.Node node : nodes) {
            if (!node.isFenced()) {
                brokers.add(described(node));
            } else if (node.id() == cluster.brokerId()) {
                cutOff = node;
            }
        }
        if (cutOff != null && (brokers.size() < FEW_BROKERS || leadsSome(cutOff.id(), topics))) {
            brokers.add(described(cutOff));
        }
        return brokers;
    }

    private static MetadataResponseBroker described(ClusterView.Node node) {
        return new MetadataResponseBroker().setNodeId(node.id())
                .setHost(node.host())
                .setPort(node.port())
                .setRack(node.rack());
    }

    private static boolean leadsSome(int brokerId, MetadataResponseTopicCollection topics) {
        return topics.stream()
                .flatMap(topic -> topic.partitions().stream())
                .anyMatch(partition -> partition.leaderId() == brokerId);
    }

    /// What the sender may not describe looks the same whether or not it exists; that an id is in use is no secret, its
    /// name is.
    private MetadataResponseTopic lookUp(MetadataImage image, MetadataRequestTopic wanted, Asked asked,
            Map<String, Errors> notCreated) {
        String name = wanted.name();
        TopicId id = TopicUuids.of(wanted.topicId());
        if (asked.request().version() < FIRST_WITH_TOPIC_IDS && (name == null || !id.isZero())) {
            return failed(name == null ? "" : name, wanted.topicId(), Errors.INVALID_REQUEST);
        }
        if (name == null) {
            TopicImage topic = image.topic(id);
            if (topic == null) {
                return failed(null, wanted.topicId(), Errors.UNKNOWN_TOPIC_ID);
            }
            return asked.maySee(topic.name())
                    ? describe(image, topic, asked)
                    : failed(null, wanted.topicId(), Errors.TOPIC_AUTHORIZATION_FAILED);
        }
        if (!asked.maySee(name)) {
            return failed(name, Uuid.ZERO_UUID, Errors.TOPIC_AUTHORIZATION_FAILED);
        }
        TopicImage topic = image.topic(name);
        if (topic != null) {
            return describe(image, topic, asked);
        }
        Errors error = notCreated.getOrDefault(
                name,
                TopicNames.problem(name).isEmpty()
                        ? Errors.UNKNOWN_TOPIC_OR_PARTITION
                        : Errors.INVALID_TOPIC_EXCEPTION);
        return failed(name, Uuid.ZERO_UUID, error);
    }

    private static MetadataResponseTopic failed(@Nullable String name, Uuid id, Errors error) {
        return new MetadataResponseTopic().setName(name).setTopicId(id).setErrorCode(error.code());
    }

    private MetadataResponseTopic describe(MetadataImage image, TopicImage topic, Asked asked) {
        MetadataResponseTopic described = new MetadataResponseTopic().setName(topic.name())
                .setTopicId(TopicUuids.of(topic.id()))
                .setIsInternal(ClusterView.isInternal(topic.name()))
                .setTopicAuthorizedOperations(AuthorizedOperations.onTopic(
                        asked.body().includeTopicAuthorizedOperations(), asked.permissions(), topic.name()));
        for (int index = 0; index < topic.partitions().size(); index++) {
            PartitionImage partition = topic.partitions().get(index);
            int leader = cluster.leader(partition);
            described.partitions()
                    .add(
                            new MetadataResponsePartition().setPartitionIndex(index)
                                    .setErrorCode(
                                            leader == PartitionImage.NO_LEADER
                                                    ? Errors.LEADER_NOT_AVAILABLE.code()
                                                    : Errors.NONE.code())
                                    .setLeaderId(leader)
                                    .setLeaderEpoch(partition.leaderEpoch())
                                    .setReplicaNodes(partition.replicas())
                                    .setIsrNodes(partition.isr())
                                    .setOfflineReplicas(cluster.offlineReplicas(image, partition)));
        }
        return described;
    }
}
