package io.girok.broker.data;

import io.girok.broker.ApiHandler;
import io.girok.metadata.Feature;
import io.girok.metadata.MetadataImage;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import io.girok.wire.SupportedApis;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.Errors;

/// ApiVersions, versions 0 to 5: what this broker answers, and the cluster's features. Immutable.
final class ApiVersionsHandler implements ApiHandler {
    private static final short FIRST_VERSION_WITH_SOFTWARE = 3;
    private static final short FIRST_VERSION_WITH_CLUSTER = 5;
    private static final int ANY_NODE = -1;
    private static final Pattern SOFTWARE = Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?");

    private final Supplier<SupportedApis> supported;
    private final Supplier<MetadataImage> images;
    private final int brokerId;

    /// @param supported known once the table is complete
    ApiVersionsHandler(Supplier<SupportedApis> supported, Supplier<MetadataImage> images, int brokerId) {
        this.supported = supported;
        this.images = images;
        this.brokerId = brokerId;
    }

    @Override
    public void handle(Request request, Responder responder) {
        ApiVersionsRequestData body = (ApiVersionsRequestData) request.body();
        Errors error = check(body, request.version());
        ApiVersionsResponseData response = new ApiVersionsResponseData().setErrorCode(error.code());
        if (error == Errors.NONE) {
            response.setApiKeys(supported.get().announced());
            addFeatures(response, images.get());
        }
        responder.respond(response);
    }

    /// A client takes what the answer with the highest epoch says.
    private static void addFeatures(ApiVersionsResponseData response, MetadataImage image) {
        for (Feature feature : Feature.ALL) {
            response.supportedFeatures()
                    .add(new SupportedFeatureKey().setName(feature.name())
                            .setMinVersion((short) feature.minLevel())
                            .setMaxVersion((short) feature.maxLevel()));
        }
        response.setFinalizedFeaturesEpoch(image.endOffset());
        image.features()
                .forEach((name, level) -> response.finalizedFeatures()
                        .add(new FinalizedFeatureKey().setName(name)
                                .setMinVersionLevel(level.shortValue())
                                .setMaxVersionLevel(level.shortValue())));
    }

    private Errors check(ApiVersionsRequestData body, short version) {
        if (FIRST_VERSION_WITH_SOFTWARE <= version && !(SOFTWARE.matcher(body.clientSoftwareName()).matches()
                && SOFTWARE.matcher(body.clientSoftwareVersion()).matches())) {
            return Errors.INVALID_REQUEST;
        }
        if (FIRST_VERSION_WITH_CLUSTER <= version) {
            String wantedCluster = body.clusterId();
            boolean isOurs = wantedCluster == null || wantedCluster.equals(images.get().clusterId());
            boolean isUs = body.nodeId() == ANY_NODE || body.nodeId() == brokerId;
            return isOurs && isUs ? Errors.NONE : Errors.REBOOTSTRAP_REQUIRED;
        }
        return Errors.NONE;
    }
}
