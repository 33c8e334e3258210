package io.girok.record;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.xerial.snappy.Snappy;

/// Unpacks snappy as Kafka's clients write it: the blocks of snappy-java's stream, or (librdkafka) one bare block.
/// Not thread-safe.
///
/// ```
/// stream   header block*              header  82 'S' 'N' 'A' 'P' 'P' 'Y' 00, version int32, compatible int32
/// block    size int32, snappy bytes   a header may stand again between two blocks, where streams were joined
/// ```
///
/// snappy-java's own reader reserves memory from the size in the stream; here a size is compared with what is left of
/// the input first, and the unpacked size with what snappy can reach at best.
final class SnappyInputStream extends InputStream {
    private static final long MAGIC = 0x82534E4150505900L;
    private static final int MAGIC_HIGH = (int) (MAGIC >>> 32);
    private static final int HEADER_BYTES = 16;
    /// Snappy's densest element copies 64 bytes and takes three.
    private static final int MAX_RATIO = 22;

    private final ByteBuffer packed;
    private final boolean isFramed;
    private byte[] block = new byte[0];
    private int next;
    private int end;

    SnappyInputStream(ByteBuffer packed) throws IOException {
        this.packed = packed.slice();
        this.isFramed = HEADER_BYTES <= this.packed.remaining() && this.packed.getLong(0) == MAGIC;
    }

    @Override
    public int read() throws IOException {
        return hasMore() ? block[next++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] into, int start, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (!hasMore()) {
            return -1;
        }
        int read = Math.min(count, end - next);
        System.arraycopy(block, next, into, start, read);
        next += read;
        return read;
    }

    private boolean hasMore() throws IOException {
        while (next == end && packed.hasRemaining()) {
            if (isFramed) {
                nextFramedBlock();
            } else {
                unpack(packed.remaining());
            }
        }
        return next < end;
    }

    private void nextFramedBlock() throws IOException {
        int size = takeInt();
        if (size == MAGIC_HIGH) {
            if (packed.remaining() < HEADER_BYTES - Integer.BYTES) {
                throw new EOFException("snappy stream ends in a header");
            }
            packed.position(packed.position() + HEADER_BYTES - Integer.BYTES);
            return;
        }
        if (size <= 0 || packed.remaining() < size) {
            throw new IOException("snappy block of " + size + " bytes with " + packed.remaining() + " bytes left");
        }
        unpack(size);
    }

    private int takeInt() throws IOException {
        if (packed.remaining() < Integer.BYTES) {
            throw new EOFException("snappy stream ends in a block's size");
        }
        return packed.getInt();
    }

    private void unpack(int size) throws IOException {
        byte[] input;
        int start;
        if (packed.hasArray()) {
            input = packed.array();
            start = packed.arrayOffset() + packed.position();
            packed.position(packed.position() + size);
        } else {
            input = new byte[size];
            start = 0;
            packed.get(input);
        }
        int unpackedSize = Snappy.uncompressedLength(input, start, size);
        if (unpackedSize < 0 || MAX_RATIO * (long) size < unpackedSize) {
            throw new IOException("snappy block of " + size + " bytes claims " + unpackedSize + " unpacked bytes");
        }
        if (block.length < unpackedSize) {
            block = new byte[unpackedSize];
        }
        next = 0;
        end = Snappy.uncompress(input, start, size, block, 0);
    }
}
