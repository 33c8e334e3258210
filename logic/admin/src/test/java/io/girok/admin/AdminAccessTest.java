package io.girok.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.controller.CreateAcls;
import io.girok.controller.CreateTopics;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclResource;
import io.girok.wire.TopicUuids;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopicCollection;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResourceCollection;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfigCollection;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// The admin APIs with authorization: what Alice, who is nobody in particular, gets to know and to do.
class AdminAccessTest {
    private static final AclPattern ORDERS = AclPattern.literal(AclResource.TOPIC, "orders");

    private final AdminNode node = new AdminNode("authorizer.class.name",
            "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "super.users", "User:root");

    AdminAccessTest() {
        node.run(new CreateTopics(List.of(NewTopic.of("orders", 1, 1), NewTopic.of("secret", 1, 1)), false));
    }

    private void allow(AclPattern pattern, AclOperation operation) {
        node.run(new CreateAcls(List.of(Acl.allow(pattern, "User:alice", operation))));
    }

    private Uuid idOf(String topic) {
        return TopicUuids.of(Objects.requireNonNull(node.store.image().topic(topic)).id());
    }

    private MetadataResponseData metadata(MetadataRequestData request) {
        return node.askAs("alice", request, 12).as(MetadataResponseData.class);
    }

    private static MetadataRequestTopic named(String name) {
        return new MetadataRequestTopic().setName(name);
    }

    @Test
    void metadataHidesWhatMayNotBeDescribed() {
        allow(ORDERS, AclOperation.READ);

        MetadataResponseData all = metadata(new MetadataRequestData().setTopics(null));
        MetadataResponseData some = metadata(new MetadataRequestData().setAllowAutoTopicCreation(true)
                .setTopics(List.of(named("orders"), named("secret"), named("nothing"))));

        assertThat(all.topics()).extracting(topic -> topic.name()).containsExactly("orders");
        assertThat(some.topics().find("orders").errorCode()).isZero();
        for (String hidden : List.of("secret", "nothing")) {
            assertThat(some.topics().find(hidden)).satisfies(topic -> {
                assertThat(topic.errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
                assertThat(topic.topicId()).isEqualTo(Uuid.ZERO_UUID);
                assertThat(topic.partitions()).isEmpty();
                assertThat(topic.isInternal()).isFalse();
            });
        }
        assertThat(node.store.image().topic("nothing")).isNull();
    }

    @Test
    void ofAnIdOnlyTheNameIsASecret() {
        MetadataResponseData told = metadata(new MetadataRequestData().setTopics(
                List.of(new MetadataRequestTopic().setName(null).setTopicId(idOf("secret")),
                        new MetadataRequestTopic().setName(null).setTopicId(new Uuid(1, 1)))));

        assertThat(told.topics()).extracting(topic -> topic.name() + " " + Errors.forCode(topic.errorCode()))
                .containsExactlyInAnyOrder("null TOPIC_AUTHORIZATION_FAILED", "null UNKNOWN_TOPIC_ID");
    }

    @Test
    void aTopicIsMadeByAskingByThoseWhoMayMakeIt() {
        allow(AclPattern.prefixed(AclResource.TOPIC, "app"), AclOperation.DESCRIBE);
        MetadataRequestData request = new MetadataRequestData().setAllowAutoTopicCreation(true)
                .setTopics(List.of(named("app-1")));

        assertThat(metadata(request).topics().find("app-1").errorCode())
                .isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        assertThat(node.store.image().topic("app-1")).isNull();

        allow(AclPattern.prefixed(AclResource.TOPIC, "app"), AclOperation.CREATE);
        metadata(request);

        assertThat(node.store.image().topic("app-1")).isNotNull();
    }

    @Test
    void operationsAreThoseThatAreAllowed() {
        allow(ORDERS, AclOperation.READ);
        allow(ORDERS, AclOperation.ALTER_CONFIGS);
        MetadataRequestData request = new MetadataRequestData().setTopics(List.of(named("orders")))
                .setIncludeTopicAuthorizedOperations(true);

        assertThat(metadata(request).topics().find("orders").topicAuthorizedOperations())
                .isEqualTo(AclOperation.READ.bit() | AclOperation.DESCRIBE.bit() | AclOperation.ALTER_CONFIGS.bit()
                        | AclOperation.DESCRIBE_CONFIGS.bit());
    }

    @Test
    void theClustersOperationsAreForThoseWhoMayDescribeIt() {
        DescribeClusterRequestData request = new DescribeClusterRequestData()
                .setIncludeClusterAuthorizedOperations(true);
        allow(AclPattern.cluster(), AclOperation.CREATE);
        assertThat(operations(request)).isZero();

        allow(AclPattern.cluster(), AclOperation.ALTER);

        assertThat(operations(request)).isEqualTo(
                AclOperation.CREATE.bit() | AclOperation.ALTER.bit() | AclOperation.DESCRIBE.bit());
    }

    private int operations(DescribeClusterRequestData request) {
        DescribeClusterResponseData told = node.askAs("alice", request, 1).as(DescribeClusterResponseData.class);
        assertThat(told.brokers()).hasSize(2);
        return told.clusterAuthorizedOperations();
    }

    @Test
    void topicsPageByPageAreThoseThatMayBeDescribed() {
        allow(ORDERS, AclOperation.DESCRIBE);

        assertThat(pages(new DescribeTopicPartitionsRequestData())).containsExactly("orders NONE");
        assertThat(pages(new DescribeTopicPartitionsRequestData().setTopics(
                List.of(new TopicRequest().setName("secret"), new TopicRequest().setName("nothing")))))
                .containsExactly("nothing TOPIC_AUTHORIZATION_FAILED", "secret TOPIC_AUTHORIZATION_FAILED");
    }

    private List<String> pages(DescribeTopicPartitionsRequestData request) {
        return node.askAs("alice", request, 0)
                .as(DescribeTopicPartitionsResponseData.class)
                .topics()
                .stream()
                .map(topic -> topic.name() + " " + Errors.forCode(topic.errorCode()))
                .toList();
    }

    private CreateTopicsResponseData.CreatableTopicResult create(String name) {
        CreatableTopicCollection topics = new CreatableTopicCollection();
        topics.add(new CreatableTopic().setName(name).setNumPartitions(3).setReplicationFactor((short) 1));
        return node.askAs("alice", new CreateTopicsRequestData().setTopics(topics).setTimeoutMs(1_000), 7)
                .as(CreateTopicsResponseData.class)
                .topics()
                .find(name);
    }

    @Test
    void topicsAreMadeByThoseWhoMayAndDescribedToThoseWhoMaySee() {
        assertThat(create("app-1").errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        assertThat(create("orders").errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());

        allow(AclPattern.prefixed(AclResource.TOPIC, "app"), AclOperation.CREATE);
        assertThat(create("app-1")).satisfies(topic -> {
            assertThat(topic.errorCode()).isZero();
            assertThat(topic.numPartitions()).isEqualTo(-1);
            assertThat(topic.topicConfigErrorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
            assertThat(topic.configs()).isNull();
        });

        allow(AclPattern.cluster(), AclOperation.CREATE);
        allow(AclPattern.literal(AclResource.TOPIC, "*"), AclOperation.DESCRIBE_CONFIGS);
        assertThat(create("other")).satisfies(topic -> {
            assertThat(topic.numPartitions()).isEqualTo(3);
            assertThat(topic.topicConfigErrorCode()).isZero();
        });
    }

    private List<String> delete(DeleteTopicState... topics) {
        return node.askAs("alice", new DeleteTopicsRequestData().setTopics(List.of(topics)).setTimeoutMs(1_000), 6)
                .as(DeleteTopicsResponseData.class)
                .responses()
                .stream()
                .map(result -> result.name() + " " + Errors.forCode(result.errorCode()))
                .toList();
    }

    @Test
    void deletionTellsNoNames() {
        Uuid secret = idOf("secret");
        assertThat(delete(new DeleteTopicState().setName("orders"), new DeleteTopicState().setName("nothing"),
                new DeleteTopicState().setName(null).setTopicId(secret),
                new DeleteTopicState().setName(null).setTopicId(new Uuid(1, 1))))
                .containsExactlyInAnyOrder("orders TOPIC_AUTHORIZATION_FAILED", "nothing TOPIC_AUTHORIZATION_FAILED",
                        "null TOPIC_AUTHORIZATION_FAILED", "null UNKNOWN_TOPIC_ID");

        allow(AclPattern.literal(AclResource.TOPIC, "secret"), AclOperation.DESCRIBE);
        assertThat(delete(new DeleteTopicState().setName(null).setTopicId(secret)))
                .containsExactly("secret TOPIC_AUTHORIZATION_FAILED");

        allow(AclPattern.literal(AclResource.TOPIC, "nothing"), AclOperation.DESCRIBE);
        assertThat(delete(new DeleteTopicState().setName("nothing")))
                .containsExactly("nothing UNKNOWN_TOPIC_OR_PARTITION");

        allow(AclPattern.literal(AclResource.TOPIC, "secret"), AclOperation.DELETE);
        assertThat(delete(new DeleteTopicState().setName(null).setTopicId(secret))).containsExactly("secret NONE");
        assertThat(node.store.image().topic("orders")).isNotNull();
    }

    @Test
    void partitionsAreAddedByThoseWhoMayAlter() {
        CreatePartitionsTopicCollection topics = new CreatePartitionsTopicCollection();
        topics.add(new CreatePartitionsTopic().setName("orders").setCount(2).setAssignments(null));
        topics.add(new CreatePartitionsTopic().setName("secret").setCount(2).setAssignments(null));
        allow(ORDERS, AclOperation.ALTER);

        CreatePartitionsResponseData told = node
                .askAs("alice", new CreatePartitionsRequestData().setTopics(topics).setTimeoutMs(1_000), 3)
                .as(CreatePartitionsResponseData.class);

        assertThat(told.results()).extracting(result -> result.name() + " " + Errors.forCode(result.errorCode()))
                .containsExactlyInAnyOrder("orders NONE", "secret TOPIC_AUTHORIZATION_FAILED");
    }

    private static DescribeConfigsResource of(ConfigResource.Type type, String name) {
        return new DescribeConfigsResource().setResourceType(type.id())
                .setResourceName(name)
                .setConfigurationKeys(null);
    }

    @Test
    void settingsAreATopicsOrTheClusters() {
        DescribeConfigsRequestData request = new DescribeConfigsRequestData().setResources(
                List.of(of(ConfigResource.Type.TOPIC, "orders"), of(ConfigResource.Type.TOPIC, "nothing"),
                        of(ConfigResource.Type.BROKER, "1")));
        assertThat(configs(request)).containsExactly(Errors.TOPIC_AUTHORIZATION_FAILED,
                Errors.TOPIC_AUTHORIZATION_FAILED, Errors.CLUSTER_AUTHORIZATION_FAILED);

        allow(ORDERS, AclOperation.ALTER_CONFIGS);
        assertThat(configs(request)).containsExactly(Errors.NONE, Errors.TOPIC_AUTHORIZATION_FAILED,
                Errors.CLUSTER_AUTHORIZATION_FAILED);
        assertThat(alter()).containsExactlyInAnyOrder("orders NONE", "secret TOPIC_AUTHORIZATION_FAILED",
                "1 CLUSTER_AUTHORIZATION_FAILED");
    }

    private List<Errors> configs(DescribeConfigsRequestData request) {
        return node.askAs("alice", request, 4)
                .as(DescribeConfigsResponseData.class)
                .results()
                .stream()
                .map(result -> Errors.forCode(result.errorCode()))
                .toList();
    }

    private List<String> alter() {
        AlterConfigsResourceCollection resources = new AlterConfigsResourceCollection();
        resources.add(set(ConfigResource.Type.TOPIC, "orders", "retention.ms"));
        resources.add(set(ConfigResource.Type.TOPIC, "secret", "retention.ms"));
        resources.add(set(ConfigResource.Type.BROKER, "1", "log.cleaner.threads"));
        return node.askAs("alice", new IncrementalAlterConfigsRequestData().setResources(resources), 1)
                .as(IncrementalAlterConfigsResponseData.class)
                .responses()
                .stream()
                .map(result -> result.resourceName() + " " + Errors.forCode(result.errorCode()))
                .toList();
    }

    private static AlterConfigsResource set(ConfigResource.Type type, String name, String setting) {
        AlterableConfigCollection configs = new AlterableConfigCollection();
        configs.add(new AlterableConfig().setName(setting).setValue("2").setConfigOperation((byte) 0));
        return new AlterConfigsResource().setResourceType(type.id()).setResourceName(name).setConfigs(configs);
    }
}
