package io.girok.metadata.acl;

import java.util.Arrays;

/// How long the prefixes are that patterns of one kind of resource begin with: so many hashes find every pattern that
/// covers a name, however many patterns there are. Immutable.
final class PrefixLengths {
    static final PrefixLengths NONE = new PrefixLengths(new int[0], new int[0]);

    /// Ascending.
    private final int[] lengths;
    /// How many patterns are that long.
    private final int[] counts;

    private PrefixLengths(int[] lengths, int[] counts) {
        this.lengths = lengths;
        this.counts = counts;
    }

    /// Ascending; not to be changed.
    int[] lengths() {
        return lengths;
    }

    PrefixLengths plus(int length) {
        int index = Arrays.binarySearch(lengths, length);
        if (0 <= index) {
            return withCount(index, counts[index] + 1);
        }
        int at = -index - 1;
        return new PrefixLengths(inserted(lengths, at, length), inserted(counts, at, 1));
    }

    PrefixLengths minus(int length) {
        int index = Arrays.binarySearch(lengths, length);
        return 1 < counts[index]
                ? withCount(index, counts[index] - 1)
                : new PrefixLengths(removed(lengths, index), removed(counts, index));
    }

    private PrefixLengths withCount(int index, int count) {
        int[] changed = counts.clone();
        changed[index] = count;
        return new PrefixLengths(lengths, changed);
    }

    private static int[] inserted(int[] values, int at, int value) {
        int[] longer = new int[values.length + 1];
        System.arraycopy(values, 0, longer, 0, at);
        longer[at] = value;
        System.arraycopy(values, at, longer, at + 1, values.length - at);
        return longer;
    }

    private static int[] removed(int[] values, int at) {
        int[] shorter = new int[values.length - 1];
        System.arraycopy(values, 0, shorter, 0, at);
        System.arraycopy(values, at + 1, shorter, at, shorter.length - at);
        return shorter;
    }
}
