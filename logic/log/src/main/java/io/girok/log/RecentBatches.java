package io.girok.log;

import java.util.Arrays;

/// Where the last batches of the active segment begin: answers a look-up at the log's tail, which is nearly every one,
/// without reading. Takes little memory until there are many. Owned by the partition's shard.
final class RecentBatches {
    private static final int FIRST_CAPACITY = 2;
    private static final int MAX_CAPACITY = 64;

    private long[] baseOffsets = new long[FIRST_CAPACITY];
    private int[] positions = new int[FIRST_CAPACITY];
    private int[] sizes = new int[FIRST_CAPACITY];
    private int next;
    private int count;

    void add(long baseOffset, int position, int size) {
        if (count == baseOffsets.length && count < MAX_CAPACITY && next == 0) {
            grow();
        }
        baseOffsets[next] = baseOffset;
        positions[next] = position;
        sizes[next] = size;
        next = (next + 1) % baseOffsets.length;
        count = Math.min(count + 1, baseOffsets.length);
    }

    /// Full, and in order from slot 0 on: so it stays.
    private void grow() {
        next = count;
        baseOffsets = Arrays.copyOf(baseOffsets, 2 * count);
        positions = Arrays.copyOf(positions, 2 * count);
        sizes = Arrays.copyOf(sizes, 2 * count);
    }

    /// The place of the batch that begins with `baseOffset`, for [#position] and [#size]; -1 when it is not known.
    int find(long baseOffset) {
        for (int back = 1; back <= count; back++) {
            int slot = Math.floorMod(next - back, baseOffsets.length);
            if (baseOffsets[slot] == baseOffset) {
                return slot;
            }
        }
        return -1;
    }

    int position(int slot) {
        return positions[slot];
    }

    int size(int slot) {
        return sizes[slot];
    }

    void clear() {
        count = 0;
    }
}
