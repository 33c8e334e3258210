package io.girok.log;

import io.girok.files.CorruptLog;
import io.girok.record.InvalidReason;
import io.girok.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Walks the batches of a segment's file by their headers, in a window of bounded size whatever the batches' sizes.
/// Used by one thread.
///
/// ```java
/// for (RecordBatch header = scan.next(); header != null; header = scan.next()) { … scan.position() … }
/// if (scan.problem() != null) { … it stopped before the end, at scan.end() … }
/// ```
final class SegmentScan {
    /// Enough for the few batches between two index entries.
    static final int LOOKUP_WINDOW_BYTES = 8 * 1024;
    /// For reading all of a segment.
    static final int LONG_WINDOW_BYTES = 256 * 1024;

    private static final int CRC_POSITION = 17;
    private static final int CRC_BEGIN = 21;

    private final LogFile file;
    private final long limit;
    private final ByteBuffer window;
    private long windowBegin;
    private long position;
    private long end;
    private @Nullable String problem;
    private @Nullable InvalidReason reason;

    /// @param from where a batch begins
    /// @param limit where the last batch ends
    SegmentScan(LogFile file, long from, long limit, int windowBytes) {
        this.file = file;
        this.limit = limit;
        this.window = ByteBuffer.allocate(Math.clamp(limit - from, RecordBatch.HEADER_BYTES, windowBytes))
                .limit(0);
        this.windowBegin = from;
        this.position = from;
        this.end = from;
    }

    /// The next batch, of which only the header may be looked at; null at the end or where no whole batch follows.
    @Nullable
    RecordBatch next() throws IOException {
        position = end;
        long available = limit - position;
        if (available == 0 || problem != null) {
            return null;
        }
        if (available < RecordBatch.HEADER_BYTES) {
            return stop(null, "torn batch header of " + available + " bytes");
        }
        fill(position, RecordBatch.HEADER_BYTES);
        RecordBatch batch = RecordBatch.at(window, (int) (position - windowBegin));
        if (batch.magic() != RecordBatch.MAGIC) {
            return stop(InvalidReason.UNKNOWN_FORMAT, "bytes that are no batch (format " + batch.magic() + ")");
        }
        long size = batch.sizeInBytes();
        if (size < RecordBatch.HEADER_BYTES) {
            return stop(InvalidReason.CORRUPT, "batch that says it has " + size + " bytes");
        }
        if (available < size) {
            return stop(null, "torn batch, " + available + " of " + size + " bytes");
        }
        end = position + size;
        return batch;
    }

    /// Where the batch last answered begins.
    int position() {
        return Math.toIntExact(position);
    }

    /// Where the batch last answered ends.
    long end() {
        return end;
    }

    /// What follows [#end] and is no whole batch; null when nothing does.
    @Nullable
    String problem() {
        return problem;
    }

    /// Why it is none; null when it is torn, that is, the rest of it is missing.
    @Nullable
    InvalidReason reason() {
        return reason;
    }

    /// Whether the CRC fits the batch last answered. Read in pieces, so that a size that lies costs no memory.
    boolean isCrcValid() throws IOException {
        long from = position;
        long to = end;
        fill(from, RecordBatch.HEADER_BYTES);
        int expected = window.getInt((int) (from - windowBegin) + CRC_POSITION);
        CRC32C crc = new CRC32C();
        long next = from + CRC_BEGIN;
        while (next < to) {
            if (next < windowBegin || windowBegin + window.limit() <= next) {
                fill(next, 1);
            }
            int begin = (int) (next - windowBegin);
            int count = (int) Math.min(to - next, window.limit() - begin);
            crc.update(window.slice(begin, count));
            next += count;
        }
        // The header must be there again for those who look at the batch.
        if (from < windowBegin || windowBegin + window.limit() < from + RecordBatch.HEADER_BYTES) {
            read(from, RecordBatch.HEADER_BYTES);
        }
        return (int) crc.getValue() == expected;
    }

    /// The header of the batch last answered, good until the next step.
    RecordBatch header() throws IOException {
        fill(position, RecordBatch.HEADER_BYTES);
        return RecordBatch.at(window, (int) (position - windowBegin));
    }

    /// A copy of all of the batch last answered.
    RecordBatch whole() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(end - position));
        readFully(bytes, position);
        return RecordBatch.at(bytes.flip(), 0);
    }

    private @Nullable RecordBatch stop(@Nullable InvalidReason why, String what) {
        problem = what;
        reason = why;
        return null;
    }

    private void fill(long from, int count) throws IOException {
        if (windowBegin <= from && from + count <= windowBegin + window.limit()) {
            return;
        }
        read(from, count);
    }

    private void read(long from, int least) throws IOException {
        window.clear();
        window.limit((int) Math.min(window.capacity(), limit - from));
        windowBegin = from;
        readFully(window, from);
        window.flip();
        if (window.limit() < least) {
            throw new CorruptLog("'" + file + "' is shorter than its size of " + limit + " bytes");
        }
    }

    private void readFully(ByteBuffer into, long from) throws IOException {
        int wanted = into.remaining();
        int count = file.read(into, from);
        if (count < wanted) {
            throw new CorruptLog("'" + file + "' has " + (from + count) + " bytes, where " + (from + wanted)
                    + " were written");
        }
    }
}
