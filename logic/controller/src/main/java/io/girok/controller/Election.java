package io.girok.controller;

import io.girok.base.TopicId;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/// What becomes of a partition when brokers come and go: who is in sync, who is eligible, who leads. Stateless.
///
/// - A fenced broker is in sync with nothing, and nothing is in sync in a log directory that has failed. When so few
///   are left that `min.insync.replicas` is not met, those that drop out stay *eligible*: nothing is committed from
///   then on, so they lack nothing (KIP-966).
/// - A replica whose log is lost (`LOST`) is eligible only until another one is in sync. Then its broker may begin
///   anew, with nothing, and nobody can tell later what it has: were the other one lost as well, the empty log might
///   lead. One whose disk has no room to open its log ([BrokerImage#unopened]) stays eligible.
/// - The leader is the present one if it can lead, else the first in-sync replica that can, in the order of the
///   replicas, else the first eligible one. Who has no room for clients' records leads only where all in-sync replicas
///   lack it. A replica that is neither leads only where the topic allows that
///   (`unclean.leader.election.enable`).
/// - A partition with a single replica keeps its leader: there is no other, and none that could have other records. So
///   nobody tells where that is, and where it once was is forgotten when it gets company: then its broker tells.
/// - A reassignment is complete once all replicas of its target are in sync and one of them can lead: then the others
///   are gone, and those who have their copies deleted must not count under the same leader epoch ever again.
final class Election {
    private final MetadataImage image;
    private final int minInSyncReplicas;
    private final boolean isUncleanAllowed;

    private Election(MetadataImage image, int minInSyncReplicas, boolean isUncleanAllowed) {
        this.image = image;
        this.minInSyncReplicas = minInSyncReplicas;
        this.isUncleanAllowed = isUncleanAllowed;
    }

    static Election of(MetadataImage image, ControllerRules rules, String topic) {
        return new Election(image, rules.minInSyncReplicas(image, topic), rules.isUncleanAllowed(image, topic));
    }

    /// The partition as it should be by now; equal to the one given when it is so.
    PartitionImage next(PartitionImage partition) {
        if (partition.replicas().size() == 1) {
            return partition;
        }
        return settle(partition, partition, ready(partition));
    }

    /// Without the claim of a replica that may lack what it acknowledged: neither in sync nor eligible until it has
    /// caught up. Where it alone is left it stays: nobody could ever lead again (KIP-966 elects the last known leader).
    PartitionImage withoutClaimOf(PartitionImage partition, int brokerId) {
        PartitionImage rest = partition.withoutClaimOf(brokerId);
        return rest.isUnclaimed() ? next(partition) : withoutCopyOf(partition, brokerId);
    }

    /// Without the claim of a replica that has nothing of what it acknowledged, also where it alone is left: the others
    /// have some of it, and would cut it off to follow an empty log. Without a claim nobody leads, unless that is
    /// allowed to whoever is there.
    PartitionImage withoutCopyOf(PartitionImage partition, int brokerId) {
        PartitionImage rest = partition.withoutClaimOf(brokerId);
        return partition.replicas().size() == 1 || rest.equals(partition)
                ? next(partition)
                : settle(partition, rest, ready(rest));
    }

    /// With another set of in-sync replicas, all of them ready.
    PartitionImage withInSync(PartitionImage partition, List<Integer> isr) {
        return settle(partition, partition, isr);
    }

    /// On its way to the replicas of `target`, or there, if they are in sync already.
    PartitionImage reassigned(PartitionImage partition, List<Integer> target) {
        PartitionImage begun = partition.reassigned(target);
        if (partition.replicas().size() == 1 && 1 < begun.replicas().size()) {
            begun = begun.withDirectory(partition.replicas().getFirst(), TopicId.ZERO);
        }
        return settle(partition, begun, ready(begun));
    }

    /// With the preferred leader in the lead, if that loses nothing; otherwise as it is.
    PartitionImage withPreferredLeader(PartitionImage partition) {
        int preferred = partition.replicas().getFirst();
        return partition.isr().contains(preferred) && canLead(partition, preferred) && hasRoom(partition, preferred)
                ? partition.with(partition.isr(), partition.elr(), preferred)
                : partition;
    }

    /// With the first replica that is ready in the lead, whatever it lacks; as it is when none is.
    PartitionImage withAnyLeader(PartitionImage partition) {
        return new Election(image, minInSyncReplicas, true).next(partition);
    }

    private List<Integer> ready(PartitionImage partition) {
        return partition.isr().stream().filter(id -> isReady(partition, id)).toList();
    }

    /// @param wanted the partition with the replicas it is to have
    private PartitionImage settle(PartitionImage before, PartitionImage wanted, List<Integer> ready) {
        PartitionImage partition = isComplete(wanted, ready) ? wanted.onTarget() : wanted;
        if (partition.replicas().size() == 1) {
            return settleAlone(before, partition, ready);
        }
        // In the order of the replicas: equal sets are equal lists.
        List<Integer> isr = partition.replicas().stream().filter(ready::contains).toList();
        int leader = leader(partition, isr);
        if (leader == PartitionImage.NO_LEADER) {
            List<Integer> elr = eligible(partition, isr);
            leader = first(partition, id -> elr.contains(id) && canLead(partition, id));
            if (leader == PartitionImage.NO_LEADER && isUncleanAllowed) {
                leader = uncleanLeader(partition);
            }
            if (leader != PartitionImage.NO_LEADER) {
                isr = List.of(leader);
            }
        }
        return changed(before, partition, leader, isr, eligibleBeside(partition, isr, leader));
    }

    private boolean isComplete(PartitionImage partition, List<Integer> ready) {
        List<Integer> target = partition.targetReplicas();
        return partition.isReassigning() && ready.containsAll(target)
                && target.stream().anyMatch(id -> id == partition.leader() || canLead(partition, id));
    }

    /// What only others had is given up, if that is allowed.
    private PartitionImage settleAlone(PartitionImage before, PartitionImage partition, List<Integer> ready) {
        int last = partition.replicas().getFirst();
        boolean isWhole = ready.contains(last) || partition.isClaimedBy(last);
        return isWhole || isUncleanAllowed
                ? changed(before, partition, last, List.of(last), List.of())
                : changed(before, partition, PartitionImage.NO_LEADER, List.of(), List.of());
    }

    private static PartitionImage changed(PartitionImage before, PartitionImage partition, int leader,
            List<Integer> isr, List<Integer> elr) {
        boolean isSame = partition.equals(before) && isr.equals(before.isr()) && elr.equals(before.elr())
                && leader == before.leader();
        if (isSame) {
            return before;
        }
        boolean isNewEpoch = leader != before.leader() || !partition.replicas().containsAll(before.replicas());
        return partition.with(isr, elr, leader, before.leaderEpoch() + (isNewEpoch ? 1 : 0));
    }

    /// Who is still being added may have next to nothing, and whose copy was begun anew while nobody led has nothing
    /// ([DirectoryAssignment]).
    private int uncleanLeader(PartitionImage partition) {
        IntPredicate isOld = id -> canLead(partition, id) && !partition.addingReplicas().contains(id);
        int found = first(partition, id -> isOld.test(id) && !partition.directoryOf(id).equals(TopicId.ZERO));
        if (found == PartitionImage.NO_LEADER) {
            found = first(partition, isOld);
        }
        return found == PartitionImage.NO_LEADER ? first(partition, id -> canLead(partition, id)) : found;
    }

    /// Those that drop out of a set that is too small now, and those that dropped out of it before.
    private List<Integer> eligible(PartitionImage partition, List<Integer> isr) {
        if (required(partition) <= isr.size()) {
            return List.of();
        }
        List<Integer> elr = new ArrayList<>();
        for (int id : partition.replicas()) {
            if (partition.isClaimedBy(id) && !isr.contains(id)) {
                elr.add(id);
            }
        }
        return elr;
    }

    /// An unclean leader makes what the others have worthless. One that has just been elected may be enough to commit.
    private List<Integer> eligibleBeside(PartitionImage partition, List<Integer> isr, int leader) {
        boolean isClean = leader == PartitionImage.NO_LEADER || partition.isClaimedBy(leader);
        return isClean
                ? eligible(partition, isr).stream().filter(id -> isr.isEmpty() || !partition.isLost(id)).toList()
                : List.of();
    }

    private int required(PartitionImage partition) {
        return Math.min(minInSyncReplicas, partition.replicas().size());
    }

    private int leader(PartitionImage partition, List<Integer> isr) {
        int present = partition.leader();
        IntPredicate isFit = id -> isr.contains(id) && canLead(partition, id);
        int roomy = presentOrFirst(partition, isFit.and(id -> hasRoom(partition, id)));
        int next = roomy == PartitionImage.NO_LEADER ? presentOrFirst(partition, isFit) : roomy;
        // One that is leaving goes on for as long as nobody else can.
        return next == PartitionImage.NO_LEADER && isr.contains(present) ? present : next;
    }

    private static int presentOrFirst(PartitionImage partition, IntPredicate isSuitable) {
        return isSuitable.test(partition.leader()) ? partition.leader() : first(partition, isSuitable);
    }

    private static int first(PartitionImage partition, IntPredicate isSuitable) {
        return partition.replicas().stream().filter(isSuitable::test).findFirst().orElse(PartitionImage.NO_LEADER);
    }

    private boolean isReady(PartitionImage partition, int id) {
        BrokerImage broker = image.broker(id);
        return broker != null && !broker.isFenced() && broker.hasDirectory(partition.directoryOf(id));
    }

    private boolean canLead(PartitionImage partition, int id) {
        BrokerImage broker = image.broker(id);
        return broker != null && broker.canLead() && broker.hasDirectory(partition.directoryOf(id));
    }

    private boolean hasRoom(PartitionImage partition, int id) {
        BrokerImage broker = image.broker(id);
        return broker != null && broker.hasRoom(partition.directoryOf(id));
    }
}
