package io.girok.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Where batches lie in a segment: a sparse index from offset to position. Owned by the partition's shard.
///
/// ```
/// 0 last offset of the batch, relative to the segment's base   int32
/// 4 position of the batch in the segment                       int32
/// ```
final class OffsetIndex {
    static final int ENTRY_BYTES = 8;

    private final EntryFile entries;
    private final long baseOffset;

    OffsetIndex(LogFile file, long baseOffset) {
        this.entries = new EntryFile(file, ENTRY_BYTES, Integer.BYTES);
        this.baseOffset = baseOffset;
    }

    EntryFile entries() {
        return entries;
    }

    void append(long lastOffset, int position) throws IOException {
        entries.append(ByteBuffer.allocate(ENTRY_BYTES)
                .putInt(Math.toIntExact(lastOffset - baseOffset))
                .putInt(position)
                .flip());
    }

    /// The position of a batch whose last offset is at most `offset`: the closest the index has, or the beginning.
    int floorPosition(long offset) throws IOException {
        int found = entries.floor(offset - baseOffset);
        if (found < 0) {
            return 0;
        }
        return found == entries.count() - 1 ? entries.last().getInt(4) : entries.entry(found).getInt(4);
    }

    /// The position of the last batch that the index has; 0 for none.
    int lastPosition() throws IOException {
        return entries.count() == 0 ? 0 : entries.last().getInt(4);
    }

    /// The last offset that the index has; -1 for none.
    long lastOffset() throws IOException {
        return entries.count() == 0 ? -1 : baseOffset + entries.last().getInt(0);
    }

    /// Drops the entries of batches at `position` or later.
    void truncateToPosition(long position) throws IOException {
        int kept = entries.count();
        while (0 < kept && position <= entries.entry(kept - 1).getInt(4)) {
            kept--;
        }
        entries.truncate(kept);
    }

    /// Keeps the entries from the first on that make sense, lie below `offset` and point below `position`: of a file
    /// that was not synced beyond.
    void truncateToSane(long offset, long position) throws IOException {
        ByteBuffer all = entries.readAll();
        int kept = 0;
        long lastOffset = -1;
        long lastPosition = 0;
        while (all.hasRemaining()) {
            int relative = all.getInt();
            int at = all.getInt();
            boolean isSane = lastOffset < relative && lastPosition < at && at < position
                    && baseOffset + relative < offset;
            if (!isSane) {
                break;
            }
            lastOffset = relative;
            lastPosition = at;
            kept++;
        }
        entries.truncate(kept);
    }
}
