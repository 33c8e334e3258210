package io.girok.broker.data;

import static io.girok.broker.data.Messages.fetch;
import static io.girok.broker.data.Messages.only;
import static io.girok.broker.data.Messages.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.base.simulated.MemoryDisk;
import io.girok.broker.TestNode;
import io.girok.files.FileNames;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Replicas on their way from one log directory to another, while they are used, and while the disk fails.
class AlterReplicaLogDirsTest extends TwoLogDirectories {
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aReplicaMovesWithAllItsRecords(int version) throws IOException {
        node.createTopic(ORDERS, "orders", 1);
        send("a");
        send("b");

        assertThat(alter(SECOND.toString(), version)).isEqualTo(Errors.NONE);

        assertThat(disk.list(SECOND)).contains("orders-0");
        assertThat(disk.list(FIRST)).doesNotContain("orders-0");
        assertThat(readAll()).containsExactly("a", "b");
        send("c");
        assertThat(readAll()).containsExactly("a", "b", "c");
        assertThat(alter(FIRST.toString(), version)).isEqualTo(Errors.NONE);
        assertThat(disk.list(FIRST)).contains("orders-0");
        assertThat(readAll()).containsExactly("a", "b", "c");
    }

    @Test
    void aReplicaWithoutRecordsMovesToo() throws IOException {
        node.createTopic(ORDERS, "orders", 1);

        assertThat(alter(SECOND.toString(), 2)).isEqualTo(Errors.NONE);
        send("a");

        assertThat(disk.list(SECOND)).contains("orders-0");
        assertThat(disk.list(FIRST)).doesNotContain("orders-0");
    }

    @Test
    void whatIsOnItsWayIsShownApart() {
        node.createTopic(ORDERS, "orders", 1);
        send("a");
        node.sendOnly(request(SECOND.toString()), 2);
        node.runShards();

        List<DescribeLogDirsPartition> shown = describe();

        assertThat(shown).hasSize(2);
        assertThat(shown.get(0).isFutureKey()).isFalse();
        assertThat(shown.get(1).isFutureKey()).isTrue();
        node.runAll();
        assertThat(describe()).singleElement().satisfies(only -> assertThat(only.isFutureKey()).isFalse());
    }

    @Test
    void whatCannotBeMovedSaysWhy() {
        node.createTopic(ORDERS, "orders", 1);

        assertThat(alter("/nowhere", 2)).isEqualTo(Errors.LOG_DIR_NOT_FOUND);
        assertThat(alter(request(SECOND.toString(), "orders", 1), 2)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(alter(request(SECOND.toString(), "nothing", 0), 2)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    /// As kafka-reassign-partitions does it, which sends the request again for this error alone.
    @Test
    void aReplicaThatIsNotHereYetIsMadeWhereItIsWanted() {
        node.commit(new MetadataRecord.TopicCreated(ORDERS, "orders"), new MetadataRecord.PartitionsAdded(ORDERS, 0,
                List.of(TestNode.partition(2, 1), TestNode.partition(2, 1))));

        assertThat(alter(SECOND.toString(), 2)).isEqualTo(Errors.REPLICA_NOT_AVAILABLE);

        for (int index = 0; index < 2; index++) {
            node.commit(new MetadataRecord.PartitionsChanged(ORDERS, index, new PartitionImage(List.of(2, 1),
                    List.of(TopicId.ZERO, TopicId.ZERO), List.of(2), 2, 2, 2)));
        }
        node.runAll();
        assertThat(places()).containsExactly(SECOND, FIRST);
        assertThat(alter(SECOND.toString(), 2)).isEqualTo(Errors.NONE);
    }

    @Test
    void whatIsWantedOfATopicThatIsDeletedIsForgotten() {
        node.commit(new MetadataRecord.TopicCreated(ORDERS, "orders"),
                new MetadataRecord.PartitionsAdded(ORDERS, 0, List.of(TestNode.partition(2, 1))));
        alter(SECOND.toString(), 2);
        node.deleteTopic(ORDERS);

        node.createTopic(ORDERS, "orders", 1);

        assertThat(places()).containsExactly(FIRST);
    }

    /// Its log of before is still being removed, or its new one is not open yet.
    @Test
    void aReplicaThatIsToMoveAsSoonAsItIsBackMoves() throws IOException {
        for (long seed = 0; seed < Long.getLong("runs", 100); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            MemoryDisk ownDisk = startAnew();
            PartitionImage here = new PartitionImage(List.of(1, 2), List.of(TopicId.ZERO, TopicId.ZERO), List.of(1), 1,
                    TestNode.LEADER_EPOCH, 1);
            node.commit(new MetadataRecord.TopicCreated(ORDERS, "orders"),
                    new MetadataRecord.PartitionsAdded(ORDERS, 0, List.of(here)));
            node.runAll();
            send("a");
            node.commit(new MetadataRecord.PartitionsChanged(ORDERS, 0,
                    TestNode.partition(2, TestNode.LEADER_EPOCH + 1)));
            runSome(random, 30);

            node.commit(new MetadataRecord.PartitionsChanged(ORDERS, 0, new PartitionImage(List.of(2, 1),
                    List.of(TopicId.ZERO, TopicId.ZERO), List.of(2), 2, TestNode.LEADER_EPOCH + 2, 2)));
            runSome(random, 30);
            node.sendOnly(request(SECOND.toString()), 2);
            runSome(random, 30);
            node.commit(new MetadataRecord.PartitionsChanged(ORDERS, 0, new PartitionImage(List.of(2, 1),
                    List.of(TopicId.ZERO, TopicId.ZERO), List.of(1), 1, TestNode.LEADER_EPOCH + 3, 3)));
            node.advance(10_000);

            send("b");
            assertThat(readAll()).as("seed %d", seed).containsExactly("b");
            assertThat(places()).as("seed %d", seed).containsExactly(SECOND);
            assertThat(ownDisk.list(FIRST)).as("seed %d", seed).doesNotContain("orders-0");
        }
    }

    private void runSome(SplittableRandom random, int maxSteps) {
        for (int steps = random.nextInt(maxSteps); 0 < steps; steps--) {
            node.runOne(random);
        }
    }

    /// Of each replica here, in the order of their partitions.
    private List<Path> places() {
        List<Path> places = new ArrayList<>();
        node.broker.partitions().forEachReplica(replica -> places.add(replica.directory().path()));
        return places;
    }

    @Test
    void aDirectoryThatFailsLeavesTheReplicaWhereItWas() throws IOException {
        node.createTopic(ORDERS, "orders", 1);
        send("a");
        disk.plant(DiskFault.next(DiskOperation.WRITE).on(path -> path.toString().contains("-future")));

        assertThat(alter(SECOND.toString(), 2)).isEqualTo(Errors.NONE);

        send("b");
        assertThat(readAll()).containsExactly("a", "b");
        assertThat(disk.list(FIRST)).contains("orders-0");
        assertThat(disk.list(SECOND)).noneMatch(name -> name.startsWith("orders-0"));
    }

    @Test
    void aReplicaThatHasArrivedGoesOnWhereTheDirectoryItLeftFails() throws IOException {
        node.createTopic(ORDERS, "orders", 1);
        send("a");
        disk.plant(DiskFault.next(DiskOperation.RENAME).on(FIRST.resolve("orders-0")::equals));

        assertThat(alter(SECOND.toString(), 2)).isEqualTo(Errors.NONE);

        send("b");
        assertThat(readAll()).containsExactly("a", "b");
        assertThat(places()).containsExactly(SECOND);
    }

    @Test
    void aTopicThatIsDeletedMeanwhileLeavesNothing() throws IOException {
        node.createTopic(ORDERS, "orders", 1);
        send("a");
        node.sendOnly(request(SECOND.toString()), 2);
        node.deleteTopic(ORDERS);
        node.runAll();
        node.advance(120_000);

        assertThat(disk.list(FIRST)).noneMatch(name -> name.startsWith("orders"));
        assertThat(disk.list(SECOND)).noneMatch(name -> name.startsWith("orders"));
    }

    @Test
    void aMoveTakesItsTimeUnderAThrottle() throws IOException {
        node.createTopic(ORDERS, "orders", 1);
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            sent.add(i + "x".repeat(100_000));
            send(sent.getLast());
        }
        limit(1_000_000);

        assertThat(alter(SECOND.toString(), 2)).isEqualTo(Errors.NONE);
        node.advance(3_000);
        assertThat(disk.list(FIRST)).contains("orders-0");
        sent.add("meanwhile");
        send(sent.getLast());
        node.advance(10_000);

        assertThat(disk.list(FIRST)).doesNotContain("orders-0");
        assertThat(disk.list(SECOND)).contains("orders-0");
        assertThat(readOneByOne(sent.size())).isEqualTo(sent);
    }

    @Test
    void aMoveThatIsThrottledToNothingCanBeCalledOff() throws IOException {
        node.createTopic(ORDERS, "orders", 1);
        send("a");
        limit(0);
        alter(SECOND.toString(), 2);
        node.advance(60_000);
        assertThat(describe()).hasSize(2);

        assertThat(alter(FIRST.toString(), 2)).isEqualTo(Errors.NONE);
        node.advance(60_000);

        assertThat(describe()).hasSize(1);
        assertThat(disk.list(FIRST)).contains("orders-0");
        assertThat(disk.list(SECOND)).noneMatch(name -> name.startsWith("orders-0"));
    }

    @Test
    void noShardWaitsForASync() throws IOException {
        node.createTopic(ORDERS, "orders", 1);
        send("a");
        List<String> waits = new ArrayList<>();
        for (DiskOperation sync : List.of(DiskOperation.SYNC, DiskOperation.SYNC_DIRECTORY,
                DiskOperation.SYNC_FILE_SYSTEM)) {
            disk.plant(DiskFault.next(sync).on(path -> {
                if (node.shards.stream().anyMatch(Shard::isCurrent)) {
                    waits.add(sync + " of " + path);
                }
                return false;
            }));
        }

        assertThat(alter(SECOND.toString(), 2)).isEqualTo(Errors.NONE);
        send("b");

        assertThat(disk.list(SECOND)).contains("orders-0");
        assertThat(waits).isEmpty();
    }

    /// What the checkpoints would have to say of it finds no room.
    @Test
    void aLogThatCannotBeSavedGoesOnWhereItIs() throws IOException {
        List<String> told = listen();
        node.createTopic(ORDERS, "orders", 1);
        send("a");
        disk.plant(DiskFault.next(DiskOperation.OPEN)
                .on(path -> path.startsWith(FIRST.resolve("orders-0")) && path.toString().contains("leader-epoch"))
                .lasting());
        disk.setCapacity(disk.usedBytes() + 500_000);

        assertThat(alter(SECOND.toString(), 2)).isEqualTo(Errors.NONE);
        send("b");

        assertThat(disk.list(FIRST)).contains("orders-0");
        assertThat(disk.list(SECOND)).noneMatch(name -> name.startsWith("orders-0"));
        assertThat(readAll()).containsExactly("a", "b");
        assertThat(told).containsExactly("led", "left", "led");
    }

    @Test
    void aCoordinatorLetsGoWhileItsPartitionMoves() {
        List<String> told = listen();
        node.createTopic(ORDERS, "orders", 1);
        send("a");

        assertThat(alter(SECOND.toString(), 2)).isEqualTo(Errors.NONE);
        send("b");

        assertThat(told).containsExactly("led", "left", "led");
    }

    @Test
    void aCoordinatorLetsGoIfAnotherBrokerLeadsAfterTheMove() {
        for (long seed = 0; seed < Long.getLong("runs", 100); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            startAnew();
            List<String> told = listen();
            node.createTopic(ORDERS, "orders", 1);
            send("a");
            node.sendOnly(request(SECOND.toString()), 2);
            runSome(random, 60);

            node.commit(new MetadataRecord.PartitionsChanged(ORDERS, 0, new PartitionImage(List.of(1, 2),
                    List.of(TopicId.ZERO, TopicId.ZERO), List.of(2), 2, TestNode.LEADER_EPOCH + 1, 1)));
            node.advance(10_000);

            assertThat(told).as("seed %d", seed).isIn(List.of("led", "left"), List.of("led", "left", "led", "left"));
        }
    }

    /// Segments come and go while some of them are half copied.
    @Test
    void nothingIsLostOrLeftOverByPauses() throws IOException {
        for (long seed = 0; seed < Long.getLong("runs", 30); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            MemoryDisk ownDisk = startAnew();
            node.createTopic(ORDERS, "orders", 1);
            node.configure("orders", "segment.bytes", "1048576");
            node.configure("orders", "retention.bytes", random.nextBoolean() ? "2500000" : "-1");
            limit(random.nextLong(50_000, 3_000_000));
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                sent.add(i + "x".repeat(random.nextInt(900_000)));
                send(sent.getLast());
            }
            alter(SECOND.toString(), 2);

            for (int i = 8; i < 14; i++) {
                node.advance(random.nextInt(400_000));
                sent.add(i + "x".repeat(random.nextInt(300_000)));
                send(sent.getLast());
            }
            node.advance(600_000);

            assertThat(ownDisk.list(FIRST)).as("seed %d", seed).doesNotContain("orders-0");
            List<String> read = readOneByOne(sent.size());
            assertThat(read).as("seed %d", seed)
                    .isNotEmpty()
                    .isEqualTo(sent.subList(sent.size() - read.size(), sent.size()));
            assertThat(describe()).singleElement()
                    .satisfies(only -> assertThat(only.partitionSize()).isEqualTo(sizeOfSegments(ownDisk)));
        }
    }

    private static long sizeOfSegments(MemoryDisk of) throws IOException {
        Path log = SECOND.resolve("orders-0");
        long size = 0;
        for (String file : of.list(log)) {
            size += file.endsWith(".log") ? of.size(log.resolve(file)) : 0;
        }
        return size;
    }

    /// Records that come during the move included.
    @Test
    void aCrashAtAnyPlaceLosesNothingAndLeavesOneLog() throws IOException {
        for (long seed = 0; seed < Long.getLong("runs", 300); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            MemoryDisk ownDisk = startAnew();
            node.createTopic(ORDERS, "orders", 1);
            List<String> acknowledged = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                send("before " + i);
                acknowledged.add("before " + i);
            }
            node.sendOnly(request(SECOND.toString()), 2);
            runSome(random, 40);
            if (random.nextBoolean()) {
                ownDisk.crash(random.split());
            } else {
                ownDisk.syncAll();
                ownDisk.crash(random.split());
            }

            node = new TestNode(node.clock, ownDisk, List.of(FIRST, SECOND));
            node.createTopic(ORDERS, "orders", 1);
            send("after");
            acknowledged.add("after");

            assertThat(readAll()).as("seed %d", seed).isEqualTo(acknowledged);
            List<String> logs = new ArrayList<>(ownDisk.list(FIRST));
            logs.addAll(ownDisk.list(SECOND));
            assertThat(logs.stream().filter("orders-0"::equals)).as("seed %d", seed).hasSize(1);
            assertThat(logs).as("seed %d", seed).noneMatch(name -> name.endsWith(FileNames.FUTURE_DIRECTORY));
        }
    }

    /// Each of `count` records by itself; without those at the beginning that are gone.
    private List<String> readOneByOne(int count) {
        List<String> read = new ArrayList<>();
        for (int offset = 0; offset < count; offset++) {
            List<String> found = values(
                    only(node.send(fetch("orders", ORDERS, 0, offset), 18).as(FetchResponseData.class)));
            assertThat(found.isEmpty()).as("a gap at %d", offset).isEqualTo(found.isEmpty() && read.isEmpty());
            found.stream().limit(1).forEach(read::add);
        }
        return read;
    }

}
