package io.girok.acceptance;

import static io.girok.acceptance.ClusterClients.PARTITIONS;
import static io.girok.acceptance.ClusterClients.admin;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three real brokers, one of which has nothing: replicas and leaders are evened out while a producer goes on.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BalanceIT {
    private static final int OTHER_PARTITIONS = 6;

    @TempDir
    Path directory;

    /// What brokers 1 to 3 carry.
    private record Carried(List<Integer> replicas, List<Integer> leaders) {
        static final Carried EVEN = new Carried(List.of(6, 6, 6), List.of(3, 3, 3));
    }

    /// Nine partitions with two copies each, all of them on brokers 1 and 2.
    private static void createUnevenTopics(Admin admin) throws Exception {
        admin.createTopics(List.of(uneven("orders", PARTITIONS), uneven("others", OTHER_PARTITIONS))).all().get();
        Carried uneven = new Carried(List.of(9, 9, 0), List.of(9, 0, 0));
        Waiting.until("topics as they were made", () -> carried(admin).equals(uneven));
    }

    private static NewTopic uneven(String topic, int partitions) {
        Map<Integer, List<Integer>> assignments = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            assignments.put(partition, List.of(1, 2));
        }
        return new NewTopic(topic, assignments);
    }

    private static Carried carried(Admin admin) throws Exception {
        int[] replicas = new int[3];
        int[] leaders = new int[3];
        for (String topic : List.of("orders", "others")) {
            for (TopicPartitionInfo partition : ClusterClients.partitions(admin, topic)) {
                for (Node replica : partition.replicas()) {
                    replicas[replica.id() - 1]++;
                }
                if (partition.leader() != null) {
                    leaders[partition.leader().id() - 1]++;
                }
            }
        }
        return new Carried(List.of(replicas[0], replicas[1], replicas[2]), List.of(leaders[0], leaders[1], leaders[2]));
    }

    @Test
    void theCommandEvensOutABrokerThatHasNothingUnderAProducer() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory); Admin admin = admin(cluster)) {
            createUnevenTopics(admin);
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                load.awaitMore(1_000);

                CommandRun planned = girok(cluster, "cluster", "balance", "--dry-run", "--threshold", "0").succeeded();
                assertThat(planned.output()).contains("9 partitions change");
                assertThat(carried(admin).replicas()).containsExactly(9, 9, 0);
                girok(cluster, "cluster", "balance", "--execute", "--threshold", "0", "--at-once", "2",
                        "--throttle", "0").succeeded();

                Waiting.until("all to carry the same", () -> carried(admin).equals(Carried.EVEN));
                assertThat(girok(cluster, "cluster", "balance", "--threshold", "0").succeeded().lines())
                        .startsWith("nothing to move");
                assertThat(girok(cluster, "cluster", "reassign").succeeded().lines())
                        .containsExactly("nothing is moving");
                load.awaitMore(1_000);
                load.finish();
                load.check();
            }
        }
    }

    @Test
    void aDrainedBrokerCanBeStoppedAndRemoved() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory); Admin admin = admin(cluster)) {
            createUnevenTopics(admin);
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                load.awaitMore(1_000);

                CommandRun alive = girok(cluster, "cluster", "remove", "2");
                girok(cluster, "cluster", "drain", "2", "--execute", "--throttle", "0").succeeded();
                Waiting.until("broker 2 to have nothing", () -> carried(admin).replicas().equals(List.of(9, 0, 9)));
                cluster.stop(2);
                load.awaitMore(1_000);
                girok(cluster, "cluster", "remove", "2").succeeded();

                assertThat(alive.exitCode()).isEqualTo(1);
                assertThat(alive.errors()).contains("broker 2 is running");
                assertThat(girok(cluster, "cluster", "describe").succeeded().lines())
                        .noneMatch(line -> line.startsWith("   2 "));
                load.finish();
                load.check();
            }
        }
    }

    @Test
    void theControllerEvensOutByItselfOnceItIsTold() throws Exception {
        Map<String, String> settings = Map.of("auto.balance.enable", "true", "auto.balance.interval.ms", "1000",
                "auto.balance.throttle.bytes.per.second", "0");
        try (GirokCluster cluster = GirokCluster.start(directory, settings); Admin admin = admin(cluster)) {
            admin.createTopics(List.of(uneven("orders", PARTITIONS), uneven("others", OTHER_PARTITIONS))).all().get();
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                while (!carried(admin).equals(Carried.EVEN)) {
                    load.awaitMore(10);
                }
                load.finish();
                load.check();
            }
        }
    }

    private static CommandRun girok(GirokCluster cluster, String... arguments) {
        return CommandRun.girok("",
                Stream.concat(Stream.of(arguments), Stream.of("--bootstrap", cluster.bootstrap()))
                        .toArray(String[]::new));
    }
}
