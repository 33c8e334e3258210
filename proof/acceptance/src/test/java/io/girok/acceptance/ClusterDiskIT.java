package io.girok.acceptance;

import static io.girok.acceptance.ClusterClients.admin;
import static io.girok.acceptance.ClusterClients.awaitInSync;
import static io.girok.acceptance.ClusterClients.create;
import static io.girok.acceptance.ClusterClients.leaders;
import static io.girok.acceptance.ClusterClients.partitions;
import static io.girok.acceptance.GirokCluster.IMPATIENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Three brokers as real processes, one of which has a disk that is full, slow, or fails, under a real producer.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@EnabledIfSystemProperty(named = "faults", matches = "all")
class ClusterDiskIT {
    private static final int MEGABYTE = 1024 * 1024;

    @TempDir
    Path directory;

    @Test
    void aLogDirectoryThatFailsLosesItsLeadsAndNothingElse() throws Exception {
        Map<Integer, FaultyDisk> disks = new HashMap<>();
        Map<Integer, GirokCluster.Own> own = new HashMap<>();
        for (int id = 1; id <= 3; id++) {
            disks.put(id, FaultyDisk.make(directory, id));
            own.put(id, new GirokCluster.Own(Map.of("log.dirs", first(id) + "," + second(id)),
                    disks.get(id).environment()));
        }
        try (GirokCluster cluster = GirokCluster.start(directory, IMPATIENT, own); Admin admin = admin(cluster)) {
            create(admin, "orders");
            awaitInSync(admin, "orders");
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                load.awaitMore(100);
                TopicPartition inSecond = ledFromTheSecondDirectory(admin);
                int victim = partition(admin, inSecond.partition()).leader().id();

                disks.get(victim).fail(second(victim));
                load.awaitMore(300);

                assertThat(partition(admin, inSecond.partition()).leader().id()).isNotEqualTo(victim);
                for (int index = 0; index < ClusterClients.PARTITIONS; index++) {
                    boolean isInFirst = placeOf(admin, victim, new TopicPartition("orders", index))
                            .equals(first(victim).toString());
                    assertThat(partition(admin, index).isr().stream().anyMatch(node -> node.id() == victim))
                            .as("partition %d is in sync on broker %d", index, victim)
                            .isEqualTo(isInFirst);
                }
                assertThat(cluster.isAlive(victim)).isTrue();
                disks.get(victim).heal();
                cluster.kill(victim);
                // As whoever has unmounted the file system and mounted it again.
                Files.delete(second(victim).resolve("girok-sync-failed"));
                load.awaitMore(50);
                cluster.restart(victim);
                awaitInSync(admin, "orders");
                load.finish();
                load.check();
            }
        }
    }

    private Path first(int broker) {
        return directory.resolve("node-" + broker + "/first");
    }

    private Path second(int broker) {
        return directory.resolve("node-" + broker + "/second");
    }

    private static TopicPartition ledFromTheSecondDirectory(Admin admin) throws Exception {
        for (int index = 0; index < ClusterClients.PARTITIONS; index++) {
            TopicPartition partition = new TopicPartition("orders", index);
            if (placeOf(admin, partition(admin, index).leader().id(), partition).endsWith("/second")) {
                return partition;
            }
        }
        throw new AssertionError("no partition is led from a second directory");
    }

    private static TopicPartitionInfo partition(Admin admin, int index) throws Exception {
        return partitions(admin, "orders").get(index);
    }

    /// The log directory that a broker has a partition in; empty for one that it can't use.
    private static String placeOf(Admin admin, int broker, TopicPartition partition) throws Exception {
        return admin.describeLogDirs(List.of(broker))
                .allDescriptions()
                .get()
                .get(broker)
                .entrySet()
                .stream()
                .filter(place -> place.getValue().error() == null
                        && place.getValue().replicaInfos().containsKey(partition))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
    }

    @Test
    void whatABrokerWithAFullDiskLedIsLedByOthersUntilThereIsRoom() throws Exception {
        int victim = 1;
        Map<String, String> settings = new HashMap<>(IMPATIENT);
        settings.put("log.dir.min.free.bytes", Integer.toString(64 * MEGABYTE));
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("node-" + victim), 256);
                GirokCluster cluster = GirokCluster.start(directory, settings);
                Admin admin = admin(cluster)) {
            create(admin, "orders");
            awaitInSync(admin, "orders");
            assertThat(leaders(admin, "orders")).contains(victim);
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                load.awaitMore(100);

                disk.leave(48);
                Waiting.until("others to lead", () -> !leaders(admin, "orders").contains(victim));
                load.awaitMore(300);
                disk.leave(16);
                load.awaitMore(1_000);
                assertThat(cluster.isAlive(victim)).isTrue();

                disk.clear();
                load.awaitMore(100);
                awaitInSync(admin, "orders");
                load.finish();
                load.check();
            }
        }
    }

    @Test
    void aBrokerWhoseDiskHasNotAByteLeftIsBackOnceThereIsRoom() throws Exception {
        int victim = 1;
        Map<String, String> settings = new HashMap<>(IMPATIENT);
        settings.put("log.dir.min.free.bytes", "0");
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("node-" + victim), 256);
                GirokCluster cluster = GirokCluster.start(directory, settings);
                Admin admin = admin(cluster)) {
            create(admin, "orders");
            awaitInSync(admin, "orders");
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                load.awaitMore(100);

                disk.leave(0);
                Waiting.until("others to lead", () -> !leaders(admin, "orders").contains(victim));
                load.awaitMore(1_000);
                create(admin, "meanwhile", 2);

                disk.clear();
                Waiting.until("all replicas in sync", () -> {
                    if (!cluster.isAlive(victim)) {
                        cluster.restart(victim);
                    }
                    return partitions(admin, "orders").stream().allMatch(each -> each.isr().size() == 3);
                });
                load.finish();
                load.check();
                awaitInSync(admin, "meanwhile", 2);
            }
        }
    }

    @Test
    void aSlowDiskOfOneBrokerLosesNothing() throws Exception {
        int victim = 1;
        FaultyDisk disk = FaultyDisk.make(directory, victim);
        try (GirokCluster cluster = GirokCluster.start(directory, IMPATIENT,
                Map.of(victim, new GirokCluster.Own(Map.of(), disk.environment()))); Admin admin = admin(cluster)) {
            create(admin, "orders");
            awaitInSync(admin, "orders");
            try (ClusterLoad load = new ClusterLoad(cluster, "orders")) {
                for (int ms : List.of(100, 1_000, 6_000)) {
                    load.awaitMore(100);
                    disk.slow(ms);
                    disk.awaitMisfortune();
                    load.awaitMore(50);
                    disk.heal();
                    awaitInSync(admin, "orders");
                }
                load.finish();
                load.check();
            }
        }
    }
}
