package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.files.StorageFailed;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A machine that stops while a log is cut, at each step of it: the log opens, and what is not to be cut is there.
class InterruptedCutTest {
    private static final int START = 15;
    private static final int END = 30;
    private static final int CHECKPOINTED = 20;
    private static final int MAX_STEPS = 100;

    @ParameterizedTest
    @EnumSource(DiskOperation.class)
    void whatLiesBeyondTheRecoveryPointIsCut(DiskOperation operation) {
        stopAtEachStep(operation, 22);
    }

    @ParameterizedTest
    @EnumSource(DiskOperation.class)
    void whatTheJournalHasInPartOnlyIsCut(DiskOperation operation) {
        stopAtEachStep(operation, 17);
    }

    @ParameterizedTest
    @EnumSource(DiskOperation.class)
    void allThatCanBeReadIsCut(DiskOperation operation) {
        stopAtEachStep(operation, 12);
    }

    @ParameterizedTest
    @EnumSource(DiskOperation.class)
    void allThatIsThereIsCut(DiskOperation operation) {
        stopAtEachStep(operation, 3);
    }

    private static void stopAtEachStep(DiskOperation operation, int cut) {
        boolean isDone = false;
        for (int step = 1; !isDone && step < MAX_STEPS; step++) {
            LogWorld world = worldWithALog();
            world.disk.plant(DiskFault.nth(operation, step).lasting());

            isDone = isCut(world, cut);
            world.directory.close();
            world.disk.removeFaults();
            world.disk.crash(new SplittableRandom(step));
            world.open();

            String when = operation + " " + step;
            long start = world.store.startOffset();
            long end = world.store.endOffset();
            if (START <= cut) {
                assertThat(start).as(when).isEqualTo(START);
                assertThat(end).as(when).isBetween((long) cut, (long) END);
            }
            LongFunction<String> expected = offset -> offset < end ? "v" + offset : "longer than before: " + offset;
            assertReadable(world, start, end, expected, when);
            world.store.roll();
            for (long offset = end; offset < end + END; offset++) {
                world.append(1, expected.apply(offset));
                world.flush();
            }
            assertReadable(world, start, end + END, expected, when);
        }
        assertThat(isDone).isTrue();
    }

    private static void assertReadable(LogWorld world, long start, long end, LongFunction<String> expected,
            String when) {
        List<String> all = LongStream.range(start, end).mapToObj(at -> at + ":" + expected.apply(at)).toList();
        assertThat(world.read(start)).as(when).isEqualTo(all);
        for (long from = start; from < end; from++) {
            assertThat(world.read(from)).as(when).isEqualTo(all.subList((int) (from - start), all.size()));
        }
        assertThat(SegmentCheck.problems(world)).as(when).isEmpty();
    }

    /// Its first segment is gone, and the journal does not go back to its recovery point.
    private static LogWorld worldWithALog() {
        LogWorld world = new LogWorld();
        world.settings = LogWorld.settings(400, 100);
        world.journalFileBytes = 300;
        world.open();
        append(world, 0, CHECKPOINTED);
        world.store.advanceStartOffset(START);
        world.store.deleteOldSegments(world.clock.wallMs(), START);
        for (int i = 0; i < 2; i++) {
            world.directory.checkpoint();
            world.settle();
        }
        append(world, CHECKPOINTED, END);
        return world;
    }

    private static void append(LogWorld world, int from, int to) {
        for (int offset = from; offset < to; offset++) {
            world.append(1, "v" + offset);
            world.flush();
        }
    }

    private static boolean isCut(LogWorld world, int cut) {
        try {
            world.store.truncateTo(cut);
            return true;
        } catch (StorageFailed e) {
            return false;
        }
    }
}
