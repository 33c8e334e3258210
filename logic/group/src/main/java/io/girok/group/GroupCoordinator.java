package io.girok.group;

import io.girok.base.Clock;
import io.girok.base.Shard;
import io.girok.coordinator.Command;
import io.girok.coordinator.CoordinatorRuntime;
import io.girok.coordinator.Outcome;
import io.girok.coordinator.PartitionLog;
import io.girok.coordinator.RuntimeLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/// All groups whose partition of `__consumer_offsets` this broker leads. Thread-safe; each group's work runs on the
/// shard of its partition. The futures never fail: they end in an answer, which may be an error.
public final class GroupCoordinator {
    private final GroupSettings settings;
    private final Clock clock;
    private final TopicIds topicIds;
    private final IntSupplier partitionCount;
    private final Supplier<String> uniqueIds;
    private final ConcurrentMap<Integer, CoordinatorRuntime<GroupState>> led = new ConcurrentHashMap<>();

    /// @param partitionCount of `__consumer_offsets`, 0 when it is not there
    /// @param uniqueIds gives a text that was never given before (a random UUID), for member ids
    public GroupCoordinator(GroupSettings settings, Clock clock, TopicIds topicIds, IntSupplier partitionCount,
            Supplier<String> uniqueIds) {
        this.partitionCount = partitionCount;
        this.settings = settings;
        this.clock = clock;
        this.topicIds = topicIds;
        this.uniqueIds = uniqueIds;
    }

    /// The partition of `__consumer_offsets` that `groupId` belongs to, as every Kafka broker computes it.
    public static int partitionFor(String groupId, int partitionCount) {
        int hash = groupId.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitionCount;
    }

    /// This broker leads `partition` from now on: loads its groups, and serves them then. An earlier term ends.
    public void lead(int partition, PartitionLog log, Shard shard) {
        CoordinatorRuntime<GroupState> runtime = new CoordinatorRuntime<>("__consumer_offsets-" + partition, log, shard,
                clock, RuntimeLimits.DEFAULT, timers -> new GroupState(settings, clock, topicIds, timers));
        CoordinatorRuntime<GroupState> before = led.put(partition, runtime);
        if (before != null) {
            before.stop();
        }
        runtime.start();
    }

    /// This broker leads `partition` no longer.
    public void resign(int partition) {
        CoordinatorRuntime<GroupState> runtime = led.remove(partition);
        if (runtime != null) {
            runtime.stop();
        }
    }

    /// Topics were deleted; done when their offsets are.
    public CompletableFuture<Void> topicsDeleted() {
        List<CompletableFuture<Outcome<Integer>>> parts = new ArrayList<>();
        led.values().forEach(runtime -> parts.add(runtime.submit(new OffsetExpiry.ForgetDeletedTopics())));
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new));
    }

    public CompletableFuture<JoinGroupResponseData> join(JoinGroupRequestData request, Client client) {
        Errors error = Requests.checkJoin(request, settings);
        if (error != Errors.NONE) {
            return CompletableFuture.completedFuture(Answers.join(error, request.memberId()));
        }
        String memberId = Requests.memberIdPrefix(request, client) + "-" + uniqueIds.get();
        return submit(
                request.groupId(),
                new JoinGroup(request, client, memberId),
                reason -> Answers.join(error(reason), request.memberId()));
    }

    public CompletableFuture<SyncGroupResponseData> sync(SyncGroupRequestData request) {
        if (!Requests.isGroupId(request.groupId())) {
            return CompletableFuture.completedFuture(Answers.sync(Errors.INVALID_GROUP_ID));
        }
        // A coordinator that loads has lost the rebalance this belongs to: the member is to join again, and clients
        // take no other retriable error here.
        return submit(
                request.groupId(),
                new SyncGroup(request),
                reason -> Answers
                        .sync(reason == Outcome.Reason.LOADING ? Errors.REBALANCE_IN_PROGRESS : error(reason)));
    }

    public CompletableFuture<HeartbeatResponseData> heartbeat(HeartbeatRequestData request) {
        if (!Requests.isGroupId(request.groupId())) {
            return CompletableFuture.completedFuture(Answers.heartbeat(Errors.INVALID_GROUP_ID));
        }
        // While loading nobody is given up, so a heartbeat is as good as heard.
        return submit(
                request.groupId(),
                new Heartbeat(request),
                reason -> Answers.heartbeat(reason == Outcome.Reason.LOADING ? Errors.NONE : error(reason)));
    }

    /// Answers in the shape of version 3 and up; [#leave] of an older request has one member.
    public CompletableFuture<LeaveGroupResponseData> leave(LeaveGroupRequestData request, short version) {
        if (!Requests.isGroupId(request.groupId())) {
            return CompletableFuture
                    .completedFuture(new LeaveGroupResponseData().setErrorCode(Errors.INVALID_GROUP_ID.code()));
        }
        boolean isSingle = version < 3;
        LeaveGroupRequestData normal = isSingle
                ? new LeaveGroupRequestData().setGroupId(request.groupId())
                        .setMembers(List.of(new MemberIdentity().setMemberId(request.memberId())))
                : request;
        CompletableFuture<LeaveGroupResponseData> answer = submit(
                normal.groupId(),
                new LeaveGroup(normal),
                reason -> new LeaveGroupResponseData().setErrorCode(error(reason).code()));
        return answer.thenApply(data -> isSingle && !data.members().isEmpty()
                ? new LeaveGroupResponseData().setErrorCode(data.members().getFirst().errorCode())
                : data);
    }

    /// @param request of topics that exist, each with its name and its id
    public CompletableFuture<OffsetCommitResponseData> commit(OffsetCommitRequestData request) {
        if (Requests.MAX_NAME_CHARS < request.groupId().length()) {
            return CompletableFuture.completedFuture(OffsetCommit.refused(request, Errors.INVALID_GROUP_ID));
        }
        return submit(
                request.groupId(),
                new OffsetCommit(request),
                reason -> OffsetCommit.refused(
                        request,
                        reason == Outcome.Reason.TOO_LARGE ? Errors.INVALID_COMMIT_OFFSET_SIZE : error(reason)));
    }

    /// Older Java consumers let their application fail with COORDINATOR_NOT_AVAILABLE here, and ask again when the
    /// coordinator is loading (KAFKA-17267, KAFKA-17279).
    ///
    /// @param request of one group, with topic names; null topics mean all that have offsets
    public CompletableFuture<OffsetFetchResponseGroup> fetch(OffsetFetchRequestGroup request) {
        return submit(
                request.groupId(),
                new OffsetFetch(request),
                reason -> OffsetFetch.refused(
                        request,
                        reason == Outcome.Reason.UNAVAILABLE
                                ? Errors.COORDINATOR_LOAD_IN_PROGRESS
                                : error(reason)));
    }

    /// @param request of topics that exist
    public CompletableFuture<OffsetDeleteResponseData> deleteOffsets(OffsetDeleteRequestData request) {
        return submit(
                request.groupId(),
                new OffsetDelete(request),
                reason -> new OffsetDeleteResponseData().setErrorCode(error(reason).code()));
    }

    public CompletableFuture<DescribedGroup> describe(String groupId, short version) {
        return submit(
                groupId,
                new DescribeGroup(groupId, version),
                reason -> DescribeGroup.refused(groupId, error(reason)));
    }

    public CompletableFuture<Errors> delete(String groupId) {
        return submit(groupId, new DeleteGroup(groupId), GroupCoordinator::error);
    }

    /// The groups of every partition led here; an error when one of them is not ready.
    public CompletableFuture<ListGroupsResponseData> list(ListGroupsRequestData request) {
        ListGroups command = ListGroups.of(request);
        List<CompletableFuture<Outcome<List<ListedGroup>>>> parts = new ArrayList<>();
        led.values().forEach(runtime -> parts.add(runtime.submit(command)));
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new)).thenApply(_ -> {
            ListGroupsResponseData answer = new ListGroupsResponseData();
            for (CompletableFuture<Outcome<List<ListedGroup>>> part : parts) {
                switch (part.join()) {
                    case Outcome.Answered<List<ListedGroup>>(List<ListedGroup> groups) ->
                        answer.groups().addAll(groups);
                    case Outcome.Failed<List<ListedGroup>>(Outcome.Reason reason) -> {
                        if (reason != Outcome.Reason.NOT_LEADER) {
                            return new ListGroupsResponseData().setErrorCode(error(reason).code());
                        }
                    }
                }
            }
            return answer;
        });
    }

    <A> CompletableFuture<A> submit(String groupId, Command<GroupState, A> command,
            Function<Outcome.Reason, A> refused) {
        int count = partitionCount.getAsInt();
        CoordinatorRuntime<GroupState> runtime = count == 0 ? null : led.get(partitionFor(groupId, count));
        if (runtime == null) {
            return CompletableFuture.completedFuture(refused.apply(Outcome.Reason.NOT_LEADER));
        }
        return runtime.submit(command).thenApply(outcome -> switch (outcome) {
            case Outcome.Answered<A>(A answer) -> answer;
            case Outcome.Failed<A>(Outcome.Reason reason) -> refused.apply(reason);
        });
    }

    private static Errors error(Outcome.Reason reason) {
        return switch (reason) {
            case LOADING -> Errors.COORDINATOR_LOAD_IN_PROGRESS;
            case NOT_LEADER -> Errors.NOT_COORDINATOR;
            case UNAVAILABLE -> Errors.COORDINATOR_NOT_AVAILABLE;
            case TOO_LARGE, BROKEN -> Errors.UNKNOWN_SERVER_ERROR;
        };
    }
}
