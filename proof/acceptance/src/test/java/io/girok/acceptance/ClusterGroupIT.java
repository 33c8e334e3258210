package io.girok.acceptance;

import static io.girok.acceptance.ClusterClients.admin;
import static io.girok.acceptance.ClusterClients.awaitInSync;
import static io.girok.acceptance.ClusterClients.create;
import static io.girok.acceptance.ClusterClients.leaderOf;
import static io.girok.acceptance.GirokCluster.IMPATIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Three brokers as real processes, and consumer groups that go on whatever becomes of their coordinators.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@EnabledIfSystemProperty(named = "faults", matches = "all")
class ClusterGroupIT {
    private static final int LINES = 1_000;

    @TempDir
    Path directory;

    @Test
    void aGroupOutlivesItsCoordinatorsAndTheLossOfAllBrokers() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory, IMPATIENT); Admin admin = admin(cluster)) {
            create(admin, "orders");
            try (ClusterLoad load = new ClusterLoad(cluster, "orders");
                    ClusterGroup group = new ClusterGroup(cluster, "counters", "orders", 2)) {
                group.awaitMore(200);
                int frozen = group.coordinator(admin);
                cluster.freeze(frozen);
                group.awaitMore(200);
                cluster.thaw(frozen);
                awaitInSync(admin, "orders");

                int killed = group.coordinator(admin);
                cluster.kill(killed);
                group.awaitMore(200);
                cluster.restart(killed);
                awaitInSync(admin, "orders");

                cluster.killAll();
                cluster.launchAll();
                group.awaitMore(200);
                load.finish();
                group.finish(load, admin);
                load.check();
            }
        }
    }

    @Test
    void aRollingRestartUnderLoadLosesAGroupNothing() throws Exception {
        try (GirokCluster cluster = GirokCluster.start(directory, IMPATIENT); Admin admin = admin(cluster)) {
            create(admin, "orders");
            try (ClusterLoad load = new ClusterLoad(cluster, "orders");
                    ClusterGroup group = new ClusterGroup(cluster, "counters", "orders", 2)) {
                for (int round = 0; round < 2; round++) {
                    for (int id : cluster.ids()) {
                        group.awaitMore(200);
                        cluster.stop(id);
                        group.awaitMore(200);
                        cluster.restart(id);
                        awaitInSync(admin, "orders");
                    }
                }
                load.finish();
                group.finish(load, admin);
                load.check();
            }
        }
    }

    @Test
    void kcatWritesAndReadsThroughTheLossOfALeaderAndACoordinator() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/kcat")), "kcat is not installed");
        try (GirokCluster cluster = GirokCluster.start(directory, IMPATIENT); Admin admin = admin(cluster)) {
            create(admin, "orders");
            Process consumer = kcat(cluster, "consumed", "-u", "-q", "-X", "auto.offset.reset=earliest", "-X",
                    "session.timeout.ms=10000", "-G", "kcats", "orders");
            Process producer = kcat(cluster, "produced", "-P", "-t", "orders", "-p", "0", "-X",
                    "enable.idempotence=true", "-X", "linger.ms=0");
            List<String> sent = new ArrayList<>();
            try (PrintStream to = new PrintStream(producer.getOutputStream(), true, StandardCharsets.UTF_8)) {
                send(to, sent);
                awaitMostOf(sent);
                int leader = leaderOf(admin, "orders");
                cluster.kill(leader);
                send(to, sent);
                awaitMostOf(sent);
                cluster.restart(leader);
                awaitInSync(admin, "orders");
                int coordinator = admin.describeConsumerGroups(List.of("kcats"))
                        .describedGroups()
                        .get("kcats")
                        .get()
                        .coordinator()
                        .id();
                cluster.kill(coordinator);
                send(to, sent);
            }
            assertThat(producer.waitFor()).isZero();
            Waiting.until("all that was sent", () -> consumed().containsAll(sent));
            consumer.destroy();
            assertThat(consumer.waitFor()).isZero();

            assertThat(CommandRun.of(List.of("kcat", "-b", cluster.bootstrap(), "-C", "-t", "orders", "-p", "0", "-o",
                    "beginning", "-e", "-q")).succeeded().lines()).isEqualTo(sent);
        }
    }

    private Process kcat(GirokCluster cluster, String output, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("kcat", "-b", cluster.bootstrap()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectOutput(directory.resolve(output).toFile())
                .redirectError(directory.resolve(output + ".err").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return process;
    }

    private static void send(PrintStream to, List<String> sent) {
        for (int i = 0; i < LINES; i++) {
            String value = "number " + sent.size();
            to.println(value);
            sent.add(value);
        }
    }

    private Set<String> consumed() {
        try {
            return new HashSet<>(Files.readAllLines(directory.resolve("consumed")));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// kcat keeps the last lines until more come.
    private void awaitMostOf(List<String> sent) {
        List<String> most = sent.subList(0, sent.size() - LINES / 2);
        Waiting.until("most of what was sent", () -> consumed().containsAll(most));
    }
}
