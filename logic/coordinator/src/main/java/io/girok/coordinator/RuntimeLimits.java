package io.girok.coordinator;

/// How much a runtime takes on. Immutable.
///
/// @param maxOpenReplies commands that wait for their answer, parked ones included; past it commands are refused
/// @param loadSliceBytes how much is replayed before other work of the shard gets its turn
/// @param retryMs how long a failed load or append waits before the log is replayed again
/// @param commitTimeoutMs after which nobody waits any more for what was appended to be committed, as with Apache
/// Kafka's `offsets.commit.timeout.ms`
public record RuntimeLimits(int maxOpenReplies, int loadSliceBytes, long retryMs, long commitTimeoutMs) {
    public static final RuntimeLimits DEFAULT = new RuntimeLimits(50_000, 256 * 1024, 1_000, 5_000);
}
