package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.files.CorruptLog;
import io.girok.files.StorageFailed;
import io.girok.journal.JournalCopy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What a log and the journal of its directory are to each other where something is in the way.
class JournaledLogTest {
    /// More than a group takes, with files this small.
    private static final int TOO_MUCH = 4 * 16 * 1024;

    private static final Path COPY = LogWorld.PATH.resolve("orders-3").resolve(JournalCopy.FILE);
    private static final Path JOURNAL = LogWorld.PATH.resolve("girok-journal.1");

    private LogWorld world = new LogWorld();

    @Test
    void whatComesFasterThanTheJournalIsSyncedWhereItIs() {
        for (long seed = 0; seed < 10; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            world = new LogWorld();
            world.settings = LogWorld.settings(100_000, 4_096);
            world.journalFileBytes = 1;
            world.open();
            for (int appended = 0; appended < 4 * TOO_MUCH; appended += 1_000) {
                world.append(1, "x".repeat(1_000));
                if (random.nextInt(100) == 0) {
                    world.store.requestFlush();
                    world.pool.runOne();
                    world.shard.runAll();
                }
            }
            for (int i = random.nextInt(8); 0 < i; i--) {
                world.pool.runOne();
                world.shard.runAll();
            }
            long durable = world.store.durableOffset();
            world.directory.close();
            world.disk.crash(random);

            world.open();

            assertThat(world.store.endOffset()).as("seed %d", seed).isGreaterThanOrEqualTo(durable);
            assertThat(world.read(0)).hasSize((int) world.store.endOffset());
            assertThat(SegmentCheck.problems(world)).isEmpty();
        }
    }

    @Test
    void aLogThatCannotBeOpenedKeepsNoFileOfTheJournal() throws IOException {
        openWithUnsavedRecords();
        world.directory.close();
        world.disk.crash(new SplittableRandom(3));
        flipTopicId();
        world.openDirectory();
        assertThatThrownBy(world::openPartition).isInstanceOf(StorageFailed.class);

        writeMuchElsewhere();

        assertThat(world.directory.failure()).isEmpty();
        assertThat(fullFiles()).isLessThan(10);
        assertThat(world.disk.exists(COPY)).isTrue();
        world.directory.close();
        world.disk.crash(new SplittableRandom(4));
        world.openDirectory();
        assertThat(world.directory.openIfQuick(LogWorld.NAME, LogWorld.TOPIC, world.settings, world.shard))
                .as("a copy may be long")
                .isEmpty();
        assertThatThrownBy(world::openPartition).isInstanceOf(StorageFailed.class);
        writeMuchElsewhere();
        assertThat(fullFiles()).isLessThan(10);
        assertItComesBack();
    }

    @Test
    void aTopicThatIsCreatedAgainUnderLoadKeepsNoFileOfTheJournal() {
        world.journalFileBytes = 4_096;
        world.open();
        for (int i = 0; i < 10; i++) {
            world.append(1, "a");
        }
        world.store.requestFlush();
        world.delete();
        world.store = world.directory.openPartition(LogWorld.NAME, new TopicId(8, 8), world.settings, world.shard);
        world.append(1, "b");

        writeMuchElsewhere();

        assertThat(fullFiles()).isLessThan(10);
    }

    @Test
    void aLogThatFailsInUseKeepsNoFileOfTheJournal() throws IOException {
        openWithUnsavedRecords();
        world.store.failed(new CorruptLog("planted"));

        writeMuchElsewhere();

        assertThat(world.directory.failure()).isEmpty();
        assertThat(fullFiles()).isLessThan(10);
        assertThat(world.disk.exists(COPY)).isTrue();
        world.directory.closeClean();
        flipTopicId();
        assertItComesBack();
    }

    @Test
    void whatThereIsOfALogThatIsOfflineStaysInTheJournalWhileThereIsNoRoom() throws IOException {
        openWithUnsavedRecords();
        world.store.failed(new CorruptLog("planted"));
        world.store = world.directory.openPartition(new PartitionName("other", 0), LogWorld.TOPIC, world.settings,
                world.shard);
        while (fullFiles() < 6) {
            world.append(1, "x".repeat(1_000));
            world.store.requestFlush();
            world.pool.runOne();
        }

        world.disk.setCapacity(world.disk.usedBytes() + 1_000);
        world.settle();

        assertThat(world.directory.failure()).isEmpty();
        assertThat(fullFiles()).isGreaterThanOrEqualTo(6);
        assertThat(world.disk.list(LogWorld.PATH.resolve("orders-3"))).noneMatch(file -> file.contains("journal"));
        world.disk.setCapacity(Long.MAX_VALUE);
        world.directory.checkpoint();
        world.settle();
        assertThat(fullFiles()).isLessThan(6);
        assertThat(world.disk.exists(COPY)).isTrue();
    }

    private int fullFiles() {
        return world.directory.journal().fullFiles();
    }

    private void openWithUnsavedRecords() {
        world.journalFileBytes = 4_096;
        world.settings = LogWorld.settings(1_000_000, 4_096);
        world.open();
        world.append(1, "saved");
        for (int i = 0; i < 2; i++) {
            world.directory.checkpoint();
            world.settle();
        }
        for (int i = 0; i < 20; i++) {
            world.append(1, "unsaved " + i);
            world.store.requestFlush();
            world.pool.runOne();
        }
    }

    /// What its opening looks at first.
    private void flipTopicId() throws IOException {
        Path metadata = LogWorld.PATH.resolve("orders-3").resolve("partition.metadata");
        world.disk.corrupt(metadata, world.disk.size(metadata) - 4, 0x60);
    }

    private void writeMuchElsewhere() {
        world.store = world.directory.openPartition(new PartitionName("other", 0), LogWorld.TOPIC, world.settings,
                world.shard);
        for (int i = 0; i < 1_000; i++) {
            world.append(1, "x".repeat(1_000));
            world.flush();
        }
    }

    private void assertItComesBack() throws IOException {
        world.directory.close();
        flipTopicId();
        world.disk.crash(new SplittableRandom(5));
        world.open();

        assertThat(world.read(0)).hasSize(21).startsWith("0:saved", "1:unsaved 0").endsWith("20:unsaved 19");
        assertThat(world.disk.exists(COPY)).isFalse();
        world.directory.close();
        world.disk.crash(new SplittableRandom(6));
        world.open();
        assertThat(world.read(0)).hasSize(21);
    }

    @Test
    void whereTheJournalIsDamagedALogThatEndsTooEarlyIsNotTakenForWhole() throws IOException {
        journalTwoLogs();

        world.disk.corrupt(JOURNAL, 100, 1);
        world.openDirectory();

        assertThat(world.directory.isWhole()).isFalse();
        world.openPartition();
        assertThat(world.store.endOffset()).as("without a hole").isZero();
        world.disk.endProcess();
        world.disk.corrupt(JOURNAL, 100, 1);
        assertThat(world.openDirectory().directory.isWhole()).as("nobody was told yet").isFalse();
        world.directory.notWholeIsKnown();
        world.disk.endProcess();
        assertThat(world.openDirectory().directory.isWhole()).isTrue();
    }

    @Test
    void whatACrashTearsIsMissedByNobody() throws IOException {
        journalTwoLogs();

        world.disk.corrupt(JOURNAL, 512 + 100, 1);

        assertThat(world.openDirectory().directory.isWhole()).isTrue();
    }

    /// A group for each; the segments lose theirs.
    private void journalTwoLogs() {
        world.open();
        world.append(1, "a");
        world.flush();
        world.store = world.directory.openPartition(new PartitionName("other", 0), LogWorld.TOPIC, world.settings,
                world.shard);
        world.append(1, "b");
        world.flush();
        world.directory.close();
        world.disk.crash(new SplittableRandom(1));
    }

    @Test
    void whatFollowedAGapDoesNotFollowWhatTookItsPlace() {
        int gaps = 0;
        for (long seed = 0; seed < 20; seed++) {
            world = new LogWorld();
            world.settings = LogWorld.settings(400_000, 4_096);
            world.journalFileBytes = 1;
            world.open();
            world.append(1, "a");
            world.append(1, "x".repeat(2 * TOO_MUCH));
            world.append(1, "old");
            // The journal, and not the segment.
            world.pool.runOne();
            world.directory.close();
            world.disk.crash(new SplittableRandom(seed));
            world.open();
            if (world.store.endOffset() != 1) {
                // The segment was on the disk all the same.
                continue;
            }
            gaps++;
            world.append(1, "b");
            world.append(1, "c");
            world.flush();
            assertThat(world.store.durableOffset()).isEqualTo(3);
            world.directory.close();
            world.disk.crash(new SplittableRandom(seed));

            world.open();

            assertThat(world.read(0)).as("seed %d", seed).containsExactly("0:a", "1:b", "2:c");
        }
        assertThat(gaps).isPositive();
    }
}
