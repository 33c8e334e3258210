package io.girok.files;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Small files that are read and replaced whole: after a crash there is the old one or the one that replaced it. Used
/// off the shards; writers of one file take turns.
public final class TextFile {
    /// No file that this is for comes near it: 100,000 partitions take about 6 MB.
    private static final int MAX_BYTES = 256 * 1024 * 1024;

    private TextFile() {}

    /// The file's bytes; empty when there is no such file.
    public static Optional<ByteBuffer> readBytes(Disk disk, Path path) throws IOException {
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        long size = disk.size(path);
        if (MAX_BYTES < size) {
            throw new CorruptLog("'" + path + "' has " + size + " bytes, more than such a file can have");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) size);
        try (DiskFile file = disk.open(path, Disk.Access.READ)) {
            file.read(bytes, 0);
        }
        return Optional.of(bytes.flip());
    }

    public static Optional<List<String>> readLines(Disk disk, Path path) throws IOException {
        return readBytes(disk, path).map(bytes -> StandardCharsets.UTF_8.decode(bytes).toString().lines().toList());
    }

    /// Replaces the file; its content is durable then, its name once the directory is synced.
    public static void replace(Disk disk, Path path, ByteBuffer bytes) throws IOException {
        Path temporary = temporary(path);
        try (DiskFile file = disk.open(temporary, Disk.Access.WRITE)) {
            file.truncate(0);
            file.write(bytes, 0);
            file.sync();
        }
        disk.rename(temporary, path);
    }

    /// The first half of [#replace], without a sync.
    public static void writeTemporary(Disk disk, Path path, ByteBuffer bytes) throws IOException {
        try (DiskFile file = disk.open(temporary(path), Disk.Access.WRITE)) {
            file.truncate(0);
            file.write(bytes, 0);
        }
    }

    /// The second half of [#replace], once what was written is durable.
    public static void install(Disk disk, Path path) throws IOException {
        disk.rename(temporary(path), path);
    }

    private static Path temporary(Path path) {
        return path.resolveSibling(path.getFileName() + FileNames.TEMPORARY);
    }

    public static void sync(Disk disk, Path path) throws IOException {
        try (DiskFile file = disk.open(path, Disk.Access.WRITE)) {
            file.sync();
        }
    }

    /// Writes a file that is not there yet, all of it or nothing; whoever needs it durable syncs it later.
    public static void writeUnsynced(Disk disk, Path path, List<String> lines) throws IOException {
        try (DiskFile file = disk.open(path, Disk.Access.WRITE)) {
            file.truncate(0);
            file.write(encode(lines), 0);
        } catch (IOException e) {
            try {
                disk.delete(path);
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    /// As [#replace(Disk, Path, ByteBuffer)], with lines of text.
    public static void replace(Disk disk, Path path, List<String> lines) throws IOException {
        replace(disk, path, encode(lines));
    }

    public static ByteBuffer encode(List<String> lines) {
        return StandardCharsets.UTF_8.encode(String.join("\n", lines) + "\n");
    }
}
