package io.girok.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest extends DiskContract {
    @TempDir
    Path directory;

    @Override
    Disk disk() {
        return new FileDisk();
    }

    @Override
    Path home() {
        return directory;
    }

    @Test
    void aFullDiskIsToldByTheErrorAndNotByItsSpace() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full), "Linux has a device that is always full");
        try (DiskFile file = disk().open(full, Disk.Access.WRITE)) {
            assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1), 0)).isInstanceOfSatisfying(DiskFull.class,
                    failure -> assertThat(FreeSpace.isFull(failure, disk(), directory, 0)).isTrue());
        }
    }

    @Test
    void aSyncThatFailsIsToldFromOtherFailures() throws IOException {
        assertThatThrownBy(() -> disk().syncFileSystem(directory.resolve("missing"))).isInstanceOf(IOException.class)
                .isNotInstanceOf(SyncFailed.class);
        Path device = Path.of("/dev/full");
        assumeTrue(Files.isWritable(device), "Linux has a device that cannot be synced");
        try (DiskFile file = disk().open(device, Disk.Access.WRITE)) {
            assertThatThrownBy(file::sync).isInstanceOf(SyncFailed.class);
        }
    }
}
