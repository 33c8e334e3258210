package io.girok.metadata;

import io.girok.base.Invariant;
import io.girok.base.TopicId;
import java.util.List;

/// What the cluster has decided of one partition. Immutable.
///
/// @param replicas the brokers that hold a copy, the preferred leader first
/// @param directories the log directory of each replica, in the order of `replicas`; zero: the broker's choice
/// @param isr the in-sync replicas
/// @param elr eligible leader replicas: out of sync by now, but since they left, nothing was committed that they lack
///         (KIP-966)
/// @param leader -1 when there is none
/// @param leaderEpoch raised with every change of the leader
/// @param partitionEpoch raised with every change
public record PartitionImage(List<Integer> replicas, List<TopicId> directories, List<Integer> isr,
        List<Integer> elr, int leader, int leaderEpoch, int partitionEpoch) {
    /// Stands for "no leader".
    public static final int NO_LEADER = -1;

    public PartitionImage {
        replicas = List.copyOf(replicas);
        directories = List.copyOf(directories);
        isr = List.copyOf(isr);
        elr = List.copyOf(elr);
        Invariant.check(replicas.size() == directories.size(), "each replica has one directory");
        Invariant.check(leader == NO_LEADER || replicas.contains(leader), "a leader is one of the replicas");
    }

    /// One whose in-sync replicas were never too few.
    public PartitionImage(List<Integer> replicas, List<TopicId> directories, List<Integer> isr, int leader,
            int leaderEpoch, int partitionEpoch) {
        this(replicas, directories, isr, List.of(), leader, leaderEpoch, partitionEpoch);
    }

    /// The partition after a change of its in-sync replicas, with its epochs raised as that asks for.
    public PartitionImage with(List<Integer> newIsr, List<Integer> newElr, int newLeader) {
        return new PartitionImage(replicas, directories, newIsr, newElr, newLeader,
                newLeader == leader ? leaderEpoch : leaderEpoch + 1, partitionEpoch + 1);
    }
}
