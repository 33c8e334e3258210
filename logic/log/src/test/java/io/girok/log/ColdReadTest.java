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

    private PartitionStore openWith(int batches, int valueBytes) {
        world.durability = Durability.OS;
        world.settings = LogWorld.settings(4 * valueBytes, 100);
        world.open();
        String value = "x".repeat(valueBytes);
        for (int i = 0; i < batches; i++) {
            world.append(1_000 + i, value);
        }
        world.settle();
        return world.store;
    }

    /// What is in memory only is gone.
    private PartitionStore reopened() {
        world.closeClean();
        world.open();
        return world.store;
    }

    @Test
    void whatIsFarBehindTheEndIsCold() {
        PartitionStore store = openWith(40, MEGABYTE);

        assertThat(store.coldRead(0, MAX_BYTES)).isPresent();
        assertThat(store.coldRead(6, MAX_BYTES)).isPresent();
        assertThat(store.coldRead(10, MAX_BYTES)).isEmpty();
        assertThat(store.coldRead(39, MAX_BYTES)).isEmpty();
        assertThat(store.coldRead(40, MAX_BYTES)).as("there is nothing").isEmpty();
    }

    @Test
    void whatIsFarBehindInTheActiveSegmentIsColdToo() {
        world.durability = Durability.OS;
        world.settings = LogWorld.settings(1 << 30, 100);
        world.open();
        for (int i = 0; i < 40; i++) {
            world.append(1_000, "x".repeat(MEGABYTE));
        }

        assertThat(world.store.segmentCount()).isEqualTo(1);
        assertThat(world.store.coldRead(0, MAX_BYTES)).isPresent();
        assertThat(world.store.coldRead(10, MAX_BYTES)).isEmpty();
    }

    @Test
    void whatNobodyHasLookedAtSinceTheStartIsCold() {
        openWith(20, 500);
        assertThat(world.store.coldRead(0, MAX_BYTES)).isEmpty();

        PartitionStore store = reopened();

        assertThat(store.coldRead(0, MAX_BYTES)).isPresent();
        assertThat(store.coldRead(20, MAX_BYTES)).isEmpty();
        assertThat(store.sizeInBytes()).isPositive();
        assertThat(store.coldRead(0, MAX_BYTES)).as("it is small").isEmpty();
    }

    @Test
    void itTouchesEveryFileThatTheReadAfterItReads() {
        openWith(20, 500);
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
        openWith(20, 500);
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
        openWith(20, 500);
        PartitionStore store = reopened();
        ColdRead cold = store.coldRead(0, MAX_BYTES).orElseThrow();
        world.disk.plant(DiskFault.next(DiskOperation.READ).lasting());

        cold.run();

        world.disk.removeFaults();
        assertThat(world.read(0)).hasSize(20);
    }

    @Test
    void whatIsClosedHasNothingToRead() {
        openWith(20, 500);
        PartitionStore store = reopened();
        ColdRead cold = store.coldRead(0, MAX_BYTES).orElseThrow();
        store.close();
        int handles = world.disk.openHandles();

        cold.run();

        assertThat(world.disk.openHandles()).isEqualTo(handles);
        assertThat(store.coldRead(0, MAX_BYTES)).isEmpty();
    }
}
