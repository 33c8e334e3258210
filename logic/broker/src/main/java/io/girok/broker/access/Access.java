package io.girok.broker.access;

import io.girok.broker.ApiHandler;
import io.girok.broker.ApiOperation;
import io.girok.broker.ApiRow;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclResource;
import io.girok.metadata.setting.Settings;
import io.girok.security.acl.AclAuthorizer;
import io.girok.security.acl.AclRules;
import io.girok.security.acl.Authorizer;
import io.girok.security.acl.Caller;
import io.girok.wire.ErrorAnswers;
import io.girok.wire.Request;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;

/// The way from a request to what its sender may do. Thread-safe.
///
/// A node's requests to itself are not authorized; those of other nodes are, like any client's.
public final class Access {
    /// Of a node without authorization: everybody may do everything, and asking costs nothing.
    public static final Access OFF = off(new Audit(() -> 0, line -> {}));

    private final boolean isOn;
    private final Authorizer authorizer;
    private final Audit audit;

    private Access(boolean isOn, Authorizer authorizer, Audit audit) {
        this.isOn = isOn;
        this.authorizer = authorizer;
        this.audit = audit;
    }

    /// As the settings of the node want it.
    public static Access of(Settings given, Supplier<MetadataImage> images, Audit audit) {
        return AclRules.areOn(given)
                ? by(new AclAuthorizer(() -> images.get().acls(), AclRules.of(given)), audit)
                : off(audit);
    }

    private static Access off(Audit audit) {
        return new Access(false, Authorizer.EVERYTHING, audit);
    }

    /// As `authorizer` says.
    public static Access by(Authorizer authorizer, Audit audit) {
        return new Access(true, authorizer, audit);
    }

    public boolean isOn() {
        return isOn;
    }

    public Audit audit() {
        return audit;
    }

    /// What the sender of the request may do.
    public Permissions of(Request request) {
        return !isOn || request.connection().isOurOwn()
                ? Permissions.ALL
                : new Permissions(authorizer, caller(request), audit, request);
    }

    private static Caller caller(Request request) {
        InetAddress address = request.connection().remoteAddress().getAddress();
        return new Caller(request.connection().principal(), address == null ? "" : address.getHostAddress());
    }

    /// The rows with handlers that are asked only if the sender may do what the row says to the cluster, where that
    /// decides on the whole request.
    public List<ApiRow> over(List<ApiRow> rows) {
        return isOn ? rows.stream().map(row -> row.isCheckedWhole() ? over(row) : row).toList() : rows;
    }

    private ApiRow over(ApiRow row) {
        ApiHandler allowed = row.handler();
        AclOperation operation = operation(row.operation());
        return row.with((request, responder) -> {
            if (of(request).may(operation, AclResource.CLUSTER, AclResource.CLUSTER_NAME)) {
                allowed.handle(request, responder);
            } else {
                responder.respond(ErrorAnswers.of(request, Errors.CLUSTER_AUTHORIZATION_FAILED));
            }
        });
    }

    private static AclOperation operation(ApiOperation operation) {
        return AclOperation.valueOf(operation.name());
    }
}
