package io.girok.broker;

import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.protocol.ApiKeys;

/// One line of the [ApiTable]: an API that works in all the versions given. Immutable.
///
/// @param minVersion the lowest version that is answered
/// @param maxVersion the highest one, which is never an unstable version of the protocol
/// @param operation what the request as a whole is authorized for, on `resource`
public record ApiRow(ApiKeys api, short minVersion, short maxVersion, ApiOperation operation, ApiResource resource,
        ApiHandler handler) {
    /// All stable versions that kafka-clients knows.
    public static ApiRow of(ApiKeys api, ApiOperation operation, ApiResource resource, ApiHandler handler) {
        return new ApiRow(api, api.oldestVersion(), api.latestVersion(false), operation, resource, handler);
    }

    public boolean supports(short version) {
        return minVersion <= version && version <= maxVersion;
    }

    /// Whether Kafka's controllers answer it as well.
    public boolean isOfControllers() {
        return api.inScope(ListenerType.CONTROLLER);
    }
}
