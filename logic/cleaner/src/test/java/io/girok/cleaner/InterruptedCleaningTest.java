package io.girok.cleaner;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.log.AppendOrigin;
import io.girok.record.BatchBuilder;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ObjIntConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A broker that is killed, or whose machine stops, while cleaned segments take the place of others, at each step of
/// it: the last record of each key is there, and every file belongs to a segment that is.
class InterruptedCleaningTest {
    private static final int KEYS = 4;
    private static final int SEGMENTS = 5;
    private static final int IN_SEGMENT = 4;
    private static final long PRODUCER = 7;

    @ParameterizedTest
    @EnumSource(names = {"OPEN", "WRITE", "TRUNCATE", "RENAME", "DELETE"})
    void aKilledProcessLosesNothing(DiskOperation operation) {
        stopAtEachStep(operation, (world, step) -> world.disk.endProcess());
    }

    @ParameterizedTest
    @EnumSource(DiskOperation.class)
    void aStoppedMachineLosesNothing(DiskOperation operation) {
        stopAtEachStep(operation, (world, step) -> world.disk.crash(new SplittableRandom(step)));
    }

    /// All operations of one kind fail from some point on, so that nothing that follows on them is done either.
    private static void stopAtEachStep(DiskOperation operation, ObjIntConsumer<CleanerWorld> stop) {
        boolean isDone = false;
        for (int step = 1; !isDone; step++) {
            CleanerWorld world = worldWithALog();
            int before = world.disk.count(operation);
            world.disk.plant(DiskFault.nth(operation, step).lasting());

            world.clean();
            isDone = world.disk.count(operation) - before < step;
            world.cleaner.stop();
            world.settle();
            world.directory.close();
            world.disk.removeFaults();
            stop.accept(world, step);
            world.open();

            assertIsWhole(world, operation + " " + step);
            world.clean();
            assertIsWhole(world, operation + " " + step + ", cleaned again");
            assertThat(world.store.segmentCount()).isLessThan(SEGMENTS);
        }
    }

    /// Of the first segments hardly anything stays: what an index of theirs says is wrong for what takes their place.
    private static CleanerWorld worldWithALog() {
        CleanerWorld world = new CleanerWorld().open();
        world.append("first=1");
        appendAborted(world);
        for (int segment = 0; segment < SEGMENTS; segment++) {
            for (int i = 0; i < IN_SEGMENT; i++) {
                world.append(record(segment * IN_SEGMENT + i));
            }
            world.roll();
        }
        return world;
    }

    private static void appendAborted(CleanerWorld world) {
        BatchBuilder batch = new BatchBuilder().producer(PRODUCER, (short) 0, 0).transactional();
        batch.append(world.clock.wallMs(), CleanerWorld.bytes("first"), CleanerWorld.bytes("aborted"));
        world.append(batch, AppendOrigin.CLIENT);
        world.append(CleanerWorld.marker(PRODUCER, (short) 0, false, world.clock.wallMs()), AppendOrigin.COORDINATOR);
    }

    private static void assertIsWhole(CleanerWorld world, String when) {
        world.commit();
        List<String> records = world.readCommitted().stream().map(each -> each.key() + "=" + each.value()).toList();
        assertThat(records).as(when).contains("first=1").doesNotContain("first=aborted");
        for (int i = SEGMENTS * IN_SEGMENT - KEYS; i < SEGMENTS * IN_SEGMENT; i++) {
            assertThat(records).as(when).contains(record(i));
        }
        assertThat(world.problems()).as(when).isEmpty();
    }

    private static String record(int number) {
        return "k" + number % KEYS + "=" + number + "x".repeat(10);
    }
}
