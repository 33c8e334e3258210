package io.girok.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.coordinator.CoordinatorRecord;
import io.girok.coordinator.simulated.MemoryPartitionLog;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/// A coordinator of one partition, with a clock, a shard and a log that tests play with.
final class GroupFixture {
    static final String GROUP = "readers";
    static final String TOPIC = "orders";
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 30_000;
    static final int INITIAL_DELAY_MS = 3_000;

    final ManualClock clock = new ManualClock();
    final SimulatedShard shard = new SimulatedShard(clock);
    MemoryPartitionLog log = new MemoryPartitionLog(20_000);
    final Map<String, TopicId> topics = new HashMap<>(Map.of(TOPIC, new TopicId(1, 1), "other", new TopicId(2, 2)));
    GroupSettings settings = new GroupSettings(INITIAL_DELAY_MS, 6_000, 1_800_000, 3, 100, 86_400_000, 600_000);
    GroupCoordinator groups = start();
    private int idCount;

    GroupCoordinator start() {
        GroupCoordinator coordinator = new GroupCoordinator(settings, clock,
                topic -> topics.getOrDefault(topic, TopicId.ZERO), () -> 1, () -> "id" + idCount++);
        coordinator.lead(0, log, shard);
        shard.runAll();
        return coordinator;
    }

    /// The broker dies, and comes back with what was committed.
    void restart() {
        log = log.afterCrash(0);
        groups.resign(0);
        shard.runAll();
        groups = start();
    }

    void restartWith(GroupSettings changed) {
        settings = changed;
        restart();
    }

    /// A client as it joins: set what differs.
    static final class Joiner {
        String memberId = "";
        String instanceId;
        String type = "consumer";
        String[] protocols = {"range"};
        String topic = TOPIC;
        int version = 9;
        int sessionMs = SESSION_MS;

        Joiner id(String value) {
            memberId = value;
            return this;
        }

        Joiner instance(String value) {
            instanceId = value;
            return this;
        }

        Joiner type(String value) {
            type = value;
            return this;
        }

        Joiner protocols(String... values) {
            protocols = values;
            return this;
        }

        Joiner topic(String value) {
            topic = value;
            return this;
        }

        Joiner version(int value) {
            version = value;
            return this;
        }
    }

    static Joiner joiner() {
        return new Joiner();
    }

    CompletableFuture<JoinGroupResponseData> join(Joiner joiner) {
        JoinGroupRequestData request = new JoinGroupRequestData().setGroupId(GROUP)
                .setMemberId(joiner.memberId)
                .setGroupInstanceId(joiner.instanceId)
                .setProtocolType(joiner.type)
                .setSessionTimeoutMs(joiner.sessionMs)
                .setRebalanceTimeoutMs(REBALANCE_MS);
        for (String protocol : joiner.protocols) {
            request.protocols()
                    .add(
                            new JoinGroupRequestProtocol().setName(protocol)
                                    .setMetadata(subscription(joiner.topic)));
        }
        CompletableFuture<JoinGroupResponseData> answer = groups
                .join(request, new Client("client", "/127.0.0.1", (short) joiner.version));
        shard.runAll();
        return answer;
    }

    static byte[] subscription(String... topics) {
        ByteBuffer buffer = ConsumerProtocol.serializeSubscription(new Subscription(List.of(topics)));
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /// Gets a member id as clients of version 4 and up do.
    String newMemberId() {
        JoinGroupResponseData answer = join(joiner()).join();
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.MEMBER_ID_REQUIRED);
        return answer.memberId();
    }

    /// A stable group of so many dynamic members; the first one leads. Answers their ids.
    List<String> stableGroup(int memberCount) {
        List<String> ids = new ArrayList<>();
        List<CompletableFuture<JoinGroupResponseData>> joins = new ArrayList<>();
        for (int i = 0; i < memberCount; i++) {
            ids.add(newMemberId());
            joins.add(join(joiner().id(ids.getLast())));
        }
        advance(INITIAL_DELAY_MS * 2);
        joins.forEach(each -> assertThat(each).isDone());
        syncAll(joins.getFirst().join().generationId(), ids);
        return ids;
    }

    /// The first one leads and assigns everybody the name of its member.
    void syncAll(int generation, List<String> ids) {
        for (String id : ids.reversed()) {
            sync(id, generation, id.equals(ids.getFirst()) ? assignments(ids) : Map.of());
        }
        assertThat(describe().groupState()).isEqualTo("Stable");
    }

    static Map<String, String> assignments(List<String> ids) {
        Map<String, String> assignments = new TreeMap<>();
        ids.forEach(id -> assignments.put(id, "work of " + id));
        return assignments;
    }

    CompletableFuture<SyncGroupResponseData> sync(String memberId, int generation, Map<String, String> assignments) {
        SyncGroupRequestData request = new SyncGroupRequestData().setGroupId(GROUP)
                .setMemberId(memberId)
                .setGenerationId(generation);
        assignments.forEach(
                (id, work) -> request.assignments()
                        .add(new SyncGroupRequestAssignment().setMemberId(id).setAssignment(work.getBytes())));
        return sync(request);
    }

    CompletableFuture<SyncGroupResponseData> sync(SyncGroupRequestData request) {
        CompletableFuture<SyncGroupResponseData> answer = groups.sync(request);
        shard.runAll();
        return answer;
    }

    Errors heartbeat(String memberId, int generation) {
        return heartbeat(memberId, null, generation);
    }

    Errors heartbeat(String memberId, String instanceId, int generation) {
        var answer = groups.heartbeat(
                new HeartbeatRequestData().setGroupId(GROUP)
                        .setMemberId(memberId)
                        .setGroupInstanceId(instanceId)
                        .setGenerationId(generation));
        shard.runAll();
        return Errors.forCode(answer.join().errorCode());
    }

    Errors leave(String memberId, String instanceId) {
        CompletableFuture<LeaveGroupResponseData> answer = groups.leave(
                new LeaveGroupRequestData().setGroupId(GROUP)
                        .setMembers(
                                List.of(
                                        new MemberIdentity().setMemberId(memberId)
                                                .setGroupInstanceId(instanceId))),
                (short) 5);
        shard.runAll();
        return Errors.forCode(answer.join().members().getFirst().errorCode());
    }

    Errors commit(String memberId, int generation, long offset) {
        return commit(GROUP, memberId, generation, TOPIC, offset);
    }

    Errors commit(String group, String memberId, int generation, String topic, long offset) {
        return commit(request(group, memberId, generation, topic, offset));
    }

    Errors commit(OffsetCommitRequestData request) {
        var answer = groups.commit(request);
        shard.runAll();
        return Errors.forCode(answer.join().topics().getFirst().partitions().getFirst().errorCode());
    }

    OffsetCommitRequestData request(String group, String memberId, int generation, String topic, long offset) {
        TopicId id = topics.getOrDefault(topic, TopicId.ZERO);
        return new OffsetCommitRequestData().setGroupId(group)
                .setMemberId(memberId)
                .setGenerationIdOrMemberEpoch(generation)
                .setTopics(
                        List.of(
                                new OffsetCommitRequestTopic().setName(topic)
                                        .setTopicId(new Uuid(id.high(), id.low()))
                                        .setPartitions(
                                                List.of(
                                                        new OffsetCommitRequestPartition().setPartitionIndex(0)
                                                                .setCommittedOffset(offset)))));
    }

    /// -1 when there is none.
    long fetch(String group, String topic) {
        CompletableFuture<OffsetFetchResponseGroup> answer = groups.fetch(
                new OffsetFetchRequestGroup().setGroupId(group)
                        .setTopics(
                                List.of(
                                        new OffsetFetchRequestTopics().setName(topic)
                                                .setPartitionIndexes(List.of(0)))));
        shard.runAll();
        assertThat(answer.join().errorCode()).isZero();
        return answer.join().topics().getFirst().partitions().getFirst().committedOffset();
    }

    long fetch() {
        return fetch(GROUP, TOPIC);
    }

    DescribedGroup describe() {
        CompletableFuture<DescribedGroup> answer = groups.describe(GROUP, (short) 6);
        shard.runAll();
        return answer.join();
    }

    void advance(long ms) {
        shard.advance(ms);
    }

    /// Lets time pass while these members send heartbeats.
    void advanceAlive(long ms, int generation, String... memberIds) {
        for (long left = ms; 0 < left; left -= 1_000) {
            advance(Math.min(left, 1_000));
            for (String id : memberIds) {
                heartbeat(id, generation);
            }
        }
    }

    List<GroupRecord> written() {
        return log.records().stream().map(GroupRecordCodec::read).toList();
    }

    List<CoordinatorRecord> records() {
        return log.records();
    }
}
