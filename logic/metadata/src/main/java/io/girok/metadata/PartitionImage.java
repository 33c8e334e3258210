package io.girok.metadata;

import io.girok.base.Invariant;
import io.girok.base.TopicId;
import java.util.ArrayList;
import java.util.List;

/// What the cluster has decided of one partition. Immutable.
///
/// @param replicas the brokers that hold a copy, the preferred leader first; during a reassignment those that are to
///         hold one, then those that are to lose it
/// @param directories the log directory of each replica, in the order of `replicas`; zero: not known
/// @param isr the in-sync replicas
/// @param elr eligible leader replicas: out of sync by now, but since they left, nothing was committed that they lack
///         (KIP-966)
/// @param addingReplicas those of `replicas` that a reassignment has brought (KIP-455)
/// @param removingReplicas those of `replicas` that go once the reassignment is complete
/// @param leader -1 when there is none
/// @param leaderEpoch raised with every change of the leader, and when a replica goes
/// @param partitionEpoch raised with every change
public record PartitionImage(List<Integer> replicas, List<TopicId> directories, List<Integer> isr,
        List<Integer> elr, List<Integer> addingReplicas, List<Integer> removingReplicas, int leader, int leaderEpoch,
        int partitionEpoch) {
    /// Stands for "no leader".
    public static final int NO_LEADER = -1;

    public PartitionImage {
        replicas = List.copyOf(replicas);
        directories = List.copyOf(directories);
        isr = List.copyOf(isr);
        elr = List.copyOf(elr);
        addingReplicas = List.copyOf(addingReplicas);
        removingReplicas = List.copyOf(removingReplicas);
        Invariant.check(replicas.size() == directories.size(), "each replica has one directory");
        Invariant.check(leader == NO_LEADER || replicas.contains(leader), "a leader is one of the replicas");
        Invariant.check(replicas.containsAll(addingReplicas) && replicas.containsAll(removingReplicas),
                "what a reassignment brings and takes away are replicas");
    }

    /// One that is not being reassigned.
    public PartitionImage(List<Integer> replicas, List<TopicId> directories, List<Integer> isr, List<Integer> elr,
            int leader, int leaderEpoch, int partitionEpoch) {
        this(replicas, directories, isr, elr, List.of(), List.of(), leader, leaderEpoch, partitionEpoch);
    }

    /// The log directory of a replica; zero when it is not known, or there is no such replica.
    public TopicId directoryOf(int replica) {
        int index = replicas.indexOf(replica);
        return index < 0 ? TopicId.ZERO : directories.get(index);
    }

    /// Whether the log of a replica is lost: its directory can be used, but the log cannot.
    public boolean isLost(int replica) {
        return directoryOf(replica).equals(BrokerImage.LOST_DIRECTORY);
    }

    /// The partition with a replica in another log directory.
    public PartitionImage withDirectory(int replica, TopicId directory) {
        List<TopicId> changed = new ArrayList<>(directories);
        changed.set(replicas.indexOf(replica), directory);
        return new PartitionImage(replicas, changed, isr, elr, addingReplicas, removingReplicas, leader, leaderEpoch,
                partitionEpoch + 1);
    }

    /// One whose in-sync replicas were never too few.
    public PartitionImage(List<Integer> replicas, List<TopicId> directories, List<Integer> isr, int leader,
            int leaderEpoch, int partitionEpoch) {
        this(replicas, directories, isr, List.of(), leader, leaderEpoch, partitionEpoch);
    }

    /// Whether a replica is known to have all that is committed: it is in sync, or eligible.
    public boolean isClaimedBy(int brokerId) {
        return isr.contains(brokerId) || elr.contains(brokerId);
    }

    /// Whether nobody is known to have all that is committed.
    public boolean isUnclaimed() {
        return isr.isEmpty() && elr.isEmpty();
    }

    public boolean isReassigning() {
        return !addingReplicas.isEmpty() || !removingReplicas.isEmpty();
    }

    /// The replicas when the reassignment is complete; all of them when there is none.
    public List<Integer> targetReplicas() {
        return without(replicas, removingReplicas);
    }

    /// The replicas when the reassignment is called off; all of them when there is none.
    public List<Integer> originalReplicas() {
        return without(replicas, addingReplicas);
    }

    private static List<Integer> without(List<Integer> all, List<Integer> excluded) {
        return all.stream().filter(id -> !excluded.contains(id)).toList();
    }

    /// The partition on its way from its original replicas to `target`; there at once where nothing comes and nothing
    /// goes. In-sync replicas, leader and epochs are as before, unless they are no replicas any more: the rest is for
    /// whoever elects.
    public PartitionImage reassigned(List<Integer> target) {
        List<Integer> original = originalReplicas();
        List<Integer> removing = without(original, target);
        List<Integer> all = new ArrayList<>(target);
        all.addAll(removing);
        return onReplicas(all, without(target, original), removing);
    }

    /// The partition on its target replicas alone, in other respects as [#reassigned].
    public PartitionImage onTarget() {
        return onReplicas(targetReplicas(), List.of(), List.of());
    }

    /// The partition with a replica that is neither in sync nor eligible any more: the rest is for whoever elects.
    public PartitionImage withoutClaimOf(int brokerId) {
        List<Integer> one = List.of(brokerId);
        return new PartitionImage(replicas, directories, without(isr, one), without(elr, one), addingReplicas,
                removingReplicas, leader, leaderEpoch, partitionEpoch);
    }

    private PartitionImage onReplicas(List<Integer> all, List<Integer> adding, List<Integer> removing) {
        List<TopicId> places = all.stream().map(this::directoryOf).toList();
        return new PartitionImage(all, places, all.stream().filter(isr::contains).toList(),
                all.stream().filter(elr::contains).toList(), adding, removing,
                all.contains(leader) ? leader : NO_LEADER, leaderEpoch, partitionEpoch);
    }

    /// The partition after a change of its in-sync replicas, with its epochs raised as that asks for.
    public PartitionImage with(List<Integer> newIsr, List<Integer> newElr, int newLeader) {
        return with(newIsr, newElr, newLeader, newLeader == leader ? leaderEpoch : leaderEpoch + 1);
    }

    /// As [#with(List, List, int)], where more than the leader decides on the leader epoch.
    public PartitionImage with(List<Integer> newIsr, List<Integer> newElr, int newLeader, int newLeaderEpoch) {
        return new PartitionImage(replicas, directories, newIsr, newElr, addingReplicas, removingReplicas, newLeader,
                newLeaderEpoch, partitionEpoch + 1);
    }
}
