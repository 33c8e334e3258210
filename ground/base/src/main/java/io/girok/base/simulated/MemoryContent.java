package io.girok.base.simulated;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/// What a file in memory holds: as the process sees it, and as a crash would leave it. Guarded by its disk.
///
/// A sector is written to the platter whole or not at all; which of the sectors that were written since the last sync
/// reach it before a crash is anybody's guess, and so is how much of the growth the file's size shows.
final class MemoryContent {
    static final int SECTOR_BYTES = 512;

    /// How much of what was not synced a crash leaves of a file.
    private enum Left {
        NOTHING, ALL, IN_ORDER, ANY;

        private static final Left[] VALUES = values();

        static Left draw(RandomGenerator random) {
            return VALUES[random.nextInt(VALUES.length)];
        }
    }

    private byte[] seen = new byte[0];
    private int size;
    private byte[] durable = new byte[0];
    private int durableSize;
    private final BitSet dirtySectors = new BitSet();

    int size() {
        return size;
    }

    int read(ByteBuffer into, long position) {
        if (size <= position) {
            return 0;
        }
        int count = Math.min(into.remaining(), size - (int) position);
        into.put(seen, (int) position, count);
        return count;
    }

    void write(ByteBuffer from, int count, int position) {
        seen = withCapacity(seen, position + count);
        from.get(seen, position, count);
        markDirty(Math.min(position, size), position + count);
        size = Math.max(size, position + count);
    }

    void truncate(int newSize) {
        if (newSize < size) {
            Arrays.fill(seen, newSize, size, (byte) 0);
            markDirty(newSize, size);
            size = newSize;
        }
    }

    void sync() {
        durable = withCapacity(durable, seen.length);
        for (int sector = dirtySectors.nextSetBit(0); 0 <= sector; sector = dirtySectors.nextSetBit(sector + 1)) {
            copySector(sector, seen, durable);
        }
        durableSize = size;
        dirtySectors.clear();
    }

    /// The kernel tells of a failed write-back once and then takes the pages for clean: they are never written again.
    void failSync() {
        dirtySectors.clear();
    }

    void flip(int position, int mask) {
        seen[position] ^= (byte) mask;
        if (position < durable.length) {
            durable[position] ^= (byte) mask;
        }
    }

    void crash(RandomGenerator random) {
        Left left = Left.draw(random);
        int leftSize = leftSize(left, random);
        int cut = random.nextInt(dirtySectors.length() + 1);
        durable = withCapacity(durable, Math.max(leftSize, seen.length));
        for (int sector = dirtySectors.nextSetBit(0); 0 <= sector; sector = dirtySectors.nextSetBit(sector + 1)) {
            boolean reachedThePlatter = switch (left) {
                case NOTHING -> false;
                case ALL -> true;
                case IN_ORDER -> sector < cut;
                case ANY -> random.nextBoolean();
            };
            if (reachedThePlatter) {
                copySector(sector, seen, durable);
            }
        }
        Arrays.fill(durable, leftSize, durable.length, (byte) 0);
        durableSize = leftSize;
        size = leftSize;
        seen = durable.clone();
        dirtySectors.clear();
    }

    private int leftSize(Left left, RandomGenerator random) {
        return switch (left) {
            case NOTHING -> durableSize;
            case ALL -> size;
            case IN_ORDER, ANY -> random.nextInt(Math.min(size, durableSize), Math.max(size, durableSize) + 1);
        };
    }

    private void markDirty(int from, int to) {
        if (from < to) {
            dirtySectors.set(from / SECTOR_BYTES, (to - 1) / SECTOR_BYTES + 1);
        }
    }

    private static void copySector(int sector, byte[] from, byte[] to) {
        int start = sector * SECTOR_BYTES;
        int count = Math.min(SECTOR_BYTES, Math.min(from.length, to.length) - start);
        if (0 < count) {
            System.arraycopy(from, start, to, start, count);
        }
    }

    private static byte[] withCapacity(byte[] bytes, int wanted) {
        return wanted <= bytes.length ? bytes : Arrays.copyOf(bytes, Math.max(wanted, bytes.length * 2));
    }
}
