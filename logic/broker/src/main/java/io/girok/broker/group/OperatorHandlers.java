package io.girok.broker.group;

import io.girok.group.GroupCoordinator;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.protocol.Errors;

/// ListGroups (0 to 5), DescribeGroups (0 to 6) and DeleteGroups (0 to 3): what operators see of groups and do to them.
/// Immutable.
final class OperatorHandlers {
    /// Without access control everybody may do everything that can be done to a group.
    private static final int ALL_OPERATIONS = bits(
            AclOperation.READ,
            AclOperation.DELETE,
            AclOperation.DESCRIBE,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS);

    private final GroupCoordinator groups;

    OperatorHandlers(GroupCoordinator groups) {
        this.groups = groups;
    }

    void list(Request request, Responder responder) {
        Answering.when(groups.list((ListGroupsRequestData) request.body()), responder);
    }

    void describe(Request request, Responder responder) {
        DescribeGroupsRequestData body = (DescribeGroupsRequestData) request.body();
        List<CompletableFuture<DescribedGroup>> parts = body.groups()
                .stream()
                .map(id -> groups.describe(id, request.version()))
                .toList();
        CompletableFuture<DescribeGroupsResponseData> all = CompletableFuture
                .allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(_ -> {
                    DescribeGroupsResponseData answer = new DescribeGroupsResponseData();
                    for (CompletableFuture<DescribedGroup> part : parts) {
                        DescribedGroup group = part.join();
                        boolean isAsked = body.includeAuthorizedOperations()
                                && group.errorCode() == Errors.NONE.code();
                        answer.groups().add(isAsked ? group.setAuthorizedOperations(ALL_OPERATIONS) : group);
                    }
                    return answer;
                });
        Answering.when(all, responder);
    }

    void delete(Request request, Responder responder) {
        DeleteGroupsRequestData body = (DeleteGroupsRequestData) request.body();
        // A group that is named twice is deleted once.
        Map<String, CompletableFuture<Errors>> parts = new LinkedHashMap<>();
        body.groupsNames().forEach(id -> parts.computeIfAbsent(id, groups::delete));
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

    private static int bits(AclOperation... operations) {
        int bits = 0;
        for (AclOperation operation : operations) {
            bits |= 1 << operation.code();
        }
        return bits;
    }
}
