package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Consumer groups of real consumers: they share, hand over, and survive the broker.
class GroupsIT {
    private static final int PARTITIONS = 6;

    @TempDir
    Path directory;
    private GirokProcess broker;
    private Admin admin;

    @BeforeEach
    void startABroker() {
        broker = GirokProcess.start(directory.resolve("data"), Map.of("group.initial.rebalance.delay.ms", "0"));
        admin = Clients.admin(broker.bootstrap());
        Clients.createTopic(admin, "work", PARTITIONS, Map.of());
    }

    @AfterEach
    void stopTheBroker() {
        admin.close();
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(classes = {RangeAssignor.class, CooperativeStickyAssignor.class})
    void membersShareThePartitionsAndTakeOverFromOneThatLeaves(Class<?> assignor) {
        try (KafkaConsumer<String, String> first = member("shared",
                Map.of("partition.assignment.strategy", assignor.getName()))) {
            try (KafkaConsumer<String, String> second = member(
                    "shared",
                    Map.of("partition.assignment.strategy", assignor.getName()))) {
                pollUntilShared(first, second);
            }

            Clients.awaitUntil("the first member has all partitions", () -> {
                first.poll(Duration.ofMillis(50));
                return first.assignment().size() == PARTITIONS;
            });
        }
    }

    @Test
    void aStaticMemberComesBackToItsPartitionsWithoutARebalance() {
        Map<String, Object> settings = Map.of("group.instance.id", "one", "session.timeout.ms", 45_000);
        Set<TopicPartition> before;
        try (KafkaConsumer<String, String> other = member("static", Map.of("group.instance.id", "two"))) {
            try (KafkaConsumer<String, String> member = member("static", settings)) {
                pollUntilShared(member, other);
                before = new HashSet<>(member.assignment());
            }
            Set<TopicPartition> others = new HashSet<>(other.assignment());
            try (KafkaConsumer<String, String> again = member("static", settings)) {
                Clients.awaitUntil("the static member is back", () -> {
                    other.poll(Duration.ofMillis(20));
                    again.poll(Duration.ofMillis(20));
                    return !again.assignment().isEmpty();
                });

                assertThat(again.assignment()).isEqualTo(before);
                assertThat(other.assignment()).isEqualTo(others);
            }
        }
    }

    @Test
    void aGroupGoesOnAfterTheBrokerWasKilled() {
        produce(60);
        try (KafkaConsumer<String, String> member = member("survivors", Map.of("enable.auto.commit", false))) {
            Clients.poll(member, 60);
            member.commitSync(Duration.ofSeconds(30));
            int port = broker.port();
            broker.kill();
            broker = GirokProcess.start(directory.resolve("data"), port,
                    Map.of("group.initial.rebalance.delay.ms", "0"));

            produce(30);

            assertThat(Clients.poll(member, 30)).hasSize(30);
        }
        Map<TopicPartition, OffsetAndMetadata> committed = Clients
                .await(admin.listConsumerGroupOffsets("survivors").partitionsToOffsetAndMetadata());
        assertThat(committed.values().stream().mapToLong(OffsetAndMetadata::offset).sum()).isEqualTo(60);
    }

    @Test
    void groupsAreListedDescribedAlteredAndDeleted() {
        produce(10);
        try (KafkaConsumer<String, String> member = member("described", Map.of("client.id", "reader"))) {
            Clients.poll(member, 10);
            member.commitSync();
            ConsumerGroupDescription description = describe("described");

            assertThat(description.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(description.members()).singleElement().satisfies(m -> {
                assertThat(m.clientId()).isEqualTo("reader");
                assertThat(m.assignment().topicPartitions()).hasSize(PARTITIONS);
            });
        }
        TopicPartition partition = new TopicPartition("work", 0);
        assertThat(describe("described").groupState()).isEqualTo(GroupState.EMPTY);

        Clients.await(
                admin.alterConsumerGroupOffsets("described", Map.of(partition, new OffsetAndMetadata(1))).all());
        Clients.await(admin.deleteConsumerGroupOffsets("described", Set.of(new TopicPartition("work", 1))).all());
        Map<TopicPartition, OffsetAndMetadata> offsets = Clients
                .await(admin.listConsumerGroupOffsets("described").partitionsToOffsetAndMetadata());
        Clients.await(admin.deleteConsumerGroups(List.of("described")).all());

        assertThat(offsets.get(partition).offset()).isEqualTo(1);
        assertThat(offsets.get(new TopicPartition("work", 1))).isNull();
        assertThat(Clients.await(admin.listGroups().all())).extracting(group -> group.groupId())
                .doesNotContain("described");
    }

    private ConsumerGroupDescription describe(String group) {
        return Clients.await(admin.describeConsumerGroups(List.of(group)).all()).get(group);
    }

    private KafkaConsumer<String, String> member(String group, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("group.id", group);
        settings.put("heartbeat.interval.ms", 200);
        KafkaConsumer<String, String> consumer = Clients.consumer(broker.bootstrap(), settings);
        consumer.subscribe(List.of("work"));
        return consumer;
    }

    private static void pollUntilShared(KafkaConsumer<String, String> first, KafkaConsumer<String, String> second) {
        Clients.awaitUntil("two members share the partitions", () -> {
            first.poll(Duration.ofMillis(20));
            second.poll(Duration.ofMillis(20));
            Set<TopicPartition> all = new HashSet<>(first.assignment());
            all.addAll(second.assignment());
            return all.size() == PARTITIONS
                    && first.assignment().size() == PARTITIONS / 2
                    && second.assignment().size() == PARTITIONS / 2;
        });
    }

    private void produce(int count) {
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap(), Map.of())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>("work", i % PARTITIONS, null, Integer.toString(i)));
            }
        }
    }
}
