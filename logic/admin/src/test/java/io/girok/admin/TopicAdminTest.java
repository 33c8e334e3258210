package io.girok.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.broker.TestAnswer;
import io.girok.wire.TopicUuids;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// CreateTopics, CreatePartitions and DeleteTopics, frame by frame.
class TopicAdminTest {
    private final AdminNode node = new AdminNode();

    static IntStream createTopicsVersions() {
        return versions(ApiKeys.CREATE_TOPICS);
    }

    static IntStream createPartitionsVersions() {
        return versions(ApiKeys.CREATE_PARTITIONS);
    }

    static IntStream deleteTopicsVersions() {
        return versions(ApiKeys.DELETE_TOPICS);
    }

    private static IntStream versions(ApiKeys api) {
        return IntStream.rangeClosed(api.oldestVersion(), api.latestVersion());
    }

    @ParameterizedTest
    @MethodSource("createTopicsVersions")
    void aTopicIsCreatedAndDescribed(int version) {
        CreatableTopic wanted = topic("orders", 3, 2);
        wanted.configs().add(new CreatableTopicConfig().setName("retention.ms").setValue("60000"));

        CreatableTopicResult made = create(version, wanted).getFirst();

        assertThat(made.errorCode()).isZero();
        assertThat(node.store.image().topic("orders").partitions()).hasSize(3)
                .allSatisfy(partition -> assertThat(partition.replicas()).hasSize(2));
        if (5 <= version) {
            assertThat(made.numPartitions()).isEqualTo(3);
            assertThat(made.replicationFactor()).isEqualTo((short) 2);
            assertThat(made.configs()).anySatisfy(config -> {
                assertThat(config.name()).isEqualTo("retention.ms");
                assertThat(config.value()).isEqualTo("60000");
                assertThat(config.configSource()).isEqualTo((byte) 1);
            });
        }
        if (7 <= version) {
            assertThat(made.topicId()).isEqualTo(TopicUuids.of(node.store.image().topic("orders").id()));
        }
    }

    @ParameterizedTest
    @MethodSource("createTopicsVersions")
    void eachWrongTopicHasItsErrorAndTheOthersAreCreated(int version) {
        create(version, topic("taken", 1, 1), topic("with.dot", 1, 1));
        CreatableTopic unknownSetting = topic("a", 1, 1);
        unknownSetting.configs().add(new CreatableTopicConfig().setName("retention").setValue("1"));
        CreatableTopic withoutValue = topic("b", 1, 1);
        withoutValue.configs().add(new CreatableTopicConfig().setName("retention.ms").setValue(null));

        List<CreatableTopicResult> results = create(version, topic("taken", 1, 1), topic("with_dot", 1, 1),
                topic("not/a/name", 1, 1), topic("..", 1, 1), topic("none", 0, 1), topic("many", 1, 3), unknownSetting,
                withoutValue, topic("good", 1, 1), topic("twice", 1, 1), topic("twice", 2, 1));

        assertThat(errorOf(results, "taken")).isEqualTo(Errors.TOPIC_ALREADY_EXISTS);
        assertThat(errorOf(results, "with_dot")).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(errorOf(results, "not/a/name")).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(errorOf(results, "..")).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(errorOf(results, "none")).isEqualTo(Errors.INVALID_PARTITIONS);
        assertThat(errorOf(results, "many")).isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
        assertThat(errorOf(results, "a")).isEqualTo(Errors.INVALID_CONFIG);
        assertThat(errorOf(results, "b")).isEqualTo(Errors.INVALID_CONFIG);
        assertThat(errorOf(results, "twice")).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(errorOf(results, "good")).isEqualTo(Errors.NONE);
        assertThat(node.store.image().topics()).extracting(topic -> topic.name())
                .containsExactlyInAnyOrder("taken", "with.dot", "good");
    }

    @Test
    void defaultsAndAssignmentsAreTaken() {
        CreatableTopic placed = topic("placed", -1, -1);
        placed.assignments().add(new CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(List.of(2, 1)));
        CreatableTopic both = topic("both", 1, -1);
        both.assignments().add(new CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(List.of(1)));
        CreatableTopic elsewhere = topic("elsewhere", -1, -1);
        elsewhere.assignments().add(new CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(List.of(7)));

        List<CreatableTopicResult> results = create(7, topic("default", -1, -1), placed, both, elsewhere);

        assertThat(errorOf(results, "default")).isEqualTo(Errors.NONE);
        assertThat(node.store.image().topic("default").partitions()).hasSize(1);
        assertThat(node.store.image().topic("placed").partitions().getFirst().replicas()).containsExactly(2, 1);
        assertThat(errorOf(results, "both")).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(errorOf(results, "elsewhere")).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
    }

    @Test
    void validationOnlyCreatesNothing() {
        CreateTopicsRequestData body = createRequest(topic("orders", 3, 1)).setValidateOnly(true);

        CreatableTopicResult result = node.ask(body, 7).as(CreateTopicsResponseData.class).topics().iterator().next();

        assertThat(Errors.forCode(result.errorCode())).isEqualTo(Errors.NONE);
        assertThat(result.numPartitions()).isEqualTo(3);
        assertThat(node.store.image().topic("orders")).isNull();
    }

    @Test
    void theAnswerWaitsUntilTheTopicIsServed() {
        node.openSlowly();

        TestAnswer answer = node.ask(createRequest(topic("orders", 1, 1)), 7);

        assertThat(answer.isThere()).isFalse();
        node.opening.getFirst().complete(null);
        assertThat(answer.isThere()).isTrue();
    }

    @Test
    void withoutAControllerEveryTopicIsTold() {
        create(7, topic("there", 1, 1));
        node.loseTheQuorum();

        List<CreatableTopicResult> created = create(7, topic("orders", 1, 1));
        var grown = grow(3, new CreatePartitionsTopic().setName("there").setCount(2).setAssignments(null));
        var deleted = delete(6, new DeleteTopicState().setName("there"));

        assertThat(errorOf(created, "orders")).isEqualTo(Errors.NOT_CONTROLLER);
        assertThat(grown).containsExactly("there NOT_CONTROLLER");
        assertThat(deleted).containsExactly("there NOT_CONTROLLER");
    }

    @ParameterizedTest
    @MethodSource("createPartitionsVersions")
    void aTopicGrowsAndWrongGrowthsAreNamed(int version) {
        create(7, topic("orders", 1, 1), topic("placed", 1, 1), topic("misplaced", 1, 1));

        List<String> grown = grow(
                version,
                growth("orders", 3),
                growth("orders-not", 3),
                growth("placed", 2).setAssignments(List.of(new CreatePartitionsAssignment().setBrokerIds(List.of(2)))),
                growth("misplaced", 3)
                        .setAssignments(List.of(new CreatePartitionsAssignment().setBrokerIds(List.of(2)))));
        List<String> shrunk = grow(version, growth("orders", 2));
        List<String> same = grow(version, growth("orders", 3));

        assertThat(grown).containsExactlyInAnyOrder("orders NONE", "orders-not UNKNOWN_TOPIC_OR_PARTITION",
                "placed NONE", "misplaced INVALID_REPLICA_ASSIGNMENT");
        assertThat(shrunk).containsExactly("orders INVALID_PARTITIONS");
        assertThat(same).containsExactly("orders INVALID_PARTITIONS");
        assertThat(node.store.image().topic("orders").partitions()).hasSize(3);
        assertThat(node.store.image().topic("placed").partitions().get(1).replicas()).containsExactly(2);
    }

    @ParameterizedTest
    @MethodSource("deleteTopicsVersions")
    void topicsAreDeletedByName(int version) {
        create(7, topic("orders", 1, 1), topic("stays", 1, 1));

        List<String> deleted = delete(version, new DeleteTopicState().setName("orders"),
                new DeleteTopicState().setName("never"));

        assertThat(deleted).containsExactlyInAnyOrder("orders NONE", "never UNKNOWN_TOPIC_OR_PARTITION");
        assertThat(node.store.image().topic("orders")).isNull();
        assertThat(node.store.image().topic("stays")).isNotNull();
    }

    @Test
    void topicsAreDeletedByIdAndNamedInOneWayOnly() {
        create(7, topic("orders", 1, 1));
        Uuid id = TopicUuids.of(node.store.image().topic("orders").id());

        List<String> wrong = delete(6, new DeleteTopicState().setName(null).setTopicId(new Uuid(5, 5)),
                new DeleteTopicState().setName("orders").setTopicId(id), new DeleteTopicState().setName(null));
        List<String> right = delete(6, new DeleteTopicState().setName(null).setTopicId(id));

        assertThat(wrong).containsExactlyInAnyOrder("null UNKNOWN_TOPIC_ID", "orders INVALID_REQUEST",
                "null INVALID_REQUEST");
        assertThat(right).containsExactly("orders NONE");
    }

    @Test
    void deletionCanBeSwitchedOff() {
        AdminNode kept = new AdminNode("delete.topic.enable", "false");
        kept.ask(createRequest(topic("orders", 1, 1)), 7);

        DeletableTopicResult result = kept
                .ask(new DeleteTopicsRequestData().setTopics(List.of(new DeleteTopicState().setName("orders"))), 6)
                .as(DeleteTopicsResponseData.class)
                .responses()
                .iterator()
                .next();

        assertThat(Errors.forCode(result.errorCode())).isEqualTo(Errors.TOPIC_DELETION_DISABLED);
        assertThat(result.errorMessage()).contains("delete.topic.enable");
        assertThat(kept.store.image().topic("orders")).isNotNull();
    }

    private List<CreatableTopicResult> create(int version, CreatableTopic... topics) {
        return List.copyOf(
                node.ask(createRequest(topics), version).as(CreateTopicsResponseData.class).topics().valuesList());
    }

    private static CreateTopicsRequestData createRequest(CreatableTopic... topics) {
        CreateTopicsRequestData body = new CreateTopicsRequestData();
        body.topics().addAll(Arrays.asList(topics));
        return body;
    }

    private static CreatableTopic topic(String name, int partitions, int replicationFactor) {
        return new CreatableTopic().setName(name)
                .setNumPartitions(partitions)
                .setReplicationFactor((short) replicationFactor);
    }

    private static Errors errorOf(List<CreatableTopicResult> results, String topic) {
        CreatableTopicResult only = results.stream()
                .filter(result -> result.name().equals(topic))
                .reduce((first, second) -> {
                    throw new AssertionError(topic + " is answered twice");
                })
                .orElseThrow(() -> new AssertionError(topic + " is not answered"));
        return Errors.forCode(only.errorCode());
    }

    private static CreatePartitionsTopic growth(String name, int count) {
        return new CreatePartitionsTopic().setName(name).setCount(count).setAssignments(null);
    }

    private List<String> grow(int version, CreatePartitionsTopic... topics) {
        CreatePartitionsRequestData body = new CreatePartitionsRequestData();
        body.topics().addAll(Arrays.asList(topics));
        return node.ask(body, version)
                .as(CreatePartitionsResponseData.class)
                .results()
                .stream()
                .map(result -> result.name() + " " + Errors.forCode(result.errorCode()))
                .toList();
    }

    private List<String> delete(int version, DeleteTopicState... topics) {
        DeleteTopicsRequestData body = version < 6
                ? new DeleteTopicsRequestData()
                        .setTopicNames(Stream.of(topics).map(DeleteTopicState::name).toList())
                : new DeleteTopicsRequestData().setTopics(List.of(topics));
        return node.ask(body, version)
                .as(DeleteTopicsResponseData.class)
                .responses()
                .valuesList()
                .stream()
                .map(result -> result.name() + " " + Errors.forCode(result.errorCode()))
                .toList();
    }
}
