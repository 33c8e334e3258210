package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.files.StorageFailed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// A log that comes from another directory.
class ArrivalsTest {
    private static final Path OTHER = Path.of("/other");

    private final LogWorld world = new LogWorld();

    private LogDirectory openOther() {
        return LogDirectory.open(OTHER, "cluster", 1, world.environment());
    }

    private Path copy(LogDirectory from, LogDirectory to) throws IOException {
        Path source = from.path().resolve(LogWorld.NAME.toString());
        Path future = to.arrivals().futurePathOf(LogWorld.NAME);
        world.disk.createDirectories(future);
        for (String file : world.disk.list(source)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) world.disk.size(source.resolve(file)));
            try (DiskFile in = world.disk.open(source.resolve(file), Disk.Access.READ);
                    DiskFile out = world.disk.open(future.resolve(file), Disk.Access.WRITE)) {
                in.read(bytes, 0);
                out.write(bytes.flip(), 0);
                out.sync();
            }
        }
        world.disk.syncDirectory(future);
        return future;
    }

    private Path copyOfOneRecord(LogDirectory to) throws IOException {
        world.open();
        world.append(1, "a");
        world.flush();
        world.store.close();
        return copy(world.directory, to);
    }

    private void move(LogDirectory from, LogDirectory to) throws IOException {
        assertThat(world.store.close()).isTrue();
        to.arrivals().adopt(LogWorld.NAME, copy(from, to), from);
        from.delete(LogWorld.NAME, world.settings);
        world.store = to.openPartition(LogWorld.NAME, LogWorld.TOPIC, world.settings, world.shard);
    }

    @Test
    void aLogThatFoundNoRoomIsNotMissedWhereItDidNotArrive() throws IOException {
        LogDirectory other = openOther();
        Path future = copyOfOneRecord(other);
        world.disk.plant(DiskFault.next(DiskOperation.RENAME).on(path -> path.equals(future)));

        assertThatThrownBy(() -> other.arrivals().adopt(LogWorld.NAME, future, world.directory))
                .isInstanceOf(IOException.class);

        assertThat(other.isMissing(LogWorld.NAME)).isFalse();
        assertThat(other.openPartition(LogWorld.NAME, LogWorld.TOPIC, world.settings, world.shard).endOffset())
                .isZero();
    }

    /// The log goes on where it was, and this copy of it must not be taken for it.
    @Test
    void whereTheNewPlaceIsNotDurableTheDirectoryFails() throws IOException {
        LogDirectory other = openOther();
        Path future = copyOfOneRecord(other);
        Path place = OTHER.resolve(LogWorld.NAME.toString());
        world.disk.plant(DiskFault.next(DiskOperation.OPEN_DIRECTORY).on(path -> world.disk.isDirectory(place)));

        assertThatThrownBy(() -> other.arrivals().adopt(LogWorld.NAME, future, world.directory))
                .isInstanceOf(StorageFailed.class);

        assertThat(other.failure()).isPresent();
        assertThat(world.directory.failure()).isEmpty();
    }

    @Test
    void whatWasCutElsewhereDoesNotComeBackWithTheLog() throws IOException {
        world.open();
        for (String value : new String[]{"a", "b", "c"}) {
            world.append(1, value);
        }
        world.flush();
        LogDirectory other = openOther();
        move(world.directory, other);
        world.store.truncateTo(1);
        world.append(1, "d");
        world.flush();

        move(other, world.directory);

        world.directory.close();
        other.close();
        world.disk.crash(new SplittableRandom(1));
        world.open();
        assertThat(world.read(0)).containsExactly("0:a", "1:d");
    }
}
