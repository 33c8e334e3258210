package io.girok.record;

/// What becomes of a batch's compression on its way into the log: a topic's `compression.type`. Immutable.
public sealed interface CompressionTarget {
    /// `producer`: as it came.
    record AsProduced() implements CompressionTarget {}

    /// One codec for all: a batch that came in another is repacked, one that came in this one is left as it is,
    /// whatever its level.
    record Fixed(Compression compression, int level) implements CompressionTarget {}

    CompressionTarget AS_PRODUCED = new AsProduced();
}
