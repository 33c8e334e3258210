package io.girok.journal;

/// What a group says of one partition, without the bytes: the log was cut to some offset, then a range was appended.
/// Owned by its group.
final class Extent {
    private static final long NONE = Long.MAX_VALUE;

    private long cutTo = NONE;
    private long base = NONE;
    private long end;
    private long highestEnd;
    private long neededEnd;
    private long refusedBase = NONE;
    private long refusedEnd;

    void appended(long from, long to) {
        base = Math.min(base, from);
        end = Math.max(end, to);
        highestEnd = Math.max(highestEnd, to);
        neededEnd = Math.max(neededEnd, to);
    }

    /// As [#appended], but the bytes are not in the group.
    void refused(long from, long to) {
        appended(from, to);
        refusedBase = Math.min(refusedBase, from);
        refusedEnd = Math.max(refusedEnd, to);
    }

    void cut(long to) {
        cutTo = Math.min(cutTo, to);
        end = Math.min(end, to);
        if (end <= base) {
            base = NONE;
            end = 0;
        }
        refusedEnd = Math.min(refusedEnd, to);
        if (refusedEnd <= refusedBase) {
            refusedBase = NONE;
            refusedEnd = 0;
        }
        highestEnd = Math.max(highestEnd, to);
        neededEnd = to;
    }

    /// Nobody needs what it says so far.
    void forget() {
        highestEnd = 0;
        neededEnd = 0;
    }

    /// What `later` says comes after.
    void add(Extent later) {
        long highest = Math.max(highestEnd, later.highestEnd);
        long needed = later.isCut() ? later.neededEnd : Math.max(neededEnd, later.neededEnd);
        if (later.isCut()) {
            cut(later.cutTo);
        }
        if (later.hasRange()) {
            appended(later.base, later.end);
        }
        highestEnd = highest;
        neededEnd = needed;
    }

    boolean isCut() {
        return cutTo != NONE;
    }

    /// The lowest offset that the log was cut to.
    long cutTo() {
        return cutTo;
    }

    /// Whether something was appended that was not cut again.
    boolean hasRange() {
        return base < end;
    }

    long base() {
        return base;
    }

    long end() {
        return end;
    }

    /// The end of all there is of the partition, cut or not, unless it was forgotten.
    long highestEnd() {
        return highestEnd;
    }

    /// The end of what counts once the group is durable.
    long neededEnd() {
        return neededEnd;
    }

    /// Whether the bytes of a part of the range, its last one, are not in the group.
    boolean isRefused() {
        return refusedBase < refusedEnd;
    }

    long refusedBase() {
        return refusedBase;
    }

    long refusedEnd() {
        return refusedEnd;
    }
}
