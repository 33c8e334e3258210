package io.girok.group;

import io.girok.coordinator.Decision;
import org.apache.kafka.common.protocol.Errors;

/// Gives members up that are not heard of in time. Stateless; runs on the partition's shard.
///
/// A heartbeat only moves the member's deadline. The timer stays where it is, and looks at the deadline when it fires:
/// most heartbeats cost no timer.
final class Sessions {
    private Sessions() {}

    /// The member must be heard of within `withinMs` from now.
    static void expect(GroupState state, ClassicGroup group, Member member, long withinMs) {
        member.sessionDeadlineMs = state.clock().monotonicMs() + withinMs;
        if (member.sessionDeadlineMs < member.sessionCheckMs) {
            member.sessionCheckMs = member.sessionDeadlineMs;
            state.timers()
                    .schedule(
                            memberTimer(group.id(), member.id()),
                            withinMs,
                            current -> check(current, group.id(), member.id()));
        }
    }

    static void forget(GroupState state, ClassicGroup group, String memberId) {
        state.timers().cancel(memberTimer(group.id(), memberId));
    }

    /// A member id was given out: it must be used within `withinMs`.
    static void expectPending(GroupState state, ClassicGroup group, String memberId, long withinMs) {
        group.pendingMemberIds().add(memberId);
        state.timers()
                .schedule(
                        memberTimer(group.id(), memberId),
                        withinMs,
                        current -> dropPending(current, group.id(), memberId));
    }

    private static Decision dropPending(GroupState state, String groupId, String memberId) {
        Decision decision = Decision.create();
        ClassicGroup group = state.group(groupId);
        if (group != null && group.pendingMemberIds().remove(memberId)) {
            new Rebalance(state, group, decision).completeIfJoined();
            state.forgetIfVoid(groupId);
        }
        return decision;
    }

    private static Decision check(GroupState state, String groupId, String memberId) {
        Decision decision = Decision.create();
        ClassicGroup group = state.group(groupId);
        Member member = group == null ? null : group.member(memberId);
        if (group == null || member == null) {
            return decision;
        }
        member.sessionCheckMs = Long.MAX_VALUE;
        boolean isParked = member.awaitedJoin != null || member.awaitedSync != null;
        long remainingMs = member.sessionDeadlineMs - state.clock().monotonicMs();
        if (isParked && !member.isNew) {
            // It waits for us, so it can't be expected to speak.
            expect(state, group, member, member.sessionTimeoutMs);
        } else if (0 < remainingMs) {
            expect(state, group, member, remainingMs);
        } else {
            Rebalance rebalance = new Rebalance(state, group, decision);
            rebalance.remove(member, Errors.UNKNOWN_MEMBER_ID);
            rebalance.membersChanged();
        }
        return decision;
    }

    private static String memberTimer(String groupId, String memberId) {
        return "session/" + groupId.length() + "/" + groupId + "/" + memberId;
    }
}
