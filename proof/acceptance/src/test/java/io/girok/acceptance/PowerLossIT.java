package io.girok.acceptance;

import static io.girok.acceptance.ClusterClients.admin;
import static io.girok.acceptance.ClusterClients.awaitInSync;
import static io.girok.acceptance.ClusterClients.create;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three brokers as real processes whose machines all lose their power at once, with all that their disks had not
/// written: records, metadata, offsets.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PowerLossIT {
    private static final int LOSSES = 3;
    private static final int DISK_MEGABYTES = 512;
    /// There are to be some, not as many as can be.
    private static final long CREATION_PAUSE_NS = 200_000_000;
    private static final Map<String, String> SMALL = Map.of("log.dir.min.free.bytes", "16777216");

    @TempDir
    Path directory;

    @Test
    void whatWasAcknowledgedSurvivesThatAllLoseTheirPower() throws Exception {
        try (PoweredDisk first = disk(1);
                PoweredDisk second = disk(2);
                PoweredDisk third = disk(3);
                GirokCluster cluster = GirokCluster.start(directory, SMALL);
                Admin admin = admin(cluster)) {
            List<PoweredDisk> disks = List.of(first, second, third);
            create(admin, "orders");
            awaitInSync(admin, "orders");
            Set<String> topics = ConcurrentHashMap.newKeySet();
            AtomicBoolean isOver = new AtomicBoolean();
            try (ClusterLoad load = new ClusterLoad(cluster, "orders");
                    ClusterGroup group = new ClusterGroup(cluster, "counters", "orders", 1)) {
                CompletableFuture<Void> creating = CompletableFuture.runAsync(
                        () -> createTopics(cluster, topics, isOver));
                try {
                    for (int i = 0; i < LOSSES; i++) {
                        load.awaitMore(100);
                        group.awaitMore(100);
                        int before = topics.size();
                        Waiting.until("more topics", () -> before < topics.size() || creating.isDone());
                        disks.forEach(PoweredDisk::markUnsynced);
                        cluster.killAll();
                        disks.forEach(PoweredDisk::losePower);
                        cluster.launchAll();
                    }
                    load.awaitMore(100);
                } finally {
                    isOver.set(true);
                }
                creating.join();
                load.finish();
                load.check();
                group.finish(load, admin);
            }
            assertThat(topics).hasSizeGreaterThanOrEqualTo(LOSSES);
            for (String topic : topics) {
                awaitInSync(admin, topic);
            }
        }
    }

    private PoweredDisk disk(int broker) {
        return PoweredDisk.mount(directory.resolve("node-" + broker), DISK_MEGABYTES);
    }

    /// @param created where each one is added once its creation is acknowledged
    private static void createTopics(GirokCluster cluster, Set<String> created, AtomicBoolean isOver) {
        try (Admin admin = admin(cluster)) {
            for (int i = 0; !isOver.get(); i++) {
                String topic = "topic-" + i;
                try {
                    admin.createTopics(List.of(new NewTopic(topic, 1, (short) 3))).all().get();
                    created.add(topic);
                    LockSupport.parkNanos(CREATION_PAUSE_NS);
                } catch (ExecutionException e) {
                    // Or not all brokers are back.
                    assertThat(e.getCause()).isInstanceOfAny(RetriableException.class, TopicExistsException.class,
                            InvalidReplicationFactorException.class);
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
