package io.girok.cleaner;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// SipHash-2-4 of 128 bits. Owned by one thread.
///
/// Two keys of the same hash would be taken for one, and a record would be lost. By chance that does not happen (10^12
/// keys meet with a probability of 10^-15); on purpose it takes the secret, which is new with each start.
final class KeyHash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long secret0;
    private final long secret1;
    private long low;
    private long high;

    KeyHash(long secret0, long secret1) {
        this.secret0 = secret0;
        this.secret1 = secret1;
    }

    /// Of the last call of [#hash].
    long low() {
        return low;
    }

    long high() {
        return high;
    }

    void hash(byte[] bytes, int from, int size) {
        long v0 = secret0 ^ 0x736f6d6570736575L;
        long v1 = secret1 ^ 0x646f72616e646f6dL ^ 0xee;
        long v2 = secret0 ^ 0x6c7967656e657261L;
        long v3 = secret1 ^ 0x7465646279746573L;
        int words = size >>> 3;
        long half = 0;
        // The words, the rest with the size, and two more steps for the two halves of the result.
        for (int step = 0; step <= words + 2; step++) {
            long message = step < words ? (long) LONGS.get(bytes, from + (step << 3)) : 0;
            int pairs = step <= words ? 1 : 2;
            if (step == words) {
                message = rest(bytes, from + (words << 3), size);
            } else if (step == words + 1) {
                v2 ^= 0xee;
            } else if (step == words + 2) {
                half = v0 ^ v1 ^ v2 ^ v3;
                v1 ^= 0xdd;
            }
            v3 ^= message;
            for (int pair = 0; pair < pairs; pair++) {
                v0 += v1;
                v2 += v3;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 = Long.rotateLeft(v0, 32) + v3;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 = Long.rotateLeft(v2, 32);
                v0 += v1;
                v2 += v3;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 = Long.rotateLeft(v0, 32) + v3;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= message;
        }
        low = half;
        high = v0 ^ v1 ^ v2 ^ v3;
    }

    private static long rest(byte[] bytes, int from, int size) {
        long word = (long) size << 56;
        for (int index = 0; index < (size & 7); index++) {
            word |= (bytes[from + index] & 0xFFL) << (index << 3);
        }
        return word;
    }
}
