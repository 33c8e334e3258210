package io.girok.log;

import io.girok.files.CorruptLog;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A file of entries of one size that are sorted by a key at their beginning: what the sparse indexes have in common.
/// Owned by the partition's shard.
///
/// Never mapped: entries are read by position, a page at a time once the search has come close. The last entry is kept
/// in memory, so that looking near the log's end reads nothing.
final class EntryFile {
    private static final int PAGE_BYTES = 4096;
    private static final int UNKNOWN = -1;
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final LogFile file;
    private final int entryBytes;
    private final int keyBytes;
    private ByteBuffer last = NONE;
    private int count = UNKNOWN;
    private boolean isDirty;

    EntryFile(LogFile file, int entryBytes, int keyBytes) {
        this.file = file;
        this.entryBytes = entryBytes;
        this.keyBytes = keyBytes;
    }

    LogFile file() {
        return file;
    }

    int count() throws IOException {
        if (count == UNKNOWN) {
            loadCount(Math.toIntExact(file.sizeOnDisk() / entryBytes));
        }
        return count;
    }

    /// Whether the file's size is one of whole entries.
    boolean isWhole() throws IOException {
        return file.sizeOnDisk() % entryBytes == 0;
    }

    /// The last entry, from position 0; there must be one.
    ByteBuffer last() {
        return last;
    }

    private void loadCount(int found) throws IOException {
        if (0 < found) {
            makeLast();
            readAt(found - 1, last.clear());
        }
        count = found;
    }

    private void makeLast() {
        if (last.capacity() == 0) {
            last = ByteBuffer.allocate(entryBytes);
        }
    }

    /// Appends the entry, whose key is not below the last one's.
    void append(ByteBuffer entry) throws IOException {
        int index = count();
        writeWhole(entry.duplicate(), (long) index * entryBytes);
        makeLast();
        last.put(0, entry, entry.position(), entryBytes);
        count = index + 1;
        isDirty = true;
    }

    /// A full disk may take a part of an entry, which goes again.
    private void writeWhole(ByteBuffer entry, long position) throws IOException {
        try {
            file.write(entry, position);
        } catch (IOException e) {
            try {
                file.truncate(position);
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    /// The entry number `index`, from 0.
    ByteBuffer entry(int index) throws IOException {
        ByteBuffer entry = ByteBuffer.allocate(entryBytes);
        readAt(index, entry);
        return entry;
    }

    /// The index of the last entry whose key is at most `key`; -1 when there is none.
    int floor(long key) throws IOException {
        if (count() == 0) {
            return -1;
        }
        if (key(last, 0) <= key) {
            return count - 1;
        }
        int low = 0;
        int high = count - 1;
        int perPage = PAGE_BYTES / entryBytes;
        ByteBuffer probe = ByteBuffer.allocate(entryBytes);
        // Keys before `low` are at most `key`, keys from `high` on are above it.
        while (perPage < high - low) {
            int middle = (low + high) >>> 1;
            readAt(middle, probe.clear());
            if (key(probe, 0) <= key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        ByteBuffer page = ByteBuffer.allocate((high - low) * entryBytes);
        readAt(low, page);
        int index = low;
        while (index < high && key(page, (index - low) * entryBytes) <= key) {
            index++;
        }
        return index - 1;
    }

    /// Keeps the first `kept` entries.
    void truncate(int kept) throws IOException {
        if (count() <= kept && isWhole()) {
            return;
        }
        int remaining = Math.min(count, kept);
        file.truncate((long) remaining * entryBytes);
        isDirty = true;
        loadCount(remaining);
    }

    /// All entries in one buffer.
    ByteBuffer readAll() throws IOException {
        ByteBuffer all = ByteBuffer.allocate(count() * entryBytes);
        if (0 < count) {
            readAt(0, all);
        }
        return all.rewind();
    }

    void markDirty() {
        isDirty = true;
    }

    boolean isDirty() {
        return isDirty;
    }

    boolean takeDirty() {
        boolean was = isDirty;
        isDirty = false;
        return was;
    }

    private long key(ByteBuffer entries, int position) {
        return keyBytes == Long.BYTES ? entries.getLong(position) : entries.getInt(position);
    }

    private void readAt(int index, ByteBuffer into) throws IOException {
        int wanted = into.remaining();
        if (file.read(into, (long) index * entryBytes) < wanted) {
            throw new CorruptLog("index '" + file + "' ends before its entry " + index);
        }
    }
}
