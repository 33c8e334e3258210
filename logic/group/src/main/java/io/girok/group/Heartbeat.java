package io.girok.group;

import io.girok.coordinator.Command;
import io.girok.coordinator.Decision;
import io.girok.coordinator.Reply;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/// A member is alive, and wants to know whether its generation is. Immutable.
record Heartbeat(HeartbeatRequestData request) implements Command<GroupState, HeartbeatResponseData> {
    @Override
    public Decision handle(GroupState state, Reply<HeartbeatResponseData> reply) {
        return Decision.answered(reply, Answers.heartbeat(beat(state)));
    }

    private Errors beat(GroupState state) {
        ClassicGroup group = state.group(request.groupId());
        if (group == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        Errors error = group.check(request.memberId(), request.groupInstanceId());
        Member member = group.member(request.memberId());
        if (error != Errors.NONE || member == null) {
            return error == Errors.NONE ? Errors.UNKNOWN_MEMBER_ID : error;
        }
        if (request.generationId() != group.generation()) {
            return Errors.ILLEGAL_GENERATION;
        }
        Sessions.expect(state, group, member, member.sessionTimeoutMs);
        return switch (group.phase()) {
            case EMPTY -> Errors.UNKNOWN_MEMBER_ID;
            case PREPARING_REBALANCE -> Errors.REBALANCE_IN_PROGRESS;
            case COMPLETING_REBALANCE, STABLE -> Errors.NONE;
        };
    }
}
