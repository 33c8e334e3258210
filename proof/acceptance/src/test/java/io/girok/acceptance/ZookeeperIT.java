package io.girok.acceptance;

import static io.girok.acceptance.ClusterClients.admin;
import static io.girok.acceptance.ClusterClients.awaitInSync;
import static io.girok.acceptance.ClusterClients.controller;
import static io.girok.acceptance.ClusterClients.create;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.quorum.zookeeper.ZookeeperEnsemble;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Brokers whose metadata are in a ZooKeeper ensemble, all of them real processes.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ZookeeperIT {
    @TempDir
    static Path ensembleDirectory;
    private static ZookeeperEnsemble ensemble;

    @TempDir
    Path directory;

    @BeforeAll
    static void startEnsemble() {
        ensemble = ZookeeperEnsemble.start(ensembleDirectory, 3, List.of());
    }

    @AfterAll
    static void stopEnsemble() {
        ensemble.close();
    }

    @Test
    void noAcknowledgedRecordIsLostWhenServersAndControllersAreKilled() throws Exception {
        Map<String, String> settings = Map.of("zookeeper.connect", ensemble.connect() + "/faults",
                "controller.quorum.voters", "");
        try (GirokCluster cluster = GirokCluster.start(directory, settings); Admin admin = admin(cluster)) {
            create(admin, "orders");
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                load.awaitMore(200);
                ensemble.kill(ensemble.leader());
                load.awaitMore(200);
                int victim = controller(admin);
                cluster.kill(victim);
                load.awaitMore(200);
                create(admin, "decided-by-the-next", 2);
                cluster.restart(victim);
                awaitInSync(admin, "orders");
                ensemble.heal();
                load.finish();
                load.check();
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "faults", matches = "all")
    void whileTheEnsembleHasNoMajorityWhatHasCopiesWaitsAndTheRestGoesOn() throws Exception {
        Map<String, String> settings = Map.of("zookeeper.connect", ensemble.connect() + "/majority",
                "controller.quorum.voters", "", "broker.session.timeout.ms", "4000");
        try (GirokCluster cluster = GirokCluster.start(directory, settings); Admin admin = admin(cluster)) {
            create(admin, "orders");
            admin.createTopics(List.of(new NewTopic("alone", Map.of(0, List.of(1)))
                    .configs(Map.of("min.insync.replicas", "1")))).all().get();
            try (ClusterLoad load = new ClusterLoad(cluster, "orders", Map.of("delivery.timeout.ms", "300000"));
                    ClusterLoad alone = new ClusterLoad(cluster, "alone", Map.of(), List.of(0))) {
                load.awaitMore(50);
                ensemble.kill(1);
                ensemble.kill(2);
                for (int id : cluster.ids()) {
                    Waiting.until("broker " + id + " to send its clients away",
                            () -> cluster.errorText(id).contains("no heartbeat was answered"));
                }
                alone.awaitMore(50);
                ensemble.heal();
                load.awaitMore(50);
                load.finish();
                load.check();
                alone.finish();
                alone.check();
            }
        }
    }

    @Test
    void aDiskOfAClusterThatZookeeperDoesNotKnowIsRefused() {
        String right = ensemble.connect() + "/right";
        try (GirokProcess broker = GirokProcess.start(directory.resolve("data"), Map.of("zookeeper.connect", right))) {
            assertThat(broker.stop()).isZero();
        }

        GirokProcess lost = GirokProcess.launch(directory.resolve("data"),
                List.of("start", "--set", "log.dirs=" + directory.resolve("data"), "--set",
                        "zookeeper.connect=" + ensemble.connect() + "/wrong"),
                Map.of());

        assertThat(lost.awaitExit()).isEqualTo(1);
        assertThat(lost.errorText()).contains("/wrong belong to no cluster").contains("zookeeper.connect");
    }
}
