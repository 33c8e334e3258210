package io.girok.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Reads the records part of a batch from its first byte to its last, packed or not. Not thread-safe; must be closed.
///
/// Unpacked bytes are read in place. Packed bytes come through a window of fixed size, are counted against a limit as
/// they arrive, and never reserve memory by a length found in them: however wild the input, what is held is bounded by
/// what was really unpacked.
final class PayloadReader implements AutoCloseable {
    private static final int WINDOW_BYTES = 16 * 1024;
    private static final int FIRST_PIECE_BYTES = 64 * 1024;

    private final ByteBuffer window;
    private final @Nullable InputStream source;
    private final byte[] windowBytes;
    private final long maxBytes;
    private int position;
    private int limit;
    private long bytesBeforeWindow;

    private PayloadReader(ByteBuffer window, @Nullable InputStream source, byte[] windowBytes, long maxBytes) {
        this.window = window;
        this.source = source;
        this.windowBytes = windowBytes;
        this.maxBytes = maxBytes;
        this.position = 0;
        this.limit = source == null ? window.limit() : 0;
    }

    /// @param payload what follows the batch's header
    /// @param maxBytes the most bytes a packed payload may come to
    static PayloadReader of(Compression compression, ByteBuffer payload, long maxBytes) {
        if (compression == Compression.NONE) {
            return new PayloadReader(payload.slice(), null, new byte[0], payload.remaining());
        }
        byte[] bytes = new byte[WINDOW_BYTES];
        try {
            return new PayloadReader(ByteBuffer.wrap(bytes), compression.unpack(payload), bytes, maxBytes);
        } catch (IOException | RuntimeException e) {
            throw notPacked(compression.label(), e);
        }
    }

    /// The bytes read so far.
    long consumed() {
        return bytesBeforeWindow + position;
    }

    boolean isAtEnd() {
        return position == limit && !refill();
    }

    int readByte() {
        if (position == limit && !refill()) {
            throw ended();
        }
        return window.get(position++);
    }

    int readVarint() {
        long value = readVarlong();
        if (value != (int) value) {
            throw new InvalidBatch(InvalidReason.INVALID_RECORD, "number " + value + " needs more than 32 bits");
        }
        return (int) value;
    }

    long readVarlong() {
        int first = readByte();
        if (0 <= first) {
            return Varints.unzigzag(first);
        }
        long raw = first & 0x7F;
        for (int shift = 7; shift < 7 * Varints.MAX_LONG_BYTES; shift += 7) {
            int next = readByte();
            raw |= (next & 0x7FL) << shift;
            if (0 <= next) {
                return Varints.unzigzag(raw);
            }
        }
        throw new InvalidBatch(InvalidReason.INVALID_RECORD, "number of more than 64 bits");
    }

    /// Steps over `count` bytes.
    void skip(int count) {
        int left = count;
        while (limit - position < left) {
            left -= limit - position;
            position = limit;
            if (!refill()) {
                throw ended();
            }
        }
        position += left;
    }

    /// The next `count` bytes: a view where they are not packed, a copy where they are.
    ByteBuffer take(int count) {
        if (source == null) {
            if (limit - position < count) {
                throw ended();
            }
            ByteBuffer view = window.slice(position, count);
            position += count;
            return view;
        }
        if (maxBytes - consumed() < count) {
            throw tooLarge();
        }
        GrowingBytes copy = new GrowingBytes(Math.min(count, FIRST_PIECE_BYTES));
        while (copy.size() < count) {
            if (position == limit && !refill()) {
                throw ended();
            }
            int piece = Math.min(limit - position, count - copy.size());
            copy.write(windowBytes, position, piece);
            position += piece;
        }
        return copy.toBuffer().slice();
    }

    /// Hands every byte that is left to `target`.
    void drainTo(OutputStream target) throws IOException {
        byte[] piece = source == null ? new byte[WINDOW_BYTES] : windowBytes;
        while (!isAtEnd()) {
            int count = Math.min(limit - position, piece.length);
            if (source == null) {
                window.get(position, piece, 0, count);
                target.write(piece, 0, count);
            } else {
                target.write(piece, position, count);
            }
            position += count;
        }
    }

    /// Fills the emptied window; false at the end.
    private boolean refill() {
        if (source == null) {
            return false;
        }
        bytesBeforeWindow += limit;
        position = 0;
        limit = 0;
        try {
            int count = source.read(windowBytes, 0, WINDOW_BYTES);
            limit = Math.max(0, count);
        } catch (IOException | RuntimeException e) {
            throw notPacked("its codec", e);
        }
        if (maxBytes < bytesBeforeWindow + limit) {
            throw tooLarge();
        }
        return limit != 0;
    }

    @Override
    public void close() {
        if (source == null) {
            return;
        }
        try {
            source.close();
        } catch (IOException | RuntimeException e) {
            throw notPacked("its codec", e);
        }
    }

    private InvalidBatch tooLarge() {
        return new InvalidBatch(InvalidReason.TOO_LARGE, "records unpack to more than " + maxBytes + " bytes");
    }

    private static InvalidBatch ended() {
        return new InvalidBatch(InvalidReason.INVALID_RECORD, "records end too early");
    }

    private static InvalidBatch notPacked(String codec, Exception cause) {
        return new InvalidBatch(InvalidReason.INVALID_RECORD, "records can't be unpacked by " + codec + ": " + cause);
    }
}
