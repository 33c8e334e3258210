package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The sparse indexes of a segment that was closed long ago, whose log is whole.
class SegmentIndexTest {
    private static final int COUNT = 12;
    private static final Path DIRECTORY = LogWorld.PATH.resolve(LogWorld.NAME.toString());
    private static final Path OFFSETS = DIRECTORY.resolve("00000000000000000000.index");
    private static final Path TIMES = DIRECTORY.resolve("00000000000000000000.timeindex");

    private final LogWorld world = new LogWorld();

    @BeforeEach
    void closeASegment() throws IOException {
        world.open();
        for (int i = 0; i < COUNT; i++) {
            world.append(i, "v" + i + "x".repeat(60));
        }
        world.store.roll();
        world.append(COUNT, "v" + COUNT + "x".repeat(60));
        world.flush();
        world.closeClean();
        assertThat(world.disk.size(OFFSETS)).isGreaterThan(2 * OffsetIndex.ENTRY_BYTES);
    }

    private void assertAllIsRead() {
        List<String> all = IntStream.rangeClosed(0, COUNT).mapToObj(i -> i + ":v" + i + "x".repeat(60)).toList();
        for (int from = 0; from <= COUNT; from++) {
            assertThat(world.read(from)).isEqualTo(all.subList(from, all.size()));
        }
        assertThat(SegmentCheck.problems(world)).isEmpty();
    }

    /// As of a power loss while it was being completed.
    @Test
    void anIndexWhoseLastEntryIsWrongIsMadeAnew() throws IOException {
        world.disk.corrupt(OFFSETS, world.disk.size(OFFSETS) - 1, 1);

        world.open();

        assertAllIsRead();
    }

    @Test
    void whatWasMadeAnewIsDurableThoughNothingElseWasWritten() throws IOException {
        long size = world.disk.size(OFFSETS);
        for (int seed = 0; seed < 20; seed++) {
            world.disk.delete(OFFSETS);
            world.disk.delete(TIMES);
            world.open();
            assertAllIsRead();
            world.disk.syncDirectory(DIRECTORY);

            world.directory.close();
            world.disk.crash(new SplittableRandom(seed));

            assertThat(world.disk.size(OFFSETS)).as("seed %d", seed).isEqualTo(size);
        }
    }
}
