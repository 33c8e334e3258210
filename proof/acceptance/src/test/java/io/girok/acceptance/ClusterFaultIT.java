package io.girok.acceptance;

import static io.girok.acceptance.ClusterClients.admin;
import static io.girok.acceptance.ClusterClients.awaitInSync;
import static io.girok.acceptance.ClusterClients.controller;
import static io.girok.acceptance.ClusterClients.create;
import static io.girok.acceptance.ClusterClients.delete;
import static io.girok.acceptance.ClusterClients.leaderOf;
import static io.girok.acceptance.ClusterClients.leaders;
import static io.girok.acceptance.GirokCluster.IMPATIENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
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

    /// No majority of the voters is left either, so that nobody can say that two are out of sync.
    @Test
    void withOneOfThreeLeftNothingIsAcknowledgedUntilASecondReturns() throws Exception {
        theOneThatIsLeftFailsASend(GirokCluster.THREE, Map.of(), TimeoutException.class);
    }

    @Test
    @EnabledIfSystemProperty(named = "faults", matches = "all")
    void withOneOfThreeAndAControllerLeftWritesAreRefusedUntilASecondReturns() throws Exception {
        theOneThatIsLeftFailsASend(new GirokCluster.Shape(1, 0, 3), Map.of("retries", "0"),
                NotEnoughReplicasException.class);
    }

    /// Then a second one returns, and all goes on.
    ///
    /// @param settings of the producer that sends
    private void theOneThatIsLeftFailsASend(GirokCluster.Shape shape, Map<String, String> settings,
            Class<? extends Exception> how) throws Exception {
        try (GirokCluster cluster = GirokCluster.start(shape, directory, IMPATIENT); Admin admin = admin(cluster)) {
            for (String topic : List.of("orders", "refused")) {
                create(admin, topic);
                awaitInSync(admin, topic);
            }
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                load.awaitMore(200);
                List<Integer> gone = killAllBut(leaderOf(admin, "refused"), cluster);

                Waiting.until("a send to fail with " + how, () -> how.isInstance(failureOfASend(cluster, settings)));

                cluster.restart(gone.getFirst());
                load.awaitMore(100);
                load.finish();
                load.check();
            }
        }
    }

    private static List<Integer> killAllBut(int left, GirokCluster cluster) {
        List<Integer> gone = cluster.brokerIds().stream().filter(id -> id != left).toList();
        gone.forEach(cluster::kill);
        return gone;
    }

    private static Throwable failureOfASend(GirokCluster cluster, Map<String, String> others)
            throws InterruptedException {
        Map<String, String> settings = new HashMap<>(others);
        // An idempotent producer would wait for its id first, which the controller gives.
        settings.putAll(Map.of("delivery.timeout.ms", "4000", "request.timeout.ms", "2000", "linger.ms", "0",
                "enable.idempotence", "false"));
        try (KafkaProducer<String, String> producer = ClusterClients.producer(cluster, settings)) {
            producer.send(new ProducerRecord<>("refused", 0, null, "not acknowledged")).get();
            throw new AssertionError("one of three acknowledges although min.insync.replicas is 2");
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    /// It has followers that take what it writes, and does not know that it leads no more.
    @Test
    @EnabledIfSystemProperty(named = "faults", matches = "network|all")
    void aLeaderThatAllButTheControllerReachIsReplacedAndLosesNothing() throws Exception {
        nothingIsLostBy((network, cluster, admin, load) -> {
            int controller = controller(admin);
            int victim = cluster.ids().stream().filter(id -> id != controller).findFirst().orElseThrow();
            assertThat(leaders(admin, "orders")).contains(victim);
            network.cut(victim, controller);
            network.cut(controller, victim);
            load.awaitMore(20);
            Waiting.until("others to lead what it led", () -> !leaders(admin, "orders").contains(victim));
            load.awaitMore(200);
            network.heal(victim, controller);
            network.heal(controller, victim);
        });
    }

    @Test
    @EnabledIfSystemProperty(named = "faults", matches = "network|all")
    void aLeaderThatOnlyClientsReachAcknowledgesNothingThatIsLost() throws Exception {
        nothingIsLostBy((network, _, admin, load) -> {
            int victim = leaderOf(admin, "orders");
            network.isolate(victim);
            load.awaitMore(200);
            network.rejoin(victim);
        });
    }

    @Test
    @EnabledIfSystemProperty(named = "faults", matches = "network|all")
    void linksThatFlapAndWorkOneWayOnlyLoseNothing() throws Exception {
        nothingIsLostBy((network, cluster, admin, load) -> {
            int leader = leaderOf(admin, "orders");
            int controller = controller(admin);
            int other = cluster.ids().stream().filter(id -> id != leader && id != controller).findFirst().orElseThrow();
            for (int i = 0; i < 10; i++) {
                network.cut(leader, other);
                load.awaitMore(20);
                network.heal(leader, other);
                load.awaitMore(20);
            }
            network.cut(other, leader);
            load.awaitMore(200);
            network.heal(other, leader);
        });
    }

    /// What befalls the links between three brokers; in the end they work again.
    private interface Cuts {
        void make(ClusterNetwork network, GirokCluster cluster, Admin admin, ClusterLoad load) throws Exception;
    }

    private void nothingIsLostBy(Cuts cuts) throws Exception {
        try (ClusterNetwork network = ClusterNetwork.make();
                GirokCluster cluster = GirokCluster.start(directory, IMPATIENT, network);
                Admin admin = admin(cluster)) {
            create(admin, "orders");
            awaitInSync(admin, "orders");
            try (ClusterLoad load = new ClusterLoad(cluster, "orders", SHORT_REQUESTS)) {
                load.awaitMore(100);
                cuts.make(network, cluster, admin, load);
                awaitInSync(admin, "orders");
                load.finish();
                load.check();
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "faults", matches = "all")
    void topicsComeAndGoWhileBrokersAreKilledAndFrozen() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory, IMPATIENT); Admin admin = admin(cluster)) {
            create(admin, "orders");
            awaitInSync(admin, "orders");
            AtomicBoolean isOver = new AtomicBoolean();
            try (ClusterLoad load = new ClusterLoad(cluster, "orders", SHORT_REQUESTS)) {
                CompletableFuture<Set<String>> kept = CompletableFuture.supplyAsync(() -> comeAndGo(cluster, isOver));
                for (int i = 0; i < 6; i++) {
                    int victim = i % 2 == 0 ? controller(admin) : leaderOf(admin, "orders");
                    if (i < 3) {
                        cluster.kill(victim);
                        load.awaitMore(50);
                        cluster.restart(victim);
                    } else {
                        cluster.freeze(victim);
                        load.awaitMore(50);
                        cluster.thaw(victim);
                    }
                    awaitInSync(admin, "orders");
                }
                isOver.set(true);

                for (String topic : kept.join()) {
                    awaitInSync(admin, topic, 2);
                }
                load.finish();
                load.check();
                Set<String> left = new HashSet<>(kept.join());
                left.add("orders");
                assertThat(admin.listTopics().names().get()).isEqualTo(left);
                for (int id : cluster.ids()) {
                    Waiting.until("the logs of deleted topics to be gone from broker " + id,
                            () -> cluster.logsOf(id)
                                    .stream()
                                    .filter(log -> log.matches("topic-[0-9]+-[0-9]+"))
                                    .allMatch(log -> left.contains(log.substring(0, log.lastIndexOf('-')))));
                }
            }
        }
    }

    /// Creates topics and deletes them, all but one of ten, fifty at least, until told that it is over.
    ///
    /// @return those that are left
    private static Set<String> comeAndGo(GirokCluster cluster, AtomicBoolean isOver) {
        Set<String> kept = new HashSet<>();
        try (Admin admin = admin(cluster)) {
            for (int i = 0; i < 50 || !isOver.get(); i++) {
                String topic = "topic-" + i;
                // Two of three are always there.
                create(admin, topic, 2);
                if (i % 10 == 0) {
                    kept.add(topic);
                } else {
                    delete(admin, topic);
                }
            }
        }
        return kept;
    }
}
