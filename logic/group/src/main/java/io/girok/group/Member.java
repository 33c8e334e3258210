package io.girok.group;

import io.girok.coordinator.Reply;
import io.girok.group.GroupValue.MemberValue;
import java.util.List;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.jspecify.annotations.Nullable;

/// A member of a classic group. Owned by the partition's shard.
final class Member {
    /// An assignment strategy that the member can follow, and what it says for it.
    record Protocol(String name, Bytes metadata) {}

    private final String id;
    private final @Nullable String instanceId;
    private final String clientId;
    private final String clientHost;
    int rebalanceTimeoutMs;
    int sessionTimeoutMs;
    /// In the member's order of preference.
    List<Protocol> protocols;
    Bytes assignment = Bytes.EMPTY;

    /// Joined, and saw no generation yet: it can't send heartbeats while it waits, so waiting has its own limit.
    boolean isNew;
    @Nullable
    Reply<JoinGroupResponseData> awaitedJoin;
    @Nullable
    Reply<SyncGroupResponseData> awaitedSync;
    /// By the monotonic clock: when the member is given up unless it is heard of.
    long sessionDeadlineMs;
    /// When the timer looks next; the timer is not moved at every heartbeat.
    long sessionCheckMs = Long.MAX_VALUE;

    Member(String id, @Nullable String instanceId, Client client, int rebalanceTimeoutMs, int sessionTimeoutMs,
            List<Protocol> protocols) {
        this.id = id;
        this.instanceId = instanceId;
        this.clientId = client.id();
        this.clientHost = client.host();
        this.rebalanceTimeoutMs = rebalanceTimeoutMs;
        this.sessionTimeoutMs = sessionTimeoutMs;
        this.protocols = List.copyOf(protocols);
    }

    /// @param protocol the one that the member's generation agreed on; the record holds the metadata of no other
    static Member replayed(MemberValue value, String protocol) {
        Member member = new Member(value.memberId(), value.instanceId(),
                new Client(value.clientId(), value.clientHost(), (short) 0), value.rebalanceTimeoutMs(),
                value.sessionTimeoutMs(), List.of(new Protocol(protocol, value.subscription())));
        member.assignment = value.assignment();
        return member;
    }

    String id() {
        return id;
    }

    @Nullable
    String instanceId() {
        return instanceId;
    }

    boolean isStatic() {
        return instanceId != null;
    }

    String clientId() {
        return clientId;
    }

    String clientHost() {
        return clientHost;
    }

    boolean supports(String protocol) {
        return protocols.stream().anyMatch(each -> each.name().equals(protocol));
    }

    /// What the member says for `protocol`; nothing when it does not support it.
    Bytes metadata(@Nullable String protocol) {
        return protocols.stream()
                .filter(each -> each.name().equals(protocol))
                .map(Protocol::metadata)
                .findFirst()
                .orElse(Bytes.EMPTY);
    }

    /// @param assigned what the leader assigned
    MemberValue toValue(String protocol, Bytes assigned) {
        return new MemberValue(id, instanceId, clientId, clientHost, rebalanceTimeoutMs, sessionTimeoutMs,
                metadata(protocol), assigned);
    }
}
