package io.girok.replication;

import io.girok.base.Invariant;
import io.girok.base.PartitionId;
import io.girok.replication.InSyncProposals.Member;
import io.girok.replication.InSyncProposals.Proposal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// How far each replica's durable log reaches, as its leader knows, and which of them are in sync. Owned by the
/// partition's shard.
final class ReplicaProgress {
    /*
     * A replica that has not been heard of since this leader took over counts as being at offset 0: it holds the high
     * watermark back for as long as it is in sync.
     *
     * While a proposal is with the controller, either set may be the true one. What is committed must be with all
     * replicas that could be elected, so those that are to join count already, and those that are to leave count still
     * (KIP-497 calls it the maximal set). A proposal therefore stays open until its answer, or the metadata, say what
     * the partition is. Whether a follower lags cannot be proposed meanwhile, and is looked at again right after.
     */

    private static final long NEVER = Long.MIN_VALUE;
    /// How long a follower is not proposed after a refusal: whoever is fenced will need some time.
    private static final long REST_AFTER_REFUSAL_MS = 200;

    /// A follower as its fetches show it.
    private static final class Follower {
        private long durableOffset;
        private long startOffset;
        private long brokerEpoch = -1;
        private long lastFetchMs = NEVER;
        private long endOffsetAtLastFetch = Long.MAX_VALUE;
        /// When it last had everything that was there.
        private long caughtUpMs = NEVER;
        private long restUntilMs = NEVER;
    }

    private final int localId;
    private final Map<Integer, Follower> followers = new HashMap<>(4);
    private long localDurableOffset;
    private Leadership leadership;
    private @Nullable Proposal proposal;
    private boolean isLeaveMissed;

    ReplicaProgress(int localId) {
        this.localId = localId;
        this.leadership = new Leadership(localId, -1, List.of(localId));
    }

    Leadership leadership() {
        return leadership;
    }

    /// A new leader epoch begins: what followers reported before may have been truncated since. Who is in sync gets the
    /// time of a lagging replica to show up.
    void begin(Leadership first, long nowMs) {
        followers.clear();
        for (int brokerId : first.isr()) {
            if (brokerId != localId) {
                follower(brokerId).caughtUpMs = nowMs;
            }
        }
        proposal = null;
        isLeaveMissed = false;
        leadership = first;
    }

    /// The controller has decided anew.
    void change(Leadership changed, long nowMs) {
        for (int brokerId : changed.isr()) {
            if (brokerId != localId && !leadership.isr().contains(brokerId)) {
                follower(brokerId).caughtUpMs = nowMs;
            }
        }
        if (leadership.partitionEpoch() < changed.partitionEpoch()) {
            proposal = null;
        }
        leadership = changed;
    }

    void localReached(long durableOffset) {
        localDurableOffset = Math.max(localDurableOffset, durableOffset);
    }

    /// Takes back what was said of this replica: its log has been truncated.
    void localRestarts(long durableOffset) {
        localDurableOffset = durableOffset;
    }

    boolean isReplica(int brokerId) {
        return leadership.replicas().contains(brokerId);
    }

    /// A follower fetches from `position` on, so it has what is below on its disk.
    ///
    /// @param endOffset of this leader's log
    void followerReached(PartitionLeader.Follower asking, FetchPosition position, long endOffset, long nowMs) {
        Invariant.check(asking.brokerId() != localId, "a leader does not follow itself");
        Follower follower = follower(asking.brokerId());
        long durableOffset = position.fetchOffset();
        if (endOffset <= durableOffset) {
            follower.caughtUpMs = nowMs;
        } else if (follower.endOffsetAtLastFetch <= durableOffset) {
            follower.caughtUpMs = Math.max(follower.caughtUpMs, follower.lastFetchMs);
        }
        follower.durableOffset = durableOffset;
        follower.startOffset = position.logStartOffset();
        follower.brokerEpoch = asking.brokerEpoch();
        follower.lastFetchMs = nowMs;
        follower.endOffsetAtLastFetch = endOffset;
    }

    private Follower follower(int brokerId) {
        return followers.computeIfAbsent(brokerId, first -> new Follower());
    }

    /// Of the followers that are wanted, are in sync and whose log covers `offset`, the one that is most caught up; of
    /// several, the one with the lowest id, as in Apache Kafka. [FetchedPartition#NO_REPLICA] for none.
    int mostCaughtUp(long offset, IntPredicate isWanted) {
        int best = FetchedPartition.NO_REPLICA;
        for (int brokerId : leadership.isr()) {
            if (brokerId != localId && covers(brokerId, offset) && isWanted.test(brokerId)
                    && (best == FetchedPartition.NO_REPLICA || isAhead(brokerId, best))) {
                best = brokerId;
            }
        }
        return best;
    }

    private boolean isAhead(int brokerId, int other) {
        Follower one = follower(brokerId);
        Follower two = follower(other);
        if (one.durableOffset != two.durableOffset) {
            return two.durableOffset < one.durableOffset;
        }
        return one.caughtUpMs == two.caughtUpMs ? brokerId < other : two.caughtUpMs < one.caughtUpMs;
    }

    private boolean covers(int brokerId, long offset) {
        Follower follower = follower(brokerId);
        return follower.lastFetchMs != NEVER && follower.startOffset <= offset && offset <= follower.durableOffset;
    }

    int inSyncCount() {
        return leadership.isr().size();
    }

    /// Whether enough replicas are in sync for anything to be committed: below that, the eligible leader replicas
    /// (KIP-966) would miss what is. Where there are fewer replicas than that, all of them are enough, as for the
    /// controller and in Apache Kafka.
    boolean mayCommit(int minInSyncReplicas) {
        return Math.min(minInSyncReplicas, leadership.replicas().size()) <= inSyncCount();
    }

    /// The lowest durable offset among the replicas that may be in sync: everything below it is with all of them.
    long committedOffset() {
        return lowest(localDurableOffset, follower -> follower.durableOffset);
    }

    /// The lowest log start offset among the replicas that may be in sync, 0 for one that was not heard of: nothing
    /// below it is left in any of them.
    ///
    /// @param localStartOffset of this leader's log
    long lowWatermark(long localStartOffset) {
        return lowest(localStartOffset, follower -> follower.startOffset);
    }

    /// Among the replicas that may be in sync: this leader's own, and what each follower has.
    private long lowest(long local, ToLongFunction<Follower> ofFollower) {
        long lowest = local;
        for (int brokerId : leadership.isr()) {
            lowest = Math.min(lowest, brokerId == localId ? local : ofFollower.applyAsLong(follower(brokerId)));
        }
        if (proposal != null) {
            for (Member member : proposal.isr()) {
                int brokerId = member.brokerId();
                lowest = Math.min(lowest, brokerId == localId ? local : ofFollower.applyAsLong(follower(brokerId)));
            }
        }
        return lowest;
    }

    /// What to propose after `brokerId` has fetched: that it is in sync, if it is not, and has all that is committed
    /// and all that this leader began with. Null for nothing. The proposal is open from here on.
    @Nullable
    Proposal proposeJoin(PartitionId id, int brokerId, long committedOffset, long nowMs) {
        Follower follower = follower(brokerId);
        if (leadership.isr().contains(brokerId) || proposal != null || nowMs < follower.restUntilMs
                || follower.durableOffset < committedOffset) {
            return null;
        }
        List<Member> members = members(leadership.isr());
        members.add(new Member(brokerId, follower.brokerEpoch));
        return open(id, members);
    }

    /// What to propose if followers have been behind for longer than `maxLagMs`: that they are not in sync. Null for
    /// nothing. The proposal is open from here on.
    ///
    /// @param endOffset of this leader's log
    @Nullable
    Proposal proposeLeave(PartitionId id, long endOffset, long maxLagMs, long nowMs) {
        if (proposal != null) {
            isLeaveMissed = true;
            return null;
        }
        List<Integer> stay = leadership.isr()
                .stream()
                .filter(brokerId -> brokerId == localId || !isLagging(brokerId, endOffset, nowMs - maxLagMs))
                .toList();
        return stay.size() == leadership.isr().size() ? null : open(id, members(stay));
    }

    /// Whether [#proposeLeave] was kept from it by a proposal that has been answered; said once.
    boolean takeMissedLeave() {
        boolean isDue = isLeaveMissed && proposal == null;
        isLeaveMissed &= !isDue;
        return isDue;
    }

    private boolean isLagging(int brokerId, long endOffset, long sinceMs) {
        Follower follower = follower(brokerId);
        return follower.durableOffset < endOffset && follower.caughtUpMs < sinceMs;
    }

    private List<Member> members(List<Integer> brokerIds) {
        List<Member> members = new ArrayList<>(brokerIds.size() + 1);
        for (int brokerId : brokerIds) {
            members.add(new Member(brokerId, brokerId == localId ? -1 : follower(brokerId).brokerEpoch));
        }
        return members;
    }

    private Proposal open(PartitionId id, List<Member> members) {
        Proposal opened = new Proposal(id, leadership.leaderEpoch(), leadership.partitionEpoch(), members);
        proposal = opened;
        return opened;
    }

    /// The proposal was refused; nothing has changed.
    void refused(Proposal answered, long nowMs) {
        if (answered.equals(proposal)) {
            proposal = null;
            for (Member member : answered.isr()) {
                if (!leadership.isr().contains(member.brokerId())) {
                    follower(member.brokerId()).restUntilMs = nowMs + REST_AFTER_REFUSAL_MS;
                }
            }
        }
    }
}
