package io.girok.admin;

import io.girok.broker.access.Permissions;
import io.girok.metadata.acl.AclResource;

/// The operations that a client may do, as the bit field of KIP-430. Stateless.
final class AuthorizedOperations {
    /// The client did not ask.
    private static final int NOT_ASKED = Integer.MIN_VALUE;

    private AuthorizedOperations() {}

    static int onTopic(Permissions permissions, String topic) {
        return permissions.operations(AclResource.TOPIC, topic);
    }

    static int onTopic(boolean isAsked, Permissions permissions, String topic) {
        return isAsked ? onTopic(permissions, topic) : NOT_ASKED;
    }

    static int onCluster(boolean isAsked, Permissions permissions) {
        return isAsked ? permissions.clusterOperations() : NOT_ASKED;
    }
}
