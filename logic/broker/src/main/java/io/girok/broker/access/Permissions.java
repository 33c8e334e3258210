package io.girok.broker.access;

import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclResource;
import io.girok.security.acl.Authorizer;
import io.girok.security.acl.Caller;
import io.girok.wire.Request;
import org.jspecify.annotations.Nullable;

/// What the sender of one request may do. Immutable.
public final class Permissions {
    /// Everything.
    public static final Permissions ALL = new Permissions(null, null, null, null);

    private final @Nullable Authorizer authorizer;
    private final @Nullable Caller caller;
    private final @Nullable Audit audit;
    private final @Nullable Request request;

    Permissions(@Nullable Authorizer authorizer, @Nullable Caller caller, @Nullable Audit audit,
            @Nullable Request request) {
        this.authorizer = authorizer;
        this.caller = caller;
        this.audit = audit;
        this.request = request;
    }

    /// Whether nothing has to be asked.
    public boolean areUnlimited() {
        return authorizer == null;
    }

    /// Whether the sender may do it; if not, the audit log says so.
    public boolean may(AclOperation operation, AclResource resource, String name) {
        boolean isAllowed = mayQuietly(operation, resource, name);
        if (!isAllowed && audit != null && request != null) {
            audit.denied(request, operation, resource, name);
        }
        return isAllowed;
    }

    public boolean mayOnTopic(AclOperation operation, String topic) {
        return authorizer == null || may(operation, AclResource.TOPIC, topic);
    }

    public boolean mayOnGroup(AclOperation operation, String group) {
        return authorizer == null || may(operation, AclResource.GROUP, group);
    }

    public boolean mayOnCluster(AclOperation operation) {
        return authorizer == null || may(operation, AclResource.CLUSTER, AclResource.CLUSTER_NAME);
    }

    /// For what only decides whether something is shown, or whether something else has to be asked.
    public boolean mayQuietly(AclOperation operation, AclResource resource, String name) {
        return authorizer == null || caller == null || authorizer.isAllowed(caller, operation, resource, name);
    }

    public boolean mayQuietlyOnCluster(AclOperation operation) {
        return mayQuietly(operation, AclResource.CLUSTER, AclResource.CLUSTER_NAME);
    }

    /// Whether a topic may be shown at all.
    public boolean maySeeTopic(String topic) {
        return mayQuietly(AclOperation.DESCRIBE, AclResource.TOPIC, topic);
    }

    /// Whether a group may be shown at all.
    public boolean maySeeGroup(String group) {
        return mayQuietly(AclOperation.DESCRIBE, AclResource.GROUP, group);
    }

    /// Whether there may be a resource of the kind that the sender may do it to.
    public boolean mayOnSome(AclOperation operation, AclResource resource) {
        return authorizer == null || caller == null || authorizer.isAllowedOnSome(caller, operation, resource);
    }

    /// Which of the resource's operations the sender may do, as the bit field of KIP-430.
    public int operations(AclResource resource, String name) {
        if (authorizer == null) {
            return resource.operationBits();
        }
        int bits = 0;
        for (AclOperation operation : resource.operations()) {
            if (mayQuietly(operation, resource, name)) {
                bits |= operation.bit();
            }
        }
        return bits;
    }

    /// [#operations] on the cluster; none for who may not describe it.
    public int clusterOperations() {
        return mayQuietlyOnCluster(AclOperation.DESCRIBE)
                ? operations(AclResource.CLUSTER, AclResource.CLUSTER_NAME)
                : 0;
    }
}
