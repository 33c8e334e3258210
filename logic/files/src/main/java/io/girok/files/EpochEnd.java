package io.girok.files;

/// Where an epoch ends (KIP-101). Immutable.
///
/// @param leaderEpoch the largest epoch known that is not above the one asked for; -1 when nothing is known
/// @param endOffset the offset that follows the epoch's last; -1 when nothing is known
public record EpochEnd(int leaderEpoch, long endOffset) {
    public static final EpochEnd UNKNOWN = new EpochEnd(-1, -1);
}
