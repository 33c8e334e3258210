package io.girok.journal;

import io.girok.base.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// What a journal has of a partition, in a file of the partition's own directory, or beside it where that is gone: so
/// the journal need not keep its files for a log that nobody can open. Written once, read until the log has it, then
/// removed. Blocks. Stateless.
///
/// It is in the journal's format, as one file with the number 1.
public final class JournalCopy {
    public static final String FILE = "girok-journal-copy";

    private static final String TEMPORARY = ".tmp";
    private static final String BESIDE = FILE + ".";
    /// Without it, the name would be that of a partition's directory, whose topic nobody has.
    private static final String BESIDE_ENDING = ".beside";
    private static final int GROUP_BYTES = 4 * 1024 * 1024;

    private JournalCopy() {}

    /// The copy in the directory of a log.
    public static Path in(Path directory) {
        return directory.resolve(FILE);
    }

    /// The copy of a log that has no directory.
    ///
    /// @param parent what would have that
    public static Path beside(Path parent, JournalKey key) {
        return parent.resolve(BESIDE + key.topic() + "-" + key.name().index() + BESIDE_ENDING);
    }

    /// Whether a file of that name, in a log directory, is a copy of a log that has none.
    public static boolean isBeside(String file) {
        return file.startsWith(BESIDE) && file.endsWith(BESIDE_ENDING);
    }

    public static boolean exists(Disk disk, Path copy) {
        return disk.exists(copy);
    }

    /// What it has of each partition, in order; nothing where there is none.
    ///
    /// @throws IOException when it is damaged, or the disk fails
    public static Map<JournalKey, List<JournalEntry>> read(Disk disk, Path copy) throws IOException {
        if (!exists(disk, copy)) {
            return Map.of();
        }
        JournalFile file = new JournalFile(disk, copy.resolveSibling(""), String.valueOf(copy.getFileName()));
        JournalScan scan = new JournalScan(disk);
        scan.read(file);
        if (scan.findDamage() || file.sizeInBytes() < disk.size(file.path())) {
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

    /// Writes these where `to` says, unless there is a copy. Durable when it returns.
    ///
    /// @param random tells its groups from bytes that look like some
    static void write(Disk disk, Function<JournalKey, Path> to, long random,
            Map<JournalKey, List<JournalEntry>> entries) throws IOException {
        Map<Path, Map<JournalKey, List<JournalEntry>>> copies = new LinkedHashMap<>();
        entries.forEach((key, of) -> copies.computeIfAbsent(to.apply(key), copy -> new LinkedHashMap<>())
                .put(key, of));
        for (Map.Entry<Path, Map<JournalKey, List<JournalEntry>>> copy : copies.entrySet()) {
            if (exists(disk, copy.getKey())) {
                // Whoever made it may have been killed before its name was durable.
                disk.syncDirectory(copy.getKey().resolveSibling(""));
            } else {
                write(disk, copy.getKey(), random, copy.getValue());
            }
        }
    }

    private static void write(Disk disk, Path copy, long random, Map<JournalKey, List<JournalEntry>> entries)
            throws IOException {
        Path directory = copy.resolveSibling("");
        Path temporary = copy.resolveSibling(copy.getFileName() + TEMPORARY);
        var _ = disk.delete(temporary);
        JournalFile file = new JournalFile(disk, directory, String.valueOf(temporary.getFileName()));
        file.reuse(new JournalFile.Use(1, random), 0);
        try {
            write(file, entries);
        } catch (IOException e) {
            var _ = disk.delete(temporary);
            throw e;
        } finally {
            file.close();
        }
        disk.rename(temporary, copy);
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
    public static void remove(Disk disk, Path copy) throws IOException {
        if (disk.delete(copy)) {
            disk.syncDirectory(copy.resolveSibling(""));
        }
    }
}
