package io.girok.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.base.simulated.MemoryDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SegmentFilesTest {
    private static final Path DIRECTORY = Path.of("/data/orders-0");
    private static final String FIRST = FileNames.of(0, FileNames.LOG);
    private static final String SECOND = FileNames.of(1_000, FileNames.LOG);

    private final MemoryDisk disk = new MemoryDisk();

    @BeforeEach
    void writeALog() throws IOException {
        disk.createDirectories(DIRECTORY);
        write(FIRST, 100);
        write(SECOND, 30);
        write(FileNames.of(0, ".index"), 7);
    }

    private void write(String file, int bytes) throws IOException {
        try (DiskFile out = disk.open(DIRECTORY.resolve(file), Disk.Access.WRITE)) {
            out.write(ByteBuffer.allocate(bytes), 0);
        }
    }

    @Test
    void countsSegments() throws IOException {
        assertThat(SegmentFiles.sizeInBytes(disk, DIRECTORY)).isEqualTo(130);
    }

    @Test
    void aSegmentThatGoesMeanwhileDoesNotCount() throws IOException {
        disk.plant(DiskFault.next(DiskOperation.SIZE).on(path -> {
            deleteFirst();
            return false;
        }));

        assertThat(SegmentFiles.sizeInBytes(disk, DIRECTORY)).isEqualTo(30);
    }

    @Test
    void aLogThatIsGoneHasNoBytes() throws IOException {
        assertThat(SegmentFiles.sizeInBytes(disk, DIRECTORY.resolveSibling("orders-1"))).isZero();
    }

    @Test
    void aDiskThatFailsIsToldOf() {
        disk.plant(DiskFault.next(DiskOperation.SIZE));

        assertThatThrownBy(() -> SegmentFiles.sizeInBytes(disk, DIRECTORY)).isInstanceOf(IOException.class);
    }

    private void deleteFirst() {
        try {
            disk.delete(DIRECTORY.resolve(FIRST));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
