package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ColdReadTest {
    private static final int MAX_BYTES = 10_000;
    private static final int MEGABYTE = 1_000_000;

    private final LogWorld world = new LogWorld();

    /// Twenty batches, three in a segment.
    private void openWithSegments() {
        world.durability = Durability.OS;
        world.open();
        for (int i = 0; i < 20; i++) {
            world.append(1_000 + i, "x".repeat(500));
        }
        world.settle();
    }

    /// What is in memory only is gone.
    private PartitionStore reopened() {
        world.closeClean();
        world.open();
        return world.store;
    }

    @Test
    void whatIsFarBehindTheEndIsColdInTheActiveSegmentAndInOthers() {
        world.durability = Durability.OS;
        world.settings = LogWorld.settings(1 << 30, 100);
        PartitionStore store = world.open().store;
        String value = "x".repeat(MEGABYTE);
        for (int i = 0; i < 40; i++) {
            world.append(1_000, value);
        }

        for (int segments = 1; segments <= 2; segments++) {
            assertThat(store.segmentCount()).isEqualTo(segments);
            assertThat(store.coldRead(0, MAX_BYTES)).isPresent();
            assertThat(store.coldRead(5, MAX_BYTES)).isPresent();
            assertThat(store.coldRead(10, MAX_BYTES)).isEmpty();
            assertThat(store.coldRead(39, MAX_BYTES)).isEmpty();
            assertThat(store.coldRead(40, MAX_BYTES)).as("there is nothing").isEmpty();
            store.roll();
        }
    }

    @Test
    void whatNobodyHasLookedAtSinceTheStartIsCold() {
        openWithSegments();
        assertThat(world.store.coldRead(0, MAX_BYTES)).isEmpty();

        PartitionStore store = reopened();

        assertThat(store.coldRead(0, MAX_BYTES)).isPresent();
        assertThat(store.coldRead(20, MAX_BYTES)).isEmpty();
        assertThat(store.sizeInBytes()).isPositive();
        assertThat(store.coldRead(0, MAX_BYTES)).as("it is small").isEmpty();
    }

    @Test
    void itTouchesEveryFileThatTheReadAfterItReads() {
        openWithSegments();
        PartitionStore store = reopened();
        Set<String> onPool = new TreeSet<>();
        Set<String> onShard = new TreeSet<>();

        ColdRead cold = store.coldRead(5, 5_000).orElseThrow();
        note(onPool, cold::run);
        note(onShard, () -> assertThat(world.read(5, 12, 5_000)).hasSize(7));

        // What the end of the log is like, and how it went on, the opening of the log has to read in any case.
        onShard.removeIf(path -> path.contains("00000000000000000018") || path.contains("checkpoint")
                || path.endsWith(".snapshot"));
        assertThat(onPool).containsAll(onShard);
        assertThat(onShard).anyMatch(path -> path.endsWith("00000000000000000003.log"))
                .anyMatch(path -> path.endsWith("00000000000000000003.index"))
                .anyMatch(path -> path.endsWith("00000000000000000009.log"));
    }

    private void note(Set<String> paths, Runnable reader) {
        world.disk.plant(DiskFault.next(DiskOperation.READ).on(path -> {
            paths.add(path.toString());
            return false;
        }));
        reader.run();
        world.disk.removeFaults();
    }

    @Test
    void aSegmentThatIsDeletedMeanwhileIsNotMadeAnew() throws IOException {
        openWithSegments();
        PartitionStore store = reopened();
        ColdRead cold = store.coldRead(0, MAX_BYTES).orElseThrow();
        store.advanceStartOffset(12);
        assertThat(store.deleteOldSegments(0, 20)).isEqualTo(4);
        List<String> files = world.disk.list(LogWorld.PATH.resolve("orders-3"));
        int handles = world.disk.openHandles();

        cold.run();

        assertThat(world.disk.list(LogWorld.PATH.resolve("orders-3"))).isEqualTo(files);
        assertThat(world.disk.openHandles()).isEqualTo(handles);
    }

    @Test
    void aDiskThatFailsIsFoundOutByTheReadAfterIt() {
        openWithSegments();
        PartitionStore store = reopened();
        ColdRead cold = store.coldRead(0, MAX_BYTES).orElseThrow();
        world.disk.plant(DiskFault.next(DiskOperation.READ).lasting());

        cold.run();

        world.disk.removeFaults();
        assertThat(world.read(0)).hasSize(20);
    }

    @Test
    void whatIsClosedHasNothingToRead() {
        openWithSegments();
        PartitionStore store = reopened();
        ColdRead cold = store.coldRead(0, MAX_BYTES).orElseThrow();
        store.close();
        int handles = world.disk.openHandles();

        cold.run();

        assertThat(world.disk.openHandles()).isEqualTo(handles);
        assertThat(store.coldRead(0, MAX_BYTES)).isEmpty();
    }
}
