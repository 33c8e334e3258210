package io.girok.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The segments of a log, in order; there is always one, and the last is the one that is written to. Owned by the
/// partition's shard.
final class Segments {
    private final Path directory;
    private final LogEnvironment environment;
    private final ArrayList<Segment> list = new ArrayList<>(1);

    Segments(Path directory, LogEnvironment environment) {
        this.directory = directory;
        this.environment = environment;
    }

    Path directory() {
        return directory;
    }

    LogEnvironment environment() {
        return environment;
    }

    void addExisting(long baseOffset) {
        list.add(Segment.existing(directory, baseOffset, environment));
    }

    Segment addFresh(long baseOffset) {
        Segment segment = Segment.fresh(directory, baseOffset, environment);
        list.add(segment);
        return segment;
    }

    int count() {
        return list.size();
    }

    Segment get(int index) {
        return list.get(index);
    }

    Segment first() {
        return list.getFirst();
    }

    Segment active() {
        return list.getLast();
    }

    /// The index of the segment that holds `offset`, or would; 0 for offsets below the first.
    int floor(long offset) {
        int low = 0;
        int high = list.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (list.get(middle).baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /// Whether there are more than `bytes` from `offset` on, or that is not known without a look at the disk.
    ///
    /// @param endOffset of the log
    boolean hasMoreThan(long bytes, long offset, long endOffset) {
        long total = 0;
        long segmentEnd = endOffset;
        int first = floor(offset);
        for (int index = list.size() - 1; first <= index && total <= bytes; index--) {
            Segment segment = list.get(index);
            total += segment.knownSizeFrom(offset, segmentEnd);
            segmentEnd = segment.baseOffset();
        }
        return bytes < total;
    }

    /// The offset where the segment after `index` begins; null for the last one.
    @Nullable
    Long endOf(int index) {
        return index + 1 < list.size() ? list.get(index + 1).baseOffset() : null;
    }

    /// Takes the first `count` segments out.
    List<Segment> removeFirst(int count) {
        List<Segment> head = list.subList(0, count);
        List<Segment> removed = List.copyOf(head);
        head.clear();
        return removed;
    }

    /// Puts `segment` in the place of `count` others, from `index` on.
    void replace(int index, int count, Segment segment) {
        List<Segment> replaced = list.subList(index, index + count);
        replaced.clear();
        list.add(index, segment);
    }

    /// The segments from `index` on.
    List<Segment> from(int index) {
        return List.copyOf(list.subList(index, list.size()));
    }

    /// Takes the segments from `index` on out.
    List<Segment> removeFrom(int index) {
        List<Segment> tail = list.subList(index, list.size());
        List<Segment> removed = List.copyOf(tail);
        tail.clear();
        return removed;
    }

    long sizeInBytes() throws IOException {
        long total = 0;
        for (Segment segment : list) {
            total += segment.size();
        }
        return total;
    }

    void close() throws IOException {
        for (Segment segment : list) {
            segment.close();
        }
    }
}
