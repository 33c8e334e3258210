package io.girok.broker.group;

import io.girok.base.Clock;
import io.girok.broker.ApiHandler;
import io.girok.broker.ApiOperation;
import io.girok.broker.ApiResource;
import io.girok.broker.ApiRow;
import io.girok.broker.PartitionListener;
import io.girok.broker.access.Access;
import io.girok.group.GroupCoordinator;
import io.girok.group.GroupSettings;
import io.girok.metadata.acl.AclOperation;
import io.girok.wire.ErrorAnswers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// Everything about groups: the rows of their APIs, and the listener that makes the coordinator follow its partitions.
/// Thread-safe.
public final class GroupApis {
    private final GroupCoordinator groups;
    private final GroupCluster cluster;
    private final GroupPartitions partitions;

    /// @param maxBatchBytes `message.max.bytes`: the largest batch that `__consumer_offsets` takes
    /// @param blockingPool where a new leader reads what it replays
    /// @param uniqueIds gives a text that was never given before (a random UUID), for member ids
    public GroupApis(GroupSettings settings, int maxBatchBytes, GroupCluster cluster, Clock clock,
            Executor blockingPool, Supplier<String> uniqueIds) {
        this.cluster = cluster;
        this.groups = new GroupCoordinator(settings, clock, cluster::idOf,
                () -> cluster.partitionCount(Topic.GROUP_METADATA_TOPIC_NAME), uniqueIds);
        this.partitions = new GroupPartitions(groups, clock, blockingPool, maxBatchBytes);
    }

    GroupCoordinator groups() {
        return groups;
    }

    /// To be told of partitions before the first one is led.
    public PartitionListener partitionListener() {
        return partitions;
    }

    /// The image has lost topics: what groups committed for them goes. Done when it is gone.
    public CompletableFuture<Void> topicsDeleted() {
        return groups.topicsDeleted();
    }

    /// @param access what is asked before anything is done
    public List<ApiRow> rows(Access access) {
        MembershipHandlers members = new MembershipHandlers(groups);
        OperatorHandlers operators = new OperatorHandlers(groups, access);
        return List.of(
                row(ApiKeys.FIND_COORDINATOR, ApiOperation.DESCRIBE, new FindCoordinatorHandler(cluster, access)),
                row(ApiKeys.JOIN_GROUP, ApiOperation.READ, allowed(access, members::join)),
                row(ApiKeys.SYNC_GROUP, ApiOperation.READ, allowed(access, members::sync)),
                row(ApiKeys.HEARTBEAT, ApiOperation.READ, allowed(access, members::heartbeat)),
                row(ApiKeys.LEAVE_GROUP, ApiOperation.READ, allowed(access, members::leave)),
                row(ApiKeys.OFFSET_COMMIT, ApiOperation.READ, new OffsetCommitHandler(groups, cluster, access)),
                row(ApiKeys.OFFSET_FETCH, ApiOperation.DESCRIBE, new OffsetFetchHandler(groups, cluster, access)),
                row(ApiKeys.OFFSET_DELETE, ApiOperation.DELETE, new OffsetDeleteHandler(groups, cluster, access)),
                row(ApiKeys.LIST_GROUPS, ApiOperation.DESCRIBE, operators::list),
                row(ApiKeys.DESCRIBE_GROUPS, ApiOperation.DESCRIBE, operators::describe),
                row(ApiKeys.DELETE_GROUPS, ApiOperation.DELETE, operators::delete));
    }

    /// A member's request is about one group.
    private static ApiHandler allowed(Access access, ApiHandler handler) {
        return (request, responder) -> {
            if (access.of(request).mayOnGroup(AclOperation.READ, MembershipHandlers.groupOf(request))) {
                handler.handle(request, responder);
            } else {
                responder.respond(ErrorAnswers.of(request, Errors.GROUP_AUTHORIZATION_FAILED));
            }
        };
    }

    private static ApiRow row(ApiKeys api, ApiOperation operation, ApiHandler handler) {
        return ApiRow.of(api, operation, ApiResource.GROUP, handler);
    }
}
