package io.girok.broker.group;

import io.girok.broker.ApiHandler;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.broker.data.LeaderHints;
import io.girok.group.GroupCoordinator;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclResource;
import io.girok.wire.Connection;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.Errors;

/// FindCoordinator, versions 0 to 6: which broker serves a group. The first one to ask has the offsets topic created.
/// Immutable.
final class FindCoordinatorHandler implements ApiHandler {
    private static final byte KEY_TYPE_GROUP = 0;
    private static final byte KEY_TYPE_TRANSACTION = 1;
    private static final byte KEY_TYPE_SHARE = 2;
    private static final short FIRST_VERSION_WITH_BATCHES = 4;

    private final GroupCluster cluster;
    private final Access access;

    FindCoordinatorHandler(GroupCluster cluster, Access access) {
        this.cluster = cluster;
        this.access = access;
    }

    @Override
    public void handle(Request request, Responder responder) {
        FindCoordinatorRequestData body = (FindCoordinatorRequestData) request.body();
        boolean isMissing = body.keyType() == KEY_TYPE_GROUP
                && cluster.partitionCount(Topic.GROUP_METADATA_TOPIC_NAME) == 0
                && keys(body, request.version()).stream().anyMatch(access.of(request)::maySeeGroup);
        CompletableFuture<Void> ready = isMissing
                ? cluster.createOffsetsTopic()
                : CompletableFuture.completedFuture(null);
        Answering.when(ready.thenApply(_ -> answer(body, request)), responder);
    }

    private FindCoordinatorResponseData answer(FindCoordinatorRequestData body, Request request) {
        Connection connection = request.connection();
        Permissions permissions = access.of(request);
        FindCoordinatorResponseData answer = new FindCoordinatorResponseData();
        List<Coordinator> all = keys(body, request.version()).stream()
                .map(key -> find(body.keyType(), key, connection, permissions))
                .toList();
        if (FIRST_VERSION_WITH_BATCHES <= request.version()) {
            return answer.setCoordinators(all);
        }
        Coordinator found = all.getFirst();
        return answer.setErrorCode(found.errorCode())
                .setErrorMessage(found.errorMessage())
                .setNodeId(found.nodeId())
                .setHost(found.host())
                .setPort(found.port());
    }

    private static List<String> keys(FindCoordinatorRequestData body, short version) {
        return FIRST_VERSION_WITH_BATCHES <= version ? body.coordinatorKeys() : List.of(body.key());
    }

    private Coordinator find(byte keyType, String key, Connection connection, Permissions permissions) {
        Errors denied = denied(keyType, key, permissions);
        if (denied != Errors.NONE) {
            return refused(key, denied, denied.message());
        }
        return switch (keyType) {
            case KEY_TYPE_GROUP -> group(key, connection);
            case KEY_TYPE_TRANSACTION -> refused(
                    key,
                    Errors.INVALID_REQUEST,
                    "this broker does not serve transactions yet: leave 'transactional.id' unset");
            case KEY_TYPE_SHARE -> refused(
                    key,
                    Errors.INVALID_REQUEST,
                    "this broker does not serve share groups yet");
            default -> refused(key, Errors.INVALID_REQUEST, "key type " + keyType + " is not known");
        };
    }

    private static Errors denied(byte keyType, String key, Permissions permissions) {
        boolean isTransaction = keyType == KEY_TYPE_TRANSACTION;
        AclResource resource = isTransaction ? AclResource.TRANSACTIONAL_ID : AclResource.GROUP;
        if (permissions.may(AclOperation.DESCRIBE, resource, key)) {
            return Errors.NONE;
        }
        return isTransaction ? Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED : Errors.GROUP_AUTHORIZATION_FAILED;
    }

    private Coordinator group(String groupId, Connection connection) {
        String listener = connection.listenerName();
        int partitionCount = cluster.partitionCount(Topic.GROUP_METADATA_TOPIC_NAME);
        if (partitionCount == 0) {
            return refused(
                    groupId,
                    Errors.COORDINATOR_NOT_AVAILABLE,
                    "the topic '" + Topic.GROUP_METADATA_TOPIC_NAME + "' is not there yet");
        }
        int partition = GroupCoordinator.partitionFor(groupId, partitionCount);
        int leader = cluster.leaderOf(Topic.GROUP_METADATA_TOPIC_NAME, partition);
        LeaderHints.Endpoint endpoint = leader < 0 ? null : cluster.endpoint(leader, listener);
        if (endpoint == null) {
            return refused(
                    groupId,
                    Errors.COORDINATOR_NOT_AVAILABLE,
                    "'" + Topic.GROUP_METADATA_TOPIC_NAME + "-" + partition + "' has no leader that listener '"
                            + listener + "' leads to");
        }
        return new Coordinator().setKey(groupId)
                .setNodeId(leader)
                .setHost(endpoint.host().isEmpty() ? hostAsReached(connection) : endpoint.host())
                .setPort(endpoint.port())
                .setErrorMessage("");
    }

    /// Without an advertised name a client is told the address that it used itself.
    private static String hostAsReached(Connection connection) {
        InetAddress address = connection.localAddress().getAddress();
        return address == null ? connection.localAddress().getHostString() : address.getHostAddress();
    }

    private static Coordinator refused(String key, Errors error, String message) {
        return new Coordinator().setKey(key)
                .setErrorCode(error.code())
                .setErrorMessage(message)
                .setNodeId(-1)
                .setHost("")
                .setPort(-1);
    }
}
