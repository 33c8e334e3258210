package io.girok.group;

import io.girok.coordinator.Command;
import io.girok.coordinator.Decision;
import io.girok.coordinator.Reply;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.Errors;

/// Members go, by their own will or an operator's. Immutable.
///
/// @param request in the shape of version 3 and up: a list of members
record LeaveGroup(LeaveGroupRequestData request) implements Command<GroupState, LeaveGroupResponseData> {
    @Override
    public Decision handle(GroupState state, Reply<LeaveGroupResponseData> reply) {
        Decision decision = Decision.create();
        LeaveGroupResponseData answer = new LeaveGroupResponseData();
        ClassicGroup group = state.group(request.groupId());
        int memberCount = group == null ? 0 : group.memberCount();
        for (MemberIdentity each : request.members()) {
            Errors error = group == null ? Errors.UNKNOWN_MEMBER_ID : leave(state, group, each, decision);
            answer.members()
                    .add(
                            new MemberResponse().setMemberId(each.memberId())
                                    .setGroupInstanceId(each.groupInstanceId())
                                    .setErrorCode(error.code()));
        }
        if (group != null) {
            Rebalance rebalance = new Rebalance(state, group, decision);
            if (group.memberCount() < memberCount) {
                rebalance.membersChanged();
            } else {
                rebalance.completeIfJoined();
            }
            state.forgetIfVoid(group.id());
        }
        return decision.answer(reply, answer);
    }

    private static Errors leave(GroupState state, ClassicGroup group, MemberIdentity identity, Decision decision) {
        String instanceId = identity.groupInstanceId();
        boolean byInstance = identity.memberId().isEmpty() && instanceId != null;
        Member member = byInstance ? group.staticMember(instanceId) : group.member(identity.memberId());
        if (!byInstance && group.pendingMemberIds().remove(identity.memberId())) {
            Sessions.forget(state, group, identity.memberId());
            return Errors.NONE;
        }
        Errors error = byInstance ? Errors.NONE : group.check(identity.memberId(), instanceId);
        if (error != Errors.NONE || member == null) {
            return error == Errors.NONE ? Errors.UNKNOWN_MEMBER_ID : error;
        }
        new Rebalance(state, group, decision).remove(member, Errors.UNKNOWN_MEMBER_ID);
        return Errors.NONE;
    }
}
