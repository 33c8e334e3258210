package io.girok.group;

import io.girok.coordinator.Decision;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Moves one group from generation to generation, as part of one decision. Runs on the partition's shard.
///
/// A rebalance waits until everybody has joined anew, at most the longest rebalance timeout of the members; an empty
/// group's first one waits `group.initial.rebalance.delay.ms` instead, longer as long as members come (KIP-134).
final class Rebalance {
    private static final Logger LOG = LoggerFactory.getLogger(Rebalance.class);

    private final GroupState state;
    private final ClassicGroup group;
    private final Decision decision;

    Rebalance(GroupState state, ClassicGroup group, Decision decision) {
        this.state = state;
        this.group = group;
        this.decision = decision;
    }

    /// A member came, went, or wants another generation.
    void membersChanged() {
        switch (group.phase()) {
            case EMPTY, COMPLETING_REBALANCE, STABLE -> prepare();
            case PREPARING_REBALANCE -> completeIfJoined();
        }
    }

    /// Takes a member out; its parked requests are answered with `error`.
    void remove(Member member, Errors error) {
        refuseParked(member, error);
        Sessions.forget(state, group, member.id());
        group.remove(member);
    }

    void refuseParked(Member member, Errors error) {
        refuseJoin(member, error);
        refuseSync(member, error);
    }

    void refuseJoin(Member member, Errors error) {
        if (member.awaitedJoin != null) {
            decision.answer(member.awaitedJoin, Answers.join(error, member.id()));
            member.awaitedJoin = null;
        }
    }

    void refuseSync(Member member, Errors error) {
        if (member.awaitedSync != null) {
            decision.answer(member.awaitedSync, Answers.sync(error));
            member.awaitedSync = null;
            // While it was parked nothing was expected of it.
            Sessions.expect(state, group, member, member.sessionTimeoutMs);
        }
    }

    private void prepare() {
        boolean isInitial = group.phase() == GroupPhase.EMPTY;
        group.members().forEach(member -> refuseSync(member, Errors.REBALANCE_IN_PROGRESS));
        group.unsynced().clear();
        state.timers().cancel(syncTimer());
        group.hasNewMember = false;
        group.moveTo(GroupPhase.PREPARING_REBALANCE);
        if (isInitial) {
            long delayMs = state.settings().initialRebalanceDelayMs();
            awaitMoreMembers(delayMs, Math.max(0, group.rebalanceTimeoutMs() - delayMs));
        } else {
            awaitJoins();
            completeIfJoined();
        }
    }

    private void awaitJoins() {
        state.timers().schedule(joinTimer(), group.rebalanceTimeoutMs(), current -> joinsAreLate(current, group.id()));
    }

    private void awaitMoreMembers(long delayMs, long remainingMs) {
        String groupId = group.id();
        state.timers()
                .schedule(joinTimer(), delayMs, current -> initialDelayPassed(current, groupId, delayMs, remainingMs));
    }

    private static Decision initialDelayPassed(GroupState state, String groupId, long delayMs, long remainingMs) {
        Decision decision = Decision.create();
        ClassicGroup group = state.group(groupId);
        if (group == null || group.phase() != GroupPhase.PREPARING_REBALANCE) {
            return decision;
        }
        Rebalance rebalance = new Rebalance(state, group, decision);
        if (group.hasNewMember && 0 < remainingMs) {
            group.hasNewMember = false;
            long nextMs = Math.min(state.settings().initialRebalanceDelayMs(), remainingMs);
            rebalance.awaitMoreMembers(nextMs, Math.max(0, remainingMs - delayMs));
        } else {
            rebalance.complete();
        }
        return decision;
    }

    private static Decision joinsAreLate(GroupState state, String groupId) {
        Decision decision = Decision.create();
        ClassicGroup group = state.group(groupId);
        if (group != null && group.phase() == GroupPhase.PREPARING_REBALANCE) {
            new Rebalance(state, group, decision).complete();
        }
        return decision;
    }

    void completeIfJoined() {
        if (group.phase() == GroupPhase.PREPARING_REBALANCE && group.previousPhase() != GroupPhase.EMPTY
                && group.hasEverybodyJoined()) {
            complete();
        }
    }

    /// Ends the waiting. Who did not join is out, but for static members: only their session decides about them.
    private void complete() {
        state.timers().cancel(joinTimer());
        List.copyOf(group.members())
                .stream()
                .filter(member -> member.awaitedJoin == null && !member.isStatic())
                .forEach(member -> remove(member, Errors.UNKNOWN_MEMBER_ID));
        if (group.memberCount() == 0) {
            LOG.info("group '{}': empty with generation {}", group.id(), group.generation() + 1);
            // Without the record, a later coordinator waits for the members of the last generation, and finds nobody.
            decision.record(GroupRecordCodec.group(group.id(), group.toEmptyValue(state.clock().wallMs())))
                    .dispensable();
        } else if (group.electJoinedLeader()) {
            startGeneration();
        } else {
            awaitJoins();
        }
    }

    private void startGeneration() {
        group.startGeneration();
        LOG.info(
                "group '{}': generation {} of {} members, protocol '{}'",
                group.id(),
                group.generation(),
                group.memberCount(),
                group.protocol());
        for (Member member : group.members()) {
            if (member.awaitedJoin != null) {
                decision.answer(member.awaitedJoin, joined(group, member));
                member.awaitedJoin = null;
            }
            member.isNew = false;
            Sessions.expect(state, group, member, member.sessionTimeoutMs);
        }
        int generation = group.generation();
        String groupId = group.id();
        state.timers()
                .schedule(syncTimer(), group.rebalanceTimeoutMs(),
                        current -> syncsAreLate(current, groupId, generation));
    }

    /// Who joined a generation but never asked for its assignment holds the others up.
    private static Decision syncsAreLate(GroupState state, String groupId, int generation) {
        Decision decision = Decision.create();
        ClassicGroup group = state.group(groupId);
        if (group == null || group.generation() != generation || group.unsynced().isEmpty()) {
            return decision;
        }
        Rebalance rebalance = new Rebalance(state, group, decision);
        for (String memberId : List.copyOf(group.unsynced())) {
            Member member = group.member(memberId);
            if (member != null) {
                rebalance.remove(member, Errors.UNKNOWN_MEMBER_ID);
            }
        }
        rebalance.membersChanged();
        return decision;
    }

    /// What a member hears of the present generation; the leader hears of everybody.
    static JoinGroupResponseData joined(ClassicGroup group, Member member) {
        return Answers.join(Errors.NONE, member.id())
                .setGenerationId(group.generation())
                .setProtocolType(group.protocolType())
                .setProtocolName(group.protocol())
                .setLeader(group.leaderId() == null ? "" : group.leaderId())
                .setMembers(group.isLeader(member) ? membersOf(group) : List.of());
    }

    static List<JoinGroupResponseMember> membersOf(ClassicGroup group) {
        List<JoinGroupResponseMember> members = new ArrayList<>(group.memberCount());
        for (Member each : group.members()) {
            members.add(
                    new JoinGroupResponseMember().setMemberId(each.id())
                            .setGroupInstanceId(each.instanceId())
                            .setMetadata(each.metadata(group.protocol()).toArray()));
        }
        return members;
    }

    static SyncGroupResponseData synced(ClassicGroup group, Bytes assignment) {
        return Answers.sync(Errors.NONE)
                .setProtocolType(group.protocolType())
                .setProtocolName(group.protocol())
                .setAssignment(assignment.toArray());
    }

    private String joinTimer() {
        return "join/" + group.id();
    }

    private String syncTimer() {
        return "sync/" + group.id();
    }
}
