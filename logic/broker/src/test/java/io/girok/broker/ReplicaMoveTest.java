package io.girok.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Disk;
import io.girok.base.PartitionId;
import io.girok.base.TopicId;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.files.FileNames;
import io.girok.log.AppendOrigin;
import io.girok.log.PartitionStore;
import io.girok.metadata.BrokerImage;
import io.girok.record.BatchBuilder;
import io.girok.replication.ByteRate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The copying of a log that is written to, turn by turn.
class ReplicaMoveTest {
    private static final int BUFFER_BYTES = 1_000;
    private static final int MANY = 1_000;
    private static final TopicId ORDERS = new TopicId(4, 4);

    private final ManualClock clock = new ManualClock();
    private final TestNode node = new TestNode(clock, new MemoryDisk(clock),
            List.of(Path.of("/data"), Path.of("/other")));

    @Test
    void aRoundEndsThoughTheLogGrowsFasterThanItIsCopied() {
        node.createTopic(ORDERS, "orders", 1);
        LedPartition led = node.awake(ORDERS, 0);
        PartitionStore store = led.leader().store();
        append(store, 500_000);
        ReplicaMove move = new ReplicaMove(led.name(), node.directories().getFirst(), node.directories().getLast(),
                new ByteRate(clock), ByteBuffer.allocate(BUFFER_BYTES));

        long copied = 0;
        int turns = 0;
        do {
            copied = move.copyBelow(store.tail());
            turns++;
            append(store, 100_000);
        } while (move.isPaused() && turns < MANY);

        assertThat(turns).isBetween(10, 100);
        assertThat(copied).as("by all turns together").isBetween(500_000L, 600_000L);
    }

    /// @param look the first is for the room that it takes, the second for what is copied
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aFileThatGoesWhileItIsLookedAtEndsNoMove(int look) throws IOException {
        node.createTopic(ORDERS, "orders", 1);
        LedPartition led = node.awake(ORDERS, 0);
        PartitionStore store = led.leader().store();
        append(store, 2_000);
        Path passing = FileNames.directory(Path.of("/data"), led.name()).resolve("leader-epoch-checkpoint.old");
        node.disk.open(passing, Disk.Access.WRITE).close();
        ReplicaMove move = new ReplicaMove(led.name(), node.directories().getFirst(), node.directories().getLast(),
                new ByteRate(clock), ByteBuffer.allocate(BUFFER_BYTES));
        AtomicInteger looks = new AtomicInteger();
        node.disk.plant(DiskFault.next(DiskOperation.SIZE).on(path -> {
            if (path.equals(passing) && looks.incrementAndGet() == look) {
                delete(passing);
            }
            return false;
        }));

        assertThat(move.copyBelow(store.tail())).isPositive();
        assertThat(node.disk.exists(passing)).isFalse();
    }

    @Test
    void aLogThatIsOpenedToBeMovedMaySleepAtOnce() {
        node.createTopic(ORDERS, "orders", 1);
        LedPartition led = node.awake(ORDERS, 0);
        HostedPartition hosted = hosted();
        led.shard().execute(hosted::sleep);
        node.runAll();
        assertThat(led.isAwake()).isFalse();

        CompletableFuture<PartitionStore.Tail> tail = hosted.tail();
        node.runShards();
        node.pool.runAll();
        // Behind the turn that opens the log, as after a recovery in the background.
        led.shard().execute(hosted::sleep);
        node.runAll();

        assertThat(led.isAwake()).isFalse();
        assertThat(tail).isCompleted();
    }

    /// In whatever order its shard, which opens it, and the first one, which hears of the move, get to it.
    @Test
    void whereItCameToAndCannotBeOpenedItIsToldAsLost() {
        for (long seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            MemoryDisk disk = new MemoryDisk(clock);
            TestNode other = new TestNode(clock, disk, List.of(Path.of("/data"), Path.of("/other")));
            TopicId orders = other.createReplicatedTopic("orders");
            LedPartition led = other.awake(orders, 0);
            append(led.leader().store(), 100);
            Path log = Path.of("/other/orders-0/00000000000000000000.log");
            disk.plant(DiskFault.next(DiskOperation.OPEN).on(path -> {
                if (path.equals(log)) {
                    TestNode.corrupt(disk, log);
                }
                return false;
            }));

            assertThat(other.shards.getFirst()
                    .call(() -> other.broker.partitions().move("orders", 0, other.directories().getLast())))
                    .isEqualTo(Errors.NONE);
            for (int steps = 0; steps < 200; steps++) {
                other.runOne(random);
            }
            other.runAll();

            assertThat(led.directory()).isEqualTo(other.directories().getLast());
            assertThat(other.directoryReports).as("seed %d", seed)
                    .containsEntry(new PartitionId(orders, 0), BrokerImage.LOST_DIRECTORY);
        }
    }

    private HostedPartition hosted() {
        List<HostedPartition> all = new ArrayList<>();
        node.broker.partitions().forEachHosted(all::add);
        return all.getFirst();
    }

    private void delete(Path path) {
        try {
            node.disk.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void append(PartitionStore store, int bytes) {
        store.append(new BatchBuilder().append(1, null, ByteBuffer.wrap(new byte[bytes])).build(), AppendOrigin.CLIENT,
                TestNode.LEADER_EPOCH);
    }
}
