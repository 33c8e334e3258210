package io.girok.files;

import io.girok.base.Disk;
import io.girok.record.producer.ProducerEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/// What a log knew of its producers at an offset, in Apache Kafka's format; the file is named by that offset.
///
/// ```
/// 0 version, 1            int16
/// 2 CRC-32C of the rest   uint32
/// 6 number of entries     int32
///   each: producer id int64, epoch int16, last sequence int32, last offset int64, offset delta int32,
///         timestamp int64, coordinator epoch int32, first offset of the open transaction int64 (-1: none)
/// ```
///
/// Apache Kafka writes one entry for a producer, and thereby forgets at a restart all but its last batch: one that is
/// sent again from before that is refused as out of order. Here each remembered batch is an entry, the oldest first;
/// Apache Kafka takes the last entry of a producer and reads the file as its own.
public final class ProducerSnapshotFile {
    private static final short VERSION = 1;
    private static final int CRC_POSITION = 2;
    private static final int BODY_POSITION = 6;
    private static final int HEADER_BYTES = 10;
    private static final int ENTRY_BYTES = 46;
    private static final ProducerEntry.Batch NO_BATCH = new ProducerEntry.Batch(-1, ProducerEntry.NO_OFFSET, 0, -1);

    private ProducerSnapshotFile() {}

    public static Path path(Path directory, long offset) {
        return directory.resolve(FileNames.of(offset, FileNames.SNAPSHOT));
    }

    /// The file that says this.
    public static ByteBuffer encode(Collection<ProducerEntry> producers) {
        int count = 0;
        for (ProducerEntry entry : producers) {
            count += Math.max(1, entry.batches().size());
        }
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + count * ENTRY_BYTES);
        bytes.putShort(VERSION).putInt(0).putInt(count);
        for (ProducerEntry entry : producers) {
            if (entry.batches().isEmpty()) {
                put(bytes, entry, NO_BATCH, entry.lastTimestamp());
            }
            for (ProducerEntry.Batch batch : entry.batches()) {
                boolean isLast = batch.lastOffset() == entry.lastOffset();
                put(bytes, entry, batch, isLast ? entry.lastTimestamp() : batch.timestamp());
            }
        }
        return bytes.flip().putInt(CRC_POSITION, crc(bytes));
    }

    private static void put(ByteBuffer bytes, ProducerEntry entry, ProducerEntry.Batch batch, long timestamp) {
        bytes.putLong(entry.producerId())
                .putShort(entry.epoch())
                .putInt(batch.lastSequence())
                .putLong(batch.lastOffset())
                .putInt(batch.offsetDelta())
                .putLong(timestamp)
                .putInt(entry.coordinatorEpoch())
                .putLong(entry.transactionFirstOffset());
    }

    /// @throws CorruptLog when the file is not what was written
    public static List<ProducerEntry> read(Disk disk, Path path) throws IOException {
        ByteBuffer bytes = TextFile.readBytes(disk, path)
                .orElseThrow(() -> new CorruptLog("producer snapshot '" + path + "' is gone"));
        if (bytes.remaining() < HEADER_BYTES || bytes.getShort(0) != VERSION
                || bytes.getInt(CRC_POSITION) != crc(bytes)) {
            throw new CorruptLog("producer snapshot '" + path + "' has a wrong version or CRC");
        }
        int count = bytes.position(BODY_POSITION).getInt();
        if (count < 0 || bytes.remaining() != (long) count * ENTRY_BYTES) {
            throw new CorruptLog("producer snapshot '" + path + "' has a wrong number of entries: " + count);
        }
        Map<Long, ProducerEntry> entries = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            readEntry(bytes, entries);
        }
        return List.copyOf(entries.values());
    }

    private static void readEntry(ByteBuffer bytes, Map<Long, ProducerEntry> entries) {
        long producerId = bytes.getLong();
        short epoch = bytes.getShort();
        ProducerEntry entry = entries.computeIfAbsent(producerId, id -> new ProducerEntry(id, epoch));
        int lastSequence = bytes.getInt();
        long lastOffset = bytes.getLong();
        int offsetDelta = bytes.getInt();
        long timestamp = bytes.getLong();
        if (0 <= lastOffset) {
            entry.addBatch(epoch, new ProducerEntry.Batch(lastSequence, lastOffset, offsetDelta, timestamp));
        }
        entry.setMarker(bytes.getInt(), timestamp);
        entry.setTransactionFirstOffset(bytes.getLong());
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(BODY_POSITION, bytes.limit() - BODY_POSITION));
        return (int) crc.getValue();
    }
}
