package io.girok.membership.balance;

/// What [AutoBalance] is told, as it is at the time. Immutable.
///
/// @param maxMoves partitions that may be copied at the same time
/// @param throttleBytesPerSecond at each broker; 0: no limit
public record BalanceSettings(boolean isEnabled, long intervalMs, int maxMoves, long throttleBytesPerSecond,
        int thresholdPercent) {}
