package io.girok.broker.data;

import static io.girok.broker.data.Messages.batch;
import static io.girok.broker.data.Messages.fetch;
import static io.girok.broker.data.Messages.only;
import static io.girok.broker.data.Messages.produce;
import static io.girok.broker.data.Messages.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.broker.TestAnswer;
import io.girok.broker.TestNode;
import io.girok.files.FileNames;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirCollection;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopicCollection;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Replicas on their way from one log directory to another, while they are used, and while the disk fails.
class AlterReplicaLogDirsTest {
    private static final Path FIRST = Path.of("/data");
    private static final Path SECOND = Path.of("/other");
    private static final int FLOOR = 1_000_000;
    private static final TopicId ORDERS = new TopicId(4, 4);

    private final ManualClock clock = new ManualClock();
    private final MemoryDisk disk = new MemoryDisk(clock);
    private TestNode node = new TestNode(clock, disk, List.of(FIRST, SECOND));

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

    private void limit(long bytesPerSecond) {
        node.commit(new MetadataRecord.ConfigChanged(ConfigTarget.broker(TestNode.BROKER_ID),
                "replica.alter.log.dirs.io.max.bytes.per.second", Long.toString(bytesPerSecond)));
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
    void ofManyMovesAFewRunAtATimeAndTheOthersWait() throws IOException {
        int topics = 10;
        int partitions = 200;
        AlterReplicaLogDirsRequestData request = request(SECOND.toString(), "topic-0", 0);
        request.dirs().find(SECOND.toString()).topics().clear();
        for (int i = 0; i < topics; i++) {
            fill("topic-" + i, partitions);
            request.dirs()
                    .find(SECOND.toString())
                    .topics()
                    .add(new AlterReplicaLogDirTopic().setName("topic-" + i)
                            .setPartitions(IntStream.range(0, partitions).boxed().toList()));
        }

        TestAnswer answer = node.sendOnly(request, 2);
        int mostCopies = 0;
        SplittableRandom random = new SplittableRandom(1);
        do {
            node.runOne(random);
            mostCopies = Math.max(mostCopies, copies());
        } while (node.broker.partitions().moves().iterator().hasNext() || !answer.isThere());
        node.runAll();

        assertThat(answer.as(AlterReplicaLogDirsResponseData.class).results()).hasSize(topics)
                .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(partitions)
                        .allSatisfy(result -> assertThat(result.errorCode()).isZero()));
        assertThat(mostCopies).as("as many as log directories").isEqualTo(2);
        assertThat(disk.list(SECOND)).filteredOn(name -> name.startsWith("topic-")).hasSize(topics * partitions);
        assertThat(disk.list(FIRST)).noneMatch(name -> name.matches("topic-[0-9]+-[0-9]+"));
    }

    /// A record in each partition.
    private void fill(String topic, int partitions) {
        TopicId id = node.createTopic(topic, partitions);
        ProduceRequestData records = produce(topic, id, 0, Messages.ALL, batch("0"));
        for (int partition = 1; partition < partitions; partition++) {
            Messages.addRecords(records, topic, id, partition, batch(Integer.toString(partition)));
        }
        node.send(records, 13);
    }

    private int copies() throws IOException {
        return (int) disk.list(SECOND).stream().filter(name -> name.endsWith(FileNames.FUTURE_DIRECTORY)).count();
    }

    @Test
    void aMoveThatWaitsForItsTurnCanBeCalledOff() throws IOException {
        node.createTopic(ORDERS, "orders", 8);
        List<Integer> first = new ArrayList<>();
        for (int partition = 0; partition < 8; partition++) {
            node.send(produce("orders", ORDERS, partition, Messages.ALL, batch("one")), 13);
            if (disk.list(FIRST).contains("orders-" + partition)) {
                first.add(partition);
            }
        }
        limit(0);
        alter(request(SECOND.toString(), "orders", first.toArray(Integer[]::new)), 2);

        alter(request(FIRST.toString(), "orders", first.getLast()), 2);
        limit(1_000_000);
        node.advance(10_000);

        assertThat(first).hasSize(4);
        assertThat(disk.list(FIRST)).filteredOn(name -> name.matches("orders-[0-9]+"))
                .containsExactly("orders-" + first.getLast());
        assertThat(disk.list(SECOND)).filteredOn(name -> name.startsWith("orders-")).hasSize(7);
    }

    /// It is closed for the first move when the second one is asked for.
    @Test
    void aMoveBackWaitsForTheEndOfTheFirst() throws IOException {
        for (long seed = 0; seed < Long.getLong("runs", 300); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ManualClock ownClock = new ManualClock();
            MemoryDisk ownDisk = new MemoryDisk(ownClock);
            node = new TestNode(ownClock, ownDisk, List.of(FIRST, SECOND));
            node.createTopic(ORDERS, "orders", 1);
            send("a");
            node.sendOnly(request(SECOND.toString()), 2);
            for (int steps = random.nextInt(60); 0 < steps; steps--) {
                node.runOne(random);
            }

            node.sendOnly(request(FIRST.toString()), 2);
            for (int steps = random.nextInt(20); 0 < steps; steps--) {
                node.runOne(random);
            }
            send("b");
            node.advance(10_000);

            // The second is sent again if it came when the log was closed.
            assertThat(readAll().stream().distinct()).as("seed %d", seed).containsExactly("a", "b");
            assertThat(ownDisk.list(FIRST)).as("seed %d", seed).contains("orders-0");
            assertThat(ownDisk.list(SECOND)).as("seed %d", seed).noneMatch(name -> name.matches("orders-0"));
        }
    }

    @Test
    void aLargeLogIsCopiedInTurnsSoThatOthersHaveTheirs() {
        node.createTopic(ORDERS, "orders", 1);
        for (int i = 0; i < 40; i++) {
            send("x".repeat(1_000_000));
        }
        long before = disk.usedBytes();
        node.sendOnly(request(SECOND.toString()), 2);

        long mostBytes = 0;
        while (node.broker.partitions().moves().iterator().hasNext() || disk.usedBytes() == before) {
            node.runShards();
            long usedBytes = disk.usedBytes();
            node.pool.runOne();
            mostBytes = Math.max(mostBytes, disk.usedBytes() - usedBytes);
        }

        assertThat(mostBytes).isBetween(15_000_000L, 18_000_000L);
    }

    private void keepFree(long bytes) {
        node.commit(new MetadataRecord.ConfigChanged(ConfigTarget.broker(TestNode.BROKER_ID), "log.dir.min.free.bytes",
                Long.toString(bytes)));
    }

    private void leave(long bytes) {
        // What is set aside for a start is there before.
        node.runAll();
        disk.setCapacity(disk.usedBytes() + bytes);
        // A look at the disk is old by then.
        node.advance(1_000);
    }

    private void assertThatItStaysWhereItWas(int endOffset) throws IOException {
        node.advance(1_000);
        send("b");
        assertThat(values(only(node.send(fetch("orders", ORDERS, 0, endOffset), 18).as(FetchResponseData.class))))
                .containsExactly("b");
        assertThat(disk.list(FIRST)).contains("orders-0");
        assertThat(disk.list(SECOND)).noneMatch(name -> name.startsWith("orders-0"));
        assertThat(describe()).hasSize(1);
        assertThat(node.directories()).allSatisfy(directory -> assertThat(directory.failure()).isEmpty());
    }

    @Test
    void aReplicaThatFindsTooLittleRoomIsNotEvenBegunToMove() throws IOException {
        node.createTopic(ORDERS, "orders", 1);
        send("x".repeat(900_000));
        keepFree(FLOOR);
        leave(FLOOR + 800_000);
        long usedBytes = disk.usedBytes();

        TestAnswer answer = node.sendOnly(request(SECOND.toString()), 2);
        do {
            node.runShards();
            node.pool.runOne();
            assertThat(disk.usedBytes()).isEqualTo(usedBytes);
        } while (node.broker.partitions().moves().iterator().hasNext());
        assertThat(Errors.forCode(answer.as(AlterReplicaLogDirsResponseData.class)
                .results()
                .getFirst()
                .partitions()
                .getFirst()
                .errorCode())).isEqualTo(Errors.NONE);

        assertThatItStaysWhereItWas(1);
    }

    /// Others write to the disk meanwhile.
    @Test
    void aMoveEndsBeforeItTakesTheRoomThatIsToStayFree() throws IOException {
        node.createTopic(ORDERS, "orders", 1);
        for (int i = 0; i < 40; i++) {
            send(i + "x".repeat(100_000));
        }
        limit(500_000);
        keepFree(FLOOR);
        leave(FLOOR + 5_000_000);
        alter(SECOND.toString(), 2);
        assertThat(describe()).hasSize(2);
        leave(FLOOR + 1_200_000);

        long leastFree = Long.MAX_VALUE;
        for (int i = 0; i < 100; i++) {
            node.advance(100);
            leastFree = Math.min(leastFree, disk.usableBytes(FIRST));
        }

        assertThat(leastFree).as("one more buffer").isBetween((long) FLOOR, FLOOR + 200_000L);
        assertThatItStaysWhereItWas(40);
    }

    /// Nobody looks at the disk in between: the time stands still.
    @Test
    void whatOneMoveWritesIsNotThereForTheNext() throws IOException {
        node.createTopic(ORDERS, "orders", 4);
        List<Integer> first = new ArrayList<>();
        for (int partition = 0; partition < 4; partition++) {
            node.send(produce("orders", ORDERS, partition, Messages.ALL, batch("x".repeat(900_000))), 13);
            if (disk.list(FIRST).contains("orders-" + partition)) {
                first.add(partition);
            }
        }
        keepFree(FLOOR);
        leave(FLOOR + 1_200_000);

        alter(request(SECOND.toString(), "orders", first.toArray(Integer[]::new)), 2);

        assertThat(first).hasSize(2);
        assertThat(disk.usableBytes(FIRST)).isGreaterThanOrEqualTo(FLOOR);
        assertThat(disk.list(FIRST)).filteredOn(name -> name.matches("orders-[0-9]+")).hasSize(1);
        assertThat(disk.list(SECOND)).filteredOn(name -> name.matches("orders-[0-9]+")).hasSize(3);
    }

    /// Segments come and go while some of them are half copied.
    @Test
    void nothingIsLostOrLeftOverByPauses() throws IOException {
        for (long seed = 0; seed < Long.getLong("runs", 30); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ManualClock ownClock = new ManualClock();
            MemoryDisk ownDisk = new MemoryDisk(ownClock);
            node = new TestNode(ownClock, ownDisk, List.of(FIRST, SECOND));
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
            ManualClock ownClock = new ManualClock();
            MemoryDisk ownDisk = new MemoryDisk(ownClock);
            node = new TestNode(ownClock, ownDisk, List.of(FIRST, SECOND));
            node.createTopic(ORDERS, "orders", 1);
            List<String> acknowledged = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                send("before " + i);
                acknowledged.add("before " + i);
            }
            node.sendOnly(request(SECOND.toString()), 2);
            for (int steps = random.nextInt(40); 0 < steps; steps--) {
                node.runOne(random);
            }
            if (random.nextBoolean()) {
                ownDisk.crash(random.split());
            } else {
                ownDisk.syncAll();
                ownDisk.crash(random.split());
            }

            node = new TestNode(ownClock, ownDisk, List.of(FIRST, SECOND));
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

    private void send(String value) {
        Errors error = Errors.NOT_LEADER_OR_FOLLOWER;
        for (int i = 0; error == Errors.NOT_LEADER_OR_FOLLOWER && i < 10; i++) {
            ProduceResponseData response = node
                    .send(produce("orders", ORDERS, 0, Messages.ALL, batch(value)), 13)
                    .as(ProduceResponseData.class);
            error = Errors.forCode(only(response).errorCode());
        }
        assertThat(error).isEqualTo(Errors.NONE);
    }

    private List<String> readAll() {
        node.runAll();
        return values(only(node.send(fetch("orders", ORDERS, 0, 0), 18).as(FetchResponseData.class)));
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

    private List<DescribeLogDirsPartition> describe() {
        return node.send(new DescribeLogDirsRequestData().setTopics(null), 5)
                .as(DescribeLogDirsResponseData.class)
                .results()
                .stream()
                .flatMap(result -> result.topics().stream())
                .flatMap(topic -> topic.partitions().stream())
                .toList();
    }

    private Errors alter(String path, int version) {
        return alter(request(path), version);
    }

    private Errors alter(AlterReplicaLogDirsRequestData request, int version) {
        return Errors.forCode(node.send(request, version)
                .as(AlterReplicaLogDirsResponseData.class)
                .results()
                .getFirst()
                .partitions()
                .getFirst()
                .errorCode());
    }

    private static AlterReplicaLogDirsRequestData request(String path) {
        return request(path, "orders", 0);
    }

    private static AlterReplicaLogDirsRequestData request(String path, String topic, Integer... partitions) {
        AlterReplicaLogDirTopicCollection topics = new AlterReplicaLogDirTopicCollection();
        topics.add(new AlterReplicaLogDirTopic().setName(topic).setPartitions(List.of(partitions)));
        AlterReplicaLogDirCollection dirs = new AlterReplicaLogDirCollection();
        dirs.add(new AlterReplicaLogDir().setPath(path).setTopics(topics));
        return new AlterReplicaLogDirsRequestData().setDirs(dirs);
    }
}
