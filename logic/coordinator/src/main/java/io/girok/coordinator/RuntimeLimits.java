package io.girok.coordinator;

/// How much a runtime takes on. Immutable.
///
/// @param maxOpenReplies commands that wait for their answer, parked ones included; past it commands are refused
/// @param loadSliceBytes how much is replayed before other work of the shard gets its turn
/// @param retryMs how long a failed load or append waits before the log is replayed again
public record RuntimeLimits(int maxOpenReplies, int loadSliceBytes, long retryMs) {
    public static final RuntimeLimits DEFAULT = new RuntimeLimits(50_000, 256 * 1024, 1_000);
}
