package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.files.DirectoryRefused;
import io.girok.files.MetaProperties;
import io.girok.files.StorageFailed;
import io.girok.record.BatchBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LogDirectoryTest {
    private LogWorld world = new LogWorld();

    @Test
    void aSecondProcessIsRefused() {
        world.openDirectory();

        assertThatThrownBy(() -> LogDirectory.open(LogWorld.PATH, "cluster", 1, world.environment()))
                .isInstanceOf(DirectoryRefused.class)
                .hasMessageContaining("'/data' is in use by another process");
    }

    @Test
    void anotherClustersDirectoryIsRefused() {
        world.openDirectory().closeClean();

        assertThatThrownBy(() -> LogDirectory.open(LogWorld.PATH, "other", 1, world.environment()))
                .isInstanceOf(DirectoryRefused.class)
                .hasMessageContaining("belongs to node 1 of cluster 'cluster'");
        assertThat(MetaProperties.read(world.disk, LogWorld.PATH).orElseThrow().clusterId()).isEqualTo("cluster");
    }

    @Test
    void aDirectoryKeepsItsId() {
        TopicId id = world.openDirectory().directory.directoryId();
        world.closeClean();

        assertThat(world.openDirectory().directory.directoryId()).isEqualTo(id);
        assertThat(world.directory.wasClosedClean()).isTrue();
    }

    @Test
    void withoutSyncsALossOfPowerIsNoticedAndTheEndOfAProcessIsNot() {
        world.durability = Durability.OS;
        assertThat(world.openDirectory().directory.isWhole()).isTrue();

        world.disk.endProcess();
        assertThat(world.openDirectory().directory.isWhole()).as("the machine has it").isTrue();
        world.disk.crash(new SplittableRandom(5));
        assertThat(world.openDirectory().directory.isWhole()).isFalse();
        world.directory.notWholeIsKnown();
        world.closeClean();
        assertThat(world.openDirectory().directory.isWhole()).isTrue();
    }

    @Test
    void aLossIsRememberedUntilTheControllerKnowsOfIt() {
        world.durability = Durability.OS;
        world.openDirectory();
        world.disk.crash(new SplittableRandom(5));
        assertThat(world.openDirectory().directory.isWhole()).isFalse();

        world.disk.endProcess();
        assertThat(world.openDirectory().directory.isWhole()).as("the process ended before it could tell").isFalse();
        world.closeClean();
        assertThat(world.openDirectory().directory.isWhole()).as("or was stopped").isFalse();
        world.directory.notWholeIsKnown();
        assertThat(world.directory.isWhole()).isTrue();
        world.disk.endProcess();
        assertThat(world.openDirectory().directory.isWhole()).isTrue();
        world.disk.crash(new SplittableRandom(5));
        assertThat(world.openDirectory().directory.isWhole()).isFalse();
    }

    @Test
    void withSyncsALossOfPowerCostsNothing() {
        world.openDirectory();
        world.disk.crash(new SplittableRandom(5));
        assertThat(world.openDirectory().directory.isWhole()).isTrue();
    }

    @Test
    void whatWasNotSyncedBeforeIsRememberedUntilACleanStop() {
        world.durability = Durability.OS;
        world.openDirectory();
        world.disk.endProcess();
        world.durability = Durability.FSYNC;
        assertThat(world.openDirectory().directory.isWhole()).isTrue();

        world.disk.crash(new SplittableRandom(5));
        assertThat(world.openDirectory().directory.isWhole()).isFalse();
        world.directory.notWholeIsKnown();
        world.closeClean();
        world.openDirectory();
        world.disk.crash(new SplittableRandom(5));
        assertThat(world.openDirectory().directory.isWhole()).isTrue();
    }

    @Test
    void aDeletedPartitionIsRenamedAtOnceAndRemovedLater() throws IOException {
        world.open();
        world.append(1, "a");

        world.delete();

        assertThat(world.directory.partitionsOnDisk()).isEmpty();
        assertThat(world.disk.list(LogWorld.PATH)).anyMatch(name -> name.matches("orders-3\\..*-delete"));
        assertThatThrownBy(() -> world.append(1, "b")).isInstanceOf(StorageFailed.class);
        world.shard.advance(1_000);
        world.settle();
        assertThat(world.disk.list(LogWorld.PATH)).noneMatch(name -> name.endsWith("-delete"));
    }

    @Test
    void aRecreatedPartitionIsEmptyAlsoAfterACrash() {
        world.open();
        world.append(1, "a");
        world.flush();
        for (int i = 0; i < 2; i++) {
            world.directory.checkpoint();
            world.settle();
        }
        world.delete();
        world.store = world.directory
                .openPartition(LogWorld.NAME, new TopicId(8, 8), world.settings, world.shard);
        world.directory.close();
        world.disk.crash(new SplittableRandom(5));

        world.openDirectory();
        PartitionStore store = world.directory
                .openPartition(LogWorld.NAME, new TopicId(8, 8), world.settings, world.shard);

        assertThat(store.endOffset()).isZero();
    }

    @Test
    void aReplicaThatWasTakenAwayAndComesBackBeginsAnewAlsoAfterACrash() {
        world.open();
        world.append(1, "a");
        world.flush();
        world.append(2, "b");
        world.flush();
        world.directory.checkpoint();
        world.settle();
        world.append(3, "c");
        world.flush();
        world.delete();
        world.openPartition();
        world.append(4, "d");
        world.directory.close();
        world.disk.crash(new SplittableRandom(5));

        world.open();

        assertThat(world.directory.failure()).isEmpty();
        assertThat(world.read(0)).isSubsetOf("0:d");
    }

    @Test
    void nothingIsMissedOfAReplicaThatWasTakenAwayBeforeACrash() throws IOException {
        world.journalFileBytes = 1;
        world.open();
        world.append(1, "a");
        world.flush();
        world.directory.checkpoint();
        world.settle();
        world.append(2, "b");
        world.flush();
        world.takeAway();
        world.disk.syncDirectory(LogWorld.PATH);
        world.directory.close();
        world.disk.crash(new SplittableRandom(5));

        world.open();

        assertThat(world.directory.failure()).isEmpty();
        assertThat(world.read(0)).isEmpty();
    }

    /// As a follower gets them of a compacted log.
    @Test
    void offsetsThatCompactionLeftOutAreNoHole() throws IOException {
        world.open();
        world.store.append(new BatchBuilder().baseOffset(3).append(1, null, LogWorld.bytes("a")).build(),
                AppendOrigin.REPLICATION, 0);
        world.store.append(new BatchBuilder().baseOffset(7).append(1, null, LogWorld.bytes("b")).build(),
                AppendOrigin.REPLICATION, 0);
        world.flush();
        world.disk.crash(new SplittableRandom(5));

        world.open();

        assertThat(world.read(0)).containsExactly("3:a", "7:b");
        assertThat(world.store.endOffset()).isEqualTo(8);
    }

    @Test
    void aFlushThatComesLateTouchesNothingOfTheLogThatFollows() throws IOException {
        world.open();
        world.append(1, "a");
        world.store.assignEpoch(4, 0);
        world.store.roll();
        world.delete();
        world.store = world.directory
                .openPartition(LogWorld.NAME, new TopicId(8, 8), world.settings, world.shard);

        world.settle();

        assertThat(world.directory.failure()).isEmpty();
        assertThat(world.directory.isOnDisk(LogWorld.NAME)).isFalse();
        assertThat(world.disk.isDirectory(LogWorld.PATH.resolve("orders-3"))).isFalse();
    }

    @Test
    void aLogWithoutRecordsHasNoFiles() throws IOException {
        world.open();
        world.store.assignEpoch(4, 0);
        world.directory.checkpoint();
        world.settle();

        assertThat(world.disk.list(LogWorld.PATH)).doesNotContain("orders-3");
        assertThat(world.directory.sizeOnDisk(LogWorld.NAME)).isZero();
        world.closeClean();
        world.open();
        assertThat(world.store.endOffset()).isZero();
        world.append(1, "a");
        assertThat(world.directory.partitionsOnDisk()).containsExactly(LogWorld.NAME);
        assertThat(world.directory.sizeOnDisk(LogWorld.NAME)).isEqualTo(world.store.sizeInBytes());
    }

    @Test
    void aLogWithMuchToRecoverIsNotOpenedQuickly() {
        world.settings = LogWorld.settings(3_000_000, 4096);
        world.open();
        for (int i = 0; i < 20; i++) {
            world.append(1, "x".repeat(60_000));
        }
        world.directory.close();
        world.openDirectory();

        assertThat(world.directory.openIfQuick(LogWorld.NAME, LogWorld.TOPIC, world.settings, world.shard)).isEmpty();
        assertThat(world.directory.needsRecovery(LogWorld.NAME)).isTrue();
        world.store = world.directory.openPartition(LogWorld.NAME, LogWorld.TOPIC, world.settings, world.shard);
        assertThat(world.store.endOffset()).isEqualTo(20);
        assertThat(world.directory.needsRecovery(LogWorld.NAME)).isFalse();
    }

    @Test
    void aLogWithLittleToRecoverIsOpenedQuickly() {
        world.open();
        world.append(1, "a");
        world.flush();
        world.directory.close();
        world.openDirectory();

        assertThat(world.directory.openIfQuick(LogWorld.NAME, LogWorld.TOPIC, world.settings, world.shard))
                .hasValueSatisfying(store -> assertThat(store.endOffset()).isEqualTo(1));
    }

    @Test
    void whatADeletedTopicLeftIsSetAside() throws IOException {
        world.open();
        world.append(1, "a");
        world.closeClean();
        world.openDirectory();

        PartitionStore store = world.directory
                .openPartition(LogWorld.NAME, new TopicId(8, 8), world.settings, world.shard);

        assertThat(store.endOffset()).isZero();
        assertThat(world.disk.list(LogWorld.PATH)).anyMatch(name -> name.matches("orders-3\\..*-stray"));
    }

    @Test
    void whatTheClusterDoesNotPlaceHereIsSetAside() throws IOException {
        world.open();
        world.append(1, "a");
        world.flush();
        world.directory.close();
        world.openDirectory();

        world.directory.strays().setAsideUnless(name -> Optional.empty(), name -> true);

        assertThat(world.disk.list(LogWorld.PATH)).doesNotContain("orders-3")
                .anyMatch(name -> name.matches("orders-3\\..*-stray"));
        world.openPartition();
        assertThat(world.store.endOffset()).as("of the journal nothing is left either").isZero();
        world.closeClean();
        assertThat(world.openDirectory().directory.wasClosedClean()).isTrue();
    }

    @Test
    void whatTheClusterPlacesHereStays() {
        world.open();
        world.append(1, "a");
        world.flush();
        world.disk.crash(new SplittableRandom(1));
        world.openDirectory();

        world.directory.strays().setAsideUnless(name -> Optional.of(LogWorld.TOPIC), name -> true);
        world.openPartition();

        assertThat(world.read(0)).containsExactly("0:a");
    }

    @Test
    void whatOnlyTheJournalHasAndNobodyCountsOnIsNoHoleInTheReplicaThatComesBack() {
        world.open();
        world.append(1, "a");
        world.append(1, "b");
        world.flush();
        world.disk.setCapacity(world.disk.usedBytes());
        world.takeAway();
        world.settle();
        world.disk.crash(new SplittableRandom(1));
        world.disk.setCapacity(Long.MAX_VALUE);
        world.openDirectory();
        boolean hasSome = world.directory.needsRecovery(LogWorld.NAME);

        world.directory.strays().setAsideUnless(name -> Optional.of(LogWorld.TOPIC), name -> false);

        assertThat(hasSome).as("the journal could not be told on a full disk").isTrue();
        assertThat(world.directory.needsRecovery(LogWorld.NAME)).isFalse();
        world.openPartition();
        assertThat(world.store.endOffset()).isZero();
    }

    @Test
    void aTopicWithALongNameCanBeDeleted() throws IOException {
        world.openDirectory();
        PartitionName name = new PartitionName("x".repeat(249), 3);
        world.store = world.directory.openPartition(name, LogWorld.TOPIC, world.settings, world.shard);
        world.append(1, "a");

        world.directory.abandon(world.store);
        world.directory.delete(name, world.settings);

        assertThat(world.disk.list(LogWorld.PATH)).allMatch(entry -> entry.length() <= 255);
    }

    @Test
    void aCleanStopNeedsEveryPartitionToHaveBeenChecked() {
        world.open();
        world.append(1, "a");
        world.directory.close();
        world.openDirectory().closeClean();

        assertThat(world.openDirectory().directory.wasClosedClean()).isFalse();
    }

    @Test
    void theHighWatermarkIsRemembered() {
        world.open();
        world.append(1, "a", "b");
        world.store.noteHighWatermark(1);
        world.closeClean();
        world.open();

        assertThat(world.store.checkpointedHighWatermark()).isEqualTo(1);
    }

    @Test
    void manyLogsAreSavedAtOneGo() throws IOException {
        fillMany(40);
        int syncs = world.disk.count(DiskOperation.SYNC);

        world.closeClean();

        assertThat(world.disk.count(DiskOperation.SYNC) - syncs).isLessThan(10);
        world.disk.crash(new SplittableRandom(5));
        world.openDirectory();
        assertThat(world.directory.wasClosedClean()).isTrue();
        assertMany(40);
    }

    @Test
    void aCrashAtAnyPlaceOfSavingManyLogsLosesNothing() throws IOException {
        List<DiskFault> faults = new ArrayList<>();
        for (int nth = 1; nth <= 40; nth += 3) {
            faults.add(DiskFault.nth(DiskOperation.RENAME, nth));
            faults.add(DiskFault.nth(DiskOperation.WRITE, nth));
        }
        faults.add(DiskFault.nth(DiskOperation.SYNC_FILE_SYSTEM, 1));
        faults.add(DiskFault.nth(DiskOperation.SYNC_FILE_SYSTEM, 2));
        for (DiskFault fault : faults) {
            world = new LogWorld();
            fillMany(40);
            world.disk.plant(fault.lasting());

            world.directory.closeClean();

            assertThat(world.directory.failure()).isPresent();
            world.disk.crash(new SplittableRandom(faults.indexOf(fault)));
            world.disk.removeFaults();
            world.openDirectory();
            assertThat(world.directory.wasClosedClean()).isFalse();
            assertMany(40);
        }
    }

    @Test
    void whatIsTooMuchForAStopIsLeftToTheJournal() {
        int logs = 600;
        fillMany(logs);
        PartitionName saved = new PartitionName("saved", 0);
        world.store = world.directory.openPartition(saved, LogWorld.TOPIC, world.settings, world.shard);
        world.append(1, "s");
        world.store.close();
        int syncs = world.disk.count(DiskOperation.SYNC_FILE_SYSTEM);

        world.closeClean();

        assertThat(world.disk.count(DiskOperation.SYNC_FILE_SYSTEM)).isEqualTo(syncs);
        world.disk.crash(new SplittableRandom(7));
        world.openDirectory();
        assertThat(world.directory.wasClosedClean()).isFalse();
        assertThat(world.directory.needsRecovery(saved)).isFalse();
        assertThat(world.directory.needsRecovery(new PartitionName("many", 0))).isTrue();
        assertMany(10);
        world.closeClean();
        world.disk.crash(new SplittableRandom(8));
        world.openDirectory();
        assertThat(world.directory.needsRecovery(new PartitionName("many", 0))).isFalse();
        assertThat(world.directory.needsRecovery(new PartitionName("many", 10))).isTrue();
        assertMany(logs);
        world.store = world.directory.openPartition(saved, LogWorld.TOPIC, world.settings, world.shard);
        assertThat(world.read(0)).containsExactly("0:s");
    }

    private void fillMany(int logs) {
        world.openDirectory();
        for (int index = 0; index < logs; index++) {
            world.store = world.directory.openPartition(new PartitionName("many", index), LogWorld.TOPIC,
                    world.settings, world.shard);
            world.append(1, "a" + index);
            world.flush();
        }
    }

    private void assertMany(int logs) {
        for (int index = 0; index < logs; index++) {
            world.store = world.directory.openPartition(new PartitionName("many", index), LogWorld.TOPIC,
                    world.settings, world.shard);
            assertThat(world.read(0)).containsExactly("0:a" + index);
            assertThat(world.store.latestEpoch()).isZero();
        }
    }
}
