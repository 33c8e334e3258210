package io.girok.cleaner;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The last offset of each key, in memory of bounded size beside the heap, which is given back when it is closed. Used
/// by one thread at a time.
///
/// A table with open addressing; an entry is 24 bytes: the key's hash of 128 bits, and the offset + 1 (0: free). It
/// begins small and grows fourfold, with its predecessor beside it for as long as the entries move, so that the peak is
/// a quarter above the budget.
final class KeyOffsets implements AutoCloseable {
    /// The key was not there.
    static final long NONE = -1;
    /// The key was not there, and is not now.
    static final long NO_ROOM = -2;

    private static final long ENTRY_BYTES = 24;
    private static final long HIGH = 8;
    private static final long OFFSET = 16;
    private static final long FIRST_SLOTS = 16 * 1024;
    private static final int GROWTH = 4;

    private final KeyHash hash;
    private final long budgetBytes;
    private final long maxSlots;
    private final double loadFactor;
    private Table table;
    private long count;
    private long maxCount;

    KeyOffsets(long budgetBytes, double loadFactor, KeyHash hash) {
        this.hash = hash;
        this.budgetBytes = budgetBytes;
        this.loadFactor = loadFactor;
        this.maxSlots = Math.max(2, budgetBytes / ENTRY_BYTES);
        this.table = new Table(Math.min(FIRST_SLOTS, maxSlots));
        this.maxCount = maxCount();
    }

    /// At least one entry fits and one slot is free, where a search ends.
    private long maxCount() {
        return Math.clamp((long) (table.slots * loadFactor), 1, table.slots - 1);
    }

    long count() {
        return count;
    }

    long budgetBytes() {
        return budgetBytes;
    }

    /// Notes that the key's last offset is `offset`. Answers the one before, [#NONE], or [#NO_ROOM].
    long put(byte[] bytes, int from, int size, long offset) {
        hash.hash(bytes, from, size);
        long place = table.find(hash.low(), hash.high());
        if (table.isFree(place)) {
            if (count == maxCount) {
                if (table.slots == maxSlots) {
                    return NO_ROOM;
                }
                grow();
                place = table.find(hash.low(), hash.high());
            }
            count++;
            table.memory.set(ValueLayout.JAVA_LONG, place, hash.low());
            table.memory.set(ValueLayout.JAVA_LONG, place + HIGH, hash.high());
        }
        long before = table.memory.get(ValueLayout.JAVA_LONG, place + OFFSET) - 1;
        table.memory.set(ValueLayout.JAVA_LONG, place + OFFSET, offset + 1);
        return before;
    }

    /// The last offset of the key, or [#NONE].
    long get(byte[] bytes, int from, int size) {
        hash.hash(bytes, from, size);
        return table.memory.get(ValueLayout.JAVA_LONG, table.find(hash.low(), hash.high()) + OFFSET) - 1;
    }

    private void grow() {
        Table old = table;
        table = new Table(maxSlots / GROWTH < old.slots * GROWTH ? maxSlots : old.slots * GROWTH);
        maxCount = maxCount();
        table.addAll(old);
        old.close();
    }

    @Override
    public void close() {
        table.close();
    }

    /// The memory. Used by one thread at a time.
    private static final class Table implements AutoCloseable {
        private final Arena arena = Arena.ofShared();
        private final long slots;
        private final MemorySegment memory;

        Table(long slots) {
            this.slots = slots;
            this.memory = arena.allocate(slots * ENTRY_BYTES, Long.BYTES);
        }

        boolean isFree(long place) {
            return memory.get(ValueLayout.JAVA_LONG, place + OFFSET) == 0;
        }

        /// Where the key's entry lies, or would.
        long find(long low, long high) {
            long slot = Math.unsignedMultiplyHigh(low, slots);
            while (true) {
                long place = slot * ENTRY_BYTES;
                if (isFree(place) || (memory.get(ValueLayout.JAVA_LONG, place) == low
                        && memory.get(ValueLayout.JAVA_LONG, place + HIGH) == high)) {
                    return place;
                }
                slot = slot + 1 == slots ? 0 : slot + 1;
            }
        }

        void addAll(Table others) {
            for (long place = 0; place < others.slots * ENTRY_BYTES; place += ENTRY_BYTES) {
                if (!others.isFree(place)) {
                    long low = others.memory.get(ValueLayout.JAVA_LONG, place);
                    long high = others.memory.get(ValueLayout.JAVA_LONG, place + HIGH);
                    MemorySegment.copy(others.memory, place, memory, find(low, high), ENTRY_BYTES);
                }
            }
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
