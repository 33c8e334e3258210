package io.girok.admin;

import io.girok.admin.ControllerAnswers.Told;
import io.girok.broker.ApiHandler;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.controller.TopicNames;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.metadata.setting.EffectiveSettings.Origin;
import io.girok.metadata.setting.EffectiveSettings.Source;
import io.girok.metadata.setting.Setting;
import io.girok.metadata.setting.TopicSetting;
import io.girok.metadata.setting.TopicSettings;
import io.girok.metadata.setting.ValueType;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// DescribeConfigs: each setting with its value, where it comes from, and what it means. Thread-safe.
final class DescribeConfigsHandler implements ApiHandler {
    private final ClusterView cluster;
    private final EffectiveSettings settings;
    private final Access access;

    DescribeConfigsHandler(ClusterView cluster, EffectiveSettings settings, Access access) {
        this.access = access;
        this.cluster = cluster;
        this.settings = settings;
    }

    /// What the client wants to be told of each setting.
    private record Wish(boolean synonyms, boolean documentation) {}

    @Override
    public void handle(Request request, Responder responder) {
        DescribeConfigsRequestData body = (DescribeConfigsRequestData) request.body();
        Wish wish = new Wish(body.includeSynonyms(), body.includeDocumentation());
        MetadataImage image = cluster.image();
        Permissions permissions = access.of(request);
        DescribeConfigsResponseData answer = new DescribeConfigsResponseData();
        for (DescribeConfigsResource resource : body.resources()) {
            DescribeConfigsResult result = describe(image, resource, wish, permissions);
            List<String> keys = resource.configurationKeys();
            if (keys != null && !keys.isEmpty()) {
                result.configs().removeIf(config -> !keys.contains(config.name()));
            }
            answer.results().add(result);
        }
        responder.respond(answer);
    }

    private DescribeConfigsResult describe(MetadataImage image, DescribeConfigsResource resource, Wish wish,
            Permissions permissions) {
        DescribeConfigsResult result = new DescribeConfigsResult().setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName());
        Told denied = ConfigAccess.denied(permissions, AclOperation.DESCRIBE_CONFIGS, resource.resourceType(),
                resource.resourceName());
        if (denied != null) {
            return refuse(result, denied.error(), String.valueOf(denied.message()));
        }
        return switch (ConfigResource.Type.forId(resource.resourceType())) {
            case TOPIC -> describeTopic(image, resource.resourceName(), wish, result);
            case BROKER -> describeBroker(image, resource.resourceName(), wish, result);
            default -> refuse(
                    result,
                    Errors.INVALID_REQUEST,
                    "resources of type " + resource.resourceType() + " have no settings here");
        };
    }

    private static DescribeConfigsResult refuse(DescribeConfigsResult result, Errors error, String message) {
        return result.setErrorCode(error.code()).setErrorMessage(message);
    }

    private DescribeConfigsResult describeTopic(MetadataImage image, String topic, Wish wish,
            DescribeConfigsResult result) {
        Optional<String> problem = TopicNames.problem(topic);
        if (problem.isPresent()) {
            return refuse(result, Errors.INVALID_TOPIC_EXCEPTION, problem.get());
        }
        if (image.topic(topic) == null) {
            return refuse(result, Errors.UNKNOWN_TOPIC_OR_PARTITION, "there is no topic of this name");
        }
        for (TopicSetting<?> setting : TopicSettings.all()) {
            List<Origin> origins = settings.topicOrigins(image, topic, setting);
            result.configs()
                    .add(entry(setting.name(), setting.type().kind(), setting.meaning(), false, origins, wish));
        }
        return result;
    }

    private DescribeConfigsResult describeBroker(MetadataImage image, String name, Wish wish,
            DescribeConfigsResult result) {
        if (name.isEmpty()) {
            image.config(ConfigTarget.ALL_BROKERS).forEach((key, value) -> {
                Setting<?> setting = BrokerSettings.find(key);
                if (setting != null) {
                    result.configs()
                            .add(
                                    entry(key, setting.type().kind(), setting.meaning(), false,
                                            List.of(new Origin(key, value, Source.ALL_BROKERS)), wish));
                }
            });
            return result;
        }
        if (!name.equals(Integer.toString(cluster.brokerId()))) {
            return refuse(
                    result,
                    Errors.INVALID_REQUEST,
                    "this is broker " + cluster.brokerId() + "; ask the other broker for its settings");
        }
        for (Setting<?> setting : BrokerSettings.all()) {
            List<Origin> origins = settings.brokerOrigins(image, setting);
            result.configs()
                    .add(
                            entry(setting.name(), setting.type().kind(), setting.meaning(), !setting.isDynamic(),
                                    origins, wish));
        }
        return result;
    }

    private static DescribeConfigsResourceResult entry(String name, ValueType.Kind kind, String meaning,
            boolean isReadOnly, List<Origin> origins, Wish wish) {
        @Nullable
        Origin winner = origins.isEmpty() ? null : origins.getFirst();
        byte source = winner == null ? ConfigCodes.of(Source.DEFAULT) : ConfigCodes.of(winner.source());
        DescribeConfigsResourceResult entry = new DescribeConfigsResourceResult().setName(name)
                .setValue(winner == null ? null : shown(winner, kind))
                .setReadOnly(isReadOnly)
                .setConfigSource(source)
                .setIsSensitive(kind == ValueType.Kind.PASSWORD)
                .setConfigType(ConfigCodes.of(kind))
                .setDocumentation(wish.documentation() ? meaning : null);
        if (wish.synonyms()) {
            List<DescribeConfigsSynonym> synonyms = new ArrayList<>();
            for (Origin origin : origins) {
                synonyms.add(
                        new DescribeConfigsSynonym().setName(origin.name())
                                .setValue(shown(origin, kind))
                                .setSource(ConfigCodes.of(origin.source())));
            }
            entry.setSynonyms(synonyms);
        }
        return entry;
    }

    private static @Nullable String shown(Origin origin, ValueType.Kind kind) {
        return kind == ValueType.Kind.PASSWORD ? null : origin.text();
    }
}
