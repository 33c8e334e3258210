package io.girok.record;

import io.girok.base.Invariant;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/// A record batch of format v2, seen in place in a buffer: nothing is copied, nothing is checked until asked.
/// Owned by the owner of the buffer.
///
/// ```
///  0 base offset            int64   ┐ log overhead: outside the size
///  8 size of the rest       int32   ┘
/// 12 leader epoch           int32     these three are the broker's to set: outside the CRC
/// 16 magic                  int8      2
/// 17 CRC-32C of what follows uint32
/// 21 attributes             int16     0-2 compression, 3 log append time, 4 transactional, 5 control,
///                                     6 base timestamp is a delete horizon
/// 23 last offset delta      int32
/// 27 base timestamp         int64
/// 35 max timestamp          int64
/// 43 producer id            int64     -1: none
/// 51 producer epoch         int16
/// 53 base sequence          int32
/// 57 record count           int32
/// 61 records                          packed as a whole when there is a compression
/// ```
///
/// Reads are absolute: the buffer's position plays no part. A batch from outside comes from a [BatchWalk], which has
/// checked that header and size lie within the buffer.
public final class RecordBatch {
    /// What must be in the buffer before the fields of the header may be read.
    public static final int HEADER_BYTES = 61;
    /// What comes before the part that [#sizeInBytes] adds the size field for: base offset and the size itself.
    public static final int LOG_OVERHEAD = 12;
    /// The format's number.
    public static final byte MAGIC = 2;
    public static final long NO_TIMESTAMP = -1;
    public static final long NO_PRODUCER_ID = -1;
    public static final short NO_PRODUCER_EPOCH = -1;
    public static final int NO_SEQUENCE = -1;
    public static final int NO_LEADER_EPOCH = -1;

    static final int SIZE = 8;
    static final int LEADER_EPOCH = 12;
    static final int MAGIC_POSITION = 16;
    static final int CRC = 17;
    static final int ATTRIBUTES = 21;
    static final int LAST_OFFSET_DELTA = 23;
    static final int BASE_TIMESTAMP = 27;
    static final int MAX_TIMESTAMP = 35;
    static final int PRODUCER_ID = 43;
    static final int PRODUCER_EPOCH = 51;
    static final int BASE_SEQUENCE = 53;
    static final int RECORD_COUNT = 57;

    static final int COMPRESSION_MASK = 0x07;
    static final int LOG_APPEND_TIME_FLAG = 0x08;
    static final int TRANSACTIONAL_FLAG = 0x10;
    static final int CONTROL_FLAG = 0x20;
    static final int DELETE_HORIZON_FLAG = 0x40;

    private final ByteBuffer buffer;
    private final int position;

    private RecordBatch(ByteBuffer buffer, int position) {
        this.buffer = buffer;
        this.position = position;
    }

    /// The batch that begins at `position` of `buffer`, of which at least the header must be there.
    public static RecordBatch at(ByteBuffer buffer, int position) {
        Invariant.check(
                buffer.order() == ByteOrder.BIG_ENDIAN && 0 <= position && position <= buffer.limit() - HEADER_BYTES,
                "a record batch needs a big-endian buffer that holds its header");
        return new RecordBatch(buffer, position);
    }

    /// Where the batch begins in its buffer.
    public int position() {
        return position;
    }

    /// All of the batch, with what the size field leaves out.
    public int sizeInBytes() {
        return LOG_OVERHEAD + buffer.getInt(position + SIZE);
    }

    public long baseOffset() {
        return buffer.getLong(position);
    }

    public long lastOffset() {
        return baseOffset() + lastOffsetDelta();
    }

    /// The offset that follows the batch.
    public long endOffset() {
        return lastOffset() + 1;
    }

    public int leaderEpoch() {
        return buffer.getInt(position + LEADER_EPOCH);
    }

    public byte magic() {
        return buffer.get(position + MAGIC_POSITION);
    }

    public long crc() {
        return Integer.toUnsignedLong(buffer.getInt(position + CRC));
    }

    public short attributes() {
        return buffer.getShort(position + ATTRIBUTES);
    }

    public int lastOffsetDelta() {
        return buffer.getInt(position + LAST_OFFSET_DELTA);
    }

    /// What the records' timestamps count from; the delete horizon if [#hasDeleteHorizon].
    public long baseTimestamp() {
        return buffer.getLong(position + BASE_TIMESTAMP);
    }

    public long maxTimestamp() {
        return buffer.getLong(position + MAX_TIMESTAMP);
    }

    public long producerId() {
        return buffer.getLong(position + PRODUCER_ID);
    }

    public short producerEpoch() {
        return buffer.getShort(position + PRODUCER_EPOCH);
    }

    public int baseSequence() {
        return buffer.getInt(position + BASE_SEQUENCE);
    }

    /// The sequence of the last record; after the largest `int` comes 0.
    public int lastSequence() {
        int base = baseSequence();
        return base == NO_SEQUENCE ? NO_SEQUENCE : (base + lastOffsetDelta()) & Integer.MAX_VALUE;
    }

    public int recordCount() {
        return buffer.getInt(position + RECORD_COUNT);
    }

    /// @throws InvalidBatch when nobody knows the id in the attributes
    public Compression compression() {
        return Compression.ofId(attributes() & COMPRESSION_MASK);
    }

    public TimestampType timestampType() {
        return has(LOG_APPEND_TIME_FLAG) ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
    }

    public boolean isTransactional() {
        return has(TRANSACTIONAL_FLAG);
    }

    public boolean isControl() {
        return has(CONTROL_FLAG);
    }

    /// Whether the cleaner has noted when the batch's tombstones may go, in place of the base timestamp (KIP-534).
    public boolean hasDeleteHorizon() {
        return has(DELETE_HORIZON_FLAG);
    }

    public boolean hasProducerId() {
        return producerId() > NO_PRODUCER_ID;
    }

    /// Whether size and CRC fit, that is, the batch is what its writer meant.
    public boolean isCrcValid() {
        int size = sizeInBytes();
        return HEADER_BYTES <= size && size <= buffer.limit() - position && crc() == computeCrc();
    }

    /// Puts the batch in its place in the log; touches nothing the CRC covers.
    public void assignOffsets(long baseOffset, int leaderEpoch) {
        buffer.putLong(position, baseOffset);
        buffer.putInt(position + LEADER_EPOCH, leaderEpoch);
    }

    /// Makes `timestampMs` the time of every record.
    public void assignLogAppendTime(long timestampMs) {
        buffer.putShort(position + ATTRIBUTES, (short) (attributes() | LOG_APPEND_TIME_FLAG));
        assignMaxTimestamp(timestampMs);
    }

    /// The bytes of the batch, as a view.
    public ByteBuffer slice() {
        return buffer.slice(position, sizeInBytes());
    }

    /// The records. The CRC is not checked here.
    ///
    /// @param maxUnpackedBytes where a packed batch that unpacks to more is given up
    /// @throws InvalidBatch also from the iterator's steps
    public RecordIterator records(long maxUnpackedBytes) {
        return new RecordIterator(this, maxUnpackedBytes);
    }

    /// The first record that is not older than `timestampMs` and whose offset is `fromOffset` or more. Steps over the
    /// records without reading keys and values.
    ///
    /// @throws InvalidBatch when the records make no sense
    public Optional<TimestampOffset> firstAtOrAfter(long timestampMs, long fromOffset, long maxUnpackedBytes) {
        if (maxTimestamp() < timestampMs || lastOffset() < fromOffset) {
            return Optional.empty();
        }
        boolean isOneTime = timestampType() == TimestampType.LOG_APPEND_TIME;
        int count = recordCount();
        try (RecordReader reader = reader(maxUnpackedBytes)) {
            for (int index = 0; index < count; index++) {
                reader.skip();
                long offset = baseOffset() + reader.offsetDelta();
                long timestamp = isOneTime ? maxTimestamp() : baseTimestamp() + reader.timestampDelta();
                if (timestampMs <= timestamp && fromOffset <= offset) {
                    return Optional.of(new TimestampOffset(timestamp, offset));
                }
            }
        }
        return Optional.empty();
    }

    /// The first of the records with the largest time; empty when no record has a time, or there is no record.
    ///
    /// @throws InvalidBatch when the records make no sense
    public Optional<TimestampOffset> firstWithMaxTimestamp(long maxUnpackedBytes) {
        return maxTimestamp() == NO_TIMESTAMP
                ? Optional.empty()
                : firstAtOrAfter(maxTimestamp(), baseOffset(), maxUnpackedBytes);
    }

    RecordReader reader(long maxUnpackedBytes) {
        return new RecordReader(payloadReader(maxUnpackedBytes));
    }

    PayloadReader payloadReader(long maxUnpackedBytes) {
        ByteBuffer payload = buffer.slice(position + HEADER_BYTES, sizeInBytes() - HEADER_BYTES);
        return PayloadReader.of(compression(), payload, maxUnpackedBytes);
    }

    void assignMaxTimestamp(long timestampMs) {
        buffer.putLong(position + MAX_TIMESTAMP, timestampMs);
        assignCrc();
    }

    void assignCrc() {
        buffer.putInt(position + CRC, (int) computeCrc());
    }

    private long computeCrc() {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(position + ATTRIBUTES, sizeInBytes() - ATTRIBUTES));
        return crc.getValue();
    }

    private boolean has(int flag) {
        return (attributes() & flag) != 0;
    }

    @Override
    public String toString() {
        return "batch of " + recordCount() + " records at offsets " + baseOffset() + " to " + lastOffset() + ", "
                + sizeInBytes() + " bytes";
    }
}
