package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.PartitionName;
import io.girok.base.SyncFailed;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.files.FailedSync;
import io.girok.files.StopMark;
import io.girok.files.StorageFailed;
import io.girok.record.BatchBuilder;
import io.girok.record.RecordBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What a failing disk does to a log: nothing that was acknowledged is lost, and nothing is believed twice.
class DiskFaultTest {
    private static final Path LOG = LogWorld.PATH.resolve("orders-3/00000000000000000000.log");

    private final LogWorld world = new LogWorld();

    @Test
    void aFailedWriteTakesTheDirectoryOffline() {
        world.open();
        List<StorageFailed> heard = new ArrayList<>();
        world.directory.onFailure(heard::add);
        world.disk.plant(DiskFault.next(DiskOperation.WRITE).onEnding(".log"));

        assertThatThrownBy(() -> world.append(1, "a")).isInstanceOf(StorageFailed.class)
                .hasMessageContaining("'/data' is offline")
                .hasMessageContaining("orders-3");

        assertThat(heard).singleElement().extracting(StorageFailed::scope).isEqualTo(StorageFailed.Scope.DIRECTORY);
        assertThatThrownBy(() -> world.append(1, "b")).isInstanceOf(StorageFailed.class);
        assertThatThrownBy(() -> world.directory
                .openPartition(new PartitionName("other", 0), LogWorld.TOPIC, world.settings, world.shard))
                .isInstanceOf(StorageFailed.class);
    }

    @Test
    void aShortWriteLeavesNothingBehind() throws IOException {
        world.open();
        world.append(1, "a");
        long size = world.disk.size(LOG);
        world.disk.plant(DiskFault.next(DiskOperation.WRITE).onEnding(".log").after(20));

        assertThatThrownBy(() -> world.append(1, "b")).isInstanceOf(StorageFailed.class);

        assertThat(world.disk.size(LOG)).isEqualTo(size);
        world.directory.close();
        world.open();
        assertThat(world.read(0)).containsExactly("0:a");
    }

    @Test
    void aFailedSyncIsNeverFollowedByABelievedOne() {
        world.open();
        world.append(1, "a");
        world.disk.plant(DiskFault.next(DiskOperation.SYNC).onEnding("girok-journal.1"));
        List<Long> durable = new ArrayList<>();
        world.store.onDurable(durable::add);

        world.flush();

        assertThat(durable).isEmpty();
        assertThat(world.store.durableOffset()).isZero();
        assertThat(world.directory.failure()).isPresent();
        assertThatThrownBy(world.store::requestFlush).isInstanceOf(StorageFailed.class);
        world.closeClean();
        assertThat(world.disk.exists(LogWorld.PATH.resolve(StopMark.CLEAN))).isFalse();
    }

    @Test
    void aFailedSyncIsNotedOnce() {
        world.open();
        world.append(1, "a");
        world.disk.plant(DiskFault.next(DiskOperation.SYNC).onEnding("girok-journal.1"));
        List<Path> noted = new ArrayList<>();
        world.disk.plant(DiskFault.next(DiskOperation.OPEN).on(path -> {
            if (path.endsWith(FailedSync.FILE)) {
                noted.add(path);
            }
            return false;
        }));
        world.flush();
        assertThat(noted).hasSize(1);

        world.directory.fail("another one", new SyncFailed("planted", null));

        assertThat(noted).hasSize(1);
    }

    @Test
    void afterAFailedSyncTheDirectoryIsUsedAgainWhenTheMachineWasRestarted() {
        world.open();
        world.append(1, "a");
        world.flush();
        world.append(1, "b");
        world.disk.plant(DiskFault.next(DiskOperation.SYNC).onEnding("girok-journal.1"));
        world.flush();
        world.directory.close();

        assertThatThrownBy(world::openDirectory).isInstanceOf(StorageFailed.class)
                .hasMessageContaining("'/data'")
                .hasMessageContaining("a sync has failed")
                .hasMessageContaining("'/data/girok-sync-failed'");
        world.disk.crash(new SplittableRandom(1));
        world.open();

        assertThat(world.read(0)).contains("0:a");
        assertThat(world.directory.failure()).isEmpty();
        world.directory.close();
        world.openDirectory();
    }

    @Test
    void afterASyncOfARecoveryHasFailedTheNextStartBelievesNoOther() {
        world.open();
        world.append(1, "a");
        world.append(1, "b");
        world.durability = Durability.OS;
        world.directory.close();
        world.openDirectory();
        world.disk.plant(DiskFault.next(DiskOperation.SYNC).onEnding(".log"));
        assertThatThrownBy(world::openPartition).isInstanceOf(StorageFailed.class);
        world.directory.close();

        assertThatThrownBy(world::openDirectory).isInstanceOf(StorageFailed.class)
                .hasMessageContaining("'/data/girok-sync-failed'");

        world.disk.crash(new SplittableRandom(1));
        world.open();
        assertThat(world.directory.failure()).isEmpty();
    }

    @Test
    void aStartWhoseOwnSyncFailsIsNotedToo() {
        world.open();
        world.closeClean();
        world.disk.plant(DiskFault.next(DiskOperation.SYNC_DIRECTORY));
        assertThatThrownBy(world::openDirectory).isInstanceOf(StorageFailed.class);

        assertThatThrownBy(world::openDirectory).isInstanceOf(StorageFailed.class)
                .hasMessageContaining("'/data/girok-sync-failed'");
    }

    @Test
    void aFailedWriteIsNoFailedSync() {
        world.open();
        world.append(1, "a");
        world.disk.plant(DiskFault.next(DiskOperation.WRITE).onEnding("girok-journal.1"));
        world.flush();
        assertThat(world.directory.failure()).isPresent();
        world.directory.close();

        world.open();

        assertThat(world.directory.failure()).isEmpty();
    }

    @Test
    void aFullDiskRefusesAppendsAndServesReadsUntilThereIsRoom() {
        world.open();
        world.append(1, "a");
        world.disk.setCapacity(world.disk.usedBytes() + 30);

        AppendResult refused = world.append(new BatchBuilder().append(1, null, LogWorld.bytes("b")), 0);
        List<String> read = world.read(0);
        world.disk.setCapacity(Long.MAX_VALUE);
        AppendResult accepted = world.append(new BatchBuilder().append(1, null, LogWorld.bytes("c")), 0);

        assertThat(refused).isInstanceOfSatisfying(
                AppendResult.Rejected.class,
                rejected -> assertThat(rejected.reason()).isEqualTo(RejectReason.DISK_FULL));
        assertThat(read).containsExactly("0:a");
        assertThat(accepted).isInstanceOf(AppendResult.Appended.class);
        assertThat(world.read(0)).containsExactly("0:a", "1:c");
    }

    @Test
    void aFlippedByteBelowTheRecoveryPointTakesThatPartitionOfflineOnly() throws IOException {
        world.open();
        world.append(1, "a");
        PartitionName other = new PartitionName("other", 0);
        world.directory.openPartition(other, LogWorld.TOPIC, world.settings, world.shard);
        world.closeClean();
        world.disk.corrupt(LOG, 16, 0xff);
        world.openDirectory();

        PartitionStore store = world.directory
                .openPartition(LogWorld.NAME, LogWorld.TOPIC, world.settings, world.shard);

        assertThatThrownBy(() -> store.read(0, 1, 100, true)).isInstanceOfSatisfying(
                StorageFailed.class,
                failed -> assertThat(failed.scope()).isEqualTo(StorageFailed.Scope.PARTITION));
        assertThat(world.directory.failure()).isEmpty();
        world.directory.openPartition(other, LogWorld.TOPIC, world.settings, world.shard);
        assertThat(world.disk.exists(LOG)).isTrue();
    }

    /// Nobody looks at a CRC there: only the time in the header is needed to find the batch.
    @Test
    void aDamagedRecordThatALookUpByTimeMeetsTakesThePartitionOffline() throws IOException {
        world.open();
        world.append(7, "a");
        world.disk.corrupt(LOG, RecordBatch.HEADER_BYTES, 0x20);

        assertThatThrownBy(() -> world.store.offsetForTimestamp(5)).isInstanceOfSatisfying(
                StorageFailed.class,
                failed -> assertThat(failed.scope()).isEqualTo(StorageFailed.Scope.PARTITION));
        assertThat(world.directory.failure()).isEmpty();
    }

    @Test
    void aLogShorterThanItsRecoveryPointIsNotCutFurther() throws Exception {
        world.open();
        world.append(1, "a");
        world.append(1, "b");
        world.directory.checkpoint();
        world.settle();
        world.directory.checkpoint();
        world.settle();
        long size = world.disk.size(LOG);
        world.directory.close();
        try (var file = world.disk.open(LOG, io.girok.base.Disk.Access.WRITE)) {
            file.truncate(size - 1);
        }

        assertThatThrownBy(world::open).isInstanceOfSatisfying(
                StorageFailed.class,
                failed -> assertThat(failed.scope()).isEqualTo(StorageFailed.Scope.PARTITION))
                .hasMessageContaining("recovery point 2");

        assertThat(world.disk.size(LOG)).isEqualTo(size - 1);
    }

    @Test
    void corruptionBelowTheRecoveryPointIsNamedExactly() throws Exception {
        world.settings = LogWorld.settings(2_000, 10_000);
        world.open();
        world.append(1, "a");
        world.append(1, "b");
        long second = world.disk.size(LOG) / 2;
        world.append(1, "c");
        for (int i = 0; i < 2; i++) {
            world.directory.checkpoint();
            world.settle();
        }
        world.directory.close();
        world.disk.corrupt(LOG, second + 16, 0xff);

        assertThatThrownBy(world::open).isInstanceOfSatisfying(
                StorageFailed.class,
                failed -> assertThat(failed.scope()).isEqualTo(StorageFailed.Scope.PARTITION))
                .hasMessageContaining("'orders-3'")
                .hasMessageContaining("00000000000000000000.log")
                .hasMessageContaining("at position " + second)
                .hasMessageContaining("after offset 0")
                .hasMessageContaining("recovery point 3");
    }

    @Test
    void aTornTailIsCutAtTheLastWholeBatch() throws Exception {
        world.open();
        world.append(1, "a");
        long whole = world.disk.size(LOG);
        world.append(1, "b");
        world.directory.close();
        try (var file = world.disk.open(LOG, io.girok.base.Disk.Access.WRITE)) {
            file.truncate(world.disk.size(LOG) - 1);
        }

        world.open();

        assertThat(world.read(0)).containsExactly("0:a");
        assertThat(world.disk.size(LOG)).isEqualTo(whole);
        assertThat(world.append(1, "c").baseOffset()).isEqualTo(1);
    }

    /// Any byte of any file of an unclean log may be wrong: the log opens or refuses, and never throws anything else.
    @Test
    void damagedFilesAreRefusedOrRepairedAndNothingElse() throws IOException {
        for (long seed = 0; seed < 400; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            LogWorld damaged = new LogWorld();
            damaged.settings = LogWorld.settings(600, 60);
            damaged.open();
            for (int i = 0; i < 20; i++) {
                damaged.append(i, "value" + i);
            }
            boolean isClean = random.nextBoolean();
            if (isClean) {
                damaged.closeClean();
            } else {
                damaged.flush();
                damaged.directory.close();
            }
            List<String> files = SegmentCheck.files(damaged);
            Path file = LogWorld.PATH.resolve("orders-3").resolve(files.get(random.nextInt(files.size())));
            if (damaged.disk.size(file) == 0) {
                continue;
            }
            damaged.disk.corrupt(file, random.nextLong(damaged.disk.size(file)), 1 << random.nextInt(8));
            try {
                damaged.open();
                damaged.store.offsetForTimestamp(5);
                damaged.store.maxTimestampOffset();
                for (long offset = 0; offset < Math.min(25, damaged.store.endOffset()); offset++) {
                    if (damaged.store.read(offset, Long.MAX_VALUE, 500, true) instanceof ReadResult.Data data) {
                        data.release();
                    }
                }
            } catch (StorageFailed | io.girok.record.InvalidBatch expected) {
                assertThat(expected).as("seed " + seed + ", " + file).hasMessageNotContaining("null");
            }
        }
    }
}
