package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three brokers as real processes, killed and stopped under a real producer: what was acknowledged is there, in order,
/// once, and on every broker.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ClusterIT {
    private static final int PARTITIONS = 3;

    @TempDir
    Path directory;

    @Test
    void noAcknowledgedRecordIsLostWhenLeadersAndControllersAreKilled() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory); Admin admin = admin(cluster)) {
            create(admin, "orders");
            try (Load load = new Load(cluster, "orders")) {
                for (int round = 0; round < 2; round++) {
                    for (int victim : List.of(leaderOf(admin, "orders"), controller(admin))) {
                        load.awaitMore(200);
                        cluster.kill(victim);
                        load.awaitMore(200);
                        cluster.restart(victim);
                        awaitInSync(admin, "orders");
                    }
                }
                load.finish();
                load.check();
            }
        }
    }

    @Test
    void aRollingRestartCostsAProducerNothing() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory); Admin admin = admin(cluster)) {
            create(admin, "orders");
            try (Load load = new Load(cluster, "orders")) {
                for (int id : cluster.ids()) {
                    load.awaitMore(100);
                    cluster.stop(id);
                    load.awaitMore(100);
                    cluster.restart(id);
                    awaitInSync(admin, "orders");
                }
                load.finish();
                load.check();
            }
        }
    }

    @Test
    void whatWasAcknowledgedSurvivesTheLossOfPower() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory); Admin admin = admin(cluster)) {
            create(admin, "orders");
            try (Load load = new Load(cluster, "orders")) {
                load.awaitMore(500);
                cluster.killAll();
                cluster.launchAll();
                load.awaitMore(100);
                load.finish();
                load.check();
            }
        }
    }

    @Test
    void aGroupGoesOnWhenItsCoordinatorIsKilled() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory); Admin admin = admin(cluster)) {
            create(admin, "orders");
            Properties settings = clientSettings(cluster);
            settings.put("group.id", "counters");
            settings.put("auto.offset.reset", "earliest");
            settings.put("session.timeout.ms", "10000");
            try (KafkaProducer<String, String> producer = producer(cluster);
                    KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings, new StringDeserializer(),
                            new StringDeserializer())) {
                consumer.subscribe(List.of("orders"));
                send(producer, 0, 30);
                readAll(consumer, 30);
                consumer.commitSync();

                cluster.kill(admin.describeConsumerGroups(List.of("counters"))
                        .describedGroups()
                        .get("counters")
                        .get()
                        .coordinator()
                        .id());
                send(producer, 30, 30);

                assertThat(readAll(consumer, 30)).doesNotHaveDuplicates();
                consumer.commitSync();
            }
        }
    }

    @Test
    void everyBrokerTakesTheAdministratorsCalls() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory)) {
            int number = 0;
            for (String broker : cluster.bootstrap().split(",")) {
                Properties settings = new Properties();
                settings.put("bootstrap.servers", broker);
                String topic = "topic-" + number++;
                try (Admin admin = Admin.create(settings)) {
                    create(admin, topic);
                    assertThat(admin.describeCluster().nodes().get()).hasSize(3);
                    admin.deleteTopics(List.of(topic)).all().get();
                }
            }
        }
    }

    @Test
    void oneCommandRunsAWholeCluster() throws Exception {
        int port = freePort();
        GirokProcess launcher = GirokProcess.launch(directory.resolve("all"),
                List.of("start", "--cluster", "3", "--port", Integer.toString(port), "--directory",
                        directory.resolve("all").toString()),
                Map.of());
        launcher.awaitLine(line -> line.startsWith("Girok is ready: a cluster of 3 on 127.0.0.1:" + port));
        Properties settings = new Properties();
        settings.put("bootstrap.servers", "127.0.0.1:" + port);
        try (Admin admin = Admin.create(settings)) {
            create(admin, "orders");
            awaitInSync(admin, "orders");
        }

        assertThat(launcher.stop()).isZero();

        for (int node = 1; node <= 3; node++) {
            assertThat(directory.resolve("all/node-" + node + "/.kafka_cleanshutdown")).exists();
        }
    }

    @Test
    void aClusterOfTwoIsRefused() {
        GirokProcess launcher = GirokProcess.launch(directory.resolve("none"), List.of("start", "--cluster", "2"),
                Map.of());

        assertThat(launcher.awaitExit()).isEqualTo(2);
        assertThat(launcher.errorText()).contains("a cluster has 3 or 5 nodes");
    }

    /// The first of three that are free now.
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Math.min(socket.getLocalPort(), 65_000);
        }
    }

    private static void send(KafkaProducer<String, String> producer, int from, int count) throws Exception {
        for (int i = from; i < from + count; i++) {
            producer.send(new ProducerRecord<>("orders", i % PARTITIONS, null, "value-" + i)).get();
        }
    }

    private static List<String> readAll(KafkaConsumer<String, String> consumer, int count) {
        List<String> read = new ArrayList<>();
        while (read.size() < count) {
            for (ConsumerRecord<String, String> consumed : consumer.poll(Duration.ofMillis(200))) {
                read.add(consumed.value());
            }
        }
        return read;
    }

    private static Properties clientSettings(GirokCluster cluster) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", cluster.bootstrap());
        return settings;
    }

    private static Admin admin(GirokCluster cluster) {
        return Admin.create(clientSettings(cluster));
    }

    private static KafkaProducer<String, String> producer(GirokCluster cluster) {
        return new KafkaProducer<>(clientSettings(cluster), new StringSerializer(), new StringSerializer());
    }

    private static void create(Admin admin, String topic) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 3))).all().get();
    }

    /// As one of the brokers sees them; one that has not heard of the topic yet is asked again.
    private static List<TopicPartitionInfo> partitions(Admin admin, String topic) throws Exception {
        while (true) {
            try {
                return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
    }

    private static int leaderOf(Admin admin, String topic) throws Exception {
        return partitions(admin, topic).getFirst().leader().id();
    }

    private static int controller(Admin admin) throws Exception {
        return admin.describeCluster().controller().get().id();
    }

    private static void awaitInSync(Admin admin, String topic) throws Exception {
        while (partitions(admin, topic).stream().anyMatch(partition -> partition.isr().size() < 3)) {
            Thread.onSpinWait();
        }
    }

    /// A producer with default settings that never stops, and what was acknowledged to it.
    private static final class Load implements AutoCloseable {
        private final GirokCluster cluster;
        private final String topic;
        private final KafkaProducer<String, String> producer;
        private final Map<TopicPartition, Map<Long, String>> acknowledged = new ConcurrentHashMap<>();
        private final AtomicReference<Exception> failure = new AtomicReference<>();
        private final AtomicBoolean isEnding = new AtomicBoolean();
        private final Thread sender;
        private volatile int acknowledgedCount;

        Load(GirokCluster cluster, String topic) {
            this.cluster = cluster;
            this.topic = topic;
            this.producer = producer(cluster);
            this.sender = Thread.ofPlatform().start(this::send);
        }

        private void send() {
            for (int i = 0; !isEnding.get(); i++) {
                String value = "value-" + i;
                var sent = producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, value),
                        (metadata, error) -> {
                            if (error == null) {
                                acknowledged.computeIfAbsent(new TopicPartition(topic, metadata.partition()),
                                        partition -> new ConcurrentHashMap<>()).put(metadata.offset(), value);
                            } else {
                                failure.set(error);
                            }
                        });
                if (i % 5 == 0) {
                    try {
                        sent.get();
                        acknowledgedCount = i;
                    } catch (Exception e) {
                        failure.set(e);
                    }
                }
            }
        }

        void awaitMore(int count) {
            int target = acknowledgedCount + count;
            while (acknowledgedCount < target && failure.get() == null) {
                Thread.onSpinWait();
            }
            assertThat(failure.get()).isNull();
        }

        void finish() throws InterruptedException {
            isEnding.set(true);
            sender.join();
            producer.flush();
            assertThat(failure.get()).isNull();
        }

        void check() {
            Map<TopicPartition, Map<Long, String>> read = new HashMap<>();
            try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(clientSettings(cluster),
                    new StringDeserializer(), new StringDeserializer())) {
                consumer.assign(acknowledged.keySet());
                consumer.seekToBeginning(acknowledged.keySet());
                Map<TopicPartition, Long> ends = consumer.endOffsets(acknowledged.keySet());
                while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                    for (ConsumerRecord<String, String> consumed : consumer.poll(Duration.ofMillis(200))) {
                        read.computeIfAbsent(new TopicPartition(topic, consumed.partition()),
                                partition -> new HashMap<>()).put(consumed.offset(), consumed.value());
                    }
                }
            }
            acknowledged.forEach((partition, records) -> {
                assertThat(read.get(partition)).as("%s", partition).containsAllEntriesOf(records);
                assertThat(read.get(partition).values()).as("%s", partition).doesNotHaveDuplicates();
            });
        }

        @Override
        public void close() {
            isEnding.set(true);
            producer.close(Duration.ZERO);
        }
    }
}
