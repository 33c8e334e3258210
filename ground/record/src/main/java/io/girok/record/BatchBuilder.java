package io.girok.record;

import io.girok.base.Invariant;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Builds one record batch. Not thread-safe.
///
/// Set-up first, then [#append], then [#build], once each but for the appends.
public final class BatchBuilder {
    private static final int FIRST_CAPACITY_BYTES = 512;
    private static final int NULL_SIZE = -1;

    private final GrowingBytes records = new GrowingBytes(FIRST_CAPACITY_BYTES);
    private Compression compression = Compression.NONE;
    private int level;
    private long baseOffset;
    private int leaderEpoch = RecordBatch.NO_LEADER_EPOCH;
    private long producerId = RecordBatch.NO_PRODUCER_ID;
    private short producerEpoch = RecordBatch.NO_PRODUCER_EPOCH;
    private int baseSequence = RecordBatch.NO_SEQUENCE;
    private int flags;
    private long logAppendTimeMs;

    private int count;
    private int lastOffsetDelta = -1;
    private long baseTimestamp = RecordBatch.NO_TIMESTAMP;
    private long maxTimestamp = RecordBatch.NO_TIMESTAMP;

    public BatchBuilder compression(Compression compression) {
        return compression(compression, compression.defaultLevel());
    }

    public BatchBuilder compression(Compression compression, int level) {
        Invariant.check(compression.isLevel(level), "compression level out of range");
        this.compression = compression;
        this.level = level;
        return this;
    }

    public BatchBuilder baseOffset(long baseOffset) {
        Invariant.check(count == 0, "a batch's base offset is set before its records");
        this.baseOffset = baseOffset;
        return this;
    }

    public BatchBuilder leaderEpoch(int leaderEpoch) {
        this.leaderEpoch = leaderEpoch;
        return this;
    }

    public BatchBuilder producer(long producerId, short producerEpoch, int baseSequence) {
        this.producerId = producerId;
        this.producerEpoch = producerEpoch;
        this.baseSequence = baseSequence;
        return this;
    }

    public BatchBuilder transactional() {
        flags |= RecordBatch.TRANSACTIONAL_FLAG;
        return this;
    }

    public BatchBuilder control() {
        flags |= RecordBatch.CONTROL_FLAG;
        return this;
    }

    /// Makes `timestampMs` the time of every record, whatever they are appended with.
    public BatchBuilder logAppendTime(long timestampMs) {
        flags |= RecordBatch.LOG_APPEND_TIME_FLAG;
        logAppendTimeMs = timestampMs;
        return this;
    }

    public BatchBuilder append(long timestamp, @Nullable ByteBuffer key, @Nullable ByteBuffer value) {
        return append(timestamp, key, value, List.of());
    }

    /// Appends a record at the offset after the last one.
    public BatchBuilder append(long timestamp, @Nullable ByteBuffer key, @Nullable ByteBuffer value,
            List<RecordHeader> headers) {
        return append(new Record(baseOffset + lastOffsetDelta + 1, timestamp, key, value, headers));
    }

    /// Appends a record at its own offset, which is past the last one: a cleaned log has gaps.
    public BatchBuilder append(Record record) {
        long offsetDelta = record.offset() - baseOffset;
        Invariant.check(
                lastOffsetDelta < offsetDelta && offsetDelta <= Integer.MAX_VALUE,
                "a batch's offsets increase from its base offset");
        if (count == 0) {
            baseTimestamp = record.timestamp();
        }
        int bodySize = bodySize(record, offsetDelta);
        Varints.write(bodySize, records);
        int start = records.size();
        writeBody(record, offsetDelta);
        Invariant.check(records.size() - start == bodySize, "a record has the size it says");
        count++;
        lastOffsetDelta = (int) offsetDelta;
        maxTimestamp = Math.max(maxTimestamp, record.timestamp());
        return this;
    }

    /// Makes the batch reach to `offset`, past its last record: the offsets of a cleaned batch stay taken.
    public BatchBuilder lastOffset(long offset) {
        Invariant.check(
                baseOffset + lastOffsetDelta <= offset && offset - baseOffset <= Integer.MAX_VALUE,
                "a batch reaches to its last record at least");
        lastOffsetDelta = (int) (offset - baseOffset);
        return this;
    }

    public int recordCount() {
        return count;
    }

    /// The size of the batch if it were built now and not packed.
    public int unpackedBytes() {
        return RecordBatch.HEADER_BYTES + records.size();
    }

    /// The batch, from position 0 to the limit of a buffer on the heap.
    public ByteBuffer build() {
        ByteBuffer batch = compression == Compression.NONE
                ? ByteBuffer.allocate(unpackedBytes())
                        .put(RecordBatch.HEADER_BYTES, records.toBuffer(), 0,
                                records.size())
                : pack(records.toBuffer(), compression, level);
        batch.putLong(0, baseOffset);
        batch.putInt(RecordBatch.SIZE, batch.limit() - RecordBatch.LOG_OVERHEAD);
        batch.putInt(RecordBatch.LEADER_EPOCH, leaderEpoch);
        batch.put(RecordBatch.MAGIC_POSITION, RecordBatch.MAGIC);
        batch.putShort(RecordBatch.ATTRIBUTES, (short) (compression.id() | flags));
        batch.putInt(RecordBatch.LAST_OFFSET_DELTA, lastOffsetDelta);
        batch.putLong(RecordBatch.BASE_TIMESTAMP, baseTimestamp);
        boolean isLogAppendTime = (flags & RecordBatch.LOG_APPEND_TIME_FLAG) != 0;
        batch.putLong(RecordBatch.MAX_TIMESTAMP, isLogAppendTime ? logAppendTimeMs : maxTimestamp);
        batch.putLong(RecordBatch.PRODUCER_ID, producerId);
        batch.putShort(RecordBatch.PRODUCER_EPOCH, producerEpoch);
        batch.putInt(RecordBatch.BASE_SEQUENCE, baseSequence);
        batch.putInt(RecordBatch.RECORD_COUNT, count);
        RecordBatch.at(batch, 0).assignCrc();
        return batch;
    }

    /// A buffer with room for a header, followed by `payload` packed.
    static ByteBuffer pack(ByteBuffer payload, Compression compression, int level) {
        GrowingBytes packed = new GrowingBytes(RecordBatch.HEADER_BYTES + Math.max(64, payload.remaining() / 2));
        packed.write(ByteBuffer.allocate(RecordBatch.HEADER_BYTES));
        try (OutputStream stream = compression.pack(packed, level)) {
            stream.write(payload.array(), payload.arrayOffset() + payload.position(), payload.remaining());
        } catch (IOException e) {
            throw new UncheckedIOException("packing by " + compression.label() + " in memory failed", e);
        }
        return packed.toBuffer().slice();
    }

    private int bodySize(Record record, long offsetDelta) {
        int size = 1 + Varints.sizeOf(record.timestamp() - baseTimestamp) + Varints.sizeOf(offsetDelta)
                + sizeOf(record.key()) + sizeOf(record.value()) + Varints.sizeOf(record.headers().size());
        for (RecordHeader header : record.headers()) {
            int nameSize = header.key().getBytes(StandardCharsets.UTF_8).length;
            size += Varints.sizeOf(nameSize) + nameSize + sizeOf(header.value());
        }
        return size;
    }

    private void writeBody(Record record, long offsetDelta) {
        records.write(0);
        Varints.write(record.timestamp() - baseTimestamp, records);
        Varints.write(offsetDelta, records);
        write(record.key());
        write(record.value());
        Varints.write(record.headers().size(), records);
        for (RecordHeader header : record.headers()) {
            write(ByteBuffer.wrap(header.key().getBytes(StandardCharsets.UTF_8)));
            write(header.value());
        }
    }

    private static int sizeOf(@Nullable ByteBuffer bytes) {
        return bytes == null ? Varints.sizeOf(NULL_SIZE) : Varints.sizeOf(bytes.remaining()) + bytes.remaining();
    }

    private void write(@Nullable ByteBuffer bytes) {
        if (bytes == null) {
            Varints.write(NULL_SIZE, records);
        } else {
            Varints.write(bytes.remaining(), records);
            records.write(bytes);
        }
    }
}
