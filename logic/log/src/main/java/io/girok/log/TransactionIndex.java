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

    TransactionIndex(LogFile file) {
        this.entries = new EntryFile(file, ENTRY_BYTES, Short.BYTES);
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
            transactions
                    .add(new AbortedTransaction(all.getLong(), all.getLong(), all.getLong(), all.getLong()));
        }
        return transactions;
    }

    /// Keeps the entries whose markers lie below `offset`.
    void truncateToOffset(long offset) throws IOException {
        ByteBuffer all = entries.readAll();
        int kept = 0;
        while (kept < entries.count() && all.getShort(kept * ENTRY_BYTES) == 0
                && all.getLong(kept * ENTRY_BYTES + 18) < offset) {
            kept++;
        }
        entries.truncate(kept);
    }
}
