package io.girok.journal;

import io.girok.base.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a journal has of a partition, in a file of the partition's own directory: so the journal need not keep its
/// files for a log that nobody can open. Written once, read until the log has it, then removed. Blocks. Stateless.
///
/// It is in the journal's format, as one file with the number 1.
public final class JournalCopy {
    public static final String FILE = "girok-journal-copy";

    private static final String TEMPORARY = FILE + ".tmp";
    private static final int GROUP_BYTES = 4 * 1024 * 1024;

    private JournalCopy() {}

    public static boolean exists(Disk disk, Path directory) {
        return disk.exists(directory.resolve(FILE));
    }

    /// What it has of each partition, in order; nothing where there is none.
    ///
    /// @throws IOException when it is damaged, or the disk fails
    public static Map<JournalKey, List<JournalEntry>> read(Disk disk, Path directory) throws IOException {
        if (!exists(disk, directory)) {
            return Map.of();
        }
        JournalFile file = new JournalFile(disk, directory, FILE);
        JournalScan scan = new JournalScan(disk);
        scan.read(file);
        if (scan.isDamaged() || file.sizeInBytes() < disk.size(file.path())) {
            throw new Damaged(file.path());
        }
        return scan.entries();
    }

    /// It was whole and durable once, so that nothing may be missing.
    public static final class Damaged extends IOException {
        private static final long serialVersionUID = 1;

        Damaged(Path file) {
            super("'" + file + "' is damaged, which has the last records of the log; the partition stays offline; "
                    + "without the file the log goes on, and lacks them");
        }
    }

    /// Durable when it returns.
    ///
    /// @param random tells its groups from bytes that look like some
    static void write(Disk disk, Path directory, long random, Map<JournalKey, List<JournalEntry>> entries)
            throws IOException {
        Path temporary = directory.resolve(TEMPORARY);
        var _ = disk.delete(temporary);
        JournalFile file = new JournalFile(disk, directory, TEMPORARY);
        file.reuse(new JournalFile.Use(1, random), 0);
        try {
            write(file, entries);
        } catch (IOException e) {
            var _ = disk.delete(temporary);
            throw e;
        } finally {
            file.close();
        }
        disk.rename(temporary, directory.resolve(FILE));
        disk.syncDirectory(directory);
    }

    private static void write(JournalFile file, Map<JournalKey, List<JournalEntry>> entries) throws IOException {
        Group group = new Group(GROUP_BYTES, ByteBuffer::allocateDirect);
        for (Map.Entry<JournalKey, List<JournalEntry>> of : entries.entrySet()) {
            for (JournalEntry entry : of.getValue()) {
                group.add(of.getKey(), entry);
                if (GROUP_BYTES <= group.sizeInBytes()) {
                    put(file, group);
                }
            }
        }
        put(file, group);
    }

    private static void put(JournalFile file, Group group) throws IOException {
        group.complete();
        file.write(group.seal(file.use(), file.number(), 0));
        group.finish(Optional.empty());
    }

    /// Durably.
    public static void remove(Disk disk, Path directory) throws IOException {
        if (disk.delete(directory.resolve(FILE))) {
            disk.syncDirectory(directory);
        }
    }
}
