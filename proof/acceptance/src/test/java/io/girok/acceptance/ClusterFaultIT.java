package io.girok.acceptance;

import static io.girok.acceptance.ClusterClients.admin;
import static io.girok.acceptance.ClusterClients.awaitInSync;
import static io.girok.acceptance.ClusterClients.controller;
import static io.girok.acceptance.ClusterClients.create;
import static io.girok.acceptance.ClusterClients.leaderOf;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Three brokers as real processes that are frozen, cut off and killed two at a time under a real producer. What cuts
/// links runs with `-Dfaults=network`: nothing is lost there, but a producer may not get through for as long as it
/// tries, and fail.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ClusterFaultIT {
    /// So that what is only noticed by its silence is noticed soon.
    private static final Map<String, String> IMPATIENT = Map.of("broker.session.timeout.ms", "3000",
            "broker.heartbeat.interval.ms", "500", "replica.lag.time.max.ms", "4000");
    /// Of a producer, which takes a broker that is silent for one that is busy until then.
    private static final Map<String, String> SHORT_REQUESTS = Map.of("request.timeout.ms", "5000");

    @TempDir
    Path directory;

    @Test
    void aLeaderAndAControllerThatFreezeAreReplacedAndComeBack() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory, IMPATIENT); Admin admin = admin(cluster)) {
            create(admin, "orders");
            try (ClusterLoad load = new ClusterLoad(cluster, "orders", SHORT_REQUESTS)) {
                for (int victim : List.of(leaderOf(admin, "orders"), controller(admin))) {
                    load.awaitMore(100);
                    cluster.freeze(victim);
                    load.awaitMore(300);
                    cluster.thaw(victim);
                    awaitInSync(admin, "orders");
                }
                load.finish();
                load.check();
            }
        }
    }

    @Test
    void withOneOfThreeLeftWritesFailAndGoOnWhenASecondReturns() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory, IMPATIENT); Admin admin = admin(cluster)) {
            for (String topic : List.of("orders", "refused", "later")) {
                create(admin, topic);
                awaitInSync(admin, topic);
            }
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                load.awaitMore(200);
                load.finish();
                int left = leaderOf(admin, "orders");
                List<Integer> gone = cluster.ids().stream().filter(id -> id != left).toList();
                gone.forEach(cluster::kill);

                assertThat(failureOfASend(cluster)).isInstanceOfAny(TimeoutException.class,
                        NotEnoughReplicasException.class, NotEnoughReplicasAfterAppendException.class);

                cluster.restart(gone.getFirst());
                try (ClusterLoad later = new ClusterLoad(cluster, "later")) {
                    later.awaitMore(100);
                    later.finish();
                    later.check();
                }
                load.check();
            }
        }
    }

    private static Throwable failureOfASend(GirokCluster cluster) throws InterruptedException {
        try (KafkaProducer<String, String> producer = ClusterClients.producer(cluster,
                // An idempotent producer would wait for its id first, which the controller gives.
                Map.of("delivery.timeout.ms", "4000", "request.timeout.ms", "2000", "linger.ms", "0",
                        "enable.idempotence", "false"))) {
            producer.send(new ProducerRecord<>("refused", 0, null, "not acknowledged")).get();
            throw new AssertionError("one of three acknowledges although min.insync.replicas is 2");
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "faults", matches = "network|all")
    void aLeaderThatOnlyClientsReachAcknowledgesNothingThatIsLost() throws Exception {
        try (ClusterNetwork network = ClusterNetwork.make();
                GirokCluster cluster = GirokCluster.start(directory, IMPATIENT, network);
                Admin admin = admin(cluster)) {
            create(admin, "orders");
            try (ClusterLoad load = new ClusterLoad(cluster, "orders", SHORT_REQUESTS)) {
                load.awaitMore(100);
                int victim = leaderOf(admin, "orders");
                network.isolate(victim);
                load.awaitMore(200);
                network.rejoin(victim);
                awaitInSync(admin, "orders");
                load.finish();
                load.check();
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "faults", matches = "network|all")
    void linksThatFlapAndWorkOneWayOnlyLoseNothing() throws Exception {
        try (ClusterNetwork network = ClusterNetwork.make();
                GirokCluster cluster = GirokCluster.start(directory, IMPATIENT, network);
                Admin admin = admin(cluster)) {
            create(admin, "orders");
            try (ClusterLoad load = new ClusterLoad(cluster, "orders", SHORT_REQUESTS)) {
                load.awaitMore(100);
                int leader = leaderOf(admin, "orders");
                int controller = controller(admin);
                int other = cluster.ids().stream().filter(id -> id != leader && id != controller).findFirst().get();
                for (int i = 0; i < 10; i++) {
                    network.cut(leader, other);
                    load.awaitMore(20);
                    network.heal(leader, other);
                    load.awaitMore(20);
                }
                network.cut(other, leader);
                load.awaitMore(200);
                network.heal(other, leader);
                awaitInSync(admin, "orders");
                load.finish();
                load.check();
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "faults", matches = "all")
    void fiftyTopicsComeAndGoWhileBrokersAreKilled() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory, IMPATIENT); Admin admin = admin(cluster)) {
            create(admin, "orders");
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                List<String> kept = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    if (i % 20 == 10) {
                        int victim = controller(admin);
                        cluster.kill(victim);
                        load.awaitMore(20);
                        cluster.restart(victim);
                        awaitInSync(admin, "orders");
                    }
                    create(admin, "topic-" + i);
                    if (i % 5 == 0) {
                        kept.add("topic-" + i);
                    } else {
                        admin.deleteTopics(List.of("topic-" + i)).all().get();
                    }
                }
                for (String topic : kept) {
                    awaitInSync(admin, topic);
                }
                load.finish();
                load.check();
                assertThat(admin.listTopics().names().get()).contains("orders").containsAll(kept).hasSize(11);
            }
        }
    }
}
