package io.girok.record;

import io.girok.base.Invariant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/// Steps over the records of a batch without making an object of any: for those who go through whole logs. Owned by one
/// thread, which uses it for one batch after the other.
///
/// ```java
/// cursor.open(batch, maxUnpackedBytes);
/// while (cursor.next()) { … cursor.offset() … }
/// ```
///
/// What it says of a record, as positions in [#bytes], is good until the next step.
public final class RecordCursor {
    private static final int FIRST_CAPACITY_BYTES = 64 * 1024;
    private static final int NULL_SIZE = -1;
    private static final int MAX_SHIFT = 63;

    private final GrowingBytes unpacked = new GrowingBytes(FIRST_CAPACITY_BYTES);
    private byte[] bytes = new byte[0];
    private int first;
    private int position;
    private int limit;
    private int count;
    private int index;
    private long baseOffset;
    private int begin;
    private int end;
    private int afterTimestamp;
    private long timestampDelta;
    private int offsetDelta;
    private int keyPosition;
    private int keySize;
    private boolean hasValue;

    /// Begins with a batch, whose buffer is on the heap and stays as it is meanwhile.
    ///
    /// @param maxUnpackedBytes where a packed batch that unpacks to more is given up
    /// @throws InvalidBatch when it cannot be unpacked
    public void open(RecordBatch batch, long maxUnpackedBytes) {
        count = batch.recordCount();
        index = 0;
        baseOffset = batch.baseOffset();
        if (batch.compression() == Compression.NONE) {
            ByteBuffer all = batch.slice();
            Invariant.check(all.hasArray(), "a record cursor reads batches on the heap");
            bytes = all.array();
            position = all.arrayOffset() + RecordBatch.HEADER_BYTES;
            limit = all.arrayOffset() + all.limit();
        } else {
            unpack(batch, maxUnpackedBytes);
            bytes = unpacked.array();
            position = 0;
            limit = unpacked.size();
        }
        first = position;
    }

    /// Begins again with the first record.
    public void rewind() {
        position = first;
        index = 0;
    }

    private void unpack(RecordBatch batch, long maxUnpackedBytes) {
        unpacked.clear();
        try (PayloadReader payload = batch.payloadReader(maxUnpackedBytes)) {
            payload.drainTo(unpacked);
        } catch (IOException e) {
            throw new UncheckedIOException("unpacking in memory failed", e);
        }
    }

    /// Steps to the next record; false at the end.
    ///
    /// @throws InvalidBatch when what follows is no record
    public boolean next() {
        if (count <= index) {
            if (position != limit) {
                throw invalid("is followed by " + (limit - position) + " bytes that belong to no record");
            }
            return false;
        }
        begin = position;
        int size = readInt();
        if (size < 0 || limit - position < size) {
            throw invalid("says it has " + size + " bytes, where " + (limit - position) + " are left");
        }
        end = position + size;
        position++;
        timestampDelta = readLong();
        afterTimestamp = position;
        offsetDelta = readInt();
        keySize = readInt();
        keyPosition = position;
        if (keySize < NULL_SIZE || end - position < keySize) {
            throw invalid("has a key of " + keySize + " bytes");
        }
        position += Math.max(0, keySize);
        hasValue = 0 <= readInt();
        if (end < position) {
            throw invalid("is larger than it says");
        }
        position = end;
        index++;
        return true;
    }

    /// Where the record lies that was stepped to last.
    public byte[] bytes() {
        return bytes;
    }

    public long offset() {
        return baseOffset + offsetDelta;
    }

    /// Where the key begins in [#bytes].
    public int keyPosition() {
        return keyPosition;
    }

    /// Of the key, in bytes; -1 for none.
    public int keySize() {
        return keySize;
    }

    /// Whether the record has a value: one without is a tombstone.
    public boolean hasValue() {
        return hasValue;
    }

    /// Where the record begins, its size included.
    int begin() {
        return begin;
    }

    int end() {
        return end;
    }

    /// Where what follows the record's timestamp begins.
    int afterTimestamp() {
        return afterTimestamp;
    }

    long timestampDelta() {
        return timestampDelta;
    }

    private int readInt() {
        long value = readLong();
        if (value != (int) value) {
            throw invalid("has a number of more than 32 bits");
        }
        return (int) value;
    }

    private long readLong() {
        if (position < limit && 0 <= bytes[position]) {
            return Varints.unzigzag(bytes[position++]);
        }
        long raw = 0;
        for (int shift = 0; shift <= MAX_SHIFT; shift += 7) {
            if (limit <= position) {
                throw invalid("ends too early");
            }
            byte next = bytes[position++];
            raw |= (next & 0x7FL) << shift;
            if (0 <= next) {
                return Varints.unzigzag(raw);
            }
        }
        throw invalid("has a number of more than 64 bits");
    }

    private InvalidBatch invalid(String what) {
        return new InvalidBatch(InvalidReason.INVALID_RECORD, "record " + index + " " + what, index);
    }
}
