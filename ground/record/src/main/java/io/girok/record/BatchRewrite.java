package io.girok.record;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/// Makes a batch anew with some of its records. Owned by one thread, which uses it for one batch after the other.
///
/// Offsets, times, epoch, producer, sequence numbers and codec stay what they were, and the batch reaches from its
/// first to its last offset as before. The bytes of the records are moved as they are; only a delete horizon, which
/// takes the place of the base timestamp, makes the time of each record be written anew (KIP-534).
public final class BatchRewrite {
    /// Leaves the base timestamp, or the delete horizon, as it is.
    public static final long SAME_BASE = Long.MIN_VALUE;

    private static final int FIRST_CAPACITY_BYTES = 64 * 1024;

    private final GrowingBytes batch = new GrowingBytes(FIRST_CAPACITY_BYTES);
    private final GrowingBytes records = new GrowingBytes(FIRST_CAPACITY_BYTES);
    private GrowingBytes target = batch;
    private ByteBuffer header = ByteBuffer.allocate(0);
    private Compression compression = Compression.NONE;
    private boolean isLogAppendTime;
    private boolean movesBase;
    private long oldBase;
    private long newBase;
    private long oldMaxTimestamp;
    private long maxTimestamp;
    private int count;

    /// Begins with `original`, which stays as it is until [#build].
    ///
    /// @param deleteHorizonMs when the tombstones in it may go, or [#SAME_BASE]
    public void begin(RecordBatch original, long deleteHorizonMs) {
        header = original.slice().limit(RecordBatch.HEADER_BYTES);
        compression = original.compression();
        isLogAppendTime = original.timestampType() == TimestampType.LOG_APPEND_TIME;
        movesBase = deleteHorizonMs != SAME_BASE;
        oldBase = original.baseTimestamp();
        newBase = movesBase ? deleteHorizonMs : oldBase;
        oldMaxTimestamp = original.maxTimestamp();
        maxTimestamp = RecordBatch.NO_TIMESTAMP;
        count = 0;
        batch.clear();
        batch.write(header);
        records.clear();
        target = compression == Compression.NONE ? batch : records;
    }

    /// Takes the record that `cursor` has stepped to.
    public void keep(RecordCursor cursor) {
        long timestamp = oldBase + cursor.timestampDelta();
        if (movesBase) {
            long delta = timestamp - newBase;
            int rest = cursor.end() - cursor.afterTimestamp();
            Varints.write(1 + Varints.sizeOf(delta) + rest, target);
            target.write(0);
            Varints.write(delta, target);
            target.write(cursor.bytes(), cursor.afterTimestamp(), rest);
        } else {
            target.write(cursor.bytes(), cursor.begin(), cursor.end() - cursor.begin());
        }
        maxTimestamp = Math.max(maxTimestamp, timestamp);
        count++;
    }

    /// The batch, with its CRC; good until the next [#begin]. One without records keeps its times, so that its producer
    /// is not taken for silent.
    public ByteBuffer build() {
        if (compression != Compression.NONE && 0 < count) {
            pack();
        }
        ByteBuffer built = batch.toBuffer();
        int attributes = header.getShort(RecordBatch.ATTRIBUTES);
        if (count == 0) {
            attributes &= ~(RecordBatch.COMPRESSION_MASK | RecordBatch.DELETE_HORIZON_FLAG);
            built.putLong(RecordBatch.BASE_TIMESTAMP, oldMaxTimestamp);
        } else {
            attributes |= movesBase ? RecordBatch.DELETE_HORIZON_FLAG : 0;
            built.putLong(RecordBatch.BASE_TIMESTAMP, newBase);
        }
        built.putLong(RecordBatch.MAX_TIMESTAMP, count == 0 || isLogAppendTime ? oldMaxTimestamp : maxTimestamp);
        built.putInt(RecordBatch.SIZE, built.limit() - RecordBatch.LOG_OVERHEAD);
        built.putShort(RecordBatch.ATTRIBUTES, (short) attributes);
        built.putInt(RecordBatch.RECORD_COUNT, count);
        RecordBatch.at(built, 0).assignCrc();
        return built;
    }

    private void pack() {
        try (OutputStream packing = compression.pack(batch, compression.defaultLevel())) {
            packing.write(records.array(), 0, records.size());
        } catch (IOException e) {
            throw new UncheckedIOException("packing by " + compression.label() + " in memory failed", e);
        }
    }
}
