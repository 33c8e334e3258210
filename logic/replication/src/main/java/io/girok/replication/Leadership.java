package io.girok.replication;

import io.girok.base.Invariant;
import java.util.List;

/// What the controller decided about a partition that this broker leads. Immutable.
///
/// @param brokerId this broker
/// @param partitionEpoch raised with every change of the partition
/// @param replicas the brokers that hold a copy
/// @param isr the in-sync replicas, this broker among them
public record Leadership(int brokerId, int leaderEpoch, int partitionEpoch, List<Integer> replicas,
        List<Integer> isr) {
    public Leadership {
        replicas = List.copyOf(replicas);
        isr = List.copyOf(isr);
        Invariant.check(isr.contains(brokerId), "a leader is in sync with itself");
    }

    /// One whose replicas are all in sync.
    public Leadership(int brokerId, int leaderEpoch, List<Integer> isr) {
        this(brokerId, leaderEpoch, 0, isr, isr);
    }
}
