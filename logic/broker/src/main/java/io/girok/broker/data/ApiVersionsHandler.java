package io.girok.broker.data;

import io.girok.broker.ApiHandler;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import io.girok.wire.SupportedApis;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.Errors;

/// ApiVersions, versions 0 to 5: what this broker answers. It announces no features: it serves none that are switched
/// by one. Immutable.
final class ApiVersionsHandler implements ApiHandler {
    private static final short FIRST_VERSION_WITH_SOFTWARE = 3;
    private static final short FIRST_VERSION_WITH_CLUSTER = 5;
    private static final int ANY_NODE = -1;
    private static final Pattern SOFTWARE = Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?");

    private final Supplier<SupportedApis> supported;
    private final Supplier<String> clusterId;
    private final int brokerId;

    /// @param supported known once the table is complete
    ApiVersionsHandler(Supplier<SupportedApis> supported, Supplier<String> clusterId, int brokerId) {
        this.supported = supported;
        this.clusterId = clusterId;
        this.brokerId = brokerId;
    }

    @Override
    public void handle(Request request, Responder responder) {
        ApiVersionsRequestData body = (ApiVersionsRequestData) request.body();
        Errors error = check(body, request.version());
        ApiVersionsResponseData response = new ApiVersionsResponseData().setErrorCode(error.code());
        if (error == Errors.NONE) {
            response.setApiKeys(supported.get().announced());
        }
        responder.respond(response);
    }

    private Errors check(ApiVersionsRequestData body, short version) {
        if (FIRST_VERSION_WITH_SOFTWARE <= version && !(SOFTWARE.matcher(body.clientSoftwareName()).matches()
                && SOFTWARE.matcher(body.clientSoftwareVersion()).matches())) {
            return Errors.INVALID_REQUEST;
        }
        if (FIRST_VERSION_WITH_CLUSTER <= version) {
            String wantedCluster = body.clusterId();
            boolean isOurs = wantedCluster == null || wantedCluster.equals(clusterId.get());
            boolean isUs = body.nodeId() == ANY_NODE || body.nodeId() == brokerId;
            return isOurs && isUs ? Errors.NONE : Errors.REBOOTSTRAP_REQUIRED;
        }
        return Errors.NONE;
    }
}
