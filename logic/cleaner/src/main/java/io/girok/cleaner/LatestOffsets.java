package io.girok.cleaner;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// Which offsets of a range are the last of their key, a bit for each, beside the heap: what [KeyOffsets] knows, the
/// other way round. Whole batches that are superseded are told from it without a look at their records. Used by one
/// thread at a time.
final class LatestOffsets implements AutoCloseable {
    private static final long BITS_SHIFT = 6;

    private final Arena arena = Arena.ofShared();
    private final long begin;
    private final long end;
    private final MemorySegment words;

    private LatestOffsets(long begin, long end) {
        this.begin = begin;
        this.end = end;
        this.words = arena.allocate(wordBytes(begin, end), Long.BYTES);
    }

    /// For the offsets from `begin` to before `end`; null when that takes more than `maxBytes`.
    static @Nullable LatestOffsets of(long begin, long end, long maxBytes) {
        return wordBytes(begin, end) <= maxBytes ? new LatestOffsets(begin, end) : null;
    }

    private static long wordBytes(long begin, long end) {
        return (((end - begin) >>> BITS_SHIFT) + 1) * Long.BYTES;
    }

    /// Notes that `offset` is the last of its key now, in place of `before`.
    ///
    /// @param before may lie outside the range
    void move(long before, long offset) {
        if (covers(before)) {
            set(before, word(before) & ~bit(before));
        }
        set(offset, word(offset) | bit(offset));
    }

    boolean covers(long offset) {
        return begin <= offset && offset < end;
    }

    boolean contains(long offset) {
        return (word(offset) & bit(offset)) != 0;
    }

    /// Whether there is one from `first` to `last`, both within the range.
    boolean containsAny(long first, long last) {
        long offset = first;
        while (offset <= last) {
            long word = word(offset) >>> (offset - begin);
            if (word != 0) {
                return offset + Long.numberOfTrailingZeros(word) <= last;
            }
            offset += Long.SIZE - ((offset - begin) & (Long.SIZE - 1));
        }
        return false;
    }

    private long bit(long offset) {
        return 1L << (offset - begin);
    }

    private long word(long offset) {
        return words.get(ValueLayout.JAVA_LONG, place(offset));
    }

    private void set(long offset, long word) {
        words.set(ValueLayout.JAVA_LONG, place(offset), word);
    }

    private long place(long offset) {
        return ((offset - begin) >>> BITS_SHIFT) * Long.BYTES;
    }

    @Override
    public void close() {
        arena.close();
    }
}
