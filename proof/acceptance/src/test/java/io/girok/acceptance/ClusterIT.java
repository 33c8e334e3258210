package io.girok.acceptance;

import static io.girok.acceptance.ClusterClients.PARTITIONS;
import static io.girok.acceptance.ClusterClients.admin;
import static io.girok.acceptance.ClusterClients.awaitInSync;
import static io.girok.acceptance.ClusterClients.controller;
import static io.girok.acceptance.ClusterClients.create;
import static io.girok.acceptance.ClusterClients.delete;
import static io.girok.acceptance.ClusterClients.leaderOf;
import static io.girok.acceptance.ClusterClients.producer;
import static io.girok.acceptance.ClusterClients.settings;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three brokers as real processes, killed and stopped under a real producer: what was acknowledged is there, in order,
/// and once.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ClusterIT {
    @TempDir
    Path directory;

    @Test
    void noAcknowledgedRecordIsLostWhenALeaderAndAControllerAreKilled() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory); Admin admin = admin(cluster)) {
            create(admin, "orders");
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                for (int victim : List.of(leaderOf(admin, "orders"), controller(admin))) {
                    load.awaitMore(200);
                    cluster.kill(victim);
                    load.awaitMore(200);
                    cluster.restart(victim);
                    awaitInSync(admin, "orders");
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
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
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
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
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
            Properties settings = settings(cluster);
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

                assertThat(readAll(consumer, 30)).containsExactlyInAnyOrderElementsOf(
                        IntStream.range(30, 60).mapToObj(i -> "value-" + i).toList());
                consumer.commitSync();
            }
        }
    }

    @Test
    void everyBrokerTakesTheAdministratorsCalls() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory)) {
            int number = 0;
            for (String broker : cluster.bootstrap().split(",")) {
                String topic = "topic-" + number++;
                try (Admin admin = Clients.admin(broker)) {
                    create(admin, topic);
                    Waiting.until("three brokers at " + broker,
                            () -> admin.describeCluster().nodes().get().size() == 3);
                    delete(admin, topic);
                }
            }
        }
    }

    @Test
    void oneCommandRunsAWholeCluster() throws Exception {
        int port = FreePorts.inARow(3);
        try (GirokProcess launcher = GirokProcess.launch(directory.resolve("all"),
                List.of("start", "--cluster", "3", "--port", Integer.toString(port), "--directory",
                        directory.resolve("all").toString()),
                Map.of())) {
            launcher.awaitLine(line -> line.startsWith("Girok is ready: a cluster of 3 on 127.0.0.1:" + port));
            try (Admin admin = Clients.admin("127.0.0.1:" + port)) {
                create(admin, "orders");
                awaitInSync(admin, "orders");
            }

            assertThat(launcher.stop()).isZero();
        }

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

    private static void send(KafkaProducer<String, String> producer, int from, int count) throws Exception {
        for (int i = from; i < from + count; i++) {
            producer.send(new ProducerRecord<>("orders", i % PARTITIONS, null, "value-" + i)).get();
        }
    }

    private static List<String> readAll(KafkaConsumer<String, String> consumer, int count) {
        return Clients.poll(consumer, count).stream().map(ConsumerRecord::value).toList();
    }
}
