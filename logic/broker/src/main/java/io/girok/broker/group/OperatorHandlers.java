package io.girok.broker.group;

import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.group.GroupCoordinator;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclResource;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.protocol.Errors;

/// ListGroups (0 to 5), DescribeGroups (0 to 6) and DeleteGroups (0 to 3): what operators see of groups and do to them.
/// Immutable.
final class OperatorHandlers {
    private final GroupCoordinator groups;
    private final Access access;

    OperatorHandlers(GroupCoordinator groups, Access access) {
        this.groups = groups;
        this.access = access;
    }

    void list(Request request, Responder responder) {
        Permissions permissions = access.of(request);
        CompletableFuture<ListGroupsResponseData> all = groups.list((ListGroupsRequestData) request.body());
        Answering.when(permissions.mayQuietlyOnCluster(AclOperation.DESCRIBE)
                ? all
                : all.thenApply(answer -> answer.setGroups(answer.groups()
                        .stream()
                        .filter(group -> permissions.maySeeGroup(group.groupId()))
                        .toList())),
                responder);
    }

    void describe(Request request, Responder responder) {
        DescribeGroupsRequestData body = (DescribeGroupsRequestData) request.body();
        Permissions permissions = access.of(request);
        List<CompletableFuture<DescribedGroup>> parts = body.groups()
                .stream()
                .map(id -> permissions.mayOnGroup(AclOperation.DESCRIBE, id)
                        ? groups.describe(id, request.version())
                        : CompletableFuture.completedFuture(new DescribedGroup().setGroupId(id)
                                .setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code())))
                .toList();
        CompletableFuture<DescribeGroupsResponseData> all = CompletableFuture
                .allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(_ -> {
                    DescribeGroupsResponseData answer = new DescribeGroupsResponseData();
                    for (CompletableFuture<DescribedGroup> part : parts) {
                        DescribedGroup group = part.join();
                        boolean isAsked = body.includeAuthorizedOperations()
                                && group.errorCode() == Errors.NONE.code();
                        answer.groups()
                                .add(isAsked
                                        ? group.setAuthorizedOperations(
                                                permissions.operations(AclResource.GROUP, group.groupId()))
                                        : group);
                    }
                    return answer;
                });
        Answering.when(all, responder);
    }

    void delete(Request request, Responder responder) {
        DeleteGroupsRequestData body = (DeleteGroupsRequestData) request.body();
        // A group that is named twice is deleted once.
        Map<String, CompletableFuture<Errors>> parts = new LinkedHashMap<>();
        Permissions permissions = access.of(request);
        body.groupsNames()
                .forEach(id -> parts.computeIfAbsent(id, _ -> permissions.mayOnGroup(AclOperation.DELETE, id)
                        ? groups.delete(id)
                        : CompletableFuture.completedFuture(Errors.GROUP_AUTHORIZATION_FAILED)));
        CompletableFuture<DeleteGroupsResponseData> all = CompletableFuture
                .allOf(parts.values().toArray(CompletableFuture[]::new))
                .thenApply(_ -> {
                    DeleteGroupsResponseData answer = new DeleteGroupsResponseData();
                    parts.forEach(
                            (id, error) -> answer.results()
                                    .add(
                                            new DeletableGroupResult().setGroupId(id)
                                                    .setErrorCode(error.join().code())));
                    return answer;
                });
        Answering.when(all, responder);
    }
}
