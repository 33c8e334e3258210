package io.girok.record;

/// Variable-length integers with the sign in the lowest bit (zigzag), seven bits a byte, lowest first. Stateless.
final class Varints {
    /// The longest encoding of a `long`.
    static final int MAX_LONG_BYTES = 10;

    private Varints() {}

    static int sizeOf(long value) {
        long rest = zigzag(value);
        int size = 1;
        while ((rest & ~0x7FL) != 0) {
            size++;
            rest >>>= 7;
        }
        return size;
    }

    static void write(long value, GrowingBytes into) {
        long rest = zigzag(value);
        while ((rest & ~0x7FL) != 0) {
            into.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        into.write((int) rest);
    }

    static long unzigzag(long raw) {
        return (raw >>> 1) ^ -(raw & 1);
    }

    private static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }
}
