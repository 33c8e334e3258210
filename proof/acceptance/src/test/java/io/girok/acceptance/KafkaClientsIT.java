package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The newest Java client, as applications use it, against a broker.
class KafkaClientsIT {
    @TempDir
    static Path directory;
    private static GirokProcess broker;
    private static Admin admin;

    @BeforeAll
    static void startABroker() {
        broker = GirokProcess.start(directory.resolve("data"));
        admin = Clients.admin(broker.bootstrap());
    }

    @AfterAll
    static void stopTheBroker() {
        admin.close();
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void everyCodecBringsBackWhatWasWritten(String codec) {
        String topic = "codec-" + codec;
        Clients.createTopic(admin, topic, 1, Map.of());
        List<String> written = new ArrayList<>();
        try (KafkaProducer<String, String> producer = Clients
                .producer(broker.bootstrap(), Map.of("compression.type", codec, "linger.ms", 5))) {
            for (int i = 0; i < 500; i++) {
                written.add("value " + i + " of " + codec);
                producer.send(
                        new ProducerRecord<>(
                                topic,
                                null,
                                1_700_000_000_000L + i,
                                "key",
                                written.getLast(),
                                List.of(new RecordHeader("nr", Integer.toString(i).getBytes(StandardCharsets.UTF_8)))));
            }
        }

        List<ConsumerRecord<String, String>> read = readAll(topic, 500);

        assertThat(read).extracting(ConsumerRecord::value).isEqualTo(written);
        for (int i = 0; i < 500; i++) {
            assertThat(read.get(i).offset()).isEqualTo(i);
            assertThat(read.get(i).timestamp()).isEqualTo(1_700_000_000_000L + i);
            assertThat(new String(read.get(i).headers().lastHeader("nr").value(), StandardCharsets.UTF_8))
                    .isEqualTo(Integer.toString(i));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "snappy", "lz4", "zstd", "uncompressed"})
    void theTopicsOwnCodecIsApplied(String codec) {
        String topic = "recompressed-" + codec;
        Clients.createTopic(admin, topic, 1, Map.of("compression.type", codec));
        try (KafkaProducer<String, String> producer = Clients
                .producer(broker.bootstrap(),
                        Map.of("compression.type", "uncompressed".equals(codec) ? "zstd" : "none"))) {
            for (int i = 0; i < 50; i++) {
                producer.send(new ProducerRecord<>(topic, "v" + i));
            }
        }

        List<ConsumerRecord<String, String>> read = readAll(topic, 50);

        assertThat(read).extracting(ConsumerRecord::value).startsWith("v0", "v1").endsWith("v49");
    }

    @Test
    void aKeyStaysOnItsPartitionInOrder() {
        Clients.createTopic(admin, "keyed", 6, Map.of());
        Map<String, Set<Integer>> partitionsByKey = new HashMap<>();
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap(), Map.of())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                sent.add(producer.send(new ProducerRecord<>("keyed", "key-" + i % 30, Integer.toString(i))));
            }
            for (int i = 0; i < 600; i++) {
                partitionsByKey.computeIfAbsent("key-" + i % 30, _ -> new TreeSet<>())
                        .add(Clients.await(sent.get(i)).partition());
            }
        }

        Map<String, List<Integer>> valuesByKey = readAll("keyed", 600).stream()
                .collect(
                        Collectors.groupingBy(
                                ConsumerRecord::key,
                                Collectors.mapping(record -> Integer.valueOf(record.value()), Collectors.toList())));

        assertThat(partitionsByKey).hasSize(30).allSatisfy((_, partitions) -> assertThat(partitions).hasSize(1));
        assertThat(valuesByKey).allSatisfy((_, values) -> assertThat(values).isSorted().hasSize(20));
    }

    @Test
    void logAppendTimeIsTheBrokers() {
        Clients.createTopic(admin, "stamped", 1, Map.of("message.timestamp.type", "LogAppendTime"));
        long before = System.currentTimeMillis();
        RecordMetadata sent;
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap(), Map.of())) {
            sent = Clients.await(producer.send(new ProducerRecord<>("stamped", 0, 1L, "k", "v")));
        }

        ConsumerRecord<String, String> read = readAll("stamped", 1).getFirst();

        assertThat(read.timestamp()).isBetween(before, System.currentTimeMillis()).isEqualTo(sent.timestamp());
    }

    @Test
    void aRecordLargerThanTheTopicAllowsIsRefused() {
        Clients.createTopic(admin, "small", 1, Map.of("max.message.bytes", "2000"));
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap(), Map.of())) {
            assertThatThrownBy(
                    () -> Clients.await(producer.send(new ProducerRecord<>("small", null, "x".repeat(5_000)))))
                    .hasRootCauseInstanceOf(RecordTooLargeException.class);
        }
    }

    @Test
    void offsetsAreFoundByTimestampAndAtTheEnds() {
        Clients.createTopic(admin, "timed", 1, Map.of());
        TopicPartition partition = new TopicPartition("timed", 0);
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap(), Map.of())) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>("timed", 0, 1_600_000_000_000L + i * 1000L, "k", "v" + i));
            }
        }

        assertThat(offset(partition, OffsetSpec.earliest())).isZero();
        assertThat(offset(partition, OffsetSpec.latest())).isEqualTo(10);
        assertThat(offset(partition, OffsetSpec.forTimestamp(1_600_000_003_500L))).isEqualTo(4);
        assertThat(offset(partition, OffsetSpec.maxTimestamp())).isEqualTo(9);
        assertThat(offset(partition, OffsetSpec.forTimestamp(1_700_000_000_000L))).isEqualTo(-1);
    }

    @Test
    void deletedRecordsAreGoneAndTheRestIsThere() {
        Clients.createTopic(admin, "trimmed", 1, Map.of());
        TopicPartition partition = new TopicPartition("trimmed", 0);
        writeNumbers("trimmed", 20);

        long lowWatermark = Clients.await(
                admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(7))).lowWatermarks().get(partition))
                .lowWatermark();

        assertThat(lowWatermark).isEqualTo(7);
        assertThat(offset(partition, OffsetSpec.earliest())).isEqualTo(7);
        assertThat(readAll("trimmed", 13)).extracting(ConsumerRecord::value).startsWith("7").endsWith("19");
    }

    @Test
    void topicsGrowAndTheirSettingsChange() {
        Clients.createTopic(admin, "grown", 2, Map.of("retention.ms", "1000000"));
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, "grown");

        Clients.await(admin.createPartitions(Map.of("grown", NewPartitions.increaseTo(4))).all());
        Clients.await(
                admin.incrementalAlterConfigs(
                        Map.of(
                                resource,
                                List.of(
                                        new AlterConfigOp(
                                                new ConfigEntry("segment.bytes", "2097152"),
                                                AlterConfigOp.OpType.SET),
                                        new AlterConfigOp(
                                                new ConfigEntry("retention.ms", null),
                                                AlterConfigOp.OpType.DELETE))))
                        .all());

        TopicDescription description = Clients.await(admin.describeTopics(List.of("grown")).allTopicNames())
                .get("grown");
        Config config = Clients.await(admin.describeConfigs(List.of(resource)).all()).get(resource);
        assertThat(description.partitions()).hasSize(4).allSatisfy(p -> assertThat(p.leader()).isNotNull());
        assertThat(config.get("segment.bytes").value()).isEqualTo("2097152");
        assertThat(config.get("segment.bytes").source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(config.get("retention.ms").isDefault()).isTrue();
    }

    @Test
    void topicNamesFollowKafkasRules() {
        Clients.createTopic(admin, "dotted.name", 1, Map.of());

        for (String name : List.of("", ".", "..", "a/b", "../up", "a b", "ü", "n".repeat(250), "dotted_name")) {
            assertThatThrownBy(() -> Clients.createTopic(admin, name, 1, Map.of())).as(name)
                    .hasRootCauseInstanceOf(InvalidTopicException.class);
        }
        assertThatThrownBy(() -> Clients.createTopic(admin, "dotted.name", 1, Map.of()))
                .hasRootCauseInstanceOf(TopicExistsException.class);
    }

    @Test
    void aDeletedTopicIsUnknownAndARecreatedOneIsEmpty() {
        Clients.createTopic(admin, "passing", 1, Map.of());
        writeNumbers("passing", 5);

        Clients.await(admin.deleteTopics(List.of("passing")).all());

        assertThatThrownBy(() -> Clients.await(admin.describeTopics(List.of("passing")).allTopicNames()))
                .hasRootCauseInstanceOf(UnknownTopicOrPartitionException.class);
        Clients.createTopic(admin, "passing", 1, Map.of());
        assertThat(offset(new TopicPartition("passing", 0), OffsetSpec.latest())).isZero();
    }

    @Test
    void aTopicIsCreatedByItsFirstProducer() {
        writeNumbers("made-by-producer", 3);

        assertThat(readAll("made-by-producer", 3)).extracting(ConsumerRecord::value).containsExactly("0", "1", "2");
    }

    @Test
    void theClusterAndItsDirectoriesAreDescribed() {
        Clients.createTopic(admin, "located", 1, Map.of());

        var nodes = Clients.await(admin.describeCluster().nodes());
        var directories = Clients.await(admin.describeLogDirs(List.of(nodes.iterator().next().id())).allDescriptions());

        assertThat(nodes).singleElement().satisfies(node -> assertThat(node.port()).isEqualTo(broker.port()));
        assertThat(directories.values()).allSatisfy(
                byPath -> assertThat(byPath.values()).anySatisfy(
                        description -> assertThat(description.replicaInfos())
                                .containsKey(new TopicPartition("located", 0))));
    }

    @Test
    void aConsumerThatSeeksReadsFromThere() {
        Clients.createTopic(admin, "sought", 1, Map.of());
        writeNumbers("sought", 100);
        TopicPartition partition = new TopicPartition("sought", 0);

        try (KafkaConsumer<String, String> consumer = Clients.consumer(broker.bootstrap(), Map.of())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 90);
            assertThat(Clients.poll(consumer, 10)).extracting(ConsumerRecord::offset).startsWith(90L).endsWith(99L);
            consumer.seek(partition, 5_000);
            assertThat(Clients.poll(consumer, 100).getFirst().offset()).isZero();
        }
    }

    @Test
    void smallFetchLimitsStillBringEveryRecord() {
        Clients.createTopic(admin, "sips", 3, Map.of());
        writeNumbers("sips", 300);
        Map<String, Object> limits = Map.of("max.partition.fetch.bytes", 1, "fetch.max.bytes", 1, "max.poll.records", 7,
                "fetch.max.wait.ms", 50);

        try (KafkaConsumer<String, String> consumer = Clients.consumer(broker.bootstrap(), limits)) {
            consumer.assign(partitions("sips", 3));

            assertThat(Clients.poll(consumer, 300)).extracting(ConsumerRecord::value)
                    .doesNotHaveDuplicates()
                    .hasSize(300);
        }
    }

    @Test
    void committedOffsetsAreWhereTheNextMemberGoesOn() {
        Clients.createTopic(admin, "committed", 1, Map.of());
        writeNumbers("committed", 10);
        Map<String, Object> settings = Map.of("group.id", "committers", "enable.auto.commit", false, "max.poll.records",
                4);
        TopicPartition partition = new TopicPartition("committed", 0);

        try (KafkaConsumer<String, String> first = Clients.consumer(broker.bootstrap(), settings)) {
            first.subscribe(List.of("committed"));
            Clients.poll(first, 4);
            first.commitSync(Map.of(partition, new OffsetAndMetadata(4, "four")));
        }
        try (KafkaConsumer<String, String> second = Clients.consumer(broker.bootstrap(), settings)) {
            second.subscribe(List.of("committed"));

            assertThat(Clients.poll(second, 1).getFirst().offset()).isEqualTo(4);
            assertThat(second.committed(Set.of(partition)).get(partition).metadata()).isEqualTo("four");
        }
    }

    private static void writeNumbers(String topic, int count) {
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap(), Map.of())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, Integer.toString(i))));
            }
            sent.forEach(Clients::await);
        }
    }

    private static List<ConsumerRecord<String, String>> readAll(String topic, int count) {
        int partitions = Clients.await(admin.describeTopics(List.of(topic)).allTopicNames())
                .get(topic)
                .partitions()
                .size();
        try (KafkaConsumer<String, String> consumer = Clients.consumer(broker.bootstrap(), Map.of())) {
            consumer.assign(partitions(topic, partitions));
            List<ConsumerRecord<String, String>> read = Clients.poll(consumer, count);
            consumer.poll(Duration.ofMillis(100)).forEach(read::add);
            assertThat(read).hasSize(count);
            return read;
        }
    }

    private static List<TopicPartition> partitions(String topic, int count) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            partitions.add(new TopicPartition(topic, i));
        }
        return partitions;
    }

    private static long offset(TopicPartition partition, OffsetSpec spec) {
        return Clients.await(admin.listOffsets(Map.of(partition, spec)).partitionResult(partition)).offset();
    }
}
