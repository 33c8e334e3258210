package io.girok.cleaner;

import io.girok.log.ClosedSegment;
import io.girok.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Reads the batches of a segment in large pieces, each batch checked. Used by one thread, for one segment after the
/// other.
///
/// ```java
/// window.open(segment);
/// while (window.fill()) { for (batch = window.next(); batch != null; batch = window.next()) { … } }
/// ```
final class BatchWindow {
    private static final int CRC_BEGIN = 21;

    private ByteBuffer buffer;
    private @Nullable ClosedSegment segment;
    private long bufferBegin;
    private int position;
    private long nextOffset;
    private int lastFillBytes;

    BatchWindow(int bytes) {
        this.buffer = ByteBuffer.allocate(bytes).limit(0);
    }

    void open(ClosedSegment opened) {
        segment = opened;
        bufferBegin = 0;
        position = 0;
        buffer.limit(0);
        nextOffset = opened.baseOffset();
    }

    private ClosedSegment segment() {
        ClosedSegment open = segment;
        if (open == null) {
            throw new IllegalStateException("no segment is open");
        }
        return open;
    }

    /// Reads the next piece, which holds one batch at least; false at the end of the segment.
    boolean fill() throws IOException, CannotClean {
        long from = bufferBegin + position;
        long left = segment().sizeInBytes() - from;
        if (left == 0) {
            return false;
        }
        if (left < RecordBatch.HEADER_BYTES) {
            throw corrupt("a torn batch header of " + left + " bytes", from);
        }
        read(from);
        long size = headerAt(0).sizeInBytes();
        if (size < RecordBatch.HEADER_BYTES || left < size) {
            throw corrupt("a batch that says it has " + size + " bytes, with " + left + " left", from);
        }
        if (buffer.capacity() < size) {
            checkLarge(from, size);
            buffer = ByteBuffer.allocate((int) size);
            read(from);
        }
        return true;
    }

    /// The bytes that the last [#fill] has read.
    int lastFillBytes() {
        return lastFillBytes;
    }

    /// The next batch of this piece; null when the next piece is to be read.
    @Nullable
    RecordBatch next() throws CannotClean {
        int left = buffer.limit() - position;
        if (left < RecordBatch.HEADER_BYTES) {
            return null;
        }
        RecordBatch batch = headerAt(position);
        int size = batch.sizeInBytes();
        long at = bufferBegin + position;
        if (size < RecordBatch.HEADER_BYTES || segment().sizeInBytes() - at < size) {
            throw corrupt("a batch that says it has " + size + " bytes", at);
        }
        if (left < size) {
            return null;
        }
        if (!batch.isCrcValid()) {
            throw corrupt("a batch whose CRC does not fit (offsets " + batch.baseOffset() + " to "
                    + batch.lastOffset() + ")", at);
        }
        if (batch.baseOffset() < nextOffset || batch.lastOffset() < batch.baseOffset() || batch.recordCount() < 0) {
            throw corrupt("a batch whose offsets " + batch.baseOffset() + " to " + batch.lastOffset()
                    + " do not follow " + nextOffset, at);
        }
        nextOffset = batch.endOffset();
        position += size;
        return batch;
    }

    /// Whether the batch answered last is the segment's last.
    boolean isAtEnd() {
        return bufferBegin + position == segment().sizeInBytes();
    }

    /// What is wrong with the batch answered last.
    CannotClean corrupt(RecordBatch batch, String what) {
        return corrupt("a batch (offsets " + batch.baseOffset() + " to " + batch.lastOffset() + ") that " + what,
                bufferBegin + batch.position());
    }

    private CannotClean corrupt(String what, long at) {
        return new CannotClean(segment().baseOffset(), "segment '" + segment() + "' has " + what + " at position "
                + at);
    }

    private RecordBatch headerAt(int at) throws CannotClean {
        RecordBatch batch = RecordBatch.at(buffer, at);
        if (batch.magic() != RecordBatch.MAGIC) {
            throw corrupt("bytes that are no batch (format " + batch.magic() + ")", bufferBegin + at);
        }
        return batch;
    }

    private void read(long from) throws IOException, CannotClean {
        bufferBegin = from;
        position = 0;
        buffer.clear();
        int wanted = (int) Math.min(buffer.capacity(), segment().sizeInBytes() - from);
        buffer.limit(wanted);
        lastFillBytes = segment().read(buffer, from);
        buffer.flip();
        if (buffer.limit() < wanted) {
            throw corrupt("fewer bytes than were written; it ends", from + buffer.limit());
        }
    }

    /// Before memory is taken for a batch larger than the window: a size that lies is found by the CRC.
    private void checkLarge(long from, long size) throws IOException, CannotClean {
        RecordBatch header = headerAt(0);
        long expected = header.crc();
        String offsets = header.baseOffset() + " to " + header.lastOffset();
        CRC32C crc = new CRC32C();
        long next = from + CRC_BEGIN;
        buffer.position(CRC_BEGIN);
        while (true) {
            int limit = (int) Math.min(buffer.limit(), buffer.position() + from + size - next);
            next += limit - buffer.position();
            crc.update(buffer.limit(limit));
            if (next == from + size) {
                break;
            }
            read(next);
        }
        bufferBegin = from;
        if (crc.getValue() != expected) {
            throw corrupt("a batch whose CRC does not fit (offsets " + offsets + ")", from);
        }
    }
}
