package io.girok.wire;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// The requests that this node answers, with their versions: what the decoder lets through and what an ApiVersions
/// answer announces. Immutable.
public final class SupportedApis {
    /// Versions of one API, both ends included.
    public record Versions(short min, short max) {
        public Versions {
            if (min < 0 || max < min) {
                throw new IllegalArgumentException("versions " + min + " to " + max + " are no range");
            }
        }
    }

    private final EnumMap<ApiKeys, Versions> versionsByApi = new EnumMap<>(ApiKeys.class);

    public SupportedApis(Map<ApiKeys, Versions> versionsByApi) {
        this.versionsByApi.putAll(versionsByApi);
    }

    /// All stable versions that the protocol library knows of each API.
    public static SupportedApis of(Collection<ApiKeys> apis) {
        EnumMap<ApiKeys, Versions> versions = new EnumMap<>(ApiKeys.class);
        for (ApiKeys api : apis) {
            versions.put(api, new Versions(api.oldestVersion(), api.latestVersion(false)));
        }
        return new SupportedApis(versions);
    }

    public boolean isSupported(ApiKeys api, short version) {
        Versions versions = versionsByApi.get(api);
        return versions != null && versions.min <= version && version <= versions.max;
    }

    /// What an ApiVersions answer lists, in a collection of its own: what clients may ask; what nodes ask each other is
    /// not theirs to know.
    ///
    /// Produce is announced from version 0 on although 0 to 2 are refused: librdkafka takes a broker that lacks them
    /// for one too old to speak record batches to.
    public ApiVersionCollection announced() {
        ApiVersionCollection announced = new ApiVersionCollection(versionsByApi.size());
        versionsByApi.forEach((api, versions) -> {
            if (!api.inScope(ApiMessageType.ListenerType.BROKER)) {
                return;
            }
            short min = api == ApiKeys.PRODUCE ? ApiKeys.PRODUCE_API_VERSIONS_RESPONSE_MIN_VERSION : versions.min;
            announced.add(new ApiVersion().setApiKey(api.id).setMinVersion(min).setMaxVersion(versions.max));
        });
        return announced;
    }

    /// The answer, in version 0, to an ApiVersions request in a version that this node does not know: the client picks
    /// one from the list and asks again (KIP-511).
    public ApiVersionsResponseData unsupportedVersionAnswer() {
        return new ApiVersionsResponseData().setErrorCode(Errors.UNSUPPORTED_VERSION.code()).setApiKeys(announced());
    }
}
