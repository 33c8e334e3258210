package io.girok.cli;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/// Values to send: text of 64 random characters, which compresses to three quarters, so that neither a codec nor a disk
/// has it easier than with real data. The first eight bytes hold a time. Owned by one thread.
final class Payloads {
    static final int MIN_BYTES = Long.BYTES;
    private static final int POOL_BYTES = 1 << 20;
    private static final int FIRST_CHARACTER = ' ';
    private static final int CHARACTERS = 64;

    private final byte[] pool;
    private final int recordBytes;
    private final SplittableRandom random;

    Payloads(int recordBytes, long seed) {
        this.recordBytes = recordBytes;
        this.random = new SplittableRandom(seed);
        this.pool = new byte[Math.max(POOL_BYTES, recordBytes)];
        for (int i = 0; i < pool.length; i++) {
            pool[i] = (byte) (FIRST_CHARACTER + random.nextInt(CHARACTERS));
        }
    }

    byte[] next(long timeNs) {
        byte[] value = new byte[recordBytes];
        int from = pool.length == recordBytes ? 0 : random.nextInt(pool.length - recordBytes);
        System.arraycopy(pool, from, value, 0, recordBytes);
        ByteBuffer.wrap(value).putLong(timeNs);
        return value;
    }

    static long timeNs(byte[] value) {
        return ByteBuffer.wrap(value).getLong();
    }
}
