package io.girok.group;

import io.girok.group.GroupValue.MemberValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A group of the classic protocol: its generation, its members, and who is awaited. Owned by the partition's shard.
///
/// Durable is what the last record says ([#written]): [#apply] alone changes it. A rebalance in progress is soft: after
/// a crash the group is back in its last written generation, its members find out and join again.
final class ClassicGroup {
    private final String id;
    private GroupPhase phase = GroupPhase.EMPTY;
    private GroupPhase previousPhase = GroupPhase.EMPTY;
    private String protocolType = "";
    private @Nullable String protocol;
    private int generation;
    private @Nullable String leaderId;
    private long stateTimestampMs = -1;
    private Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, String> memberIdByInstance = new HashMap<>();
    private final Set<String> pendingMemberIds = new LinkedHashSet<>();
    private final Set<String> unsynced = new HashSet<>();
    private @Nullable GroupValue written;
    private @Nullable Set<String> subscribedTopics;

    /// A member came during the delay before the first generation: the delay is prolonged.
    boolean hasNewMember;

    ClassicGroup(String id) {
        this.id = id;
    }

    /// Takes the group over as the record says.
    void apply(GroupValue value) {
        written = value;
        protocolType = value.protocolType();
        generation = value.generation();
        protocol = value.protocol();
        leaderId = value.leader();
        stateTimestampMs = value.stateTimestampMs();
        Map<String, Member> before = members;
        members = new LinkedHashMap<>();
        memberIdByInstance.clear();
        String chosen = value.protocol() == null ? "" : value.protocol();
        for (MemberValue each : value.members()) {
            Member known = before.get(each.memberId());
            Member member = known != null && known.toValue(chosen, each.assignment()).equals(each)
                    ? known
                    : Member.replayed(each, chosen);
            member.assignment = each.assignment();
            put(member);
        }
        unsynced.retainAll(members.keySet());
        moveTo(members.isEmpty() ? GroupPhase.EMPTY : GroupPhase.STABLE);
        subscribedTopics = null;
    }

    String id() {
        return id;
    }

    GroupPhase phase() {
        return phase;
    }

    GroupPhase previousPhase() {
        return previousPhase;
    }

    void moveTo(GroupPhase next) {
        previousPhase = phase;
        phase = next;
    }

    /// Empty for a group that never had members.
    String protocolType() {
        return protocolType;
    }

    @Nullable
    String protocol() {
        return protocol;
    }

    int generation() {
        return generation;
    }

    @Nullable
    String leaderId() {
        return leaderId;
    }

    boolean isLeader(Member member) {
        return member.id().equals(leaderId);
    }

    long stateTimestampMs() {
        return stateTimestampMs;
    }

    /// What the log says of this group; nothing when it only has offsets.
    Optional<GroupValue> written() {
        return Optional.ofNullable(written);
    }

    Collection<Member> members() {
        return members.values();
    }

    int memberCount() {
        return members.size();
    }

    @Nullable
    Member member(String memberId) {
        return members.get(memberId);
    }

    @Nullable
    Member staticMember(String instanceId) {
        String memberId = memberIdByInstance.get(instanceId);
        return memberId == null ? null : members.get(memberId);
    }

    Set<String> pendingMemberIds() {
        return pendingMemberIds;
    }

    /// Members of this generation whose sync is outstanding.
    Set<String> unsynced() {
        return unsynced;
    }

    void add(Member member, String itsProtocolType) {
        if (members.isEmpty()) {
            protocolType = itsProtocolType;
        }
        if (leaderId == null) {
            leaderId = member.id();
        }
        put(member);
        pendingMemberIds.remove(member.id());
    }

    void remove(Member member) {
        members.remove(member.id());
        unsynced.remove(member.id());
        if (member.instanceId() != null) {
            memberIdByInstance.remove(member.instanceId(), member.id());
        }
        if (isLeader(member)) {
            leaderId = members.values()
                    .stream()
                    .filter(each -> each.awaitedJoin != null)
                    .findFirst()
                    .or(() -> members.values().stream().findFirst())
                    .map(Member::id)
                    .orElse(null);
        }
    }

    /// Puts `next` in the place of `old`, which is the same static member under the id of its former life.
    void replace(Member old, Member next) {
        boolean wasLeader = isLeader(old);
        Map<String, Member> before = members;
        members = new LinkedHashMap<>();
        before.values().forEach(each -> put(each.id().equals(old.id()) ? next : each));
        if (unsynced.remove(old.id())) {
            unsynced.add(next.id());
        }
        if (wasLeader) {
            leaderId = next.id();
        }
    }

    private void put(Member member) {
        members.put(member.id(), member);
        if (member.instanceId() != null) {
            memberIdByInstance.put(member.instanceId(), member.id());
        }
    }

    /// Members whose join is parked.
    int joinedCount() {
        return (int) members.values().stream().filter(each -> each.awaitedJoin != null).count();
    }

    boolean hasEverybodyJoined() {
        return joinedCount() == members.size() && pendingMemberIds.isEmpty();
    }

    /// Makes sure that the leader is one who joined the coming generation.
    ///
    /// @return false when nobody did
    boolean electJoinedLeader() {
        Member leader = leaderId == null ? null : members.get(leaderId);
        if (leader != null && leader.awaitedJoin != null) {
            return true;
        }
        Optional<Member> joined = members.values().stream().filter(each -> each.awaitedJoin != null).findFirst();
        joined.ifPresent(member -> leaderId = member.id());
        return joined.isPresent();
    }

    /// Begins the next generation with the members there are.
    void startGeneration() {
        generation++;
        protocol = selectProtocol(members.values());
        subscribedTopics = null;
        unsynced.clear();
        members.values().stream().filter(each -> each.awaitedJoin != null).map(Member::id).forEach(unsynced::add);
        moveTo(GroupPhase.COMPLETING_REBALANCE);
    }

    /// The longest that any member wants to be waited for.
    int rebalanceTimeoutMs() {
        return members.values().stream().mapToInt(each -> each.rebalanceTimeoutMs).max().orElse(0);
    }

    /// Whether a member that speaks these protocols can be of this group.
    boolean accepts(String itsProtocolType, List<Member.Protocol> itsProtocols) {
        if (members.isEmpty()) {
            return !itsProtocolType.isEmpty() && !itsProtocols.isEmpty();
        }
        return protocolType.equals(itsProtocolType)
                && itsProtocols.stream()
                        .anyMatch(each -> members.values().stream().allMatch(member -> member.supports(each.name())));
    }

    /// The protocol that all members support and most prefer; of equals the one that the first member prefers.
    static String selectProtocol(Collection<Member> members) {
        Map<String, Integer> votes = new LinkedHashMap<>();
        for (Member.Protocol candidate : members.iterator().next().protocols) {
            if (members.stream().allMatch(member -> member.supports(candidate.name()))) {
                votes.put(candidate.name(), 0);
            }
        }
        for (Member member : members) {
            member.protocols.stream()
                    .map(Member.Protocol::name)
                    .filter(votes::containsKey)
                    .findFirst()
                    .ifPresent(name -> votes.merge(name, 1, Integer::sum));
        }
        String best = "";
        int most = -1;
        for (Map.Entry<String, Integer> each : votes.entrySet()) {
            if (most < each.getValue()) {
                best = each.getKey();
                most = each.getValue();
            }
        }
        return best;
    }

    /// Whether `memberId` (and the static identity, if it says one) is of this group (KIP-345).
    Errors check(String memberId, @Nullable String instanceId) {
        if (instanceId != null) {
            String known = memberIdByInstance.get(instanceId);
            if (known == null) {
                return Errors.UNKNOWN_MEMBER_ID;
            }
            return known.equals(memberId) ? Errors.NONE : Errors.FENCED_INSTANCE_ID;
        }
        return members.containsKey(memberId) ? Errors.NONE : Errors.UNKNOWN_MEMBER_ID;
    }

    /// The topics that the members read, when this is a consumer group whose subscriptions can be read.
    Optional<Set<String>> subscribedTopics() {
        if (!protocolType.equals(Subscriptions.CONSUMER) || protocol == null) {
            return Optional.empty();
        }
        if (subscribedTopics == null) {
            List<Bytes> subscriptions = new ArrayList<>();
            members.values().forEach(member -> subscriptions.add(member.metadata(protocol)));
            subscribedTopics = Subscriptions.topics(subscriptions).orElse(null);
        }
        return Optional.ofNullable(subscribedTopics);
    }

    /// The record of a generation in which everybody knows its assignment.
    GroupValue toValue(long nowMs, Map<String, Bytes> assignments) {
        String chosen = protocol == null ? "" : protocol;
        List<MemberValue> values = members.values()
                .stream()
                .map(member -> member.toValue(chosen, assignments.getOrDefault(member.id(), Bytes.EMPTY)))
                .toList();
        return new GroupValue(protocolType, generation, chosen, leaderId, nowMs, values);
    }

    /// The record of this generation with `next` in the place of `old`, whose assignment it takes over.
    GroupValue toValueReplacing(Member old, Member next, long nowMs) {
        String chosen = protocol == null ? "" : protocol;
        List<MemberValue> values = members.values()
                .stream()
                .map(each -> (each.id().equals(old.id()) ? next : each).toValue(chosen, each.assignment))
                .toList();
        String leader = isLeader(old) ? next.id() : leaderId;
        return new GroupValue(protocolType, generation, chosen, leader, nowMs, values);
    }

    /// The record of a generation without members.
    GroupValue toEmptyValue(long nowMs) {
        return new GroupValue(protocolType, generation + 1, null, null, nowMs, List.of());
    }
}
