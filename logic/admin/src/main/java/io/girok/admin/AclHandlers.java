package io.girok.admin;

import io.girok.admin.ControllerAnswers.Told;
import io.girok.broker.access.Access;
import io.girok.controller.ActiveController;
import io.girok.controller.CreateAcls;
import io.girok.controller.DeleteAcls;
import io.girok.controller.Result;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclFilter;
import io.girok.wire.ErrorAnswers;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.CreateAclsResponseData.AclCreationResult;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DeleteAclsResponseData.DeleteAclsFilterResult;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// DescribeAcls, CreateAcls and DeleteAcls, versions 1 to 3: the first from the image, the others commands to the
/// controller. Thread-safe. Who changes ACLs is in the audit log, of the node that has decided.
final class AclHandlers {
    private static final Told MALFORMED = new Told(Errors.INVALID_REQUEST,
            "an ACL has a kind of resource, a type of pattern (LITERAL or PREFIXED), an operation and a permission");

    private final ActiveController controller;
    private final ClusterView cluster;
    private final Access access;

    AclHandlers(ActiveController controller, ClusterView cluster, Access access) {
        this.controller = controller;
        this.cluster = cluster;
        this.access = access;
    }

    /// ACLs that nobody looks at would be taken for protection.
    private boolean isRefused(Request request, Responder responder) {
        if (access.isOn()) {
            return false;
        }
        responder.respond(ErrorAnswers.of(request, Errors.SECURITY_DISABLED));
        return true;
    }

    void describe(Request request, Responder responder) {
        if (isRefused(request, responder)) {
            return;
        }
        Optional<AclFilter> filter = AclMessages.filter((DescribeAclsRequestData) request.body());
        responder.respond(filter.isPresent()
                ? new DescribeAclsResponseData()
                        .setResources(AclMessages.described(cluster.image().acls(), filter.get()))
                : ErrorAnswers.of(request, Errors.INVALID_REQUEST));
    }

    void create(Request request, Responder responder) {
        if (isRefused(request, responder)) {
            return;
        }
        List<Optional<Acl>> wanted = ((CreateAclsRequestData) request.body()).creations()
                .stream()
                .map(AclMessages::acl)
                .toList();
        List<Acl> acls = wanted.stream().flatMap(Optional::stream).toList();
        var _ = controller.submit(new CreateAcls(acls)).handle((results, failure) -> {
            if (failure == null) {
                access.audit().added(request, added(acls, results));
            }
            Iterator<Told> inOrder = told(acls.size(), results, failure).iterator();
            CreateAclsResponseData answer = new CreateAclsResponseData();
            for (Optional<Acl> acl : wanted) {
                Told told = acl.isPresent() ? inOrder.next() : MALFORMED;
                answer.results()
                        .add(new AclCreationResult().setErrorCode(told.error().code()).setErrorMessage(told.message()));
            }
            responder.respond(answer);
            return true;
        });
    }

    private static List<Acl> added(List<Acl> acls, List<Result<Boolean>> results) {
        return IntStream.range(0, acls.size())
                .filter(i -> results.get(i).isOk() && results.get(i).get())
                .mapToObj(acls::get)
                .toList();
    }

    void delete(Request request, Responder responder) {
        if (isRefused(request, responder)) {
            return;
        }
        List<Optional<AclFilter>> wanted = ((DeleteAclsRequestData) request.body()).filters()
                .stream()
                .map(AclMessages::filter)
                .toList();
        List<AclFilter> filters = wanted.stream().flatMap(Optional::stream).toList();
        var _ = controller.submit(new DeleteAcls(filters)).handle((results, failure) -> {
            if (failure == null) {
                access.audit().removed(request, removed(results));
            }
            List<DeleteAclsFilterResult> answers = new ArrayList<>();
            int next = 0;
            for (Optional<AclFilter> filter : wanted) {
                if (filter.isEmpty()) {
                    answers.add(failed(MALFORMED));
                } else if (failure != null) {
                    answers.add(failed(ControllerAnswers.of(failure)));
                } else {
                    answers.add(answer(results.get(next++)));
                }
            }
            responder.respond(new DeleteAclsResponseData().setFilterResults(answers));
            return true;
        });
    }

    private static List<Acl> removed(List<Result<List<Acl>>> results) {
        return results.stream().filter(Result::isOk).flatMap(result -> result.get().stream()).distinct().toList();
    }

    private static DeleteAclsFilterResult answer(Result<List<Acl>> result) {
        return result.isOk()
                ? new DeleteAclsFilterResult()
                        .setMatchingAcls(result.get().stream().map(AclMessages::deleted).toList())
                : failed(ControllerAnswers.of(result));
    }

    private static DeleteAclsFilterResult failed(Told told) {
        return new DeleteAclsFilterResult().setErrorCode(told.error().code()).setErrorMessage(told.message());
    }

    private static <T> List<Told> told(int count, List<Result<T>> results, @Nullable Throwable failure) {
        return IntStream.range(0, count)
                .mapToObj(i -> failure == null ? ControllerAnswers.of(results.get(i)) : ControllerAnswers.of(failure))
                .toList();
    }
}
