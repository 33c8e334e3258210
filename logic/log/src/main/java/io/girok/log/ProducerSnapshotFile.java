package io.girok.log;

import io.girok.base.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32C;

/// What a log knew of its producers at an offset, in Apache Kafka's format; the file is named by that offset.
///
/// ```
/// 0 version, 1            int16
/// 2 CRC-32C of the rest   uint32
/// 6 number of producers   int32
///   each: producer id int64, epoch int16, last sequence int32, last offset int64, offset delta int32,
///         timestamp int64, coordinator epoch int32, first offset of the open transaction int64 (-1: none)
/// ```
final class ProducerSnapshotFile {
    private static final short VERSION = 1;
    private static final int CRC_POSITION = 2;
    private static final int BODY_POSITION = 6;
    private static final int HEADER_BYTES = 10;
    private static final int ENTRY_BYTES = 46;

    private ProducerSnapshotFile() {}

    static Path path(Path directory, long offset) {
        return directory.resolve(FileNames.of(offset, FileNames.SNAPSHOT));
    }

    static ByteBuffer encode(Collection<ProducerEntry> producers) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + producers.size() * ENTRY_BYTES);
        bytes.putShort(VERSION).putInt(0).putInt(producers.size());
        for (ProducerEntry entry : producers) {
            bytes.putLong(entry.producerId())
                    .putShort(entry.epoch())
                    .putInt(entry.lastSequence())
                    .putLong(entry.lastOffset())
                    .putInt(entry.lastOffsetDelta())
                    .putLong(entry.lastTimestamp())
                    .putInt(entry.coordinatorEpoch())
                    .putLong(entry.transactionFirstOffset());
        }
        return bytes.flip().putInt(CRC_POSITION, crc(bytes));
    }

    /// @throws CorruptLog when the file is not what was written
    static List<ProducerEntry> read(Disk disk, Path path) throws IOException {
        ByteBuffer bytes = TextFile.readBytes(disk, path)
                .orElseThrow(() -> new CorruptLog("producer snapshot '" + path + "' is gone"));
        if (bytes.remaining() < HEADER_BYTES || bytes.getShort(0) != VERSION
                || bytes.getInt(CRC_POSITION) != crc(bytes)) {
            throw new CorruptLog("producer snapshot '" + path + "' has a wrong version or CRC");
        }
        int count = bytes.position(BODY_POSITION).getInt();
        if (count < 0 || bytes.remaining() != (long) count * ENTRY_BYTES) {
            throw new CorruptLog("producer snapshot '" + path + "' has a wrong number of producers: " + count);
        }
        List<ProducerEntry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(readEntry(bytes));
        }
        return entries;
    }

    private static ProducerEntry readEntry(ByteBuffer bytes) {
        ProducerEntry entry = new ProducerEntry(bytes.getLong(), bytes.getShort());
        int lastSequence = bytes.getInt();
        long lastOffset = bytes.getLong();
        int offsetDelta = bytes.getInt();
        long timestamp = bytes.getLong();
        if (0 <= lastOffset) {
            entry.addBatch(entry.epoch(), new ProducerEntry.Batch(lastSequence, lastOffset, offsetDelta, timestamp));
        }
        entry.restoreTimes(bytes.getInt(), timestamp);
        entry.setTransactionFirstOffset(bytes.getLong());
        return entry;
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(BODY_POSITION, bytes.limit() - BODY_POSITION));
        return (int) crc.getValue();
    }
}
