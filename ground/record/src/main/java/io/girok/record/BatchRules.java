package io.girok.record;

/// What a topic asks of the batches that clients write to it. Immutable.
///
/// @param timestampType whose clock counts
/// @param timestampBeforeMaxMs how far a record's time may lie in the past; only where the producer's clock counts
/// @param timestampAfterMaxMs how far it may lie in the future
/// @param needsKeys whether every record must have a key, as on a compacted topic
/// @param maxBatchBytes the most a batch may take, as it comes and as it is stored
/// @param maxUnpackedBytes the most the records of a packed batch may come to; see [#maxUnpackedBytesFor]
/// @param compression how the batch is stored
public record BatchRules(TimestampType timestampType, long timestampBeforeMaxMs, long timestampAfterMaxMs,
        boolean needsKeys, int maxBatchBytes, long maxUnpackedBytes, CompressionTarget compression) {
    private static final long MIN_UNPACKED_LIMIT_BYTES = 16L * 1024 * 1024;
    private static final long USUAL_RATIO_LIMIT = 128;

    /// A limit that no honest batch reaches and that a shard unpacks in a fraction of a second: the codecs can make
    /// a thousand bytes and more out of one.
    public static long maxUnpackedBytesFor(int maxBatchBytes) {
        return Math.max(MIN_UNPACKED_LIMIT_BYTES, USUAL_RATIO_LIMIT * maxBatchBytes);
    }
}
