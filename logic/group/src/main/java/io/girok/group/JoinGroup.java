package io.girok.group;

import io.girok.coordinator.Command;
import io.girok.coordinator.Decision;
import io.girok.coordinator.Reply;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A client wants to be of a group's next generation. Immutable.
///
/// @param newMemberId the id it gets when it has none
record JoinGroup(JoinGroupRequestData request, Client client, String newMemberId)
        implements
            Command<GroupState, JoinGroupResponseData> {
    /// How long a member waits for its first generation: it cannot send heartbeats yet, and may be long gone.
    static final int NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60 * 1_000;
    /// From here on a client fetches its member id first, so that a lost answer leaves no ghost (KIP-394).
    private static final short FIRST_VERSION_WITH_KNOWN_ID = 4;
    /// From here on a static leader can be told to leave the assignment as it is (KIP-814).
    private static final short FIRST_VERSION_WITH_SKIP = 9;
    private static final int MAX_PENDING_MEMBERS = 100_000;

    @Override
    public Decision handle(GroupState state, Reply<JoinGroupResponseData> reply) {
        boolean hasId = !request.memberId().isEmpty();
        ClassicGroup group = hasId ? state.group(request.groupId()) : state.groupOrNew(request.groupId());
        if (group == null) {
            return refused(reply, Errors.UNKNOWN_MEMBER_ID);
        }
        Errors error = check(state, group);
        if (error != Errors.NONE) {
            state.forgetIfVoid(group.id());
            return refused(reply, error);
        }
        return hasId ? rejoin(state, group, reply) : joinAnew(state, group, reply);
    }

    private Errors check(GroupState state, ClassicGroup group) {
        if (!hasRoom(group, state.settings().maxGroupSize())) {
            return Errors.GROUP_MAX_SIZE_REACHED;
        }
        return group.accepts(request.protocolType(), protocols()) ? Errors.NONE : Errors.INCONSISTENT_GROUP_PROTOCOL;
    }

    private boolean hasRoom(ClassicGroup group, int maxSize) {
        String instanceId = request.groupInstanceId();
        Member known = instanceId == null ? group.member(request.memberId()) : group.staticMember(instanceId);
        return switch (group.phase()) {
            case EMPTY -> true;
            case PREPARING_REBALANCE -> (known != null && known.awaitedJoin != null) || group.joinedCount() < maxSize;
            case COMPLETING_REBALANCE, STABLE -> known != null || group.memberCount() < maxSize;
        };
    }

    private Decision joinAnew(GroupState state, ClassicGroup group, Reply<JoinGroupResponseData> reply) {
        if (request.groupInstanceId() != null) {
            Member old = group.staticMember(request.groupInstanceId());
            return old == null ? add(state, group, newMemberId, reply) : takeOver(state, group, old, reply);
        }
        if (client.version() < FIRST_VERSION_WITH_KNOWN_ID) {
            return add(state, group, newMemberId, reply);
        }
        if (MAX_PENDING_MEMBERS <= group.pendingMemberIds().size()) {
            return refused(reply, Errors.GROUP_MAX_SIZE_REACHED);
        }
        Sessions.expectPending(state, group, newMemberId, request.sessionTimeoutMs());
        return Decision.answered(reply, Answers.join(Errors.MEMBER_ID_REQUIRED, newMemberId));
    }

    private Decision rejoin(GroupState state, ClassicGroup group, Reply<JoinGroupResponseData> reply) {
        if (group.pendingMemberIds().contains(request.memberId())) {
            return request.groupInstanceId() == null
                    ? add(state, group, request.memberId(), reply)
                    : refused(reply, Errors.UNKNOWN_MEMBER_ID);
        }
        Errors error = group.check(request.memberId(), request.groupInstanceId());
        Member member = group.member(request.memberId());
        if (error != Errors.NONE || member == null) {
            return refused(reply, error == Errors.NONE ? Errors.UNKNOWN_MEMBER_ID : error);
        }
        boolean isUnchanged = member.protocols.equals(protocols());
        return switch (group.phase()) {
            case PREPARING_REBALANCE -> update(state, group, member, reply);
            // The answer to its join was lost.
            case COMPLETING_REBALANCE -> isUnchanged
                    ? again(state, group, member, reply)
                    : update(state, group, member, reply);
            // A leader joins again to ask for a rebalance, because partitions changed for instance.
            case STABLE -> isUnchanged && !group.isLeader(member)
                    ? again(state, group, member, reply)
                    : update(state, group, member, reply);
            case EMPTY -> refused(reply, Errors.UNKNOWN_MEMBER_ID);
        };
    }

    private Decision again(GroupState state, ClassicGroup group, Member member, Reply<JoinGroupResponseData> reply) {
        Sessions.expect(state, group, member, member.sessionTimeoutMs);
        return Decision.answered(reply, Rebalance.joined(group, member));
    }

    private Decision add(GroupState state, ClassicGroup group, String memberId, Reply<JoinGroupResponseData> reply) {
        Decision decision = Decision.create();
        Member member = newMember(memberId);
        member.isNew = true;
        member.awaitedJoin = reply;
        if (group.phase() == GroupPhase.PREPARING_REBALANCE && group.previousPhase() == GroupPhase.EMPTY) {
            group.hasNewMember = true;
        }
        Sessions.forget(state, group, memberId);
        group.add(member, request.protocolType());
        Sessions.expect(state, group, member, NEW_MEMBER_JOIN_TIMEOUT_MS);
        new Rebalance(state, group, decision).membersChanged();
        return decision;
    }

    private Decision update(GroupState state, ClassicGroup group, Member member, Reply<JoinGroupResponseData> reply) {
        Decision decision = Decision.create();
        Rebalance rebalance = new Rebalance(state, group, decision);
        rebalance.refuseJoin(member, Errors.REBALANCE_IN_PROGRESS);
        member.protocols = protocols();
        member.rebalanceTimeoutMs = rebalanceTimeoutMs();
        member.sessionTimeoutMs = request.sessionTimeoutMs();
        member.awaitedJoin = reply;
        rebalance.membersChanged();
        return decision;
    }

    /// A static member is back under a new id: it takes its former place, and the former id is fenced (KIP-345).
    private Decision takeOver(GroupState state, ClassicGroup group, Member old, Reply<JoinGroupResponseData> reply) {
        Decision decision = Decision.create();
        Member next = newMember(newMemberId);
        next.assignment = old.assignment;
        next.isNew = old.isNew;
        Rebalance rebalance = new Rebalance(state, group, decision);
        if (group.phase() == GroupPhase.STABLE && keepsProtocol(group, old, next)) {
            return takeOverQuietly(state, group, old, next, reply);
        }
        rebalance.refuseParked(old, Errors.FENCED_INSTANCE_ID);
        Sessions.forget(state, group, old.id());
        group.replace(old, next);
        next.awaitedJoin = reply;
        Sessions.expect(state, group, next, next.isNew ? NEW_MEMBER_JOIN_TIMEOUT_MS : next.sessionTimeoutMs);
        rebalance.membersChanged();
        return decision;
    }

    /// The group goes on as it is; the new id is written, so that a later coordinator knows it too.
    private Decision takeOverQuietly(GroupState state, ClassicGroup group, Member old, Member next,
            Reply<JoinGroupResponseData> reply) {
        boolean wasLeader = group.isLeader(old);
        boolean canSkip = FIRST_VERSION_WITH_SKIP <= client.version();
        GroupValue value = group.toValueReplacing(old, next, state.clock().wallMs());
        // Older clients would compute an assignment once they read that they lead: they read the former id instead.
        String leader = canSkip ? value.leader() : group.leaderId();
        JoinGroupResponseData answer = Answers.join(Errors.NONE, next.id())
                .setGenerationId(group.generation())
                .setProtocolType(group.protocolType())
                .setProtocolName(group.protocol())
                .setLeader(leader == null ? "" : leader)
                .setSkipAssignment(canSkip && wasLeader);
        if (canSkip && wasLeader) {
            group.members().forEach(each -> {
                Member shown = each.id().equals(old.id()) ? next : each;
                answer.members()
                        .add(
                                new JoinGroupResponseData.JoinGroupResponseMember().setMemberId(shown.id())
                                        .setGroupInstanceId(shown.instanceId())
                                        .setMetadata(shown.metadata(group.protocol()).toArray()));
            });
        }
        Decision decision = Decision.answered(reply, answer).record(GroupRecordCodec.group(group.id(), value));
        return decision.softChange(() -> {
            new Rebalance(state, group, decision).refuseParked(old, Errors.FENCED_INSTANCE_ID);
            Sessions.forget(state, group, old.id());
            Member written = group.member(next.id());
            if (written != null) {
                written.protocols = next.protocols;
                Sessions.expect(state, group, written, written.sessionTimeoutMs);
            }
        });
    }

    private static boolean keepsProtocol(ClassicGroup group, Member old, Member next) {
        Collection<Member> members = new ArrayList<>();
        group.members().forEach(each -> members.add(each.id().equals(old.id()) ? next : each));
        return ClassicGroup.selectProtocol(members).equals(group.protocol());
    }

    private Member newMember(String memberId) {
        return new Member(memberId, request.groupInstanceId(), client, rebalanceTimeoutMs(), request.sessionTimeoutMs(),
                protocols());
    }

    private int rebalanceTimeoutMs() {
        return request.rebalanceTimeoutMs() < 0 ? request.sessionTimeoutMs() : request.rebalanceTimeoutMs();
    }

    private List<Member.Protocol> protocols() {
        return request.protocols()
                .stream()
                .map(each -> new Member.Protocol(each.name(), Bytes.of(each.metadata())))
                .toList();
    }

    private Decision refused(Reply<JoinGroupResponseData> reply, Errors error) {
        @Nullable
        String memberId = request.memberId();
        return Decision.answered(reply, Answers.join(error, memberId));
    }
}
