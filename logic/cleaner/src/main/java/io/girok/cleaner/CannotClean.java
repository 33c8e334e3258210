package io.girok.cleaner;

/// A log holds something that keeps it from being cleaned. Immutable.
final class CannotClean extends Exception {
    private final long segmentBaseOffset;

    CannotClean(long segmentBaseOffset, String message) {
        super(message);
        this.segmentBaseOffset = segmentBaseOffset;
    }

    /// Of the segment at fault.
    long segmentBaseOffset() {
        return segmentBaseOffset;
    }
}
