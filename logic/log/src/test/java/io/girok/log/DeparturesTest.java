package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.Disk;
import io.girok.base.PartitionId;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.files.StorageFailed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// A log that goes to another directory, seen from the one that it leaves.
class DeparturesTest {
    private static final PartitionId ID = new PartitionId(LogWorld.TOPIC, LogWorld.NAME.index());
    private static final Path LOG = LogWorld.PATH.resolve(LogWorld.NAME.toString());

    private final LogWorld world = new LogWorld();
    private final LogDirectory other = LogDirectory.open(Path.of("/other"), "cluster", 1, world.environment());

    private void openAndLeave() {
        world.open();
        world.append(1, "a");
        world.flush();
        assertThat(world.store.close()).isTrue();
        leave();
    }

    private void leave() {
        world.directory.departures().announce(LogWorld.NAME, LogWorld.TOPIC, other);
        world.directory.departures().leave(LogWorld.NAME, LogWorld.TOPIC);
    }

    private List<String> traces() throws IOException {
        return world.disk.list(LogWorld.PATH).stream().filter(file -> file.startsWith("girok-moved.")).toList();
    }

    private void assertThatItIsMissed() {
        assertThat(world.directory.departures().hasLeft(ID)).isTrue();
        assertThatThrownBy(world::openPartition).isInstanceOfSatisfying(StorageFailed.class,
                failed -> assertThat(failed.scope()).isEqualTo(StorageFailed.Scope.PARTITION))
                .hasMessageContaining("'orders-3'")
                .hasMessageContaining("remove '/data/girok-moved.");
        assertThat(world.directory.failure()).isEmpty();
    }

    /// Whatever the journal has of it.
    @Test
    void itIsMissedUntilItIsForgotten() throws IOException {
        openAndLeave();
        assertThatItIsMissed();
        world.disk.crash(new SplittableRandom(1));
        world.openDirectory();
        assertThatItIsMissed();
        assertThat(world.directory.partitionsOnDisk()).isEmpty();

        world.directory.departures().forget(ID);
        world.disk.crash(new SplittableRandom(1));

        assertThat(world.open().store.endOffset()).isZero();
        assertThat(traces()).isEmpty();
    }

    @Test
    void aLogThatLeavesAgainBeforeItsFirstTimeIsForgottenIsMissed() throws IOException {
        openAndLeave();
        world.directory.departures().forgetSoon(ID);
        assertThat(world.directory.departures().hasLeft(ID)).isFalse();

        leave();
        world.settle();

        assertThat(traces()).hasSize(1);
        assertThatItIsMissed();
    }

    /// What goes makes room.
    @Test
    void onAFullDiskItGoesAllTheSame() throws IOException {
        world.disk.plant(DiskFault.next(DiskOperation.OPEN).forWantOfRoom().on(DeparturesTest::isTrace));

        openAndLeave();

        assertThat(world.directory.failure()).isEmpty();
        assertThat(world.disk.exists(LOG)).isFalse();
        assertThat(traces()).isEmpty();
    }

    @Test
    void whereItCannotBeRememberedTheDirectoryFails() {
        world.disk.plant(DiskFault.next(DiskOperation.OPEN).on(DeparturesTest::isTrace));

        assertThatThrownBy(this::openAndLeave).isInstanceOf(StorageFailed.class);

        assertThat(world.directory.failure()).isPresent();
        assertThat(world.disk.exists(LOG)).isTrue();
    }

    @Test
    void whereItCannotBeForgottenTheDirectoryFails() {
        openAndLeave();
        world.disk.plant(DiskFault.next(DiskOperation.DELETE).on(DeparturesTest::isTrace));

        world.directory.departures().forgetSoon(ID);
        world.settle();

        assertThat(world.directory.failure()).isPresent();
    }

    @Test
    void aFileThatNamesNoPartitionIsPassedOver() throws IOException {
        world.open();
        world.directory.close();
        for (String name : List.of("girok-moved.", "girok-moved.a.b.c", "girok-moved.1-1")) {
            world.disk.open(LogWorld.PATH.resolve(name), Disk.Access.CREATE).close();
        }

        world.open();

        assertThat(world.store.endOffset()).isZero();
    }

    private static boolean isTrace(Path path) {
        return String.valueOf(path.getFileName()).startsWith("girok-moved.");
    }
}
