package io.girok.acceptance;

import static io.girok.acceptance.ClusterClients.admin;
import static io.girok.acceptance.ClusterClients.awaitInSync;
import static io.girok.acceptance.ClusterClients.controller;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Three brokers as real processes, one of which is a day ahead of its time. Skipped, and said so, where libfaketime is
/// not installed.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@EnabledIfSystemProperty(named = "faults", matches = "all")
class ClusterClockIT {
    private static final int AHEAD = 1;

    @TempDir
    Path directory;

    @Test
    void aBrokerThatIsADayAheadDeletesNothingThatOthersLead() throws Exception {
        Map<String, String> settings = Map.of("broker.session.timeout.ms", "3000", "broker.heartbeat.interval.ms",
                "500", "log.retention.ms", "3600000", "log.retention.check.interval.ms", "200",
                "offsets.retention.check.interval.ms", "1000");
        // The last one: with its remedy for old libraries, waits for a time end at once, again and again.
        Map<String, String> environment = Map.of("LD_PRELOAD", library(), "FAKETIME", "+1d", "DONT_FAKE_MONOTONIC",
                "1", "FAKETIME_DONT_FAKE_MONOTONIC", "1", "NO_FAKE_STAT", "1", "FAKETIME_FORCE_MONOTONIC_FIX", "0");
        // Builds, and makes the start-up cache, by the right clock.
        CommandRun.girok("", "--version").succeeded();
        try (GirokCluster cluster = GirokCluster.start(directory, settings,
                Map.of(AHEAD, new GirokCluster.Own(Map.of(), environment))); Admin admin = admin(cluster)) {
            // While the leader of one is gone, it is led by the other that keeps time: this one would take what it has
            // for a day old, and its retention is an hour.
            List<Integer> ofOthers = List.of(1, 2);
            admin.createTopics(List.of(new NewTopic("orders",
                    Map.of(0, List.of(AHEAD, 2, 3), 1, List.of(2, 3, AHEAD), 2, List.of(3, 2, AHEAD))))).all().get();
            awaitInSync(admin, "orders");
            try (ClusterLoad load = new ClusterLoad(cluster, "orders", Map.of(), ofOthers);
                    ClusterGroup group = new ClusterGroup(cluster, "counters", "orders", 1)) {
                load.awaitMore(500);
                group.awaitMore(500);
                cluster.kill(2);
                load.awaitMore(200);
                cluster.restart(2);
                awaitInSync(admin, "orders");
                load.awaitMore(200);
                for (int active = controller(admin); active != AHEAD; active = controller(admin)) {
                    cluster.kill(active);
                    load.awaitMore(100);
                    cluster.restart(active);
                    awaitInSync(admin, "orders");
                }
                load.awaitMore(200);
                assertThat(stamp(cluster, admin)).as("by its clock")
                        .isGreaterThan(System.currentTimeMillis() + TimeUnit.HOURS.toMillis(23));

                load.finish();
                group.finish(load, admin);
                load.check();
                for (int index : ofOthers) {
                    TopicPartition partition = new TopicPartition("orders", index);
                    assertThat(admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                            .partitionResult(partition)
                            .get()
                            .offset()).isZero();
                    assertThat(admin.listOffsets(Map.of(partition, OffsetSpec.maxTimestamp()))
                            .partitionResult(partition)
                            .get()
                            .timestamp())
                            .isLessThanOrEqualTo(System.currentTimeMillis());
                }
            }
        }
    }

    /// The time at which the broker that is ahead takes a record.
    private static long stamp(GirokCluster cluster, Admin admin) throws Exception {
        admin.createTopics(List.of(new NewTopic("stamped", Map.of(0, List.of(AHEAD, 2, 3)))
                .configs(Map.of("message.timestamp.type", "LogAppendTime")))).all().get();
        try (KafkaProducer<String, String> producer = ClusterClients.producer(cluster)) {
            return producer.send(new ProducerRecord<>("stamped", 0, null, "now")).get().timestamp();
        }
    }

    private static String library() throws IOException {
        Path libraries = Path.of("/usr/lib");
        try (Stream<Path> found = Files.find(libraries, 4,
                (path, attributes) -> path.endsWith("faketime/libfaketime.so.1"))) {
            List<Path> all = found.toList();
            assumeTrue(!all.isEmpty(), "libfaketime is not installed");
            return all.getFirst().toString();
        }
    }
}
