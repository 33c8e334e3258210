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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads what a journal holds from before. Used by one thread, at the start.
final class JournalScan {
    private static final Logger LOG = LoggerFactory.getLogger(JournalScan.class);
    /// No file comes near it: a group goes into a file of its own when it is larger than a file should be.
    private static final long MAX_FILE_BYTES = 1L << 30;

    private final Disk disk;
    private final List<Found> files = new ArrayList<>();
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private long lowestInUse;

    /// A file with the entries of its newest number.
    record Found(JournalFile file, List<Read> entries) {}

    /// @param isCut whether the log was cut at the entry's end
    record Read(JournalKey key, boolean isCut, JournalEntry entry) {}

    JournalScan(Disk disk) {
        this.disk = disk;
    }

    /// What the first group in the file says, whole or not.
    static JournalFile.Use use(Disk disk, Path path) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(Group.HEADER_BYTES);
        try (DiskFile file = disk.open(path, Disk.Access.READ)) {
            file.read(head, 0);
        }
        return head.hasRemaining() || head.getInt(0) != Group.MAGIC ? JournalFile.Use.NONE : use(head, 0);
    }

    void read(JournalFile file) throws IOException {
        long size = disk.size(file.path());
        if (MAX_FILE_BYTES < size) {
            throw new IOException("journal '" + file.path() + "' has " + size + " bytes, more than it can have");
        }
        // One for all files: each is as large as a young heap.
        if (buffer.capacity() < size) {
            buffer = ByteBuffer.allocate((int) size);
        }
        ByteBuffer bytes = buffer.clear().limit((int) size);
        try (DiskFile open = disk.open(file.path(), Disk.Access.READ)) {
            open.read(bytes, 0);
        }
        bytes.flip();
        List<Read> entries = new ArrayList<>();
        // The first group was durable before there was a second one: without it there is none.
        boolean isUsed = bytes.limit() != 0 && 0 <= wholeGroup(bytes, 0);
        JournalFile.Use use = isUsed ? use(bytes, 0) : JournalFile.Use.NONE;
        long end = 0;
        long damagedAt = -1;
        int position = 0;
        while (isUsed && position + Group.HEADER_BYTES <= bytes.limit()) {
            int length = wholeGroup(bytes, position);
            if (length < 0 || !use(bytes, position).equals(use)) {
                // The end, with what the file held in another use, or damage if more groups of this use follow.
                damagedAt = damagedAt < 0 ? position : damagedAt;
                position += Group.BLOCK_BYTES;
                continue;
            }
            if (0 <= damagedAt) {
                LOG.error("journal '{}' is damaged from position {} to {}: partitions whose records were there are "
                        + "offline, unless their segments have them", file.path(), damagedAt, position);
            }
            damagedAt = -1;
            lowestInUse = Math.max(lowestInUse, bytes.getLong(position + 16));
            readEntries(file.path(), bytes.slice(position + Group.HEADER_BYTES, length), position + Group.HEADER_BYTES,
                    entries);
            position += (Group.HEADER_BYTES + length + Group.BLOCK_BYTES - 1) / Group.BLOCK_BYTES * Group.BLOCK_BYTES;
            end = position;
        }
        file.found(use, end);
        files.add(new Found(file, entries));
    }

    private static JournalFile.Use use(ByteBuffer bytes, int position) {
        return new JournalFile.Use(bytes.getLong(position + 8), bytes.getLong(position + 32));
    }

    /// The bytes of its entries; -1 when there is no whole group.
    private static int wholeGroup(ByteBuffer bytes, int position) {
        if (bytes.limit() - position < Group.HEADER_BYTES) {
            return -1;
        }
        int length = bytes.getInt(position + 24);
        if (bytes.getInt(position) != Group.MAGIC || length < 0
                || bytes.limit() - position - Group.HEADER_BYTES < length) {
            return -1;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(position + Group.CRC_BEGIN, Group.HEADER_BYTES - Group.CRC_BEGIN + length));
        return (int) crc.getValue() == bytes.getInt(position + 4) ? length : -1;
    }

    private void readEntries(Path path, ByteBuffer bytes, int begin, List<Read> into) {
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
                            new JournalEntry(disk, path, (long) begin + bytes.position(), size, baseOffset,
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

    /// Says which files between others are not there: files become free in their order. Partitions that find a hole
    /// because of it go offline.
    private static void complain(List<Found> used) {
        long next = used.isEmpty() ? 0 : used.getFirst().file().number();
        for (Found found : used) {
            if (next < found.file().number()) {
                LOG.error("journal '{}': files {} to {} are gone, or damaged where they begin: partitions whose "
                        + "records were there are offline, unless their segments have them",
                        found.file().path().getParent(), next, found.file().number() - 1);
            }
            next = found.file().number() + 1;
        }
    }

    long highestNumber() {
        return files.stream().mapToLong(found -> found.file().number()).max().orElse(0);
    }

    /// What each partition may lack, in order.
    Map<JournalKey, List<JournalEntry>> entries() {
        Map<JournalKey, List<JournalEntry>> all = new LinkedHashMap<>();
        List<Found> used = inUse();
        complain(used);
        for (Found found : used) {
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
