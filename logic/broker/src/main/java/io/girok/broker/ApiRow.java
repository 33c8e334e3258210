package io.girok.broker;

import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.protocol.ApiKeys;

/// One line of the [ApiTable]: an API that works in all the versions given. Immutable.
///
/// @param minVersion the lowest version that is answered
/// @param maxVersion the highest one, which is never an unstable version of the protocol
/// @param operation what the request is authorized for, on `resource`
/// @param isCheckedWhole whether one check before the handler decides on the whole request; otherwise the handler asks
///         for each thing that the request names
public record ApiRow(ApiKeys api, short minVersion, short maxVersion, ApiOperation operation, ApiResource resource,
        boolean isCheckedWhole, ApiHandler handler) {
    /// All stable versions that kafka-clients knows. What is done to the cluster is checked before the handler.
    public static ApiRow of(ApiKeys api, ApiOperation operation, ApiResource resource, ApiHandler handler) {
        return new ApiRow(api, api.oldestVersion(), api.latestVersion(false), operation, resource,
                resource == ApiResource.CLUSTER, handler);
    }

    /// The same row, whose handler sees to authorization itself.
    public ApiRow checkedByHandler() {
        return new ApiRow(api, minVersion, maxVersion, operation, resource, false, handler);
    }

    /// The same row with another handler.
    public ApiRow with(ApiHandler other) {
        return new ApiRow(api, minVersion, maxVersion, operation, resource, isCheckedWhole, other);
    }

    public boolean supports(short version) {
        return minVersion <= version && version <= maxVersion;
    }

    /// Whether Kafka's controllers answer it as well.
    public boolean isOfControllers() {
        return api.inScope(ListenerType.CONTROLLER);
    }
}
