package io.girok.replication;

import org.apache.kafka.common.protocol.Errors;

/// A partition of a fetch session: what its reader wants, and what it was told last. Owned as its [FetchSession].
public final class SessionPartition {
    private static final long NOTHING_TOLD = -1;

    private final FetchKey key;
    private FetchPosition position;
    private long toldHighWatermark = NOTHING_TOLD;
    private long toldLogStartOffset = NOTHING_TOLD;

    public SessionPartition(FetchKey key, FetchPosition position) {
        this.key = key;
        this.position = position;
    }

    public FetchKey key() {
        return key;
    }

    public FetchPosition position() {
        return position;
    }

    /// The high watermark that the reader was told last, -1 for none.
    public long toldHighWatermark() {
        return toldHighWatermark;
    }

    /// A reader that does not go on from where it was may have begun anew, and forgotten what it was told.
    void moveTo(FetchPosition position) {
        if (position.fetchOffset() <= this.position.fetchOffset()) {
            toldHighWatermark = NOTHING_TOLD;
        }
        this.position = position;
    }

    /// Whether the reader does not know what `result` says; it is taken as told from here on.
    boolean tell(FetchedPartition result) {
        if (result.error() != Errors.NONE) {
            // An error is repeated until it is over, and whatever follows it is news.
            toldHighWatermark = NOTHING_TOLD;
            return true;
        }
        boolean isNews = 0 < result.sizeInBytes() || result.diverging() != null
                || result.preferredReplica() != FetchedPartition.NO_REPLICA
                || toldHighWatermark != result.highWatermark() || toldLogStartOffset != result.logStartOffset();
        toldHighWatermark = result.highWatermark();
        toldLogStartOffset = result.logStartOffset();
        return isNews;
    }
}
