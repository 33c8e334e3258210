package io.girok.group;

import io.girok.coordinator.Command;
import io.girok.coordinator.Decision;
import io.girok.coordinator.Reply;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A member asks for its assignment; the leader brings everybody's. Immutable.
record SyncGroup(SyncGroupRequestData request) implements Command<GroupState, SyncGroupResponseData> {
    @Override
    public Decision handle(GroupState state, Reply<SyncGroupResponseData> reply) {
        ClassicGroup group = state.group(request.groupId());
        Member member = group == null ? null : group.member(request.memberId());
        Errors error = group == null ? Errors.UNKNOWN_MEMBER_ID : check(group);
        if (group == null || member == null || error != Errors.NONE) {
            return refused(reply, error == Errors.NONE ? Errors.UNKNOWN_MEMBER_ID : error);
        }
        return switch (group.phase()) {
            case EMPTY -> refused(reply, Errors.UNKNOWN_MEMBER_ID);
            case PREPARING_REBALANCE -> refused(reply, Errors.REBALANCE_IN_PROGRESS);
            case COMPLETING_REBALANCE -> group.isLeader(member)
                    ? assign(state, group, member, reply)
                    : park(state, group, member, reply);
            case STABLE -> {
                group.unsynced().remove(member.id());
                Sessions.expect(state, group, member, member.sessionTimeoutMs);
                yield Decision.answered(reply, Rebalance.synced(group, member.assignment));
            }
        };
    }

    private Errors check(ClassicGroup group) {
        Errors error = group.check(request.memberId(), request.groupInstanceId());
        if (error != Errors.NONE) {
            return error;
        }
        if (request.generationId() != group.generation()) {
            return Errors.ILLEGAL_GENERATION;
        }
        boolean isConsistent = agrees(request.protocolType(), group.protocolType())
                && agrees(request.protocolName(), group.protocol());
        return isConsistent ? Errors.NONE : Errors.INCONSISTENT_GROUP_PROTOCOL;
    }

    /// Old clients do not say what they believe.
    private static boolean agrees(@Nullable String believed, @Nullable String actual) {
        return believed == null || actual == null || believed.equals(actual);
    }

    private static Decision park(GroupState state, ClassicGroup group, Member member,
            Reply<SyncGroupResponseData> reply) {
        Decision decision = Decision.create();
        new Rebalance(state, group, decision).refuseSync(member, Errors.REBALANCE_IN_PROGRESS);
        member.awaitedSync = reply;
        group.unsynced().remove(member.id());
        return decision;
    }

    private Decision assign(GroupState state, ClassicGroup group, Member leader, Reply<SyncGroupResponseData> reply) {
        Map<String, Bytes> assignments = new HashMap<>();
        request.assignments().forEach(each -> assignments.put(each.memberId(), Bytes.of(each.assignment())));
        GroupValue value = group.toValue(state.clock().wallMs(), assignments);
        Decision decision = Decision.create().record(GroupRecordCodec.group(group.id(), value));
        decision.answer(
                reply,
                Rebalance.synced(group, assignments.getOrDefault(leader.id(), Bytes.EMPTY)));
        return decision.softChange(() -> {
            group.unsynced().remove(leader.id());
            for (Member member : group.members()) {
                if (member.awaitedSync != null) {
                    decision.answer(member.awaitedSync, Rebalance.synced(group, member.assignment));
                    member.awaitedSync = null;
                }
                Sessions.expect(state, group, member, member.sessionTimeoutMs);
            }
        });
    }

    private static Decision refused(Reply<SyncGroupResponseData> reply, Errors error) {
        return Decision.answered(reply, Answers.sync(error));
    }
}
