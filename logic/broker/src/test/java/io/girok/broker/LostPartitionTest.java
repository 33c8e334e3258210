package io.girok.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import io.girok.replication.AppendOutcome.Written;
import io.girok.replication.FetchPosition;
import io.girok.replication.Isolation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// A partition whose log is corrupt, or gone, in a log directory that is not.
class LostPartitionTest {
    private static final Path DATA = Path.of("/data");
    private static final int EPOCH = TestNode.LEADER_EPOCH;
    /// A start reads all of them.
    private static final int FEW = 2;
    /// More than the log knows the positions of without looking, and more than a start reads.
    private static final int MANY = 100;

    private final ManualClock clock = new ManualClock();
    private final MemoryDisk disk = new MemoryDisk(clock);
    private TestNode node = new TestNode(clock, disk, List.of(DATA));
    private TopicId orders = TopicId.ZERO;

    private void createOrders(int batchCount) {
        orders = node.createReplicatedTopic("orders");
        for (int i = 0; i < batchCount; i++) {
            append("record");
        }
    }

    private void append(String value) {
        assertThat(node.append(node.awake(orders, 0), value.getBytes())).isInstanceOf(Written.class);
    }

    private void corrupt() {
        TestNode.corrupt(disk, DATA.resolve("orders-0").resolve("00000000000000000000.log"));
    }

    private void loseDirectory() {
        loseDirectory("orders-0");
    }

    private void loseDirectory(String name) {
        Path log = DATA.resolve(name);
        try {
            for (String file : disk.list(log)) {
                disk.delete(log.resolve(file));
            }
            disk.delete(log);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void restartAndCreateAgain(Runnable whileStopped) {
        stop();
        whileStopped.run();
        startWith(List.of(DATA), image(1, EPOCH, node.directory().directoryId()));
    }

    private void stop() {
        var stopped = node.broker.stop();
        node.runAll();
        assertThat(stopped).isCompleted();
    }

    private static PartitionImage image(int leader, int epoch, TopicId directory) {
        return new PartitionImage(List.of(1, 2), List.of(directory, TopicId.ZERO), List.of(leader), leader, epoch,
                epoch);
    }

    private Placement placement() {
        return node.broker.partitions().find(orders, 0);
    }

    private void assertThatItIsToldAsLost() {
        assertThat(node.directoryReports).containsEntry(new PartitionId(orders, 0), BrokerImage.LOST_DIRECTORY);
        assertThat(node.directory().failure()).isEmpty();
        assertThat(placement()).isEqualTo(new Placement.NotHere(Errors.KAFKA_STORAGE_ERROR, 1, EPOCH));
    }

    @Test
    void theControllerIsToldOfALogThatCannotBeOpened() {
        createOrders(FEW);

        restartAndCreateAgain(this::corrupt);

        assertThatItIsToldAsLost();
    }

    @Test
    void theControllerIsToldOfALogThatFailsInUse() {
        createOrders(MANY);
        restartAndCreateAgain(() -> {});
        corrupt();
        LedPartition led = node.awake(orders, 0);

        Errors error = node.shards.get(node.shards.indexOf(led.shard()))
                .call(() -> led.leader()
                        .read(new FetchPosition(-1, 1, -1, -1, 1_000), Isolation.LOG_END, true)
                        .error());
        node.runAll();

        assertThat(error).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThatItIsToldAsLost();
    }

    /// The log was open already when it showed.
    @Test
    void whatIsLostCanBeTakenAwayAndBeginAnew() {
        createOrders(FEW);
        restartAndCreateAgain(this::corrupt);
        assertThatItIsToldAsLost();
        assertThat(node.directory().needsRecovery(new PartitionName("orders", 0))).isTrue();

        node.commit(new MetadataRecord.PartitionsChanged(orders, 0, new PartitionImage(List.of(2),
                List.of(TopicId.ZERO), List.of(2), 2, EPOCH + 1, EPOCH + 1)));
        node.runAll();
        node.commit(new MetadataRecord.PartitionsChanged(orders, 0,
                image(1, EPOCH + 2, node.directory().directoryId())));
        node.runAll();

        assertThat(node.awake(orders, 0).leader().store().endOffset()).isZero();
        append("other");
    }

    @Test
    void whatIsLostStaysLostWhileOthersLead() {
        createOrders(FEW);
        restartAndCreateAgain(this::corrupt);
        node.directoryReports.clear();

        node.commit(new MetadataRecord.PartitionsChanged(orders, 0, image(2, EPOCH + 1, BrokerImage.LOST_DIRECTORY)));
        node.runAll();

        assertThat(node.directoryReports).isEmpty();
        assertThat(placement())
                .isEqualTo(new Placement.NotHere(Errors.NOT_LEADER_OR_FOLLOWER, 2, EPOCH + 1));
    }

    @Test
    void theControllerIsToldOfALogWhoseDirectoryIsGone() {
        createOrders(FEW);

        restartAndCreateAgain(this::loseDirectory);

        assertThatItIsToldAsLost();
    }

    @Test
    void aLogOfWhichNothingIsLeftBeginsAnewOnceAnotherBrokerLeads() {
        createOrders(FEW);
        restartAndCreateAgain(this::loseDirectory);
        node.directoryReports.clear();

        node.commit(new MetadataRecord.PartitionsChanged(orders, 0, image(2, EPOCH + 1, BrokerImage.LOST_DIRECTORY)));
        node.runAll();

        assertThat(node.directoryReports).containsEntry(new PartitionId(orders, 0), node.directory().directoryId());
        assertThat(placement())
                .isEqualTo(new Placement.NotHere(Errors.NOT_LEADER_OR_FOLLOWER, 2, EPOCH + 1));
        assertThat(node.broker.partitions().findReplica(orders, 0)).isInstanceOfSatisfying(LedPartition.class,
                replica -> assertThat(replica.leader().store().endOffset()).isZero());
    }

    @Test
    void theReplicaThatAloneIsLeftStaysOffline() {
        createOrders(FEW);
        restartAndCreateAgain(this::loseDirectory);
        node.directoryReports.clear();

        node.commit(new MetadataRecord.PartitionsChanged(orders, 0, new PartitionImage(List.of(1, 2),
                List.of(BrokerImage.LOST_DIRECTORY, TopicId.ZERO), List.of(1), -1, EPOCH + 1, EPOCH + 1)));
        node.runAll();

        assertThat(node.directoryReports).isEmpty();
        assertThat(node.directory().isMissing(new PartitionName("orders", 0))).isTrue();
        assertThat(disk.exists(DATA.resolve("orders-0"))).isFalse();
    }

    @Test
    void aLogOfWhichNothingIsLeftDoesNotBeginAnewWhileItIsCountedOn() {
        createOrders(FEW);
        restartAndCreateAgain(this::loseDirectory);
        node.directoryReports.clear();

        node.commit(new MetadataRecord.PartitionsChanged(orders, 0, new PartitionImage(List.of(1, 2),
                List.of(BrokerImage.LOST_DIRECTORY, TopicId.ZERO), List.of(2), List.of(1), 2, EPOCH + 1, EPOCH + 1)));
        node.runAll();

        assertThat(node.directoryReports).isEmpty();
        assertThat(node.directory().isMissing(new PartitionName("orders", 0))).isTrue();
    }

    /// Its log directory was taken off `log.dirs`, and another one is there.
    @Test
    void aLostReplicaThatIsCountedOnIsNotToldToBeWhereNothingOfItIs() {
        createOrders(FEW);
        PartitionId id = new PartitionId(orders, 0);
        PartitionImage lost = new PartitionImage(List.of(1, 2), List.of(BrokerImage.LOST_DIRECTORY, TopicId.ZERO),
                List.of(), List.of(1), -1, EPOCH + 1, EPOCH + 1);

        restartWith(List.of(Path.of("/other")), lost);
        assertThat(node.directoryReports).as("empty, it must not lead").doesNotContainKey(id);
        node.commit(new MetadataRecord.PartitionsChanged(orders, 0, new PartitionImage(List.of(1, 2),
                List.of(BrokerImage.LOST_DIRECTORY, TopicId.ZERO), List.of(2), 2, EPOCH + 2, EPOCH + 2)));
        node.runAll();
        assertThat(node.directoryReports).as("it follows").containsEntry(id, node.directory().directoryId());

        restartWith(List.of(Path.of("/other"), DATA), lost);
        assertThat(node.directoryReports).containsEntry(id, node.directories().get(1).directoryId());
    }

    /// It lacks nothing, and is not to be given up.
    @Test
    void aLogThatHasNoRoomToBeOpenedIsNotToldAsLost() {
        createOrders(FEW);
        PartitionId id = new PartitionId(orders, 0);
        TopicId directory = node.directory().directoryId();
        // What only the journal has goes into the files when the log is opened.
        disk.crash(new Random(1));
        disk.setCapacity(disk.usedBytes());

        startWith(List.of(DATA), image(1, EPOCH, directory));
        assertThat(node.directoryReports).containsEntry(id, BrokerImage.unopened(directory));
        assertThat(node.directory().failure()).isEmpty();

        disk.setCapacity(Long.MAX_VALUE);
        for (int look = 0; look < 2; look++) {
            node.advance(1_000);
            node.directory().checkpoint();
            node.runAll();
        }
        assertThat(node.directoryReports).containsEntry(id, directory);
        assertThat(placement()).isInstanceOf(LedPartition.class);
    }

    @Test
    void aLogThatHadNoRoomAndWasNeverWrittenToIsOpenedWhereItWas() {
        createOrders(0);
        List<Path> directories = List.of(DATA, Path.of("/other"));
        restartWith(directories, image(2, EPOCH, TopicId.ZERO));
        TopicId other = node.directories().getLast().directoryId();

        restartWith(directories, image(2, EPOCH, BrokerImage.unopened(other)));

        assertThat(node.directoryReports).containsEntry(new PartitionId(orders, 0), other);
    }

    private void restartWith(List<Path> directories, PartitionImage image) {
        stop();
        startWith(directories, image);
    }

    private void startWith(List<Path> directories, PartitionImage image) {
        node = new TestNode(clock, disk, directories);
        node.commit(new MetadataRecord.TopicCreated(orders, "orders"),
                new MetadataRecord.PartitionsAdded(orders, 0, List.of(image)));
        node.runAll();
    }

    @Test
    void anOnlyReplicaWhoseDirectoryIsGoneIsNotBegunAnew() {
        TopicId alone = node.createTopic("alone", 1);
        node.append(node.awake(alone, 0), new byte[1]);
        stop();
        assertThat(disk.isDirectory(DATA.resolve("alone-0"))).isTrue();
        loseDirectory("alone-0");
        node = new TestNode(clock, disk, List.of(DATA));
        node.createTopic(alone, "alone", 1);

        Errors error = wake(alone);

        assertThat(error).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(disk.exists(DATA.resolve("alone-0"))).isFalse();
        assertThat(node.directoryReports).isEmpty();
    }

    private Errors wake(TopicId topic) {
        Placement found = node.broker.partitions().find(topic, 0);
        return switch (found) {
            case LedPartition led -> node.on(led, led::wake);
            case Placement.NotHere notHere -> notHere.error();
        };
    }

    @Test
    void aDirectoryThatFailsTellsForAllThatIsInIt() {
        createOrders(FEW);
        node.directoryReports.clear();

        node.broker.partitions().storageFailed(node.directory());
        node.runAll();

        assertThat(node.directoryReports).isEmpty();
    }
}
