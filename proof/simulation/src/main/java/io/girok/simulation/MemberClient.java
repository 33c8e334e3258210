package io.girok.simulation;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/// A member of a classic consumer group that gets partitions, goes through them and commits how far it has come; at times
/// it leaves, and joins again. Owned by the world's thread.
final class MemberClient implements Client {
    /*
     *   find the coordinator -> join -> sync -> ask where to begin -> heartbeat or commit, again and again
     *
     * Whatever goes wrong leads back to one of these: another coordinator is looked for, another generation joined, or
     * (when the group does not know the member any more) another member id asked for.
     */
    private static final short FIND_VERSION = 3;
    private static final short JOIN_VERSION = 5;
    private static final short SYNC_VERSION = 3;
    private static final short HEARTBEAT_VERSION = 3;
    private static final short LEAVE_VERSION = 3;
    private static final short COMMIT_VERSION = 8;
    private static final short FETCH_VERSION = 7;
    private static final int SESSION_MS = 6_000;
    private static final int REBALANCE_MS = 2_500;
    private static final int MAX_STEP = 5;
    private static final double LEAVES = 0.01;
    private static final double COMMITS = 0.6;
    private static final String PROTOCOL = "numbers";

    private final ClientLink link;
    private final GroupHistory history;
    private final String topic;
    private final int partitionCount;
    private final Map<Integer, Long> positions = new HashMap<>();
    private int coordinator = -1;
    private String memberId = "";
    private int generation = -1;
    private boolean isFinishing;
    private boolean hasFinished;

    MemberClient(ClientLink link, GroupHistory history, String topic, int partitionCount) {
        this.link = link;
        this.history = history;
        this.topic = topic;
        this.partitionCount = partitionCount;
    }

    @Override
    public void start() {
        link.now(this::findCoordinator);
    }

    @Override
    public void finish() {
        isFinishing = true;
    }

    @Override
    public boolean isFinished() {
        return hasFinished;
    }

    private void findCoordinator() {
        FindCoordinatorRequestData request = new FindCoordinatorRequestData().setKey(history.group());
        ask(link.anyBroker(), ApiKeys.FIND_COORDINATOR, FIND_VERSION, request, answer -> {
            FindCoordinatorResponseData found = (FindCoordinatorResponseData) answer;
            if (found.errorCode() == Errors.NONE.code()) {
                coordinator = found.nodeId();
                join();
            } else {
                later(this::findCoordinator);
            }
        });
    }

    /// What is to be done with an answer.
    private interface Taking {
        void take(ApiMessage answer);
    }

    /// Without an answer the coordinator is looked for again.
    private void ask(int broker, ApiKeys api, short version, ApiMessage request, Taking taking) {
        var _ = link.ask(broker, api, version, request).handle((answer, failure) -> {
            if (failure == null) {
                taking.take(answer);
            } else {
                later(this::findCoordinator);
            }
            return true;
        });
    }

    private void later(Runnable task) {
        link.later(20, 200, task);
    }

    private void join() {
        if (isFinishing) {
            look(IntStream.range(0, partitionCount).boxed().toList(), () -> hasFinished = true);
            return;
        }
        JoinGroupRequestData request = new JoinGroupRequestData().setGroupId(history.group())
                .setSessionTimeoutMs(SESSION_MS)
                .setRebalanceTimeoutMs(REBALANCE_MS)
                .setMemberId(memberId)
                .setProtocolType("simulation")
                .setProtocols(new JoinGroupRequestProtocolCollection(
                        List.of(new JoinGroupRequestProtocol().setName(PROTOCOL).setMetadata(new byte[0]))
                                .iterator()));
        ask(coordinator, ApiKeys.JOIN_GROUP, JOIN_VERSION, request, answer -> {
            JoinGroupResponseData joined = (JoinGroupResponseData) answer;
            Errors error = Errors.forCode(joined.errorCode());
            if (error == Errors.MEMBER_ID_REQUIRED) {
                memberId = joined.memberId();
                join();
            } else if (error == Errors.NONE) {
                memberId = joined.memberId();
                generation = joined.generationId();
                sync(joined.memberId().equals(joined.leader()) ? joined.members() : List.of());
            } else {
                failed(error);
            }
        });
    }

    /// @param members all of them, for the leader, who gives each its partitions
    private void sync(List<JoinGroupResponseMember> members) {
        List<SyncGroupRequestAssignment> assignments = new ArrayList<>();
        int shift = link.world().between(0, partitionCount);
        for (int i = 0; i < members.size(); i++) {
            int member = i;
            List<String> partitions = IntStream.range(0, partitionCount)
                    .filter(partition -> (partition + shift) % members.size() == member)
                    .mapToObj(Integer::toString)
                    .toList();
            assignments.add(new SyncGroupRequestAssignment().setMemberId(members.get(i).memberId())
                    .setAssignment(Texts.bytes(String.join(",", partitions))));
        }
        SyncGroupRequestData request = new SyncGroupRequestData().setGroupId(history.group())
                .setGenerationId(generation)
                .setMemberId(memberId)
                .setAssignments(assignments);
        ask(coordinator, ApiKeys.SYNC_GROUP, SYNC_VERSION, request, answer -> {
            SyncGroupResponseData synced = (SyncGroupResponseData) answer;
            Errors error = Errors.forCode(synced.errorCode());
            if (error == Errors.NONE) {
                own(Texts.text(ByteBuffer.wrap(synced.assignment())));
            } else {
                failed(error);
            }
        });
    }

    private void own(String assignment) {
        positions.clear();
        List<Integer> partitions = new ArrayList<>();
        for (String number : assignment.split(",", -1)) {
            if (!number.isEmpty()) {
                partitions.add(Integer.valueOf(number));
                history.assigned(generation, Integer.parseInt(number), memberId);
            }
        }
        look(partitions, this::goOn);
    }

    /// Asks where to begin.
    private void look(List<Integer> partitions, Runnable next) {
        Map<Integer, Long> atLeast = history.acknowledged();
        OffsetFetchRequestData request = new OffsetFetchRequestData().setGroupId(history.group())
                .setRequireStable(true)
                .setTopics(List.of(new OffsetFetchRequestTopic().setName(topic).setPartitionIndexes(partitions)));
        ask(coordinator, ApiKeys.OFFSET_FETCH, FETCH_VERSION, request, answer -> {
            OffsetFetchResponseData told = (OffsetFetchResponseData) answer;
            Errors error = Errors.forCode(told.errorCode());
            if (error != Errors.NONE || told.topics()
                    .stream()
                    .anyMatch(each -> each.partitions()
                            .stream()
                            .anyMatch(partition -> partition.errorCode() != Errors.NONE.code()))) {
                failed(error);
                return;
            }
            told.topics().forEach(each -> each.partitions().forEach(partition -> {
                history.told(partition.partitionIndex(), partition.committedOffset(), atLeast);
                positions.put(partition.partitionIndex(), Math.max(0, partition.committedOffset()));
            }));
            next.run();
        });
    }

    private void goOn() {
        link.later(5, 150, () -> {
            if (isFinishing || link.world().chance(LEAVES)) {
                leave();
            } else if (!positions.isEmpty() && link.world().chance(COMMITS)) {
                commit();
            } else {
                heartbeat();
            }
        });
    }

    private void heartbeat() {
        HeartbeatRequestData request = new HeartbeatRequestData().setGroupId(history.group())
                .setGenerationId(generation)
                .setMemberId(memberId);
        ask(coordinator, ApiKeys.HEARTBEAT, HEARTBEAT_VERSION, request,
                answer -> goOnUnless(Errors.forCode(((HeartbeatResponseData) answer).errorCode())));
    }

    private void commit() {
        List<Integer> owned = List.copyOf(positions.keySet());
        int partition = owned.get(link.world().random().nextInt(owned.size()));
        long offset = positions.getOrDefault(partition, 0L) + link.world().between(1, MAX_STEP);
        history.committing(partition, offset);
        OffsetCommitRequestData request = new OffsetCommitRequestData().setGroupId(history.group())
                .setGenerationIdOrMemberEpoch(generation)
                .setMemberId(memberId)
                .setTopics(List.of(new OffsetCommitRequestTopic().setName(topic)
                        .setPartitions(List.of(new OffsetCommitRequestPartition().setPartitionIndex(partition)
                                .setCommittedOffset(offset)))));
        ask(coordinator, ApiKeys.OFFSET_COMMIT, COMMIT_VERSION, request, answer -> {
            Errors error = Errors.forCode(((OffsetCommitResponseData) answer).topics()
                    .getFirst()
                    .partitions()
                    .getFirst()
                    .errorCode());
            if (error == Errors.NONE) {
                history.committed(partition, offset);
                positions.replace(partition, offset);
            }
            goOnUnless(error);
        });
    }

    private void leave() {
        LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId(history.group())
                .setMembers(List.of(new MemberIdentity().setMemberId(memberId)));
        memberId = "";
        generation = -1;
        ask(coordinator, ApiKeys.LEAVE_GROUP, LEAVE_VERSION, request, answer -> later(this::join));
    }

    private void goOnUnless(Errors error) {
        if (error == Errors.NONE) {
            goOn();
        } else {
            failed(error);
        }
    }

    private void failed(Errors error) {
        if (error == Errors.UNKNOWN_MEMBER_ID) {
            memberId = "";
            later(this::join);
        } else if (error == Errors.REBALANCE_IN_PROGRESS || error == Errors.ILLEGAL_GENERATION) {
            later(this::join);
        } else {
            later(this::findCoordinator);
        }
    }
}
