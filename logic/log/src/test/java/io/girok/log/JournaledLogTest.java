package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What a log and the journal of its directory are to each other where something is in the way.
class JournaledLogTest {
    /// More than a group takes, with files this small.
    private static final int TOO_MUCH = 4 * 16 * 1024;

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
