package io.girok.replication;

import io.girok.base.Clock;
import java.util.function.BooleanSupplier;

/// What the leaders of a broker have in common. Immutable.
///
/// @param maxLagMs `replica.lag.time.max.ms`: how long a follower may be behind and count as in sync
/// @param isCutOff whether the active controller was out of reach for so long that others may lead by now
/// @param isReadFromFollowers whether consumers are sent to followers, which then hear at once of what is committed
public record ReplicationSettings(int brokerId, Clock clock, long maxLagMs, InSyncProposals proposals,
        BooleanSupplier isCutOff, boolean isReadFromFollowers) {
    private static final long DEFAULT_MAX_LAG_MS = 30_000;

    /// Of a broker without others.
    public static ReplicationSettings alone(int brokerId, Clock clock) {
        return new ReplicationSettings(brokerId, clock, DEFAULT_MAX_LAG_MS, (proposal, answer) -> {}, () -> false,
                false);
    }
}
