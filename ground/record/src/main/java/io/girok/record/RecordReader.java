package io.girok.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the records of one batch, one after the other, checking every size against what its record has left.
/// Not thread-safe; must be closed.
///
/// ```
/// record  size varint, attributes int8, timestamp delta varlong, offset delta varint,
///         key size varint (-1: null), key, value size varint (-1: null), value,
///         header count varint, header*
/// header  name size varint, name, value size varint (-1: null), value
/// ```
///
/// A record is either read ([#read]) or stepped over ([#skip]), which costs no memory.
final class RecordReader implements AutoCloseable {
    private static final int NULL_SIZE = -1;
    private static final int MAX_HEADERS_PREPARED = 16;

    private final PayloadReader payload;
    private int index = -1;
    private long recordEnd;
    private long timestampDelta;
    private int offsetDelta;
    private boolean hasKey;

    RecordReader(PayloadReader payload) {
        this.payload = payload;
    }

    /// Steps over the next record; what it said is in [#offsetDelta] and its sisters until the next call.
    void skip() {
        int keySize = readHead();
        payload.skip(Math.max(0, keySize));
        payload.skip(Math.max(0, readSize("value", NULL_SIZE)));
        int headers = readHeaderCount();
        for (int header = 0; header < headers; header++) {
            payload.skip(readSize("header name", 0));
            payload.skip(Math.max(0, readSize("header value", NULL_SIZE)));
        }
        checkEnd();
    }

    /// Reads the next record.
    Record read(RecordBatch batch) {
        int keySize = readHead();
        ByteBuffer key = take(keySize);
        ByteBuffer value = take(readSize("value", NULL_SIZE));
        List<RecordHeader> headers = readHeaders(readHeaderCount());
        checkEnd();
        long timestamp = batch.timestampType() == TimestampType.LOG_APPEND_TIME
                ? batch.maxTimestamp()
                : batch.baseTimestamp() + timestampDelta;
        return new Record(batch.baseOffset() + offsetDelta, timestamp, key, value, headers);
    }

    /// The index of the record read last, from 0.
    int index() {
        return index;
    }

    int offsetDelta() {
        return offsetDelta;
    }

    long timestampDelta() {
        return timestampDelta;
    }

    boolean hasKey() {
        return hasKey;
    }

    boolean isAtEnd() {
        return payload.isAtEnd();
    }

    @Override
    public void close() {
        payload.close();
    }

    /// Reads up to the key, and answers the key's size.
    private int readHead() {
        index++;
        int size = payload.readVarint();
        if (size < 0) {
            throw invalid("has a negative size of " + size + " bytes");
        }
        recordEnd = payload.consumed() + size;
        payload.readByte();
        timestampDelta = payload.readVarlong();
        offsetDelta = payload.readVarint();
        int keySize = readSize("key", NULL_SIZE);
        hasKey = keySize != NULL_SIZE;
        return keySize;
    }

    private int readSize(String what, int min) {
        int size = payload.readVarint();
        if (size < min || recordEnd - payload.consumed() < size) {
            throw invalid("has a " + what + " of " + size + " bytes with " + left() + " bytes left");
        }
        return size;
    }

    private int readHeaderCount() {
        int count = payload.readVarint();
        if (count < 0 || left() < 2L * count) {
            throw invalid("has " + count + " headers with " + left() + " bytes left");
        }
        return count;
    }

    private List<RecordHeader> readHeaders(int count) {
        if (count == 0) {
            return List.of();
        }
        List<RecordHeader> headers = new ArrayList<>(Math.min(count, MAX_HEADERS_PREPARED));
        for (int header = 0; header < count; header++) {
            ByteBuffer name = payload.take(readSize("header name", 0));
            ByteBuffer value = take(readSize("header value", NULL_SIZE));
            headers.add(new RecordHeader(StandardCharsets.UTF_8.decode(name).toString(), value));
        }
        return headers;
    }

    private @Nullable ByteBuffer take(int size) {
        return size == NULL_SIZE ? null : payload.take(size);
    }

    private void checkEnd() {
        if (payload.consumed() != recordEnd) {
            throw invalid("is not of the size it says: " + left() + " bytes left");
        }
    }

    private long left() {
        return recordEnd - payload.consumed();
    }

    private InvalidBatch invalid(String what) {
        return new InvalidBatch(InvalidReason.INVALID_RECORD, "record " + index + " " + what, index);
    }
}
