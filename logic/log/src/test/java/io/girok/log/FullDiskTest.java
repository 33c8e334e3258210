package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.FreeSpace;
import io.girok.base.PartitionName;
import io.girok.base.SpaceReserve;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.files.EpochEnd;
import io.girok.files.FailedSync;
import io.girok.record.BatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// A disk that fills up: clients stop at the floor, the rest goes on to the last byte, and room that comes back is used
/// without a restart.
class FullDiskTest {
    private static final int FLOOR = 10_000;

    private final LogWorld world = new LogWorld();

    @Test
    void belowTheFloorClientsAreRefusedAndTheRestGoesOn() {
        openWithFloor();
        world.append(1, "a", "b");
        world.flush();
        leave(FLOOR - 1);
        waitForALook();

        assertRefused(world.append(batch("c"), 0));
        assertThat(world.read(0)).containsExactly("0:a", "1:b");
        assertThat(world.store.append(batch("offsets").build(), AppendOrigin.COORDINATOR, 0))
                .isInstanceOf(AppendResult.Appended.class);
        world.flush();
        assertThat(world.store.durableOffset()).isEqualTo(3);
        world.store.advanceStartOffset(3);
        world.store.roll();
        assertThat(world.store.deleteOldSegments(world.clock.wallMs(), 3)).isPositive();
        world.settle();
        assertThat(world.directory.failure()).isEmpty();
    }

    @Test
    void whatIsCopiedFromOtherBrokersMayUseHalfOfTheFloor() {
        openWithFloor();
        // The reserve is set aside.
        world.settle();
        leave(FLOOR - 1);
        waitForALook();
        assertRefused(world.append(batch("a"), 0));
        assertThat(world.store.append(batch("a").leaderEpoch(3).build(), AppendOrigin.REPLICATION, -1))
                .isInstanceOf(AppendResult.Appended.class);

        leave(FLOOR / 2 - 1);
        waitForALook();

        assertRefused(
                world.store.append(
                        new BatchBuilder().baseOffset(1).leaderEpoch(3).append(1, null, LogWorld.bytes("b")).build(),
                        AppendOrigin.REPLICATION, -1));
    }

    @Test
    void roomThatComesBackIsUsedWithoutARestart() {
        openWithFloor();
        leave(FLOOR - 1);
        waitForALook();
        assertRefused(world.append(batch("a"), 0));

        leave(FLOOR + 1_000);
        assertRefused(world.append(batch("a"), 0));
        world.clock.advance(1_000);

        assertThat(world.append(1, "a").baseOffset()).isZero();
    }

    @Test
    void whatWasWrittenSinceTheLastLookCounts() {
        world.disk.setCapacity(FLOOR + 3_000);
        openWithFloor();
        int looks = world.disk.count(DiskOperation.SPACE);

        int taken = 0;
        while (world.append(batch("x".repeat(400)), 0) instanceof AppendResult.Appended) {
            taken++;
        }

        assertThat(taken).isBetween(3, 7);
        assertThat(world.disk.count(DiskOperation.SPACE)).as("no time has passed").isEqualTo(looks);
        assertThat(world.disk.usedBytes()).isLessThan(3_000 + 600);
    }

    @Test
    void theDiskIsLookedAtOnceASecondAtMost() {
        openWithFloor();
        int before = world.disk.count(DiskOperation.SPACE);

        for (int i = 0; i < 100; i++) {
            world.clock.advance(50);
            world.append(1, "a");
            world.settle();
        }

        assertThat(world.disk.count(DiskOperation.SPACE) - before).isBetween(4, 5);
    }

    @Test
    void withoutAFloorTheDiskIsNotLookedAt() {
        world.open();
        int before = world.disk.count(DiskOperation.SPACE);

        for (int i = 0; i < 10; i++) {
            world.clock.advance(1_000);
            world.append(1, "a");
        }

        assertThat(world.disk.count(DiskOperation.SPACE)).isEqualTo(before);
    }

    @Test
    void aDirectoryIsScarceUntilThereIsAQuarterMoreThanTheFloor() {
        openWithFloor();
        assertThat(world.directory.isScarce()).isFalse();

        assertThat(isScarceWith(FLOOR - 1)).isTrue();
        assertThat(isScarceWith(FLOOR + FLOOR / 5)).isTrue();
        assertThat(isScarceWith(2L * FLOOR + 2_000_000)).isFalse();
        assertThat(isScarceWith(FLOOR)).isFalse();
    }

    @Test
    void theDiskOfADirectoryThatHasFailedIsAskedNoMore() {
        openWithFloor();
        assertThat(isScarceWith(FLOOR - 1)).isTrue();
        world.directory.fail("a test", new IOException("planted"));
        waitForALook();
        int before = world.disk.count(DiskOperation.SPACE);

        assertThat(world.directory.isScarce()).isFalse();
        world.settle();

        assertThat(world.disk.count(DiskOperation.SPACE)).isEqualTo(before);
    }

    @Test
    void whereAQuotaIsUsedUpTheBytesThatAreFreeAreNoNews() {
        openWithFloor();
        world.disk.plant(DiskFault.next(DiskOperation.WRITE).onEnding(".log").forWantOfRoom());
        assertRefused(world.append(batch("a"), 0));

        waitForALook();
        assertThat(world.directory.isScarce()).isTrue();
        world.settle();
        assertThat(world.directory.isScarce()).isTrue();
        world.clock.advance(30_000);
        world.directory.isScarce();
        world.settle();

        assertThat(world.directory.isScarce()).isFalse();
        assertThat(world.append(1, "a").baseOffset()).isZero();
    }

    private boolean isScarceWith(long usableBytes) {
        leave(usableBytes);
        waitForALook();
        world.directory.isScarce();
        world.settle();
        return world.directory.isScarce();
    }

    @Test
    void theFloorChangesWhileTheDirectoryIsInUse() {
        world.open();
        leave(FLOOR - 1);
        world.append(1, "a");

        world.directory.keepFree(FLOOR);
        AppendResult refused = world.append(batch("b"), 0);
        world.directory.keepFree(0);

        assertRefused(refused);
        assertThat(world.append(1, "b").baseOffset()).isEqualTo(1);
    }

    @Test
    void theFloorThatSuitsASmallDiskIsAShareOfIt() {
        world.open();
        world.disk.setCapacity(50_000);

        world.directory.keepFree(FreeSpace.AUTOMATIC);

        assertThat(world.directory.space().floorBytes()).isEqualTo(2_500);
        world.disk.setCapacity(1L << 40);
        world.directory.keepFree(FreeSpace.AUTOMATIC);
        assertThat(world.directory.space().floorBytes()).isEqualTo(64L * 1024 * 1024);
    }

    @Test
    void aRepeatedBatchIsKnownBelowTheFloorToo() {
        openWithFloor();
        ByteBuffer sent = batch("a").producer(5, (short) 0, 0).build();
        world.store.append(copy(sent), AppendOrigin.CLIENT, 0);
        leave(FLOOR - 1);
        waitForALook();

        assertThat(world.store.append(copy(sent), AppendOrigin.CLIENT, 0))
                .isInstanceOf(AppendResult.Duplicate.class);
    }

    @Test
    void aFullDiskLosesNothingAndKeepsNobodyFromGoingOn() {
        world.open();
        world.append(batch("a").producer(5, (short) 0, 0), 3);
        leave(0);

        world.store.append(batch("b").build(), AppendOrigin.COORDINATOR, 3);
        world.store.roll();
        checkpointTwice();
        world.flush();

        assertThat(world.directory.failure()).isEmpty();
        assertThat(world.store.durableOffset()).isEqualTo(1);
        leave(1_000_000_000);
        world.append(batch("c"), 4);
        checkpointTwice();
        world.closeClean();
        world.open();
        assertThat(world.directory.wasClosedClean()).isTrue();
        assertThat(world.read(0)).containsExactly("0:a", "1:c");
        assertThat(world.store.latestEpoch()).isEqualTo(4);
    }

    @Test
    void aLogIsRecoveredOnAFullDisk() {
        world.open();
        world.append(batch("a").producer(5, (short) 0, 0), 3);
        world.append(batch("b").producer(5, (short) 0, 1), 4);
        world.flush();
        world.directory.close();
        leave(0);

        world.open();

        assertThat(world.read(0)).containsExactly("0:a", "1:b");
        assertThat(world.store.latestEpoch()).isEqualTo(4);
        assertThat(world.store.endOffsetFor(3)).isEqualTo(new EpochEnd(3, 1));
        assertThat(world.store.producers()).hasSize(1);
        checkpointTwice();
        leave(1_000_000);
        world.append(batch("c").producer(5, (short) 0, 2), 4);
        checkpointTwice();
        world.closeClean();
        world.open();
        assertThat(world.directory.wasClosedClean()).isTrue();
        assertThat(world.store.endOffsetFor(3)).isEqualTo(new EpochEnd(3, 1));
        assertThat(world.read(0)).containsExactly("0:a", "1:b", "2:c");
    }

    @Test
    void aLogThatIsClosedOnAFullDiskIsRecoveredWhenItIsOpenedAgain() {
        world.open();
        world.append(batch("a").producer(5, (short) 0, 0), 3);
        world.flush();
        leave(0);

        assertThat(world.store.close()).isFalse();
        world.store = world.directory.openPartition(LogWorld.NAME, LogWorld.TOPIC, world.settings, world.shard);

        assertThat(world.read(0)).containsExactly("0:a");
        assertThat(world.store.latestEpoch()).isEqualTo(3);
        leave(1_000_000);
        assertThat(world.append(batch("b").producer(5, (short) 0, 1), 3)).isInstanceOf(AppendResult.Appended.class);
        world.closeClean();
        assertThat(world.open().directory.wasClosedClean()).isTrue();
        assertThat(world.read(0)).containsExactly("0:a", "1:b");
    }

    @Test
    void aStopOnAFullDiskIsNotCleanAndLosesNothing() {
        world.open();
        world.append(batch("a").producer(5, (short) 0, 0), 3);
        world.flush();
        leave(0);

        world.closeClean();
        world.open();

        assertThat(world.directory.wasClosedClean()).isFalse();
        assertThat(world.read(0)).containsExactly("0:a");
        assertThat(world.store.latestEpoch()).isEqualTo(3);
    }

    @Test
    void aStartThatFindsTheDiskFullHasAReserveToBeginWith() {
        openWithFloor();
        world.append(1, "a");
        world.settle();
        world.closeClean();
        assertThat(world.disk.exists(LogWorld.PATH.resolve(SpaceReserve.FILE))).isTrue();
        leave(0);

        world.open();
        world.directory.keepFree(FLOOR);

        assertThat(world.disk.exists(LogWorld.PATH.resolve(SpaceReserve.FILE))).isFalse();
        assertThat(world.directory.usableBytes()).isGreaterThanOrEqualTo(FLOOR);
        leave(10 * FLOOR);
        waitForALook();
        world.settle();
        assertThat(world.disk.exists(LogWorld.PATH.resolve(SpaceReserve.FILE))).isTrue();
    }

    @Test
    void retentionMakesRoomOnAFullDisk() {
        LogSettings plain = LogWorld.settings(200, 100);
        world.settings = new LogSettings(plain.roll(), new LogSettings.Retention(1_000, -1, 0, true, false),
                plain.flush(), plain.batches());
        world.open();
        for (int i = 0; i < 10; i++) {
            world.append(1, "x".repeat(100));
        }
        world.flush();
        leave(0);
        long used = world.disk.usedBytes();

        world.store.deleteOldSegments(world.clock.wallMs(), 10);
        world.settle();
        world.shard.advance(1);
        world.settle();

        assertThat(world.directory.failure()).isEmpty();
        assertThat(world.disk.usedBytes()).isLessThan(used - 1_000);
        world.directory.close();
        world.open();
        assertThat(world.store.startOffset()).isEqualTo(10);
    }

    @Test
    void aNewPartitionIsThereOnAFullDiskAndTakesRecordsOnceThereIsRoom() {
        world.openDirectory();
        leave(0);

        world.store = world.directory
                .openPartition(new PartitionName("other", 0), LogWorld.TOPIC, world.settings, world.shard);
        AppendResult refused = world.append(new BatchBuilder().append(1, null, LogWorld.bytes("a")), 0);
        assertThat(refused).isInstanceOfSatisfying(AppendResult.Rejected.class,
                rejected -> assertThat(rejected.reason()).isEqualTo(RejectReason.DISK_FULL));
        leave(1_000_000);
        world.append(1, "a");
        world.flush();

        assertThat(world.directory.failure()).isEmpty();
        assertThat(world.store.durableOffset()).isEqualTo(1);
    }

    @Test
    void aPartitionIsDeletedOnAFullDisk() throws IOException {
        world.open();
        world.append(1, "a");
        leave(0);

        world.delete();
        world.shard.advance(60_000);
        world.settle();

        assertThat(world.disk.list(LogWorld.PATH)).noneMatch(entry -> entry.startsWith("orders"));
    }

    /// A quota is used up, or room has come back since.
    @Test
    void aDiskThatSaysThatItIsFullNeedNotLookSo() {
        world.open();
        world.append(1, "a");
        world.disk.plant(DiskFault.next(DiskOperation.WRITE).onEnding(".log").forWantOfRoom());

        assertRefused(world.append(batch("b"), 0));

        assertThat(world.directory.failure()).isEmpty();
        assertThat(world.append(1, "b").baseOffset()).isEqualTo(1);
    }

    @Test
    void theSameGoesForTheJournalAndTheCheckpoints() {
        world.open();
        world.append(1, "a");
        world.disk.plant(DiskFault.next(DiskOperation.WRITE).onEnding("girok-journal.1").forWantOfRoom());
        world.flush();
        for (String file : List.of(".tmp", "girok-latest-offsets")) {
            world.append(1, "b");
            world.disk.plant(DiskFault.next(DiskOperation.WRITE).onEnding(file).lasting().forWantOfRoom());
            checkpointTwice();
            world.disk.removeFaults();
        }

        assertThat(world.directory.failure()).isEmpty();
        assertThat(world.disk.exists(LogWorld.PATH.resolve(FailedSync.FILE))).isFalse();
        world.append(1, "c");
        world.flush();
        assertThat(world.store.durableOffset()).isEqualTo(4);
        world.closeClean();
        assertThat(world.open().directory.wasClosedClean()).isTrue();
        assertThat(world.read(0)).containsExactly("0:a", "1:b", "2:b", "3:c");
    }

    /// The file of a segment is there from an append that was refused, and the process was killed.
    @Test
    void whatIsSyncedInASegmentFoundAtTheStartHasADurableName() throws IOException {
        world.open();
        world.append(1, "a");
        checkpointTwice();
        world.store.roll();
        world.disk.plant(DiskFault.next(DiskOperation.WRITE).onEnding(".log").forWantOfRoom());
        assertRefused(world.append(batch("b"), 0));
        assertThat(SegmentCheck.files(world)).contains("00000000000000000001.log");
        world.directory.close();
        world.disk.endProcess();
        world.open();

        world.disk.plant(DiskFault.next(DiskOperation.WRITE)
                .on(path -> path.toString().contains("girok-journal"))
                .lasting()
                .forWantOfRoom());
        world.append(1, "b");
        world.flush();
        assertThat(world.store.durableOffset()).isEqualTo(2);
        world.directory.close();
        world.disk.removeFaults();
        world.disk.crash(new SplittableRandom(1));

        world.open();
        assertThat(world.read(0)).containsExactly("0:a", "1:b");
    }

    @Test
    void withoutAWayToSyncTheFileSystemNothingCountsAsDurableThatIsNot() {
        int logs = 40;
        world.durability = Durability.FSYNC;
        world.disk.setSyncsFileSystems(false);
        world.openDirectory();
        List<PartitionStore> stores = new ArrayList<>();
        // The journal has no room for any of it either.
        world.disk.plant(DiskFault.next(DiskOperation.WRITE)
                .on(path -> path.toString().contains("girok-journal"))
                .lasting()
                .forWantOfRoom());
        for (int index = 0; index < logs; index++) {
            PartitionStore store = world.directory.openPartition(new PartitionName("many", index), LogWorld.TOPIC,
                    world.settings, world.shard);
            store.append(batch("a" + index).build(), AppendOrigin.CLIENT, 3);
            stores.add(store);
        }
        world.disk.plant(DiskFault.next(DiskOperation.WRITE).onEnding(".tmp").lasting().forWantOfRoom());

        checkpointTwice();

        List<Long> durable = stores.stream().map(PartitionStore::durableOffset).toList();
        world.disk.crash(new SplittableRandom(3));
        world.disk.removeFaults();
        world.openDirectory();
        for (int index = 0; index < logs; index++) {
            world.store = world.directory.openPartition(new PartitionName("many", index), LogWorld.TOPIC,
                    world.settings, world.shard);
            assertThat(world.store.endOffset()).as("log " + index).isGreaterThanOrEqualTo(durable.get(index));
        }
        assertThat(durable).containsOnly(1L);
    }

    private void openWithFloor() {
        world.open();
        world.directory.keepFree(FLOOR);
    }

    private void leave(long bytes) {
        world.disk.setCapacity(world.disk.usedBytes() + bytes);
    }

    /// The append that finds the last look too old sets the next one off.
    private void waitForALook() {
        world.clock.advance(1_000);
        world.directory.space().admitsClients();
        world.settle();
    }

    private void checkpointTwice() {
        for (int i = 0; i < 2; i++) {
            world.directory.checkpoint();
            world.settle();
        }
    }

    private static BatchBuilder batch(String value) {
        return new BatchBuilder().append(1, null, LogWorld.bytes(value));
    }

    private static ByteBuffer copy(ByteBuffer batch) {
        return ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
    }

    private static void assertRefused(AppendResult result) {
        assertThat(List.of(result)).singleElement()
                .isInstanceOfSatisfying(
                        AppendResult.Rejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo(RejectReason.DISK_FULL));
    }
}
