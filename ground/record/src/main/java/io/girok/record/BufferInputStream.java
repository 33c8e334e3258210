package io.girok.record;

import java.io.InputStream;
import java.nio.ByteBuffer;

/// The bytes of a buffer as a stream; the buffer keeps its position. Not thread-safe.
final class BufferInputStream extends InputStream {
    private final ByteBuffer buffer;
    private int position;

    BufferInputStream(ByteBuffer buffer) {
        this.buffer = buffer;
        this.position = buffer.position();
    }

    @Override
    public int read() {
        return position < buffer.limit() ? buffer.get(position++) & 0xFF : -1;
    }

    @Override
    public int read(byte[] into, int start, int count) {
        int available = available();
        if (count == 0) {
            return 0;
        }
        if (available == 0) {
            return -1;
        }
        int read = Math.min(count, available);
        buffer.get(position, into, start, read);
        position += read;
        return read;
    }

    @Override
    public long skip(long count) {
        int skipped = (int) Math.clamp(count, 0L, available());
        position += skipped;
        return skipped;
    }

    @Override
    public int available() {
        return buffer.limit() - position;
    }
}
