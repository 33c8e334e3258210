package io.girok.admin;

import io.girok.admin.ControllerAnswers.Told;
import io.girok.broker.access.Permissions;
import io.girok.metadata.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Whose settings somebody may see or change: a topic's and a group's are its own, everything else is the cluster's.
/// Stateless.
final class ConfigAccess {
    private ConfigAccess() {}

    /// Null when it is allowed.
    static @Nullable Told denied(Permissions permissions, AclOperation operation, byte type, String name) {
        return switch (ConfigResource.Type.forId(type)) {
            case TOPIC -> permissions.mayOnTopic(operation, name) ? null : Told.of(Errors.TOPIC_AUTHORIZATION_FAILED);
            case GROUP -> permissions.mayOnGroup(operation, name) ? null : Told.of(Errors.GROUP_AUTHORIZATION_FAILED);
            default -> permissions.mayOnCluster(operation) ? null : Told.of(Errors.CLUSTER_AUTHORIZATION_FAILED);
        };
    }
}
