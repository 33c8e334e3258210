package io.girok.log;

import io.girok.files.CorruptLog;
import io.girok.record.producer.AbortedTransaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The aborted transactions whose markers lie in a segment, in the order of the markers. Owned by the partition's
/// shard.
///
/// ```
///  0 version, 0           int16
///  2 producer id          int64
/// 10 first offset         int64
/// 18 last offset          int64   of the marker
/// 26 last stable offset   int64   when the marker was appended
/// ```
final class TransactionIndex {
    static final int ENTRY_BYTES = 34;

    private final EntryFile entries;
    private final long baseOffset;

    /// @param baseOffset of the segment
    TransactionIndex(LogFile file, long baseOffset) {
        this.entries = new EntryFile(file, ENTRY_BYTES, Short.BYTES);
        this.baseOffset = baseOffset;
    }

    EntryFile entries() {
        return entries;
    }

    void append(AbortedTransaction aborted) throws IOException {
        entries.append(ByteBuffer.allocate(ENTRY_BYTES)
                .putShort((short) 0)
                .putLong(aborted.producerId())
                .putLong(aborted.firstOffset())
                .putLong(aborted.lastOffset())
                .putLong(aborted.lastStableOffset())
                .flip());
    }

    List<AbortedTransaction> all() throws IOException {
        ByteBuffer all = entries.readAll();
        List<AbortedTransaction> transactions = new ArrayList<>(entries.count());
        while (all.hasRemaining()) {
            short version = all.getShort();
            if (version != 0) {
                throw new CorruptLog("transaction index '" + entries.file() + "' has an entry of version " + version);
            }
            transactions.add(read(all));
        }
        return transactions;
    }

    private static AbortedTransaction read(ByteBuffer afterVersion) {
        return new AbortedTransaction(afterVersion.getLong(), afterVersion.getLong(), afterVersion.getLong(),
                afterVersion.getLong());
    }

    /// Keeps the entries whose markers lie below `offset`, up to the first one that was never written so: a crash may
    /// leave zeros for what was not synced.
    void truncateToSane(long offset) throws IOException {
        ByteBuffer all = entries.readAll();
        int kept = 0;
        long lastMarker = baseOffset - 1;
        while (all.hasRemaining() && all.getShort() == 0) {
            AbortedTransaction entry = read(all);
            boolean isSane = entry.firstOffset() < entry.lastOffset() && lastMarker < entry.lastOffset()
                    && entry.lastOffset() < offset;
            if (!isSane) {
                break;
            }
            lastMarker = entry.lastOffset();
            kept++;
        }
        entries.truncate(kept);
    }
}
