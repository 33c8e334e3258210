package io.girok.journal;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// One file of the journal, used again under a new number once what it holds is needed no more: its blocks are there
/// then, and a sync has nothing to note but the data. Guarded by the [Journal]; written by its one writer.
final class JournalFile {
    /// One use of the file: its number in the order of all uses, and a random number that only its groups have.
    record Use(long number, long random) {
        static final Use NONE = new Use(0, 0);
    }

    private final Disk disk;
    private final Path parent;
    private final Path path;
    /// Up to where each partition's entries in this file go.
    private final Map<JournalKey, Long> ends = new HashMap<>();
    /// Whose entries are in this file, needed or not.
    private final Set<JournalKey> keys = new HashSet<>();
    private Use use = Use.NONE;
    private long sizeInBytes;
    private long previousEnd;
    /// Not known of a file that was there at the start either.
    private boolean isNameDurable;
    private @Nullable DiskFile open;

    JournalFile(Disk disk, Path parent, String name) {
        this.disk = disk;
        this.parent = parent;
        this.path = parent.resolve(name);
    }

    Path path() {
        return path;
    }

    Use use() {
        return use;
    }

    /// 0 when it was never used.
    long number() {
        return use.number;
    }

    /// Of the groups in it.
    long sizeInBytes() {
        return sizeInBytes;
    }

    /// Where the file with the number before ended; 0 when that is not known.
    long previousEnd() {
        return previousEnd;
    }

    Map<JournalKey, Long> ends() {
        return ends;
    }

    Set<JournalKey> keys() {
        return keys;
    }

    /// What was written to it so far, to be read while more is.
    ///
    /// @param isNeeded whether a partition may need what it has there
    record Part(JournalFile file, long sizeInBytes, boolean isNeeded) {}

    Part written(Predicate<JournalKey> isOfPartition) {
        return new Part(new JournalFile(disk, parent, String.valueOf(path.getFileName())), sizeInBytes,
                ends.keySet().stream().anyMatch(isOfPartition));
    }

    /// The number at the end of a file's name, which is not that of its use; 0 if there is none.
    static int numberIn(String ending) {
        try {
            return Integer.parseInt(ending);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /// As it was found at the start.
    void found(Use known, long knownSize) {
        use = known;
        sizeInBytes = knownSize;
    }

    /// Begins anew.
    void reuse(Use next, long endOfPrevious) {
        use = next;
        previousEnd = endOfPrevious;
        sizeInBytes = 0;
        ends.clear();
        keys.clear();
    }

    void note(JournalKey key, long end) {
        ends.merge(key, end, Math::max);
        keys.add(key);
    }

    /// What the file has of the partition from `end` on counts no more.
    void lower(JournalKey key, long end) {
        ends.computeIfPresent(key, (same, known) -> Math.min(known, end));
    }

    /// Whether every partition is saved beyond its entries here.
    ///
    /// @param savedUpTo as of [Journal#release]
    boolean isSaved(ToLongFunction<JournalKey> savedUpTo) {
        Iterator<Map.Entry<JournalKey, Long>> left = ends.entrySet().iterator();
        while (left.hasNext()) {
            Map.Entry<JournalKey, Long> end = left.next();
            if (savedUpTo.applyAsLong(end.getKey()) < end.getValue()) {
                return false;
            }
            left.remove();
        }
        return true;
    }

    /// Puts the group at the end, durably. A failure leaves the end where it was.
    void write(ByteBuffer group) throws IOException {
        if (open == null) {
            open = disk.open(path, Disk.Access.WRITE);
        }
        int size = group.remaining();
        open.write(group, sizeInBytes);
        open.sync();
        if (!isNameDurable) {
            disk.syncDirectory(parent);
            isNameDurable = true;
        }
        sizeInBytes += size;
    }

    void close() throws IOException {
        DiskFile closing = open;
        open = null;
        if (closing != null) {
            closing.close();
        }
    }
}
