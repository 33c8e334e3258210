package io.girok.base;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Bytes set aside on a log directory's disk, `.girok-reserve`, for the start that finds it full: what must be written
/// then (the metadata log's next segment, checkpoints) takes their place, so that a full disk can be made room on by
/// the broker that has filled it. Thread-safe.
public final class SpaceReserve {
    public static final String FILE = ".girok-reserve";

    private static final Logger LOGGER = LoggerFactory.getLogger(SpaceReserve.class);
    private static final int MAX_BYTES = 4 * 1024 * 1024;
    private static final int BLOCK_BYTES = 64 * 1024;

    private final Disk disk;
    private final Path directory;
    private final AtomicBoolean isAskedFor = new AtomicBoolean();

    SpaceReserve(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /// Gives the reserve up if the disk has less room than that; called before anything else is written.
    public static void giveUpIfNeeded(Disk disk, Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (disk.exists(file) && disk.usableBytes(directory) < MAX_BYTES) {
            long size = disk.size(file);
            disk.delete(file);
            LOGGER.warn(
                    "the disk of log directory '{}' is full: its reserve of {} bytes is given up for the start; make "
                            + "room, by deleting topics or records, or other files",
                    directory, size);
        }
    }

    /// Whether it is time to [#fill] the reserve (again): there is so much room that nobody misses it. Answers true
    /// once.
    boolean isWanted(long floorBytes, long usableBytes) {
        long wanted = sizeFor(floorBytes);
        return 0 < wanted && floorBytes + 2 * wanted <= usableBytes && !isAskedFor.get()
                && isAskedFor.compareAndSet(false, true);
    }

    private static long sizeFor(long floorBytes) {
        return Math.min(MAX_BYTES, floorBytes);
    }

    /// Sets the bytes aside. Blocks.
    void fill(long floorBytes) {
        long wanted = sizeFor(floorBytes);
        Path file = directory.resolve(FILE);
        try {
            if (!disk.exists(file) || disk.size(file) < wanted) {
                write(file, wanted);
            }
        } catch (IOException e) {
            LOGGER.debug("log directory '{}' has no reserve: {}", directory, e.getMessage());
        }
    }

    /// Bytes that no file system can store in less room than they have.
    private void write(Path path, long size) throws IOException {
        byte[] block = new byte[BLOCK_BYTES];
        new SplittableRandom(size).nextBytes(block);
        try (DiskFile file = disk.open(path, Disk.Access.WRITE)) {
            for (long position = 0; position < size; position += BLOCK_BYTES) {
                file.write(ByteBuffer.wrap(block, 0, (int) Math.min(BLOCK_BYTES, size - position)), position);
            }
        }
    }
}
