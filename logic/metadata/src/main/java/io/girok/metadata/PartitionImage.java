package io.girok.metadata;

import io.girok.base.Invariant;
import io.girok.base.TopicId;
import java.util.ArrayList;
import java.util.List;

/// What the cluster has decided of one partition. Immutable.
///
/// @param replicas the brokers that hold a copy, the preferred leader first
/// @param directories the log directory of each replica, in the order of `replicas`; zero: not known
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

    /// The log directory of a replica; zero when it is not known, or there is no such replica.
    public TopicId directoryOf(int replica) {
        int index = replicas.indexOf(replica);
        return index < 0 ? TopicId.ZERO : directories.get(index);
    }

    /// The partition with a replica in another log directory.
    public PartitionImage withDirectory(int replica, TopicId directory) {
        List<TopicId> changed = new ArrayList<>(directories);
        changed.set(replicas.indexOf(replica), directory);
        return new PartitionImage(replicas, changed, isr, elr, leader, leaderEpoch, partitionEpoch + 1);
    }

    /// The partition with a replica that is not eligible to lead (any more), as part of another change.
    public PartitionImage withoutEligible(int replica) {
        return new PartitionImage(replicas, directories, isr, elr.stream().filter(id -> id != replica).toList(), leader,
                leaderEpoch, partitionEpoch);
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
