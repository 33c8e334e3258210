package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real process with several `log.dirs`: replicas that move between them, and one that is missing.
class LogDirectoriesIT {
    private static final TopicPartition PARTITION = new TopicPartition("moved", 0);
    private static final TopicPartitionReplica REPLICA = new TopicPartitionReplica("moved", 0, 1);
    private static final int MOVES = 6;
    private static final int RECORDS_PER_MOVE = 3_000;
    private static final int SEND_LIMIT_MS = 50_000;

    @TempDir
    Path directory;

    @Test
    void aReplicaMovesBackAndForthWhileItIsWrittenToAndKilled() {
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        Map<String, String> settings = Map.of("log.dirs", first + "," + second, "log.segment.bytes", "1048576");
        ConcurrentSkipListMap<Long, String> acknowledged = new ConcurrentSkipListMap<>();
        GirokProcess broker = GirokProcess.start(first, settings);
        int port = broker.port();
        try (Admin admin = Clients.admin(broker.bootstrap())) {
            Clients.createTopic(admin, PARTITION.topic(), 1, Map.of());
        }
        int sent = 0;
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap(),
                Map.of("retry.backoff.max.ms", 100, "reconnect.backoff.max.ms", 50, "delivery.timeout.ms", 300_000,
                        "request.timeout.ms", 5_000))) {
            sent = send(producer, sent, acknowledged);
            for (int move = 0; move < MOVES; move++) {
                boolean isKilled = move % 3 == 2;
                try (Admin admin = Clients.admin(broker.bootstrap())) {
                    Path to = placeOf(admin).equals(first.toString()) ? second : first;
                    Clients.await(admin.alterReplicaLogDirs(Map.of(REPLICA, to.toString())).all());
                    sent = send(producer, sent, acknowledged);
                    if (!isKilled) {
                        broker.awaitUntil("the replica to arrive in " + to, () -> placeOf(admin).equals(to.toString()));
                    }
                }
                if (isKilled) {
                    broker.kill();
                    broker = GirokProcess.start(first, port, settings);
                }
            }
            producer.flush();
        }

        assertThat(acknowledged).hasSize(sent);
        List<String> read = read(broker, sent).stream().map(ConsumerRecord::value).toList();
        assertThat(read).containsExactlyElementsOf(acknowledged.values());
        assertThat(broker.errorText()).doesNotContain(" ERROR ");
        assertThat(broker.stop()).isZero();
        CommandRun.girok("", "log", "verify", first.toString()).succeeded();
        CommandRun.girok("", "log", "verify", second.toString()).succeeded();
    }

    private static int send(KafkaProducer<String, String> producer, int from,
            ConcurrentSkipListMap<Long, String> acknowledged) {
        for (int i = from; i < from + RECORDS_PER_MOVE; i++) {
            String value = i + " " + "x".repeat(1_000);
            producer.send(new ProducerRecord<>(PARTITION.topic(), 0, null, value), (metadata, failure) -> {
                if (failure == null) {
                    acknowledged.put(metadata.offset(), value);
                }
            });
        }
        return from + RECORDS_PER_MOVE;
    }

    /// The directory that holds the replica, whatever is on its way to another.
    private static String placeOf(Admin admin) {
        List<String> places = new ArrayList<>();
        Clients.await(admin.describeLogDirs(List.of(1)).allDescriptions())
                .get(1)
                .forEach((path, described) -> {
                    var replica = described.replicaInfos().get(PARTITION);
                    if (replica != null && !replica.isFuture()) {
                        places.add(path);
                    }
                });
        return String.join(" and ", places);
    }

    private static List<ConsumerRecord<String, String>> read(GirokProcess broker, int count) {
        try (KafkaConsumer<String, String> consumer = Clients.consumer(broker.bootstrap(), Map.of())) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            return Clients.poll(consumer, count);
        }
    }

    @Test
    void withoutOneOfItsDirectoriesABrokerServesTheOthersAndMakesNothingAnew() throws IOException {
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        Map<String, String> settings = Map.of("log.dirs", first + "," + second);
        int partitions = 4;
        int port;
        try (GirokProcess broker = GirokProcess.start(first, settings);
                Admin admin = Clients.admin(broker.bootstrap())) {
            port = broker.port();
            Clients.createTopic(admin, PARTITION.topic(), partitions, Map.of());
            fill(broker, partitions);
        }
        Path away = directory.resolve("away");
        Files.move(second, away);
        Files.createFile(second);

        try (GirokProcess broker = GirokProcess.start(first, port, settings);
                Admin admin = Clients.admin(broker.bootstrap())) {
            Map<String, LogDirDescription> described = Clients
                    .await(admin.describeLogDirs(List.of(1)).allDescriptions())
                    .get(1);
            assertThat(described.get(second.toString()).error()).isInstanceOf(KafkaStorageException.class);
            assertThat(described.get(first.toString()).error()).isNull();
            List<Integer> here = described.get(first.toString())
                    .replicaInfos()
                    .keySet()
                    .stream()
                    .map(TopicPartition::partition)
                    .sorted()
                    .toList();
            assertThat(here).hasSize(partitions / 2);
            for (int partition = 0; partition < partitions; partition++) {
                int tried = partition;
                if (here.contains(partition)) {
                    sendOne(broker, partition, SEND_LIMIT_MS);
                } else {
                    assertThatThrownBy(() -> sendOne(broker, tried, 3_000)).hasRootCauseInstanceOf(
                            org.apache.kafka.common.errors.TimeoutException.class);
                }
            }
            Clients.createTopic(admin, "new", 1, Map.of());
            assertThat(Clients.await(admin.describeTopics(List.of("new")).allTopicNames())).containsKey("new");
            assertThat(broker.errorText().lines().filter(line -> line.contains(" ERROR "))).singleElement()
                    .asString()
                    .contains(second.toString(), "offline");
        }
        Files.delete(second);
        Files.move(away, second);

        try (GirokProcess broker = GirokProcess.start(first, port, settings);
                KafkaConsumer<String, String> consumer = Clients.consumer(broker.bootstrap(), Map.of())) {
            // One of each partition before, one of each that was there meanwhile.
            consumer.assign(Stream.iterate(0, i -> i + 1)
                    .limit(partitions)
                    .map(i -> new TopicPartition(PARTITION.topic(), i))
                    .toList());
            List<ConsumerRecord<String, String>> records = Clients.poll(consumer, partitions + partitions / 2);
            assertThat(records).extracting(ConsumerRecord::partition)
                    .containsAll(
                            Stream.iterate(0, i -> i + 1).limit(partitions).toList());
            assertThat(broker.stop()).isZero();
        }
        try (Stream<Path> entries = Files.list(second)) {
            assertThat(entries.map(Path::getFileName).map(Path::toString).sorted(Comparator.naturalOrder()))
                    .noneMatch(name -> name.endsWith("-stray"));
        }
    }

    private static void fill(GirokProcess broker, int partitions) {
        for (int partition = 0; partition < partitions; partition++) {
            sendOne(broker, partition, SEND_LIMIT_MS);
        }
    }

    private static void sendOne(GirokProcess broker, int partition, int limitMs) {
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap(),
                Map.of("delivery.timeout.ms", limitMs, "request.timeout.ms", limitMs / 2, "linger.ms", 0,
                        "max.block.ms", limitMs))) {
            Clients.await(producer.send(new ProducerRecord<>(PARTITION.topic(), partition, null, "value")));
        }
    }
}
