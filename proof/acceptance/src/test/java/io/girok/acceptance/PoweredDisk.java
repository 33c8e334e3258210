package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// A file system of one node's own, mounted by the test and unmounted by it, that can lose its power: what had not
/// reached the disk, because nobody synced it, is gone then. Needs the right to mount. Not thread-safe.
final class PoweredDisk implements AutoCloseable {
    private static final int CANARY_BYTES = 4096;

    private final Path directory;
    /// What is on the disk; the file system keeps all else in memory.
    private Path image;
    private int lossCount;

    private PoweredDisk(Path directory, Path image) {
        this.directory = directory;
        this.image = image;
    }

    /// Skips the test where this can't be done.
    static PoweredDisk mount(Path directory, int megabytes) {
        PoweredDisk disk = new PoweredDisk(directory, directory.resolveSibling(directory.getFileName() + ".image-0"));
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (CommandRun run : List.of(
                CommandRun.of(List.of("truncate", "-s", megabytes + "M", disk.image.toString())),
                CommandRun.of(List.of("mkfs.ext4", "-q", "-F", disk.image.toString())),
                disk.mount())) {
            Assumptions.assumeTrue(run.exitCode() == 0, () -> "no file system can be made here: " + run.errors());
        }
        return disk;
    }

    /// So that of itself, nothing is written for minutes.
    private CommandRun mount() {
        return CommandRun.of(List.of("mount", "-t", "ext4", "-o", "loop,commit=300", image.toString(),
                directory.toString()));
    }

    /// Has something there that nobody syncs, and that must not outlast the power.
    void markUnsynced() {
        try {
            Files.write(canary(), new byte[CANARY_BYTES]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Each time another one: ext4 writes out at once what takes the place of what was cut.
    private Path canary() {
        return directory.resolve("canary-" + lossCount);
    }

    /// To be called while no process uses it any more.
    void losePower() {
        Path last = image;
        Path canary = canary();
        image = last.resolveSibling(directory.getFileName() + ".image-" + ++lossCount);
        CommandRun.of(List.of("cp", "--sparse=always", last.toString(), image.toString())).succeeded();
        unmount();
        mount().succeeded();
        try {
            Files.delete(last);
            assertThat(Files.exists(canary) ? Files.size(canary) : 0)
                    .as("bytes of what was not synced, after the loss of power")
                    .isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void unmount() {
        // Lazily: the process that had it may not be quite gone.
        CommandRun.of(List.of("umount", "-l", directory.toString())).succeeded();
    }

    @Override
    public void close() {
        unmount();
    }
}
