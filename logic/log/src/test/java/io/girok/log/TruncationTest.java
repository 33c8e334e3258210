package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.files.FailedSync;
import io.girok.files.StorageFailed;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// A follower's log that is cut: at any place the process may end, and on a full disk.
class TruncationTest {
    private static final int CUT = 10;

    private LogWorld world = new LogWorld();

    @Test
    void aProcessThatEndsWithinATruncationLeavesALogThatOpens() throws IOException {
        List<DiskOperation> kinds = List.of(DiskOperation.DELETE, DiskOperation.TRUNCATE, DiskOperation.SYNC,
                DiskOperation.SYNC_DIRECTORY, DiskOperation.RENAME);
        int failed = 0;
        for (DiskOperation kind : kinds) {
            for (int nth = 1; nth <= 40; nth++) {
                fillBeyondTheJournal();
                world.disk.plant(DiskFault.nth(kind, nth).lasting());
                boolean isCut = cut(CUT);
                failed += isCut ? 0 : 1;

                endProcessAndOpen();

                assertThat(world.store.endOffset()).as(kind + " " + nth).isGreaterThanOrEqualTo(CUT);
                assertThat(world.read(0)).as(kind + " " + nth).hasSize((int) world.store.endOffset());
                if (isCut) {
                    assertThat(world.store.endOffset()).as(kind + " " + nth).isEqualTo(CUT);
                    break;
                }
            }
        }
        assertThat(failed).isGreaterThan(20);
    }

    @Test
    void aProcessThatEndsWhileTheLogStartsOverLeavesALogThatOpens() throws IOException {
        for (int nth = 1; nth <= 40; nth++) {
            fillBeyondTheJournal();
            world.disk.plant(DiskFault.nth(DiskOperation.DELETE, nth).lasting());
            boolean isDone = startOver(500);

            endProcessAndOpen();

            assertThat(world.directory.failure()).isEmpty();
            assertThat(world.store.endOffset()).as("delete " + nth)
                    .satisfies(end -> assertThat(end == 500 || end <= 60).isTrue());
            if (isDone) {
                return;
            }
        }
    }

    @Test
    void aTruncationOnAFullDiskChangesNothingAndIsDoneOnceThereIsRoom() throws IOException {
        fillBeyondTheJournal();
        List<String> before = world.read(0);
        world.disk.plant(DiskFault.next(DiskOperation.WRITE).lasting().forWantOfRoom());

        assertThatThrownBy(() -> world.store.truncateTo(CUT)).isInstanceOfSatisfying(StorageFailed.class,
                failed -> assertThat(failed.scope()).isEqualTo(StorageFailed.Scope.PARTITION_UNTIL_ROOM));

        assertThat(world.read(0)).isEqualTo(before);
        world.disk.removeFaults();
        world.store.truncateTo(CUT);
        assertThat(world.store.endOffset()).isEqualTo(CUT);
        assertThat(world.append(1, "new").baseOffset()).isEqualTo(CUT);
        world.flush();
        world.disk.crash(new SplittableRandom(1));
        world.open();
        assertThat(world.read(CUT)).containsExactly(CUT + ":new");
    }

    @Test
    void aNewReplicaWhoseLeaderStartsLateWaitsForRoom() {
        for (int nth = 1; nth <= 6; nth++) {
            world = new LogWorld();
            world.open();
            world.disk.plant(DiskFault.nth(DiskOperation.WRITE, nth).lasting().forWantOfRoom());
            boolean isDone = startOver(100);

            assertThat(world.directory.failure()).as("write " + nth).isEmpty();
            assertThat(isDone || world.store.endOffset() == 0).as("write " + nth).isTrue();
            world.disk.removeFaults();
            world.store.truncateFullyAndStartAt(100);
            assertThat(world.append(1, "a").baseOffset()).isEqualTo(100);
            world.flush();
            assertThat(world.store.durableOffset()).isEqualTo(101);
        }
    }

    @Test
    void aLogThatWasToStartOverOnAFullDiskIsReadAsBefore() throws IOException {
        fillBeyondTheJournal();
        world.store.advanceStartOffset(5);
        world.disk.plant(DiskFault.next(DiskOperation.WRITE).lasting().forWantOfRoom());

        assertThat(startOver(500)).isFalse();

        assertThat(world.directory.failure()).isEmpty();
        assertThat(world.store.startOffset()).isEqualTo(5);
        assertThat(world.read(5).getFirst()).startsWith("5:");
    }

    @Test
    void whatIsCutIsReadForProducersOnlyWhereThereAreSome() {
        fillPlainSegments();
        world.store.lastStableOffset(world.store.endOffset());
        long before = world.disk.readBytes();

        world.store.truncateTo(world.store.endOffset() - 1);
        world.store.lastStableOffset(world.store.endOffset());

        assertThat(world.disk.readBytes() - before).isLessThan(2 * 2_000);
    }

    @Test
    void aLogThatIsLedAfterACrashIsReadForProducersOnlyWhereThereAreSome() {
        fillPlainSegments();
        world.flush();
        for (int i = 0; i < 2; i++) {
            world.directory.checkpoint();
            world.settle();
        }
        world.append(1, "last");
        world.flush();
        world.disk.endProcess();
        world.openDirectory();
        long before = world.disk.readBytes();

        world.openPartition();
        world.store.lastStableOffset(world.store.endOffset());

        assertThat(world.disk.readBytes() - before).isLessThan(2 * 2_000);
    }

    private void fillPlainSegments() {
        world.open();
        while (world.store.segmentCount() < 50) {
            world.append(1, "x".repeat(100));
        }
    }

    /// What the journal still has begins beyond [#CUT].
    private void fillBeyondTheJournal() throws IOException {
        world = new LogWorld();
        world.journalFileBytes = 1_024;
        world.settings = LogWorld.settings(600, 100);
        world.open();
        for (int i = 0; i < 40; i++) {
            world.append(1, "value" + i);
            world.flush();
        }
        for (int i = 0; i < 2; i++) {
            world.directory.checkpoint();
            world.settle();
        }
        for (int i = 40; i < 60; i++) {
            world.append(1, "value" + i);
            world.flush();
        }
        assertThat(world.directory.journal().fullFiles()).isPositive();
    }

    private boolean cut(long offset) {
        try {
            world.store.truncateTo(offset);
            return true;
        } catch (StorageFailed failed) {
            return false;
        }
    }

    private boolean startOver(long offset) {
        try {
            world.store.truncateFullyAndStartAt(offset);
            return true;
        } catch (StorageFailed failed) {
            return false;
        }
    }

    /// The machine goes on: what was written is there.
    private void endProcessAndOpen() throws IOException {
        world.disk.endProcess();
        world.disk.removeFaults();
        world.disk.delete(LogWorld.PATH.resolve(FailedSync.FILE));
        world.open();
    }
}
