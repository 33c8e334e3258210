package io.girok.log;

/// Where the last batches of the active segment begin: answers a look-up at the log's tail, which is nearly every one,
/// without reading. Owned by the partition's shard.
final class RecentBatches {
    private static final int CAPACITY = 64;

    private final long[] baseOffsets = new long[CAPACITY];
    private final int[] positions = new int[CAPACITY];
    private final int[] sizes = new int[CAPACITY];
    private int next;
    private int count;

    void add(long baseOffset, int position, int size) {
        baseOffsets[next] = baseOffset;
        positions[next] = position;
        sizes[next] = size;
        next = (next + 1) % CAPACITY;
        count = Math.min(count + 1, CAPACITY);
    }

    /// The place of the batch that begins with `baseOffset`, for [#position] and [#size]; -1 when it is not known.
    int find(long baseOffset) {
        for (int back = 1; back <= count; back++) {
            int slot = Math.floorMod(next - back, CAPACITY);
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
