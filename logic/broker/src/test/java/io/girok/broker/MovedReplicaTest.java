package io.girok.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionId;
import io.girok.base.TopicId;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.log.LogDirectory;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import io.girok.replication.AppendOutcome.Written;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A replica that was moved to another log directory, of which the controller has not heard, and what the next starts
/// take it for.
class MovedReplicaTest {
    private static final Path DATA = Path.of("/data");
    private static final Path OTHER = Path.of("/other");
    private static final Path THIRD = Path.of("/third");
    private static final List<Path> THREE = List.of(DATA, OTHER, THIRD);
    private static final int RUNS = Integer.getInteger("runs", 100);
    private static final TopicId ORDERS = new TopicId(4, 4);
    private static final PartitionId ID = new PartitionId(ORDERS, 0);
    private static final PartitionImage ELSEWHERE = new PartitionImage(List.of(2), List.of(TopicId.ZERO), List.of(2), 2,
            90, 90);

    private final ManualClock clock = new ManualClock();
    private final MemoryDisk disk = new MemoryDisk(clock);
    private TestNode node = new TestNode(clock, disk, THREE);
    private final TopicId data = node.directories().getFirst().directoryId();
    private final TopicId other = node.directories().get(1).directoryId();
    private int epoch = TestNode.LEADER_EPOCH;

    /// How the broker ends.
    private enum End {
        KILLED_AT_ONCE, KILLED_LATER, STOPPED, WITHOUT_POWER
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void itIsLostWhereItsNewDirectoryCannotBeOpened(End end) {
        create(led(data));
        append(1);
        move(OTHER);
        append(2);
        end(end);

        startWithoutOther(ORDERS, nobodyLeads(data));

        assertThatItIsLost();
        startWithBoth(ORDERS, led(BrokerImage.LOST_DIRECTORY));
        assertThat(node.directoryReports).containsEntry(ID, other);
        assertThat(endOffset()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void soItIsIfItWasFirstWrittenToThere(End end) {
        create(led(data));
        move(OTHER);
        append(1);
        end(end);

        startWithoutOther(ORDERS, nobodyLeads(data));

        assertThatItIsLost();
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void soItIsIfTheControllerHasNotHeardOfItInTheNextStartEither(End end) {
        create(led(data));
        append(1);
        move(OTHER);
        end(end);
        startWithBoth(ORDERS, nobodyLeads(data));
        assertThat(node.directoryReports).containsEntry(ID, other);
        end(end);

        startWithoutOther(ORDERS, nobodyLeads(data));

        assertThatItIsLost();
    }

    /// Nobody tells the controller where the only replica is.
    @Test
    void soIsAnOnlyReplica() {
        PartitionImage alone = createAndMoveAlone();
        startWithBoth(ORDERS, alone);
        assertThat(endOffset()).isEqualTo(1);
        end(End.STOPPED);

        startWithoutOther(ORDERS, alone);

        LedPartition led = (LedPartition) node.broker.partitions().find(ORDERS, 0);
        assertThat(node.on(led, led::wake)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(disk.exists(DATA.resolve("orders-0"))).isFalse();
    }

    /// Nobody would know of a copy elsewhere, so it begins anew, as one that was never moved.
    @Test
    void anOnlyReplicaWhoseDirectoryIsReplacedIsNotMissed() {
        PartitionImage alone = createAndMoveAlone();

        start(List.of(DATA, THIRD), alone);

        assertThat(endOffset()).isZero();
        assertThat(traces()).isEmpty();
    }

    @Test
    void anOnlyReplicaThatIsCarriedBackByHandIsFound() throws IOException {
        PartitionImage alone = createAndMoveAlone();
        disk.rename(OTHER.resolve("orders-0"), DATA.resolve("orders-0"));

        start(List.of(DATA), alone);

        assertThat(endOffset()).isEqualTo(1);
    }

    @Test
    void whatWentOnFromWhereItWentIsMissedAtEveryStart() {
        moveTwice(1);

        startWithoutThird(nobodyLeads(data));
        assertThat(node.directoryReports).containsEntry(ID, BrokerImage.LOST_DIRECTORY);
        end(End.KILLED_AT_ONCE);
        start(THREE, nobodyLeads(data));
        end(End.KILLED_AT_ONCE);
        startWithoutThird(nobodyLeads(data));

        assertThatItIsLost();
    }

    @Test
    void whatWentOnAndWasNeverWrittenToIsNotMissed() {
        moveTwice(0);

        start(THREE, led(data));

        append(1);
        assertThat(node.directoryReports).doesNotContainValue(BrokerImage.LOST_DIRECTORY);
        assertThat(traces()).isEmpty();
    }

    /// To the second of three directories, and on to the third; nobody tells the controller.
    private void moveTwice(int count) {
        createAndMove(count);
        move(THIRD);
        end(End.STOPPED);
    }

    private void start(List<Path> paths, PartitionImage image) {
        node = new TestNode(clock, disk, paths, List.of(created(ORDERS, image)));
    }

    private void startWithoutThird(PartitionImage image) {
        disk.plant(DiskFault.next(DiskOperation.LIST).lasting().on(path -> path.startsWith(THIRD)));
        start(THREE, image);
        disk.removeFaults();
        assertThat(node.directories().getLast().failure()).isPresent();
    }

    /// At any place of the move, and after it.
    @Test
    void aCrashLeavesAllThatWasAcknowledgedOrALostReplica() {
        int lost = 0;
        for (long seed = 0; seed < RUNS; seed++) {
            lost += new MovedReplicaTest().isLostAfterCrash(new SplittableRandom(seed), seed) ? 1 : 0;
        }
        assertThat(lost).isBetween(1, RUNS - 1);
    }

    private boolean isLostAfterCrash(SplittableRandom random, long seed) {
        create(led(data));
        int count = random.nextInt(2);
        if (0 < count) {
            append(count);
        }
        beginMove(OTHER);
        for (int steps = random.nextInt(200); 0 < steps; steps--) {
            node.runOne(random);
        }
        if (random.nextInt(4) == 0) {
            node.runAll();
            append(++count);
        }
        if (random.nextBoolean()) {
            disk.syncAll();
        }
        disk.crash(random.split());

        startWithoutOther(ORDERS, nobodyLeads(data));

        boolean isLost = BrokerImage.LOST_DIRECTORY.equals(node.directoryReports.get(ID));
        if (!isLost) {
            node.commit(changed(led(data)));
            node.runAll();
            assertThat(endOffset()).as("seed %d", seed).isEqualTo(count);
        }
        end(End.KILLED_AT_ONCE);
        startWithBoth(ORDERS, led(isLost ? BrokerImage.LOST_DIRECTORY : data));
        assertThat(endOffset()).as("seed %d", seed).isEqualTo(count);
        return isLost;
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void whatWasNeverWrittenToIsNotMissed(End end) {
        create(led(data));
        move(OTHER);
        end(end);

        startWithBoth(ORDERS, led(data));

        append(1);
        assertThat(node.directoryReports).doesNotContainValue(BrokerImage.LOST_DIRECTORY);
        assertThat(traces()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whatTheControllerHasHeardOfLeavesNoTrace(int count) {
        createAndMove(count);
        assertThat(traces()).hasSize(1);

        node.commit(changed(led(other)));
        node.runAll();

        assertThat(traces()).isEmpty();
        move(DATA);
        node.commit(changed(led(data)));
        node.runAll();
        assertThat(traces()).isEmpty();
        append(count + 1);
        end(End.KILLED_AT_ONCE);
        startWithoutOther(ORDERS, led(data));
        assertThat(endOffset()).isEqualTo(count + 1);
    }

    /// @param count of the records that it has when it is moved
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whatCameBackIsNotMissed(int count) {
        createAndMove(count);

        move(DATA);
        append(count + 1);
        end(End.KILLED_AT_ONCE);

        startWithoutOther(ORDERS, led(data));
        assertThat(endOffset()).isEqualTo(count + 1);
    }

    @Test
    void theNextTopicOfItsNameIsNotMissed() {
        for (long seed = 0; seed < RUNS; seed++) {
            new MovedReplicaTest().deleteDuringMove(new SplittableRandom(seed), seed);
        }
    }

    private void deleteDuringMove(SplittableRandom random, long seed) {
        create(led(data));
        append(1);
        beginMove(OTHER);
        for (int steps = random.nextInt(200); 0 < steps; steps--) {
            node.runOne(random);
        }

        node.commit(new MetadataRecord.TopicDeleted(ORDERS));
        TopicId next = node.createReplicatedTopic("orders");
        node.runAll();

        assertThat(node.awake(next, 0).leader().store().endOffset()).as("seed %d", seed).isZero();
        assertThat(traces()).as("seed %d", seed).isEmpty();
    }

    @Test
    void norIfTheTopicWasDeletedWhileTheBrokerWasDown() {
        createAndMove(1);
        end(End.KILLED_AT_ONCE);
        TopicId next = new TopicId(4, 5);

        startWithBoth(next, led(data));

        assertThat(node.awake(next, 0).leader().store().endOffset()).isZero();
        assertThat(traces()).isEmpty();
    }

    @Test
    void aReplicaThatIsTakenAwayIsNotMissedWhenItIsGivenBack() {
        createAndMove(1);

        node.commit(changed(ELSEWHERE));
        node.runAll();
        assertThat(traces()).isEmpty();
        node.commit(changed(led(data)));
        node.runAll();

        assertThat(endOffset()).isZero();
    }

    @Test
    void aReplicaThatNobodyCountsOnIsNotMissed() {
        createAndMove(1);
        end(End.KILLED_AT_ONCE);

        startWithoutOther(ORDERS, ledByOther(data));

        assertThat(traces()).isEmpty();
        assertThat(node.directoryReports).isEmpty();
    }

    @Test
    void itBeginsAnewOnceAnotherBrokerLeads() {
        createAndMove(1);
        end(End.KILLED_AT_ONCE);
        startWithoutOther(ORDERS, nobodyLeads(data));
        assertThatItIsLost();

        node.commit(changed(ledByOther(BrokerImage.LOST_DIRECTORY)));
        node.runAll();

        assertThat(node.directoryReports).containsEntry(ID, data);
        assertThat(traces()).isEmpty();
    }

    /// It is in both directories then, and was written to in one.
    @Test
    void itGoesOnWhereItWentThoughItCouldNotBeTakenOutOfWhereItWas() {
        create(led(data));
        append(1);
        disk.plant(DiskFault.next(DiskOperation.RENAME).on(DATA.resolve("orders-0")::equals));
        move(OTHER);
        append(2);
        end(End.KILLED_AT_ONCE);
        assertThat(disk.exists(DATA.resolve("orders-0"))).isTrue();

        startWithBoth(ORDERS, led(data));

        assertThat(node.directoryReports).containsEntry(ID, other);
        assertThat(endOffset()).isEqualTo(2);
    }

    /// Nobody would know then which of two copies was written to.
    @Test
    void itStaysWhereItCannotBeNotedThatItLeaves() {
        create(led(data));
        append(1);
        disk.plant(DiskFault.next(DiskOperation.OPEN).on(MovedReplicaTest::isMark));

        beginMove(OTHER);
        node.runAll();

        assertThat(node.directories().getFirst().failure()).isPresent();
        assertThat(disk.exists(OTHER.resolve("orders-0"))).isFalse();
        end(End.KILLED_AT_ONCE);
        startWithBoth(ORDERS, led(data));
        assertThat(endOffset()).isEqualTo(1);
    }

    /// The broker ends when it is noted that it goes back, and it is not there yet.
    @Test
    void whatWasAboutToGoBackIsWhereItWas() {
        createAndMove(1);
        append(2);
        disk.plant(DiskFault.next(DiskOperation.RENAME).lasting().on(path -> path.toString().endsWith("-future")));
        disk.plant(DiskFault.next(DiskOperation.DELETE).on(MovedReplicaTest::isMark));
        beginMove(DATA);
        node.runAll();
        assertThat(traces()).hasSize(2);
        assertThat(disk.exists(DATA.resolve("orders-0"))).isFalse();
        end(End.KILLED_AT_ONCE);
        disk.removeFaults();

        startWithBoth(ORDERS, led(data));

        assertThat(endOffset()).isEqualTo(2);
        assertThat(node.directoryReports).containsEntry(ID, other);
    }

    /// An only replica, of which nobody tells the controller where it is. What it was to go back to fails once it is
    /// there, and remembers nothing.
    @Test
    void ofTwoCopiesTheOneThatWentOnCounts() throws IOException {
        PartitionImage alone = createAlone(TopicId.ZERO);
        move(OTHER);
        disk.plant(DiskFault.next(DiskOperation.DELETE).on(MovedReplicaTest::isMark));
        beginMove(DATA);
        node.runAll();
        assertThat(disk.exists(DATA.resolve("orders-0"))).isTrue();
        append(2);
        end(End.KILLED_AT_ONCE);
        for (String mark : traces()) {
            disk.delete(DATA.resolve(mark));
        }

        startWithBoth(ORDERS, alone);

        assertThat(endOffset()).isEqualTo(2);
    }

    private void create(PartitionImage image) {
        node.commit(created(ORDERS, image));
        node.runAll();
        assertThat(node.broker.partitions().find(ORDERS, 0)).isInstanceOfSatisfying(LedPartition.class,
                led -> assertThat(led.directory().path()).isEqualTo(DATA));
    }

    /// An only replica with a record; its broker has stopped then.
    private PartitionImage createAndMoveAlone() {
        PartitionImage alone = createAlone(data);
        move(OTHER);
        end(End.STOPPED);
        disk.endProcess();
        return alone;
    }

    private PartitionImage createAlone(TopicId directory) {
        PartitionImage alone = new PartitionImage(List.of(1), List.of(directory), List.of(1), 1, epoch, 0);
        create(alone);
        append(1);
        return alone;
    }

    private void createAndMove(int count) {
        create(led(data));
        for (int end = 1; end <= count; end++) {
            append(end);
        }
        move(OTHER);
    }

    private static MetadataRecord[] created(TopicId id, PartitionImage image) {
        return new MetadataRecord[]{new MetadataRecord.TopicCreated(id, "orders"),
            new MetadataRecord.PartitionsAdded(id, 0, List.of(image))};
    }

    private static MetadataRecord changed(PartitionImage image) {
        return new MetadataRecord.PartitionsChanged(ORDERS, 0, image);
    }

    private PartitionImage led(TopicId directory) {
        return image(directory, List.of(1), List.of(), 1);
    }

    private PartitionImage ledByOther(TopicId directory) {
        return image(directory, List.of(2), List.of(), 2);
    }

    private PartitionImage nobodyLeads(TopicId directory) {
        return image(directory, List.of(), List.of(1), -1);
    }

    private PartitionImage image(TopicId directory, List<Integer> isr, List<Integer> elr, int leader) {
        epoch++;
        return new PartitionImage(List.of(1, 2), List.of(directory, TopicId.ZERO), isr, elr, leader, epoch, epoch);
    }

    /// A record, with which the log ends at `endOffset`.
    private void append(long endOffset) {
        assertThat(node.append(node.awake(ORDERS, 0), new byte[100])).isInstanceOf(Written.class);
        assertThat(endOffset()).isEqualTo(endOffset);
    }

    private long endOffset() {
        return node.awake(ORDERS, 0).leader().store().endOffset();
    }

    private void beginMove(Path to) {
        LogDirectory target = node.directories().stream().filter(each -> each.path().equals(to)).findFirst().get();
        assertThat(node.shards.getFirst().call(() -> node.broker.partitions().move("orders", 0, target)))
                .isEqualTo(Errors.NONE);
    }

    private void move(Path to) {
        beginMove(to);
        node.runAll();
        assertThat(node.awake(ORDERS, 0).directory().path()).isEqualTo(to);
    }

    private void end(End how) {
        switch (how) {
            case KILLED_AT_ONCE -> disk.endProcess();
            case KILLED_LATER -> {
                for (int minutes = 0; minutes < 5; minutes++) {
                    node.advance(60_000);
                    node.directories().forEach(LogDirectory::checkpoint);
                    node.runAll();
                }
                disk.endProcess();
            }
            case STOPPED -> {
                var stopped = node.broker.stop();
                node.runAll();
                assertThat(stopped).isCompleted();
            }
            case WITHOUT_POWER -> disk.crash(new SplittableRandom(1));
        }
    }

    private void startWithoutOther(TopicId topic, PartitionImage image) {
        disk.plant(DiskFault.next(DiskOperation.LIST).lasting().on(path -> path.startsWith(OTHER)));
        start(topic, image);
        disk.removeFaults();
        assertThat(node.directories().getLast().failure()).isPresent();
    }

    private void startWithBoth(TopicId topic, PartitionImage image) {
        disk.endProcess();
        start(topic, image);
        assertThat(node.directories().getLast().failure()).isEmpty();
    }

    private void start(TopicId topic, PartitionImage image) {
        node = new TestNode(clock, disk, List.of(DATA, OTHER), List.of(created(topic, image)));
    }

    private void assertThatItIsLost() {
        assertThat(node.directoryReports).containsEntry(ID, BrokerImage.LOST_DIRECTORY);
        node.commit(changed(led(data)));
        node.runAll();
        assertThat(node.broker.partitions().find(ORDERS, 0))
                .isEqualTo(new Placement.NotHere(Errors.KAFKA_STORAGE_ERROR, 1, epoch));
        assertThat(disk.exists(DATA.resolve("orders-0"))).isFalse();
    }

    private static boolean isMark(Path path) {
        return isMark(String.valueOf(path.getFileName()));
    }

    private static boolean isMark(String file) {
        return file.startsWith("girok-moved.");
    }

    /// What remembers in any directory that a log has left.
    private List<String> traces() {
        return THREE.stream()
                .flatMap(path -> list(path).stream())
                .filter(MovedReplicaTest::isMark)
                .toList();
    }

    private List<String> list(Path path) {
        try {
            return disk.list(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
