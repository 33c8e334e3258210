package io.girok.record;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Bytes on the heap that grow as they are written. Not thread-safe; owned by whoever builds with it.
final class GrowingBytes extends OutputStream {
    private byte[] bytes;
    private int size;

    GrowingBytes(int firstCapacity) {
        this.bytes = new byte[firstCapacity];
    }

    @Override
    public void write(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
    }

    @Override
    public void write(byte[] from, int start, int count) {
        reserve(count);
        System.arraycopy(from, start, bytes, size, count);
        size += count;
    }

    /// Appends what remains in `from`, which keeps its position.
    void write(ByteBuffer from) {
        int count = from.remaining();
        reserve(count);
        from.get(from.position(), bytes, size, count);
        size += count;
    }

    int size() {
        return size;
    }

    /// The array behind, up to [#size]; good until the next write.
    byte[] array() {
        return bytes;
    }

    /// Begins anew in the same memory.
    void clear() {
        size = 0;
    }

    /// The bytes written so far; no copy, so nothing may be written afterwards.
    ByteBuffer toBuffer() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    private void reserve(int count) {
        int wanted = Math.addExact(size, count);
        if (bytes.length < wanted) {
            bytes = Arrays.copyOf(bytes, Math.max(wanted, (int) Math.min(2L * bytes.length, Integer.MAX_VALUE - 16)));
        }
    }
}
