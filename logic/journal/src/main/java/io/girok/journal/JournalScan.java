package io.girok.journal;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads what a journal holds from before. Used by one thread.
///
/// A crash tears the last group of the newest file, and nothing else: everything before it was durable when it was
/// written. So whatever else is missing is damage. The files that count are there, from the lowest number in use to the
/// highest, because none is used again before a durable group says that it does not count; each says where the one
/// before it ended. One that does not count may be torn anywhere: it was about to be used again.
final class JournalScan {
    private static final Logger LOG = LoggerFactory.getLogger(JournalScan.class);
    /// No group comes near it.
    private static final int MAX_GROUP_BYTES = 1 << 30;
    private static final String WHAT_NOW = "partitions whose records were there are offline, unless their segments "
            + "have them, or lack their last ones";

    private final Disk disk;
    private final FileWindow window = new FileWindow();
    private final List<Found> files = new ArrayList<>();
    private long lowestInUse;

    /// A file with the entries of its newest number.
    ///
    /// @param previousEnd where the file with the number before it ended; 0 when that is not known
    /// @param highestNumber of all groups in it, whatever they are
    /// @param holes what cannot be read, with more behind it
    record Found(JournalFile file, List<Read> entries, long previousEnd, long highestNumber, List<Hole> holes) {}

    /// From one position to another.
    private record Hole(long begin, long end) {}

    /// @param isCut whether the log was cut at the entry's end
    record Read(JournalKey key, boolean isCut, JournalEntry entry) {}

    /// What a group says of itself.
    ///
    /// @param length the bytes of its entries
    record Head(JournalFile.Use use, long lowestInUse, int length, long previousEnd) {
        static final Head NONE = new Head(JournalFile.Use.NONE, 0, 0, 0);

        /// Where it begins, by the bytes that [Group#seal] has written.
        static Head of(ByteBuffer bytes) {
            if (bytes.limit() < Group.HEADER_BYTES || bytes.getInt(0) != Group.MAGIC) {
                return NONE;
            }
            return new Head(new JournalFile.Use(bytes.getLong(8), bytes.getLong(32)), bytes.getLong(16),
                    bytes.getInt(24), (long) bytes.getInt(28) * Group.BLOCK_BYTES);
        }
    }

    JournalScan(Disk disk) {
        this.disk = disk;
    }

    /// What the first group in the file says, whole or not.
    static Head head(Disk disk, Path path) throws IOException {
        return Head.of(FileWindow.head(disk, path, Group.HEADER_BYTES));
    }

    void read(JournalFile file) throws IOException {
        var _ = read(file, disk.size(file.path()));
    }

    /// Answers whether all of it could be read.
    boolean read(JournalFile.Part part) throws IOException {
        return read(part.file(), part.sizeInBytes());
    }

    private boolean read(JournalFile file, long size) throws IOException {
        window.reset();
        try (DiskFile open = disk.open(file.path(), Disk.Access.READ)) {
            return read(file, open, size);
        }
    }

    private boolean read(JournalFile file, DiskFile open, long size) throws IOException {
        List<Read> entries = new ArrayList<>();
        // The first group was durable before there was a second one: without it there is none.
        Head first = wholeGroup(open, 0, size);
        JournalFile.Use use = first == null ? JournalFile.Use.NONE : first.use;
        long highestNumber = use.number();
        long end = 0;
        long damagedAt = -1;
        List<Hole> holes = new ArrayList<>(0);
        long position = 0;
        while (position + Group.HEADER_BYTES <= size) {
            Head head = wholeGroup(open, position, size);
            if (head != null) {
                highestNumber = Math.max(highestNumber, head.use.number());
            }
            if (first == null || head == null || !head.use.equals(use)) {
                // The end, with what the file held in another use, or damage if more groups of this use follow.
                damagedAt = damagedAt < 0 ? position : damagedAt;
                position += Group.BLOCK_BYTES;
                continue;
            }
            if (0 <= damagedAt) {
                holes.add(new Hole(damagedAt, position));
            }
            damagedAt = -1;
            lowestInUse = Math.max(lowestInUse, head.lowestInUse);
            long begin = position + Group.HEADER_BYTES;
            readEntries(file.path(), window.at(open, begin, head.length), begin, entries);
            position = (begin + head.length + Group.BLOCK_BYTES - 1) / Group.BLOCK_BYTES * Group.BLOCK_BYTES;
            end = position;
        }
        file.found(use, end);
        files.add(new Found(file, entries, first == null ? 0 : first.previousEnd, highestNumber, holes));
        return holes.isEmpty() && size <= end;
    }

    /// Null when there is no whole group.
    private @Nullable Head wholeGroup(DiskFile open, long position, long size) throws IOException {
        Head head = Head.of(window.at(open, position, Group.HEADER_BYTES));
        if (head.equals(Head.NONE) || head.length < 0 || MAX_GROUP_BYTES < head.length
                || size - position - Group.HEADER_BYTES < head.length) {
            return null;
        }
        ByteBuffer group = window.at(open, position, Group.HEADER_BYTES + head.length);
        if (group.limit() < Group.HEADER_BYTES + head.length) {
            return null;
        }
        CRC32C crc = new CRC32C();
        crc.update(group.slice(Group.CRC_BEGIN, Group.HEADER_BYTES - Group.CRC_BEGIN + head.length));
        return (int) crc.getValue() == group.getInt(4) ? head : null;
    }

    private void readEntries(Path path, ByteBuffer bytes, long begin, List<Read> into) {
        while (bytes.hasRemaining()) {
            TopicId topic = new TopicId(bytes.getLong(), bytes.getLong());
            int index = bytes.getInt();
            byte type = bytes.get();
            byte[] name = new byte[bytes.get() & 0xFF];
            long baseOffset = bytes.getLong();
            long endOffset = bytes.getLong();
            int size = bytes.getInt();
            bytes.get(name);
            JournalKey key = new JournalKey(topic,
                    new PartitionName(new String(name, StandardCharsets.UTF_8), index));
            into.add(
                    new Read(key, type == Group.CUT,
                            new JournalEntry(disk, path, begin + bytes.position(), size, baseOffset,
                                    endOffset, type == Group.GAP)));
            bytes.position(bytes.position() + size);
        }
    }

    /// The files that count, in the order they were written in; the others may be used again.
    List<Found> inUse() {
        return files.stream()
                .filter(found -> 0 < found.file().number() && lowestInUse <= found.file().number())
                .sorted((a, b) -> Long.compare(a.file().number(), b.file().number()))
                .toList();
    }

    /// Below it no file counts.
    long lowestInUse() {
        return lowestInUse;
    }

    /// Whether something is gone that was durable once; known when all files were read. Says what in the log.
    boolean findDamage() {
        boolean isDamaged = false;
        long next = lowestInUse;
        long end = 0;
        for (Found found : inUse()) {
            JournalFile file = found.file();
            if (next < file.number()) {
                isDamaged = true;
                LOG.error("journal '{}': files {} to {} are gone, or damaged where they begin: {}",
                        file.path().getParent(), next, file.number() - 1, WHAT_NOW);
            } else if (end < found.previousEnd && lowestInUse < file.number()) {
                isDamaged = true;
                LOG.error("journal '{}': file {} ends at position {}, and not at {}, where it ended once: {}",
                        file.path().getParent(), file.number() - 1, end, found.previousEnd, WHAT_NOW);
            }
            for (Hole hole : found.holes) {
                isDamaged = true;
                LOG.error("journal '{}' is damaged from position {} to {}: {}", file.path(), hole.begin, hole.end,
                        WHAT_NOW);
            }
            next = file.number() + 1;
            end = file.sizeInBytes();
        }
        for (Found found : files) {
            if (found.file().number() == 0 && Math.max(1, next) <= found.highestNumber) {
                isDamaged = true;
                LOG.error("journal '{}' is damaged where it begins: {}", found.file().path(), WHAT_NOW);
            }
        }
        return isDamaged;
    }

    /// Makes the last group durable: who has written it may have been killed before he synced it. Before there was
    /// another one each was.
    void syncNewest() throws IOException {
        List<Found> used = inUse();
        if (!used.isEmpty()) {
            try (DiskFile newest = disk.open(used.getLast().file().path(), Disk.Access.WRITE)) {
                newest.sync();
            }
        }
    }

    long highestNumber() {
        return files.stream().mapToLong(found -> found.file().number()).max().orElse(0);
    }

    /// What each partition may lack, in order.
    Map<JournalKey, List<JournalEntry>> entries() {
        Map<JournalKey, List<JournalEntry>> all = new LinkedHashMap<>();
        for (Found found : inUse()) {
            for (Read read : found.entries()) {
                List<JournalEntry> entries = all.computeIfAbsent(read.key(), key -> new ArrayList<>());
                if (read.isCut()) {
                    cut(entries, read.entry().endOffset());
                } else {
                    entries.add(read.entry());
                }
            }
        }
        all.values().removeIf(List::isEmpty);
        return all;
    }

    private static void cut(List<JournalEntry> entries, long offset) {
        entries.removeIf(entry -> offset <= entry.baseOffset());
        entries.replaceAll(entry -> entry.upTo(offset));
    }
}
