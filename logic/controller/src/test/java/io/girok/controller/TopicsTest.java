package io.girok.controller;

import static io.girok.controller.ControllerError.INVALID_CONFIG;
import static io.girok.controller.ControllerError.INVALID_PARTITIONS;
import static io.girok.controller.ControllerError.INVALID_REPLICATION_FACTOR;
import static io.girok.controller.ControllerError.INVALID_REPLICA_ASSIGNMENT;
import static io.girok.controller.ControllerError.INVALID_REQUEST;
import static io.girok.controller.ControllerError.INVALID_TOPIC_EXCEPTION;
import static io.girok.controller.ControllerError.POLICY_VIOLATION;
import static io.girok.controller.ControllerError.TOPIC_ALREADY_EXISTS;
import static io.girok.controller.ControllerError.UNKNOWN_TOPIC_ID;
import static io.girok.controller.ControllerError.UNKNOWN_TOPIC_OR_PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.controller.CreatePartitions.Growth;
import io.girok.controller.CreateTopics.Assignment;
import io.girok.controller.CreateTopics.CreatedTopic;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.controller.DeleteTopics.ById;
import io.girok.controller.DeleteTopics.ByName;
import io.girok.controller.DeleteTopics.DeletedTopic;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {
    private final World world = World.withBrokers("");

    private Result<CreatedTopic> create(NewTopic topic) {
        return Objects.requireNonNull(world.run(new CreateTopics(List.of(topic), false)).get(topic.name()));
    }

    private Result<CreatedTopic> create(String name) {
        return create(NewTopic.of(name, 1, 1));
    }

    private Result<Integer> grow(Growth growth) {
        return Objects.requireNonNull(world.run(new CreatePartitions(List.of(growth), false)).get(growth.topic()));
    }

    private TopicImage topic(String name) {
        return Objects.requireNonNull(world.image.topic(name));
    }

    private static NewTopic assigned(String name, Assignment... assignments) {
        return new NewTopic(name, CreateTopics.DEFAULT, CreateTopics.DEFAULT, List.of(assignments), Map.of());
    }

    @Test
    void aTopicIsCreatedWithPartitionsLeadersAndSettings() {
        Result<CreatedTopic> result = create(new NewTopic("orders", 2, 1, List.of(), Map.of("size", "5")));

        CreatedTopic created = result.get();
        PartitionImage partition = new PartitionImage(List.of(1), List.of(World.directory(1)), List.of(1), 1, 0, 0);
        assertThat(created).isEqualTo(new CreatedTopic(created.id(), "orders", 2, 1));
        assertThat(topic("orders")).isEqualTo(new TopicImage(created.id(), "orders", List.of(partition, partition)));
        assertThat(world.image.config(ConfigTarget.topic("orders"))).isEqualTo(Map.of("size", "5"));
    }

    @Test
    void defaultsStandInForWhatATopicDoesNotSay() {
        Result<CreatedTopic> result = create(NewTopic.of("orders", CreateTopics.DEFAULT, CreateTopics.DEFAULT));

        assertThat(result.get().partitionCount()).isEqualTo(3);
        assertThat(result.get().replicationFactor()).isEqualTo(1);
    }

    @Test
    void validationAnswersTheSameButChangesNothing() {
        MetadataImage before = world.image;

        var results = world.run(
                new CreateTopics(List.of(NewTopic.of("orders", 2, 1), NewTopic.of("none", 0, 1)), true));

        assertThat(results.get("orders")).isEqualTo(Result.of(new CreatedTopic(TopicId.ZERO, "orders", 2, 1)));
        assertThat(results.get("none")).extracting(Result::error).isEqualTo(INVALID_PARTITIONS);
        assertThat(world.image).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "../../etc/passwd", "tab\t", "ümlaut", "a b", "a\0b", "a\nb"})
    void aNameThatKafkaDoesNotAllowIsRefused(String name) {
        assertThat(create(name).error()).isEqualTo(INVALID_TOPIC_EXCEPTION);
    }

    @Test
    void aNameMayHave249Characters() {
        assertThat(create("x".repeat(249)).isOk()).isTrue();
        assertThat(create("y".repeat(250)).error()).isEqualTo(INVALID_TOPIC_EXCEPTION);
        assertThat(create("A-Za.z_0-9").isOk()).isTrue();
    }

    @Test
    void dotsAndUnderscoresCollide() {
        create("a.b_c");

        Result<CreatedTopic> collides = create("a_b.c");

        assertThat(collides.error()).isEqualTo(INVALID_TOPIC_EXCEPTION);
        assertThat(collides.message()).contains("'a_b.c'", "'a.b_c'");
        assertThat(create("a.b-c").isOk()).isTrue();
    }

    @Test
    void topicsOfOneRequestSeeEachOther() {
        var results = world.run(
                new CreateTopics(List.of(NewTopic.of("a.b", 1, 1), NewTopic.of("a_b", 1, 1)), false));

        assertThat(results.values()).extracting(Result::error)
                .containsExactly(ControllerError.NONE, INVALID_TOPIC_EXCEPTION);
    }

    @Test
    void aTopicThatExistsIsNotCreatedAgain() {
        create("orders");

        assertThat(create("orders").error()).isEqualTo(TOPIC_ALREADY_EXISTS);
    }

    @Test
    void aTopicNamedTwiceInOneRequestIsNotCreated() {
        var results = world.run(new CreateTopics(
                List.of(NewTopic.of("twice", 1, 1), NewTopic.of("once", 1, 1), NewTopic.of("twice", 2, 1)), false));

        assertThat(results.get("twice")).extracting(Result::error).isEqualTo(INVALID_REQUEST);
        assertThat(world.image.topics()).extracting(TopicImage::name).containsExactly("once");
    }

    @Test
    void partitionCountsAndReplicationFactorsMustMakeSense() {
        assertThat(create(NewTopic.of("a", 0, 1)).error()).isEqualTo(INVALID_PARTITIONS);
        assertThat(create(NewTopic.of("a", -2, 1)).error()).isEqualTo(INVALID_PARTITIONS);
        assertThat(create(NewTopic.of("a", 1, 0)).error()).isEqualTo(INVALID_REPLICATION_FACTOR);
        assertThat(create(NewTopic.of("a", 1, 2)).error()).isEqualTo(INVALID_REPLICATION_FACTOR);
        assertThat(create(NewTopic.of("a", Integer.MAX_VALUE, 1)).error()).isEqualTo(POLICY_VIOLATION);
        assertThat(world.image.topics()).isEmpty();
    }

    @Test
    void aWrongSettingKeepsATopicFromBeingCreated() {
        assertThat(create(new NewTopic("a", 1, 1, List.of(), Map.of("size", "big"))).error())
                .isEqualTo(INVALID_CONFIG);
        assertThat(create(new NewTopic("a", 1, 1, List.of(), Map.of("size", "0", "list", "a"))).message())
                .isEqualTo("size 0 is too small for a list");
        assertThat(world.image.topics()).isEmpty();
    }

    @Test
    void assignmentsSayWhereReplicasAre() {
        world.addBroker(2, "");
        world.run(World.registration(3, 1, ""));

        Result<CreatedTopic> result = create(
                assigned("orders", new Assignment(1, List.of(3, 2)), new Assignment(0, List.of(2, 1))));

        assertThat(result.get()).extracting(CreatedTopic::partitionCount, CreatedTopic::replicationFactor)
                .containsExactly(2, 2);
        assertThat(topic("orders").partitions().get(0).leader()).isEqualTo(2);
        assertThat(topic("orders").partitions().get(1)).isEqualTo(
                new PartitionImage(List.of(3, 2), List.of(World.directory(3), World.directory(2)), List.of(2), 2, 0,
                        0));
    }

    @Test
    void assignmentsThatCannotBeAreRefused() {
        world.addBroker(2, "");
        world.run(World.registration(3, 1, ""));
        List<NewTopic> wrong = List.of(
                assigned("gap", new Assignment(0, List.of(1)), new Assignment(2, List.of(1))),
                assigned("twice", new Assignment(0, List.of(1)), new Assignment(0, List.of(1))),
                assigned("empty", new Assignment(0, List.of())),
                assigned("same", new Assignment(0, List.of(1, 1))),
                assigned("uneven", new Assignment(0, List.of(1)), new Assignment(1, List.of(1, 2))),
                assigned("unknown", new Assignment(0, List.of(4))),
                assigned("fenced", new Assignment(0, List.of(3))));

        var results = world.run(new CreateTopics(wrong, false));

        assertThat(results).hasSize(7);
        assertThat(results.values()).extracting(Result::error).containsOnly(INVALID_REPLICA_ASSIGNMENT);
        assertThat(create(new NewTopic("both", 1, -1, List.of(new Assignment(0, List.of(1))), Map.of())).error())
                .isEqualTo(INVALID_REQUEST);
    }

    @Test
    void aRequestThatIsTooLargeForOneBatchCreatesWhatFits() {
        List<NewTopic> many = IntStream.range(0, 5000).mapToObj(i -> NewTopic.of("topic-" + i, 2, 1)).toList();

        var results = world.run(new CreateTopics(many, false));

        Map<ControllerError, Long> counts = results.values()
                .stream()
                .collect(Collectors.groupingBy(Result::error, Collectors.counting()));
        assertThat(counts).containsOnlyKeys(ControllerError.NONE, POLICY_VIOLATION);
        assertThat(counts.get(ControllerError.NONE)).isEqualTo((long) world.image.topics().size());
    }

    @Test
    void leadersAndReplicasAreSpreadEvenlyAndOverRacks() {
        World racks = World.withBrokers("a", "a", "b", "b", "c", "c");

        racks.run(new CreateTopics(List.of(NewTopic.of("orders", 60, 3)), false));

        List<PartitionImage> partitions = Objects.requireNonNull(racks.image.topic("orders")).partitions();
        Map<Integer, Integer> leaders = new HashMap<>();
        Map<Integer, Integer> replicas = new HashMap<>();
        for (PartitionImage partition : partitions) {
            leaders.merge(partition.leader(), 1, Integer::sum);
            partition.replicas().forEach(id -> replicas.merge(id, 1, Integer::sum));
            assertThat(partition.replicas()).extracting(id -> Objects.requireNonNull(racks.image.broker(id)).rack())
                    .containsExactlyInAnyOrder("a", "b", "c");
        }
        assertThat(leaders.values()).hasSize(6).containsOnly(10);
        assertThat(replicas).hasSize(6);
        assertThat(Collections.max(replicas.values()) - Collections.min(replicas.values())).isLessThanOrEqualTo(12);
    }

    @Test
    void aFencedBrokerGetsNoPartitions() {
        world.addBroker(2, "");
        BrokerImage second = Objects.requireNonNull(world.image.broker(2));
        world.run(new FenceBroker(2, second.epoch(), true));

        create(NewTopic.of("orders", 10, 1));

        assertThat(topic("orders").partitions()).extracting(PartitionImage::leader).containsOnly(1);
        assertThat(create(NewTopic.of("more", 1, 2)).error()).isEqualTo(INVALID_REPLICATION_FACTOR);
    }

    @Test
    void topicsAreDeletedByNameAndById() {
        TopicId first = create("first").get().id();
        TopicId second = create("second").get().id();

        var results = world.run(new DeleteTopics(
                List.of(new ByName("first"), new ByName("none"), new ById(second), new ById(new TopicId(1, 2)))));

        assertThat(results.get(0)).isEqualTo(Result.of(new DeletedTopic(first, "first", 1)));
        assertThat(results.get(1).error()).isEqualTo(UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(results.get(2)).isEqualTo(Result.of(new DeletedTopic(second, "second", 1)));
        assertThat(results.get(3).error()).isEqualTo(UNKNOWN_TOPIC_ID);
        assertThat(world.image.topics()).isEmpty();
    }

    @Test
    void aTopicNamedTwiceInOneRequestIsNotDeleted() {
        TopicId id = create("orders").get().id();

        var results = world.run(new DeleteTopics(List.of(new ByName("orders"), new ById(id))));

        assertThat(results).extracting(Result::error).containsExactly(INVALID_REQUEST, INVALID_REQUEST);
        assertThat(world.image.topic("orders")).isNotNull();
    }

    @Test
    void partitionsAreAddedAtTheEnd() {
        create(NewTopic.of("orders", 2, 1));
        List<PartitionImage> before = topic("orders").partitions();

        assertThat(grow(new Growth("orders", 5, List.of()))).isEqualTo(Result.of(5));
        assertThat(topic("orders").partitions()).hasSize(5).startsWith(before.toArray(new PartitionImage[0]));
        assertThat(grow(new Growth("orders", 6, List.of(List.of(1)))).isOk()).isTrue();
    }

    @Test
    void partitionsThatCannotBeAddedAreRefused() {
        create(NewTopic.of("orders", 2, 1));
        List<List<Integer>> two = new ArrayList<>(Arrays.asList(List.of(1), List.of(1)));

        assertThat(grow(new Growth("none", 3, List.of())).error()).isEqualTo(UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(grow(new Growth("orders", 2, List.of())).error()).isEqualTo(INVALID_PARTITIONS);
        assertThat(grow(new Growth("orders", -1, List.of())).error()).isEqualTo(INVALID_PARTITIONS);
        assertThat(grow(new Growth("orders", 3, two)).error()).isEqualTo(INVALID_REPLICA_ASSIGNMENT);
        assertThat(grow(new Growth("orders", 3, List.of(List.of(9)))).error()).isEqualTo(INVALID_REPLICA_ASSIGNMENT);
        assertThat(grow(new Growth("orders", Integer.MAX_VALUE, List.of())).error()).isEqualTo(POLICY_VIOLATION);
        assertThat(topic("orders").partitions()).hasSize(2);
    }
}
