package io.girok.acceptance;

import static io.girok.acceptance.ClusterClients.admin;
import static io.girok.acceptance.ClusterClients.partitions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Partitions that move between real processes under a real producer: nothing is lost, in order, once.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@EnabledIfSystemProperty(named = "faults", matches = "all")
class ReassignmentIT {
    private static final String TOPIC = "orders";
    private static final String REASSIGN = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand";

    @TempDir
    Path directory;
    private GirokCluster cluster;

    @BeforeEach
    void startACluster() {
        cluster = GirokCluster.start(directory);
    }

    @AfterEach
    void stopTheCluster() {
        cluster.close();
    }

    private static void createOn(Admin admin, List<Integer> brokers) throws Exception {
        Map<Integer, List<Integer>> assignments = IntStream.range(0, ClusterClients.PARTITIONS)
                .boxed()
                .collect(Collectors.toMap(index -> index, index -> brokers));
        admin.createTopics(List.of(new NewTopic(TOPIC, assignments))).all().get();
    }

    private static void reassign(Admin admin, List<Integer> brokers) throws Exception {
        Map<TopicPartition, Optional<NewPartitionReassignment>> all = IntStream.range(0, ClusterClients.PARTITIONS)
                .boxed()
                .collect(Collectors.toMap(index -> new TopicPartition(TOPIC, index),
                        index -> Optional.of(new NewPartitionReassignment(brokers))));
        admin.alterPartitionReassignments(all).all().get();
    }

    private static void awaitOn(Admin admin, List<Integer> brokers) throws Exception {
        Waiting.until("replicas on " + brokers,
                () -> admin.listPartitionReassignments().reassignments().get().isEmpty()
                        && partitions(admin, TOPIC).stream().allMatch(partition -> isOn(partition, brokers)));
    }

    private static boolean isOn(TopicPartitionInfo partition, List<Integer> brokers) {
        return partition.replicas().stream().map(Node::id).toList().equals(brokers)
                && partition.isr().size() == brokers.size() && partition.leader() != null
                && brokers.contains(partition.leader().id());
    }

    private void awaitNoLog(int broker) {
        Waiting.until("no log on broker " + broker, () -> {
            try (Stream<Path> files = Files.list(directory.resolve("node-" + broker))) {
                return files.noneMatch(file -> file.getFileName().toString().matches(TOPIC + "-\\d+"));
            }
        });
    }

    @Test
    void partitionsMoveUnderAProducerAndTheOldLogsGo() throws Exception {
        try (Admin admin = admin(cluster)) {
            createOn(admin, List.of(1, 2));
            try (ClusterLoad load = new ClusterLoad(cluster, TOPIC)) {
                load.awaitMore(200);
                reassign(admin, List.of(3, 2));
                awaitOn(admin, List.of(3, 2));
                awaitNoLog(1);
                load.awaitMore(200);
                reassign(admin, List.of(1, 2, 3));
                awaitOn(admin, List.of(1, 2, 3));
                load.awaitMore(200);
                reassign(admin, List.of(1, 3));
                awaitOn(admin, List.of(1, 3));
                awaitNoLog(2);
                load.awaitMore(200);
                load.finish();
                load.check();
            }
            TopicPartition first = new TopicPartition(TOPIC, 0);
            assertThatThrownBy(() -> admin.alterPartitionReassignments(Map.of(first, Optional.empty())).all().get())
                    .hasCauseInstanceOf(NoReassignmentInProgressException.class);
            assertThatThrownBy(() -> reassign(admin, List.of(1, 9)))
                    .hasCauseInstanceOf(InvalidReplicaAssignmentException.class)
                    .hasMessageContaining("broker 9");
        }
    }

    @Test
    void theReassignmentToolMovesThrottlesAndVerifies() throws Exception {
        Path plan = directory.resolve("plan.json");
        Files.writeString(plan, "{\"version\":1,\"partitions\":[" + IntStream.range(0, ClusterClients.PARTITIONS)
                .mapToObj(index -> "{\"topic\":\"" + TOPIC + "\",\"partition\":" + index + ",\"replicas\":[2,3]}")
                .collect(Collectors.joining(",")) + "]}");
        try (Admin admin = admin(cluster)) {
            createOn(admin, List.of(1, 2));
            try (ClusterLoad load = new ClusterLoad(cluster, TOPIC)) {
                load.awaitMore(200);

                CommandRun executed = tool("--reassignment-json-file", plan.toString(), "--execute", "--throttle",
                        "50000000");
                awaitOn(admin, List.of(2, 3));
                CommandRun verified = tool("--reassignment-json-file", plan.toString(), "--verify");
                CommandRun listed = tool("--list");

                assertThat(executed.output()).contains("Successfully started partition reassignments");
                assertThat(verified.output()).contains("Reassignment of partition orders-0 is completed.",
                        "Clearing broker-level throttles", "Clearing topic-level throttles");
                assertThat(listed.output()).contains("No partition reassignments found.");
                awaitNoLog(1);
                load.awaitMore(200);
                load.finish();
                load.check();
            }
        }
    }

    private CommandRun tool(String... arguments) {
        return CommandRun.kafkaTool("", REASSIGN,
                Stream.concat(Stream.of("--bootstrap-server", cluster.bootstrap()), Stream.of(arguments))
                        .toArray(String[]::new))
                .succeeded();
    }
}
