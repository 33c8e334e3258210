package io.girok.acceptance;

import static io.girok.acceptance.ClusterClients.admin;
import static io.girok.acceptance.ClusterClients.awaitInSync;
import static io.girok.acceptance.ClusterClients.create;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Brokers that follow the quorum without a vote, as real processes that are killed under a real producer.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@EnabledIfSystemProperty(named = "faults", matches = "all")
class NonVotingBrokersIT {
    @TempDir
    Path directory;

    @Test
    void threeControllersAndTwoBrokersLoseNothingWhoeverIsKilled() throws Exception {
        Map<String, String> two = Map.of("default.replication.factor", "2", "offsets.topic.replication.factor", "2");
        try (GirokCluster cluster = GirokCluster.start(new GirokCluster.Shape(3, 0, 2), directory, two);
                Admin admin = admin(cluster)) {
            create(admin, "orders", 2);
            assertThat(admin.describeCluster().nodes().get()).extracting(Node::id).containsExactlyInAnyOrder(4, 5);
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                load.awaitMore(100);
                // One of them is the active controller.
                for (int controller : List.of(1, 2, 3)) {
                    cluster.kill(controller);
                    create(admin, "made-without-" + controller, 2);
                    load.awaitMore(100);
                    cluster.restart(controller);
                }
                cluster.kill(5);
                cluster.wipe(5);
                cluster.restart(5);
                awaitInSync(admin, "orders", 2);
                load.awaitMore(100);
                // What the leader had so far is on the disk that was empty.
                cluster.kill(4);
                cluster.restart(4);
                load.awaitMore(100);
                load.finish();
                load.check();
            }
            assertThat(admin.listTopics().names().get()).contains("orders", "made-without-1", "made-without-2",
                    "made-without-3");
        }
    }

    @Test
    void twoBrokersBesideASingleVoterGoOnWhenOneOfThemIsGoneAndWhenTheVoterComesBack() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(new GirokCluster.Shape(0, 1, 2), directory, Map.of());
                Admin admin = admin(cluster)) {
            create(admin, "orders");
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                load.awaitMore(100);
                cluster.kill(3);
                load.awaitMore(100);
                cluster.wipe(3);
                cluster.restart(3);
                awaitInSync(admin, "orders");
                cluster.kill(1);
                cluster.restart(1);
                awaitInSync(admin, "orders");
                load.awaitMore(100);
                cluster.stop(2);
                load.awaitMore(100);
                cluster.restart(2);
                load.finish();
                load.check();
            }
        }
    }
}
