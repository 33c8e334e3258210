package io.girok.replication;

import io.girok.base.Clock;

/// What the leaders of a broker have in common. Immutable.
///
/// @param maxLagMs `replica.lag.time.max.ms`: how long a follower may be behind and count as in sync
public record ReplicationSettings(int brokerId, Clock clock, long maxLagMs, InSyncProposals proposals) {
    private static final long DEFAULT_MAX_LAG_MS = 30_000;

    /// Of a broker without others.
    public static ReplicationSettings alone(int brokerId, Clock clock) {
        return new ReplicationSettings(brokerId, clock, DEFAULT_MAX_LAG_MS, (proposal, answer) -> {});
    }
}
