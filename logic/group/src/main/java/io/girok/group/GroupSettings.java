package io.girok.group;

/// What an operator decides about groups. Immutable.
///
/// @param initialRebalanceDelayMs how long an empty group waits for more members before its first generation
/// @param maxGroupSize members a group takes
/// @param offsetMetadataMaxBytes of the text a client commits with an offset
/// @param offsetsRetentionMs how long the offsets of an empty group are kept
/// @param offsetsRetentionCheckIntervalMs how often old offsets are looked for
public record GroupSettings(int initialRebalanceDelayMs, int minSessionTimeoutMs,
        int maxSessionTimeoutMs, int maxGroupSize, int offsetMetadataMaxBytes, long offsetsRetentionMs,
        long offsetsRetentionCheckIntervalMs) {
    /// Kafka's defaults.
    public static final GroupSettings DEFAULT = new GroupSettings(3_000, 6_000, 1_800_000, Integer.MAX_VALUE, 4_096,
            7L * 24 * 60 * 60 * 1_000, 600_000);
}
