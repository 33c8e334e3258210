package io.girok.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/// When batches were written: a sparse index from the largest timestamp so far to the offset that has it. Owned by the
/// partition's shard.
///
/// ```
/// 0 largest timestamp so far                                            int64
/// 8 last offset of the batch that has it, relative to the segment's base int32
/// ```
///
/// A segment that is no longer written to has its largest timestamp in the last entry.
final class TimeIndex {
    static final int ENTRY_BYTES = 12;

    private final EntryFile entries;
    private final long baseOffset;

    TimeIndex(LogFile file, long baseOffset) {
        this.entries = new EntryFile(file, ENTRY_BYTES, Long.BYTES);
        this.baseOffset = baseOffset;
    }

    EntryFile entries() {
        return entries;
    }

    /// Appends the entry if it says anything new.
    void appendIfLater(long timestamp, long offset) throws IOException {
        if (lastTimestamp() < timestamp) {
            entries.append(ByteBuffer.allocate(ENTRY_BYTES)
                    .putLong(timestamp)
                    .putInt(Math.toIntExact(offset - baseOffset))
                    .flip());
        }
    }

    /// -1 when there is no entry.
    long lastTimestamp() throws IOException {
        return entries.count() == 0 ? -1 : entries.last().getLong(0);
    }

    /// The offset of the last entry; -1 when there is none.
    long lastOffset() throws IOException {
        return entries.count() == 0 ? -1 : baseOffset + entries.last().getInt(8);
    }

    /// An offset below which no record is of `timestamp` or later: the closest the index has.
    long floorOffset(long timestamp) throws IOException {
        int found = entries.floor(timestamp - 1);
        return found < 0 ? baseOffset : baseOffset + entries.entry(found).getInt(8);
    }

    /// Drops the entries of `offset` or later.
    void truncateToOffset(long offset) throws IOException {
        int kept = entries.count();
        while (0 < kept && offset <= baseOffset + entries.entry(kept - 1).getInt(8)) {
            kept--;
        }
        entries.truncate(kept);
    }

    /// Keeps the entries from the first on that make sense and lie below `offset`: of a file that was not synced
    /// beyond.
    void truncateToSane(long offset) throws IOException {
        ByteBuffer all = entries.readAll();
        int kept = 0;
        long lastTimestamp = -1;
        long lastOffset = -1;
        while (all.hasRemaining()) {
            long timestamp = all.getLong();
            int relative = all.getInt();
            boolean isSane = lastTimestamp < timestamp && lastOffset < relative && baseOffset + relative < offset;
            if (!isSane) {
                break;
            }
            lastTimestamp = timestamp;
            lastOffset = relative;
            kept++;
        }
        entries.truncate(kept);
    }
}
