package io.girok.acceptance;

import static io.girok.acceptance.ClusterClients.admin;
import static io.girok.acceptance.ClusterClients.awaitInSync;
import static io.girok.acceptance.ClusterClients.create;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Voters that come and go while real processes serve a real producer.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@EnabledIfSystemProperty(named = "faults", matches = "all")
class QuorumChangeIT {
    private static final String QUORUM_TOOL = "org.apache.kafka.tools.MetadataQuorumCommand";
    private static final String FEATURE_TOOL = "org.apache.kafka.tools.FeatureCommand";

    @TempDir
    Path directory;

    @Test
    void aVoterIsAddedTheLeaderRemovedAndTheRestRolledUnderAProducer() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory); Admin admin = admin(cluster)) {
            create(admin, "orders");
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                load.awaitMore(50);
                cluster.restart(4);
                assertThat(voters(admin)).containsExactly(1, 2, 3);

                quorum(cluster, "add", "4").succeeded();
                load.awaitMore(50);

                assertThat(voters(admin)).containsExactly(1, 2, 3, 4);
                int leader = describe(admin).leaderId();
                quorum(cluster, "remove", Integer.toString(leader)).succeeded();
                load.awaitMore(50);

                TreeSet<Integer> left = new TreeSet<>(List.of(1, 2, 3, 4));
                left.remove(leader);
                assertThat(voters(admin)).isEqualTo(left);
                assertThat(describe(admin).leaderId()).isNotEqualTo(leader);
                for (int id : List.of(1, 2, 3, 4)) {
                    cluster.stop(id);
                    load.awaitMore(20);
                    cluster.restart(id);
                    awaitInSync(admin, "orders");
                }
                assertThat(voters(admin)).isEqualTo(left);
                load.finish();
                load.check();
            }
        }
    }

    @Test
    void aWrongAddressOfABrokerThatIsUpHarmsNobody() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory); Admin admin = admin(cluster)) {
            cluster.restart(4);
            int leader = describe(admin).leaderId();

            CommandRun mistyped = quorum(cluster, "add", "4", "--address", "127.0.0.1:1");
            assertThat(mistyped.exitCode()).isEqualTo(1);
            assertThat(mistyped.errors()).contains("node 4");
            cluster.kill(4);
            cluster.restart(4);

            // The leader follows node 4, so it must find it where it is.
            admin.createTopics(List.of(new NewTopic("orders", Map.of(0, List.of(4, leader))))).all().get();
            try (ClusterLoad load = new ClusterLoad(cluster, "orders", Map.of(), List.of(0))) {
                load.awaitMore(50);
                assertThat(cluster.isAlive(4)).isTrue();
                quorum(cluster, "add", "4").succeeded();
                load.awaitMore(50);
                load.finish();
                load.check();
            }
            assertThat(voters(admin)).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void aFounderWhoseDiskIsLostComesBackAtAnotherAddress() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory); Admin admin = admin(cluster)) {
            create(admin, "orders");
            cluster.kill(3);
            cluster.wipe(3);
            quorum(cluster, "remove", "3").succeeded();
            cluster.restart(3, Map.of("listeners", "PLAINTEXT://" + cluster.address(5)));

            quorum(cluster, "add", "3").succeeded();

            awaitInSync(admin, "orders");
            assertThat(voters(admin)).containsExactly(1, 2, 3);
            cluster.kill(describe(admin).leaderId() == 1 ? 1 : 2);
            // Decided by a majority in which node 3 is.
            create(admin, "later", 2);
        }
    }

    @Test
    void aControllerThatIsNoBrokerIsRemovedAndAddedAgainWithoutItsDisk() throws Exception {
        Map<String, String> two = Map.of("default.replication.factor", "2", "offsets.topic.replication.factor", "2");
        try (GirokCluster cluster = GirokCluster.start(new GirokCluster.Shape(3, 0, 2), directory, two);
                Admin admin = admin(cluster)) {
            create(admin, "orders", 2);
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                load.awaitMore(50);
                int leader = describe(admin).leaderId();

                quorum(cluster, "remove", Integer.toString(leader)).succeeded();
                assertThat(voters(admin)).hasSize(2).doesNotContain(leader);
                cluster.kill(leader);
                cluster.wipe(leader);
                load.awaitMore(50);
                cluster.restart(leader);
                assertThat(voters(admin)).hasSize(2).doesNotContain(leader);
                quorum(cluster, "add", Integer.toString(leader)).succeeded();

                assertThat(voters(admin)).containsExactly(1, 2, 3);
                // One of the two others is gone: decided by a majority in which is the one that was added.
                cluster.kill(leader % 3 + 1);
                create(admin, "later", 2);
                load.awaitMore(50);
                load.finish();
                load.check();
            }
        }
    }

    @Test
    void fiveVotersGoOnWithoutTwoThatAreReplacedOneAfterTheOther() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(new GirokCluster.Shape(0, 5, 0), directory, Map.of());
                Admin admin = admin(cluster)) {
            int leader = describe(admin).leaderId();
            List<Integer> gone = List.of(leader, leader % 5 + 1);
            // The disk of one replica is lost, not of two.
            int second = gone.getLast() % 5 + 1;
            int third = second % 5 + 1;
            admin.createTopics(List.of(new NewTopic("orders", Map.of(0, List.of(leader, second, third), 1,
                    List.of(second, third, leader), 2, List.of(third, leader, second))))).all().get();
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                load.awaitMore(50);
                awaitInSync(admin, "orders");

                gone.forEach(cluster::kill);
                admin.createTopics(List.of(new NewTopic("by-three", 1, (short) 3))).all().get();
                for (int id : gone) {
                    quorum(cluster, "remove", Integer.toString(id)).succeeded();
                    cluster.wipe(id);
                    cluster.restart(id);
                    quorum(cluster, "add", Integer.toString(id)).succeeded();
                }

                assertThat(voters(admin)).containsExactly(1, 2, 3, 4, 5);
                awaitInSync(admin, "orders");
                load.awaitMore(50);
                load.finish();
                load.check();
            }
        }
    }

    @Test
    void aNodeThatWasAloneBecomesOneOfThreeAndLeaves() throws Exception {
        Map<String, String> few = Map.of("default.replication.factor", "1", "min.insync.replicas", "1");
        try (GirokCluster cluster = GirokCluster.start(new GirokCluster.Shape(0, 1, 0), directory, few);
                Admin admin = admin(cluster)) {
            admin.createTopics(List.of(new NewTopic("before", 1, (short) 1))).all().get();
            cluster.restart(2);
            cluster.restart(3);
            CommandRun early = quorum(cluster, "add", "2");
            assertThat(early.exitCode()).isEqualTo(1);
            assertThat(early.errors()).contains("controller.quorum.voters");

            Map<String, String> three = Map.of("controller.quorum.voters",
                    "1@" + cluster.address(1) + ",2@" + cluster.address(2) + ",3@" + cluster.address(3));
            cluster.stop(1);
            cluster.restart(1, three);
            quorum(cluster, "add", "2").succeeded();
            quorum(cluster, "add", "3").succeeded();
            for (int id : List.of(2, 3)) {
                cluster.stop(id);
                cluster.restart(id, three);
            }
            assertThat(voters(admin)).containsExactly(1, 2, 3);

            quorum(cluster, "remove", "1").succeeded();
            assertThat(voters(admin)).containsExactly(2, 3);
            // Node 1 follows the two that are left, so it hears of what it is to lead.
            admin.createTopics(List.of(new NewTopic("after", Map.of(0, List.of(1))))).all().get();
            try (ClusterLoad load = new ClusterLoad(cluster, "after", Map.of(), List.of(0))) {
                load.awaitMore(20);
                load.finish();
                load.check();
            }
            assertThat(admin.listTopics().names().get()).contains("before", "after");
        }
    }

    @Test
    void whatIsAskedForAndCannotBeIsRefused() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory)) {
            CommandRun twice = quorum(cluster, "add", "2");
            CommandRun unknown = quorum(cluster, "remove", "9");
            CommandRun absent = quorum(cluster, "add", "5", "--address", "127.0.0.1:1");
            CommandRun table = quorum(cluster, "status").succeeded();
            CommandRun json = quorum(cluster, "status", "--json").succeeded();
            CommandRun status = tool(QUORUM_TOOL, cluster, "describe", "--status").succeeded();
            CommandRun byController = CommandRun.kafkaTool("", QUORUM_TOOL, "--bootstrap-controller",
                    cluster.bootstrap(), "describe", "--status").succeeded();
            CommandRun replication = tool(QUORUM_TOOL, cluster, "describe", "--replication").succeeded();
            CommandRun features = tool(FEATURE_TOOL, cluster, "describe").succeeded();
            CommandRun upgrade = tool(FEATURE_TOOL, cluster, "upgrade", "--feature", "transaction.version=2");

            assertThat(twice.exitCode()).isEqualTo(1);
            assertThat(twice.errors()).contains("node 2");
            assertThat(unknown.exitCode()).isEqualTo(1);
            assertThat(unknown.errors()).contains("node 9");
            assertThat(absent.exitCode()).isEqualTo(1);
            assertThat(absent.errors()).contains("node 5");
            // Which one it is may have changed meanwhile.
            assertThat(table.output()).containsPattern("leader [123] in epoch [1-9]").contains("voter");
            assertThat(json.output()).containsPattern("\"leader\":[123]").contains("\"role\":\"voter\"");
            assertThat(status.output()).contains("LeaderId:", "HighWatermark:", "CurrentVoters:");
            assertThat(byController.output()).contains("LeaderId:", "HighWatermark:", "CurrentVoters:");
            assertThat(
                    replication.lines().stream().filter(line -> line.contains("Leader") || line.contains("Follower")))
                    .hasSize(3);
            assertThat(features.output()).contains("eligible.leader.replicas.version", "metadata.version")
                    .doesNotContain("transaction.version", "group.version");
            assertThat(upgrade.exitCode()).isNotZero();
        }
    }

    private static QuorumInfo describe(Admin admin) throws Exception {
        return admin.describeMetadataQuorum().quorumInfo().get();
    }

    private static TreeSet<Integer> voters(Admin admin) throws Exception {
        return describe(admin).voters()
                .stream()
                .map(QuorumInfo.ReplicaState::replicaId)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static CommandRun quorum(GirokCluster cluster, String... arguments) {
        List<String> all = new ArrayList<>(List.of("cluster", "quorum"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--bootstrap", cluster.bootstrap()));
        return CommandRun.girok("", all.toArray(String[]::new));
    }

    private static CommandRun tool(String tool, GirokCluster cluster, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", cluster.bootstrap()));
        all.addAll(List.of(arguments));
        return CommandRun.kafkaTool("", tool, all.toArray(String[]::new));
    }
}
