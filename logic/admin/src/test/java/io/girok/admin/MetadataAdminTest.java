package io.girok.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.broker.access.Permissions;
import io.girok.controller.CreateTopics;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.metadata.Voter;
import io.girok.wire.TopicUuids;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Metadata, DescribeCluster and DescribeTopicPartitions, frame by frame.
class MetadataAdminTest {
    private final AdminNode node = new AdminNode();

    static IntStream metadataVersions() {
        return versions(ApiKeys.METADATA);
    }

    static IntStream describeClusterVersions() {
        return versions(ApiKeys.DESCRIBE_CLUSTER);
    }

    private static IntStream versions(ApiKeys api) {
        return IntStream.rangeClosed(api.oldestVersion(), api.latestVersion());
    }

    @ParameterizedTest
    @MethodSource("metadataVersions")
    void brokersAndTopicsAreTold(int version) {
        createTopics(NewTopic.of("orders", 2, 2));

        MetadataResponseData told = metadata(version, "orders");

        assertThat(told.brokers()).extracting(broker -> broker.nodeId() + " " + broker.host() + ":" + broker.port())
                .containsExactlyInAnyOrder("1 one.example:9092", "2 two.example:9093");
        assertThat(told.topics()).singleElement().satisfies(topic -> {
            assertThat(topic.name()).isEqualTo("orders");
            assertThat(topic.partitions()).hasSize(2).allSatisfy(partition -> {
                assertThat(partition.leaderId()).isIn(1, 2);
                assertThat(partition.replicaNodes()).containsExactlyInAnyOrder(1, 2);
                assertThat(partition.isrNodes()).containsExactlyInAnyOrder(1, 2);
                assertThat(partition.offlineReplicas()).isEmpty();
            });
        });
        if (1 <= version) {
            assertThat(told.controllerId()).isEqualTo(1);
        }
        if (2 <= version) {
            assertThat(told.clusterId()).isEqualTo(AdminNode.CLUSTER_ID);
        }
    }

    @Test
    void aBrokerThatIsCutOffFromTheControllerSendsNobodyToItself() {
        createTopics(NewTopic.of("orders", 2, 2));
        node.register(3);

        node.cutOff();

        MetadataResponseData told = metadata(12, "orders");
        assertThat(told.brokers()).extracting(broker -> broker.nodeId()).containsExactlyInAnyOrder(2, 3);
        assertThat(told.topics()).singleElement().satisfies(topic -> {
            assertThat(topic.partitions()).filteredOn(partition -> partition.leaderId() != 2)
                    .singleElement()
                    .satisfies(partition -> {
                        assertThat(partition.leaderId()).isEqualTo(-1);
                        assertThat(partition.errorCode()).isEqualTo(Errors.LEADER_NOT_AVAILABLE.code());
                        assertThat(partition.offlineReplicas()).containsExactly(1);
                    });
        });
        var described = node.ask(new DescribeTopicPartitionsRequestData()
                .setTopics(List.of(new TopicRequest().setName("orders"))), 0)
                .as(DescribeTopicPartitionsResponseData.class);
        assertThat(described.topics().iterator().next().partitions())
                .extracting(partition -> partition.leaderId())
                .containsExactlyInAnyOrder(2, -1);
    }

    @Test
    void aBrokerThatIsCutOffAndKnowsOfOneOtherIsStillTold() {
        createTopics(NewTopic.of("orders", 2, 2));

        node.cutOff();

        assertThat(metadata(12, "orders").brokers()).extracting(broker -> broker.nodeId())
                .containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void aBrokerThatIsCutOffIsStillToldForWhatItAloneHas() {
        createTopics(NewTopic.of("single", 4, 1));
        node.register(3);

        node.cutOff();

        MetadataResponseData told = metadata(12, "single");
        assertThat(told.brokers()).extracting(broker -> broker.nodeId()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(told.topics().find("single").partitions()).extracting(partition -> partition.leaderId())
                .containsExactlyInAnyOrder(1, 2, 1, 2);
    }

    @ParameterizedTest
    @MethodSource("metadataVersions")
    void allTopicsAreToldToWhoAsksForAll(int version) {
        createTopics(NewTopic.of("orders", 1, 1), NewTopic.of("clicks", 1, 1));

        MetadataRequestData all = new MetadataRequestData().setTopics(version == 0 ? List.of() : null);

        assertThat(names(node.ask(all, version).as(MetadataResponseData.class)))
                .containsExactlyInAnyOrder("orders", "clicks");
    }

    @Test
    void anEmptyListAsksForNone() {
        createTopics(NewTopic.of("orders", 1, 1));

        MetadataRequestData none = new MetadataRequestData().setTopics(List.of());

        assertThat(names(node.ask(none, 12).as(MetadataResponseData.class))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("metadataVersions")
    void aTopicIsCreatedByBeingAskedFor(int version) {
        MetadataResponseData told = metadata(version, "orders", "in/valid");

        assertThat(errorOf(told, "orders")).isEqualTo(Errors.NONE);
        assertThat(errorOf(told, "in/valid")).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(node.store.image().topic("orders").partitions()).hasSize(1);
    }

    @Test
    void aTopicIsNotCreatedUnlessBothSidesWantIt() {
        AdminNode strict = new AdminNode("auto.create.topics.enable", "false");

        MetadataResponseData unwanted = node.ask(request("orders").setAllowAutoTopicCreation(false), 12)
                .as(MetadataResponseData.class);
        MetadataResponseData refused = strict.ask(request("orders"), 12).as(MetadataResponseData.class);

        assertThat(errorOf(unwanted, "orders")).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(errorOf(refused, "orders")).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(node.store.image().topics()).isEmpty();
        assertThat(strict.store.image().topics()).isEmpty();
    }

    @Test
    void aTopicThatCannotBeCreatedNowMakesTheClientAskAgain() {
        node.loseTheQuorum();

        assertThat(errorOf(metadata(12, "orders"), "orders")).isEqualTo(Errors.LEADER_NOT_AVAILABLE);
    }

    @Test
    void topicsAreFoundByTheirIds() {
        createTopics(NewTopic.of("orders", 1, 1));
        Uuid id = TopicUuids.of(node.store.image().topic("orders").id());
        MetadataRequestData byId = new MetadataRequestData().setTopics(
                List.of(new MetadataRequestTopic().setName(null).setTopicId(id),
                        new MetadataRequestTopic().setName(null).setTopicId(new Uuid(5, 5))));

        List<String> told = node.ask(byId, 12)
                .as(MetadataResponseData.class)
                .topics()
                .valuesList()
                .stream()
                .map(topic -> topic.name() + " " + Errors.forCode(topic.errorCode()))
                .toList();

        assertThat(told).containsExactlyInAnyOrder("orders NONE", "null UNKNOWN_TOPIC_ID");
    }

    @ParameterizedTest
    @MethodSource("describeClusterVersions")
    void theClusterIsDescribed(int version) {
        DescribeClusterResponseData described = node
                .ask(new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(true), version)
                .as(DescribeClusterResponseData.class);

        assertThat(described.clusterId()).isEqualTo(AdminNode.CLUSTER_ID);
        assertThat(described.controllerId()).isEqualTo(1);
        assertThat(described.brokers()).hasSize(2);
        assertThat(described.clusterAuthorizedOperations())
                .isEqualTo(AuthorizedOperations.onCluster(true, Permissions.ALL));
    }

    @Test
    void controllersAreDescribedWithTheActiveOne() {
        node.voters.addAll(List.of(Voter.of(1), new Voter(7, "seven.example", 9094)));

        DescribeClusterResponseData described = node
                .ask(new DescribeClusterRequestData().setEndpointType((byte) 2), 1)
                .as(DescribeClusterResponseData.class);

        assertThat(Errors.forCode(described.errorCode())).isEqualTo(Errors.NONE);
        assertThat(described.endpointType()).isEqualTo((byte) 2);
        assertThat(described.controllerId()).isEqualTo(1);
        assertThat(described.brokers())
                .extracting(broker -> broker.brokerId() + " " + broker.host() + ":" + broker.port())
                .containsExactly("1 one.example:9092", "7 seven.example:9094");
    }

    @Test
    void whoAsksABrokerForControllersIsTold() {
        DescribeClusterResponseData described = node
                .ask(new DescribeClusterRequestData().setEndpointType((byte) 2), 1)
                .as(DescribeClusterResponseData.class);

        assertThat(Errors.forCode(described.errorCode())).isEqualTo(Errors.MISMATCHED_ENDPOINT_TYPE);
    }

    @Test
    void partitionsComePageByPage() {
        createTopics(NewTopic.of("a", 3, 1), NewTopic.of("b", 4, 1));
        DescribeTopicPartitionsRequestData request = new DescribeTopicPartitionsRequestData()
                .setResponsePartitionLimit(2);
        Stream.of("b", "gone", "a").forEach(name -> request.topics().add(new TopicRequest().setName(name)));

        StringBuilder seen = new StringBuilder();
        int pages = 0;
        boolean isMore = true;
        while (isMore) {
            DescribeTopicPartitionsResponseData page = node.ask(request, 0)
                    .as(DescribeTopicPartitionsResponseData.class);
            page.topics().forEach(topic -> {
                if (topic.errorCode() != Errors.NONE.code()) {
                    seen.append(topic.name()).append(' ').append(Errors.forCode(topic.errorCode())).append(' ');
                }
                topic.partitions()
                        .forEach(
                                partition -> seen.append(topic.name()).append(partition.partitionIndex()).append(' '));
            });
            pages++;
            isMore = page.nextCursor() != null;
            if (isMore) {
                request.setCursor(
                        new DescribeTopicPartitionsRequestData.Cursor().setTopicName(page.nextCursor().topicName())
                                .setPartitionIndex(page.nextCursor().partitionIndex()));
            }
        }

        assertThat(seen.toString()).isEqualTo("a0 a1 a2 b0 b1 b2 b3 gone UNKNOWN_TOPIC_OR_PARTITION ");
        assertThat(pages).isEqualTo(4);
    }

    private void createTopics(NewTopic... topics) {
        node.run(new CreateTopics(List.of(topics), false))
                .values()
                .forEach(result -> assertThat(result.isOk()).isTrue());
    }

    private MetadataResponseData metadata(int version, String... topics) {
        return node.ask(request(topics), version).as(MetadataResponseData.class);
    }

    private static MetadataRequestData request(String... topics) {
        return new MetadataRequestData().setAllowAutoTopicCreation(true)
                .setTopics(Stream.of(topics).map(name -> new MetadataRequestTopic().setName(name)).toList());
    }

    private static List<String> names(MetadataResponseData told) {
        return told.topics().valuesList().stream().map(topic -> topic.name()).toList();
    }

    private static Errors errorOf(MetadataResponseData told, String topic) {
        return Errors.forCode(told.topics().find(topic).errorCode());
    }
}
