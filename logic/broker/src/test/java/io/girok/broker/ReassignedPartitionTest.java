package io.girok.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.log.AppendOrigin;
import io.girok.log.PartitionStore;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataCodec;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import io.girok.record.BatchBuilder;
import io.girok.replication.AppendOutcome.Written;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// A partition that the controller takes away from this broker, and gives back to it.
class ReassignedPartitionTest {
    private static final Path FIRST = Path.of("/data");
    private static final Path SECOND = Path.of("/other");
    private static final int EPOCH = TestNode.LEADER_EPOCH;
    private static final TopicId ORDERS = new TopicId(4, 4);
    private static final long DELETE_DELAY_MS = 60_000;

    private final ManualClock clock = new ManualClock();
    private final MemoryDisk disk = new MemoryDisk(clock);
    private TestNode node = new TestNode(clock, disk, List.of(FIRST, SECOND));

    private void place(int leader, int epoch, Integer... replicas) {
        node.commit(change(leader, epoch, replicas));
    }

    private static MetadataRecord change(int leader, int epoch, Integer... replicas) {
        return new MetadataRecord.PartitionsChanged(ORDERS, 0, new PartitionImage(List.of(replicas),
                Collections.nCopies(replicas.length, TopicId.ZERO), List.of(leader), leader, epoch, epoch));
    }

    private void append(String value) {
        assertThat(node.append(node.awake(ORDERS, 0), value.getBytes())).isInstanceOf(Written.class);
    }

    private Placement placement() {
        return node.broker.partitions().find(ORDERS, 0);
    }

    private List<String> logs() {
        return logs(disk);
    }

    private static List<String> logs(MemoryDisk disk) {
        try {
            List<String> all = new ArrayList<>(disk.list(FIRST));
            all.addAll(disk.list(SECOND));
            all.removeIf(name -> !name.startsWith("orders"));
            return all;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aReplicaThatIsTakenAwayStopsAtOnceAndItsLogGoesLater() {
        node.createTopic(ORDERS, "orders", 1);
        append("one");
        place(2, EPOCH + 1, 2, 1);

        place(2, EPOCH + 2, 2);

        assertThat(placement())
                .isEqualTo(new Placement.NotHere(Errors.NOT_LEADER_OR_FOLLOWER, 2, EPOCH + 2));
        node.runAll();
        assertThat(logs()).singleElement().asString().endsWith("-delete");

        node.advance(2 * DELETE_DELAY_MS);

        assertThat(logs()).isEmpty();
    }

    @Test
    void aLeaderThatIsTakenAwayLetsGoOfThoseWhoWait() {
        node.createTopic(ORDERS, "orders", 1);
        append("one");
        LedPartition led = node.awake(ORDERS, 0);
        place(1, EPOCH, 1, 2);
        List<Errors> told = new ArrayList<>();
        node.shards.get(node.shards.indexOf(led.shard()))
                .enter(() -> led.leader().awaitCommitted(Long.MAX_VALUE, told::add));

        place(2, EPOCH + 1, 2);
        node.runAll();

        assertThat(told).containsExactly(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(logs()).allMatch(name -> name.endsWith("-delete"));
    }

    @Test
    void aReplicaThatComesBackBeginsWithNothing() {
        node.createTopic(ORDERS, "orders", 1);
        append("one");
        place(2, EPOCH + 1, 2);

        // The deletion has not even begun.
        place(1, EPOCH + 2, 2, 1);
        node.runAll();

        LedPartition led = node.awake(ORDERS, 0);
        assertThat(led.leader().store().endOffset()).isZero();
        append("other");
        assertThat(logs()).contains("orders-0");
        node.advance(2 * DELETE_DELAY_MS);
        assertThat(logs()).containsExactly("orders-0");
        assertThat(node.awake(ORDERS, 0).leader().store().endOffset()).isEqualTo(1);
    }

    /// The journal still has what the replica had the first time.
    @Test
    void aReplicaThatComesBackAndCrashesBeforeItHasAnythingBeginsWithNothing() {
        node.createTopic(ORDERS, "orders", 1);
        append("one");
        place(2, EPOCH + 1, 2);
        node.runAll();
        place(1, EPOCH + 2, 2, 1);
        node.runAll();

        restartAfterACrash();
        node.createTopic(ORDERS, "orders", 1);

        assertThat(node.awake(ORDERS, 0).leader().store().endOffset()).isZero();
    }

    /// The journal of the first directory knows that its log ended, and nothing else is left of it there.
    @Test
    void aReplicaThatComesBackToAnotherDirectoryIsThereAfterACrash() {
        node.createTopic(ORDERS, "orders", 1);
        append("one");
        place(2, EPOCH + 1, 2);
        node.runAll();
        TopicId second = node.directories().getLast().directoryId();
        node.commit(new MetadataRecord.PartitionsChanged(ORDERS, 0,
                new PartitionImage(List.of(2, 1), List.of(TopicId.ZERO, second), List.of(1), 1, EPOCH + 2, EPOCH + 2)));
        node.runAll();
        append("two");
        append("three");

        restartAfterACrash();
        node.createTopic(ORDERS, "orders", 1);

        LedPartition led = node.awake(ORDERS, 0);
        assertThat(led.directory().path()).isEqualTo(SECOND);
        assertThat(led.leader().store().endOffset()).isEqualTo(2);
    }

    @Test
    void whatWasSetAsideDoesNotComeBackWithTheNextCrash() {
        node.createTopic(ORDERS, "orders", 1);
        append("one");
        restartAfterACrash();
        node.commit(new MetadataRecord.TopicCreated(ORDERS, "orders"),
                new MetadataRecord.PartitionsAdded(ORDERS, 0, List.of(TestNode.partition(2, EPOCH + 1))));
        node.broker.setStraysAside();
        place(1, EPOCH + 2, 2, 1);
        node.runAll();

        restartAfterACrash();
        node.createTopic(ORDERS, "orders", 1);

        assertThat(node.awake(ORDERS, 0).leader().store().endOffset()).isZero();
    }

    private void restartAfterACrash() {
        disk.crash(new SplittableRandom(1));
        node = new TestNode(clock, disk, List.of(FIRST, SECOND));
    }

    @Test
    void whatWasTakenAwayDuringAStopIsSetAside() {
        node.createTopic(ORDERS, "orders", 1);
        append("one");
        var stopped = node.broker.stop();
        node.runAll();
        assertThat(stopped).isCompleted();

        node = new TestNode(clock, disk, List.of(FIRST, SECOND));
        node.commit(new MetadataRecord.TopicCreated(ORDERS, "orders"),
                new MetadataRecord.PartitionsAdded(ORDERS, 0, List.of(TestNode.partition(2, EPOCH + 1))));
        node.broker.setStraysAside();
        place(1, EPOCH + 2, 1);

        assertThat(node.awake(ORDERS, 0).leader().store().endOffset()).isZero();
    }

    /// It is longer again than it was when it was copied in part, but not the same.
    @Test
    void aLogThatIsCutWhileItMovesIsCopiedAnew() throws IOException {
        node.createTopic(ORDERS, "orders", 1);
        for (int i = 0; i < 4; i++) {
            append("old".repeat(20_000));
        }
        limitMoves(50_000);
        assertThat(node.shards.getFirst()
                .call(() -> node.broker.partitions().move("orders", 0, node.directories().getLast())))
                .isEqualTo(Errors.NONE);
        node.advance(3_000);
        LedPartition led = node.awake(ORDERS, 0);
        place(2, EPOCH + 1, 2, 1);
        node.shards.get(node.shards.indexOf(led.shard())).enter(() -> {
            PartitionStore store = led.leader().store();
            store.truncateTo(1);
            for (int offset = 1; offset < 6; offset++) {
                store.append(new BatchBuilder().baseOffset(offset)
                        .append(1, null, ByteBuffer.wrap("other".repeat(9_000).getBytes(StandardCharsets.UTF_8)))
                        .build(), AppendOrigin.REPLICATION, 0);
            }
            store.requestFlush();
        });
        byte[] original = content(FIRST);

        limitMoves(100_000_000);
        node.advance(10_000);

        assertThat(disk.list(FIRST)).doesNotContain("orders-0");
        assertThat(content(SECOND)).isEqualTo(original);
    }

    private void limitMoves(long bytesPerSecond) {
        node.commit(new MetadataRecord.ConfigChanged(ConfigTarget.broker(TestNode.BROKER_ID),
                "replica.alter.log.dirs.io.max.bytes.per.second", Long.toString(bytesPerSecond)));
    }

    private byte[] content(Path directory) throws IOException {
        node.runAll();
        try (DiskFile file = disk.open(directory.resolve("orders-0").resolve("00000000000000000000.log"),
                Disk.Access.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return bytes.array();
        }
    }

    /// Wherever the move between log directories is when the partition is taken away, no log is left, nor a copy.
    @Test
    void aMoveThatIsUnderWayEndsWithTheReplica() {
        for (long seed = 0; seed < Long.getLong("runs", 300); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ManualClock time = new ManualClock();
            MemoryDisk own = new MemoryDisk(time);
            node = new TestNode(time, own, List.of(FIRST, SECOND));
            node.createTopic(ORDERS, "orders", 1);
            append("one");
            assertThat(node.shards.getFirst()
                    .call(() -> node.broker.partitions().move("orders", 0, node.directories().getLast())))
                    .isEqualTo(Errors.NONE);
            for (int steps = random.nextInt(40); 0 < steps; steps--) {
                node.runOne(random);
            }

            node.metadata.onCommit(1, node.metadata.image().endOffset(),
                    List.of(MetadataCodec.encode(change(2, EPOCH + 1, 2))));
            for (int steps = random.nextInt(40); 0 < steps; steps--) {
                node.runOne(random);
            }
            boolean isBack = random.nextBoolean();
            if (isBack) {
                place(1, EPOCH + 2, 1, 2);
            }
            node.advance(2 * DELETE_DELAY_MS);
            if (isBack) {
                append("other");
                assertThat(node.awake(ORDERS, 0).leader().store().endOffset()).as("seed %d", seed).isEqualTo(1);
            }

            assertThat(logs(own)).as("seed %d", seed).isEqualTo(isBack ? List.of("orders-0") : List.of());
            assertThat(node.broker.partitions().moves()).as("seed %d", seed).isEmpty();
        }
    }
}
