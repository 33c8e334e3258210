package io.girok.membership.follow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MetadataCopyFileTest {
    private static final Path FILE = Path.of("/data/__cluster_metadata/followed");

    private final MemoryDisk disk = new MemoryDisk(new ManualClock());
    private final MetadataCopyFile copy = new MetadataCopyFile(disk, Path.of("/data"));

    @Test
    void thereIsNothingAtFirst() {
        assertThat(copy.read()).isEmpty();
    }

    @Test
    void theLastCopyIsRead() throws IOException {
        write(4, 2, "first");
        write(9, 3, "second");

        MetadataCopy.Kept kept = copy.read().orElseThrow();

        assertThat(kept.lastOffset()).isEqualTo(9);
        assertThat(kept.lastEpoch()).isEqualTo(3);
        assertThat(new String(kept.content().readAllBytes(), UTF_8)).isEqualTo("second");
    }

    @Test
    void aCopySurvivesALossOfPower() throws IOException {
        disk.createDirectories(Path.of("/data"));
        disk.syncDirectory(Path.of("/"));
        write(4, 2, "first");

        disk.crash(new Random(1));

        assertThat(copy.read()).isPresent();
    }

    @Test
    void aDamagedCopyIsNotUsed() throws IOException {
        write(4, 2, "content");
        long size = disk.size(FILE);

        for (long position = 0; position < size; position++) {
            flip(position);
            assertThat(copy.read()).isEmpty();
            flip(position);
        }
        assertThat(copy.read()).isPresent();
    }

    @Test
    void aCopyThatIsCutOffIsNotUsed() throws IOException {
        write(4, 2, "content");

        for (long size = disk.size(FILE) - 1; 0 <= size; size--) {
            try (DiskFile file = disk.open(FILE, Disk.Access.WRITE)) {
                file.truncate(size);
            }
            assertThat(copy.read()).isEmpty();
        }
    }

    private void write(long lastOffset, long lastEpoch, String content) throws IOException {
        copy.write(lastOffset, lastEpoch, out -> out.write(content.getBytes(UTF_8)));
    }

    private void flip(long position) throws IOException {
        try (DiskFile file = disk.open(FILE, Disk.Access.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            file.read(one, position);
            one.flip();
            file.write(ByteBuffer.wrap(new byte[]{(byte) (one.get() ^ 0x10)}), position);
        }
    }
}
