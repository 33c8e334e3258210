package io.girok.replication;

import io.girok.base.Invariant;
import java.util.List;

/// What the controller decided about a partition that this broker leads. Immutable.
///
/// @param brokerId this broker
/// @param isr the in-sync replicas, this broker among them
public record Leadership(int brokerId, int leaderEpoch, List<Integer> isr) {
    public Leadership {
        isr = List.copyOf(isr);
        Invariant.check(isr.contains(brokerId), "a leader is in sync with itself");
    }
}
