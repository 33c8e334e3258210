package io.girok.acceptance;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// A small file system in memory, mounted by the test and unmounted by it, that can be filled up. Needs the right to
/// mount. Not thread-safe.
final class SmallDisk implements AutoCloseable {
    private static final int BLOCK_BYTES = 64 * 1024;

    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    /// Skips the test where this can't be done.
    static SmallDisk mount(Path directory, int megabytes) {
        try {
            Files.createDirectories(directory);
            CommandRun mounted = CommandRun.of("", List.of("mount", "-t", "tmpfs", "-o",
                    "size=" + megabytes + "m", "tmpfs", directory.toString()));
            Assumptions.assumeTrue(mounted.exitCode() == 0,
                    () -> "no small file system can be mounted here: " + mounted.errors());
            return new SmallDisk(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path filler() {
        return directory.resolve("filler");
    }

    /// Writes a file that leaves so much free.
    void leave(int megabytes) {
        long left = megabytes * 1024L * 1024;
        byte[] block = new byte[BLOCK_BYTES];
        try (RandomAccessFile file = new RandomAccessFile(filler().toFile(), "rw")) {
            file.seek(file.length());
            while (left < free()) {
                file.write(block);
            }
        } catch (IOException e) {
            // Who runs there takes some as well.
            if (left < free()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private long free() {
        try {
            return Files.getFileStore(directory).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Removes that file.
    void clear() {
        try {
            Files.deleteIfExists(filler());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        // Lazily: the process that had it may not be quite gone.
        CommandRun.of("", List.of("umount", "-l", directory.toString())).succeeded();
    }
}
