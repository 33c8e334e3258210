package io.girok.network;

/// How large a frame says it is, and so how much of the request memory its kind may fill: no kind takes the last room
/// of a smaller one.
enum FrameKind {
    /// Heartbeats, metadata: up to the limit.
    TINY,
    /// A usual produce request: up to 15/16.
    MODEST,
    /// Up to 3/4.
    BIG;

    static final int TINY_BYTES = 16 * 1024;
    static final int MODEST_BYTES = 1024 * 1024;

    static FrameKind of(int announcedBytes) {
        if (announcedBytes <= TINY_BYTES) {
            return TINY;
        }
        return announcedBytes <= MODEST_BYTES ? MODEST : BIG;
    }

    long ceiling(long limitBytes) {
        return switch (this) {
            case TINY -> limitBytes;
            case MODEST -> limitBytes - limitBytes / 16;
            case BIG -> limitBytes - limitBytes / 4;
        };
    }
}
