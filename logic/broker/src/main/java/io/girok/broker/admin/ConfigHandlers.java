package io.girok.broker.admin;

import io.girok.broker.admin.ControllerAnswers.Told;
import io.girok.controller.ActiveController;
import io.girok.controller.AlterConfigs;
import io.girok.controller.AlterConfigs.Alteration;
import io.girok.controller.AlterConfigs.Operation;
import io.girok.controller.Command;
import io.girok.controller.ReplaceConfigs;
import io.girok.controller.ReplaceConfigs.Replacement;
import io.girok.controller.Result;
import io.girok.metadata.ConfigTarget;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// IncrementalAlterConfigs and AlterConfigs: commands to the controller and back. Thread-safe.
final class ConfigHandlers {
    private final ActiveController controller;

    ConfigHandlers(ActiveController controller) {
        this.controller = controller;
    }

    /// What a request names.
    private record Resource(byte type, String name) {
        /// Empty for what has no settings here.
        Optional<ConfigTarget> target() {
            return switch (ConfigResource.Type.forId(type)) {
                case TOPIC -> Optional.of(ConfigTarget.topic(name));
                case BROKER -> Optional.of(new ConfigTarget(ConfigTarget.Kind.BROKER, name));
                default -> Optional.empty();
            };
        }

        Told notConfigurable() {
            return new Told(Errors.INVALID_REQUEST, "resources of type " + type + " have no settings here");
        }
    }

    void alter(Request request, Responder responder) {
        IncrementalAlterConfigsRequestData body = (IncrementalAlterConfigsRequestData) request.body();
        List<Resource> resources = new ArrayList<>();
        List<Alteration> alterations = new ArrayList<>();
        Map<Resource, Told> refused = new HashMap<>();
        for (AlterConfigsResource resource : body.resources()) {
            Resource named = new Resource(resource.resourceType(), resource.resourceName());
            resources.add(named);
            List<Operation> operations = new ArrayList<>();
            Told problem = null;
            for (AlterableConfig config : resource.configs()) {
                AlterConfigs.@Nullable Kind kind = kind(config.configOperation());
                if (kind == null) {
                    problem = new Told(Errors.INVALID_REQUEST,
                            "setting '" + config.name() + "': there is no operation " + config.configOperation());
                } else {
                    operations.add(new Operation(kind, config.name(), config.value()));
                }
            }
            Optional<ConfigTarget> target = named.target();
            if (problem != null) {
                refused.put(named, problem);
            } else if (target.isPresent()) {
                alterations.add(new Alteration(target.get(), operations));
            }
        }
        var _ = submit(new AlterConfigs(alterations, body.validateOnly()), resources, refused).thenAccept(told -> {
            IncrementalAlterConfigsResponseData answer = new IncrementalAlterConfigsResponseData();
            told.forEach(
                    entry -> answer.responses()
                            .add(
                                    new AlterConfigsResourceResponse().setResourceType(entry.resource().type())
                                            .setResourceName(entry.resource().name())
                                            .setErrorCode(entry.told().error().code())
                                            .setErrorMessage(entry.told().message())));
            responder.respond(answer);
        });
    }

    private static AlterConfigs.@Nullable Kind kind(byte operation) {
        return switch (operation) {
            case 0 -> AlterConfigs.Kind.SET;
            case 1 -> AlterConfigs.Kind.DELETE;
            case 2 -> AlterConfigs.Kind.APPEND;
            case 3 -> AlterConfigs.Kind.SUBTRACT;
            default -> null;
        };
    }

    void replace(Request request, Responder responder) {
        AlterConfigsRequestData body = (AlterConfigsRequestData) request.body();
        List<Resource> resources = new ArrayList<>();
        List<Replacement> replacements = new ArrayList<>();
        for (AlterConfigsRequestData.AlterConfigsResource resource : body.resources()) {
            Resource named = new Resource(resource.resourceType(), resource.resourceName());
            resources.add(named);
            Map<String, String> values = new HashMap<>();
            resource.configs().forEach(config -> {
                String value = config.value();
                if (value != null) {
                    values.put(config.name(), value);
                }
            });
            named.target().ifPresent(target -> replacements.add(new Replacement(target, values)));
        }
        var _ = submit(new ReplaceConfigs(replacements, body.validateOnly()), resources, Map.of()).thenAccept(told -> {
            AlterConfigsResponseData answer = new AlterConfigsResponseData();
            told.forEach(
                    entry -> answer.responses()
                            .add(
                                    new AlterConfigsResponseData.AlterConfigsResourceResponse()
                                            .setResourceType(entry.resource().type())
                                            .setResourceName(entry.resource().name())
                                            .setErrorCode(entry.told().error().code())
                                            .setErrorMessage(entry.told().message())));
            responder.respond(answer);
        });
    }

    /// What to tell of one resource of the request.
    private record Entry(Resource resource, Told told) {}

    private CompletableFuture<List<Entry>> submit(Command<Map<ConfigTarget, Result<Map<String, String>>>> command,
            List<Resource> resources, Map<Resource, Told> refused) {
        return controller.submit(command).handle((results, failure) -> {
            List<Entry> entries = new ArrayList<>();
            for (Resource resource : resources) {
                Told told = refused.get(resource);
                if (told == null && failure != null) {
                    told = ControllerAnswers.of(failure);
                }
                if (told == null) {
                    Optional<ConfigTarget> target = resource.target();
                    @Nullable
                    Result<Map<String, String>> result = target.isPresent() ? results.get(target.get()) : null;
                    told = result == null ? resource.notConfigurable() : ControllerAnswers.of(result);
                }
                entries.add(new Entry(resource, told));
            }
            return entries;
        });
    }
}
