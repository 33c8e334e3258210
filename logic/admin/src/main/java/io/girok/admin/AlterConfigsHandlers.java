package io.girok.admin;

import io.girok.admin.ControllerAnswers.Told;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.controller.ActiveController;
import io.girok.controller.AlterConfigs;
import io.girok.controller.AlterConfigs.Alteration;
import io.girok.controller.AlterConfigs.Kind;
import io.girok.controller.AlterConfigs.Operation;
import io.girok.controller.Command;
import io.girok.controller.ReplaceConfigs;
import io.girok.controller.ReplaceConfigs.Replacement;
import io.girok.controller.Result;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.acl.AclOperation;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

/// IncrementalAlterConfigs and AlterConfigs: commands to the controller. Thread-safe.
final class AlterConfigsHandlers {
    private final ActiveController controller;
    private final Access access;

    AlterConfigsHandlers(ActiveController controller, Access access) {
        this.controller = controller;
        this.access = access;
    }

    /// What a request names.
    private record Resource(byte type, String name) {
        /// What the controller can't be asked of it.
        @Nullable
        Told refusal(Permissions permissions) {
            Told denied = ConfigAccess.denied(permissions, AclOperation.ALTER_CONFIGS, type, name);
            return denied != null ? denied : switch (ConfigResource.Type.forId(type)) {
                case TOPIC, BROKER -> null;
                default -> invalid("resources of type " + type + " have no settings here");
            };
        }

        ConfigTarget target() {
            ConfigTarget.Kind kind = ConfigResource.Type.forId(type) == ConfigResource.Type.TOPIC
                    ? ConfigTarget.Kind.TOPIC
                    : ConfigTarget.Kind.BROKER;
            return new ConfigTarget(kind, name);
        }
    }

    private static Told invalid(String message) {
        return new Told(Errors.INVALID_REQUEST, message);
    }

    /// Each setting by itself: set, deleted, added to, taken from.
    void alter(Request request, Responder responder) {
        IncrementalAlterConfigsRequestData body = (IncrementalAlterConfigsRequestData) request.body();
        Permissions permissions = access.of(request);
        Map<Resource, @Nullable Told> resources = new LinkedHashMap<>();
        for (AlterConfigsResource resource : body.resources()) {
            Resource named = new Resource(resource.resourceType(), resource.resourceName());
            put(permissions, resources, named, problem(resource));
        }
        List<Alteration> alterations = new ArrayList<>();
        for (AlterConfigsResource resource : body.resources()) {
            Resource named = new Resource(resource.resourceType(), resource.resourceName());
            if (resources.get(named) == null) {
                alterations.add(
                        new Alteration(named.target(),
                                resource.configs().stream().map(AlterConfigsHandlers::operation).toList()));
            }
        }
        var _ = submit(new AlterConfigs(alterations, body.validateOnly()), resources).thenAccept(told -> {
            if (!body.validateOnly()) {
                body.resources()
                        .forEach(resource -> audit(request, told,
                                new Resource(resource.resourceType(), resource.resourceName()),
                                resource.configs().stream().map(AlterConfigsHandlers::describe).toList()));
            }
            IncrementalAlterConfigsResponseData answer = new IncrementalAlterConfigsResponseData();
            told.forEach(
                    (resource, outcome) -> answer.responses()
                            .add(
                                    new AlterConfigsResourceResponse().setResourceType(resource.type())
                                            .setResourceName(resource.name())
                                            .setErrorCode(outcome.error().code())
                                            .setErrorMessage(outcome.message())));
            responder.respond(answer);
        });
    }

    private static @Nullable Told problem(AlterConfigsResource resource) {
        for (AlterableConfig config : resource.configs()) {
            if (config.configOperation() < 0 || Kind.values().length <= config.configOperation()) {
                return invalid("setting '" + config.name() + "': there is no operation " + config.configOperation());
            }
        }
        return null;
    }

    private static Operation operation(AlterableConfig config) {
        Kind kind = switch (config.configOperation()) {
            case 0 -> Kind.SET;
            case 1 -> Kind.DELETE;
            case 2 -> Kind.APPEND;
            default -> Kind.SUBTRACT;
        };
        return new Operation(kind, config.name(), config.value());
    }

    /// All settings at once: what is not named is gone.
    void replace(Request request, Responder responder) {
        AlterConfigsRequestData body = (AlterConfigsRequestData) request.body();
        Permissions permissions = access.of(request);
        Map<Resource, @Nullable Told> resources = new LinkedHashMap<>();
        List<Replacement> replacements = new ArrayList<>();
        for (AlterConfigsRequestData.AlterConfigsResource resource : body.resources()) {
            Resource named = new Resource(resource.resourceType(), resource.resourceName());
            put(permissions, resources, named, problem(resource));
        }
        for (AlterConfigsRequestData.AlterConfigsResource resource : body.resources()) {
            Resource named = new Resource(resource.resourceType(), resource.resourceName());
            if (resources.get(named) == null) {
                Map<String, String> values = new HashMap<>();
                resource.configs().forEach(config -> values.put(config.name(), config.value()));
                replacements.add(new Replacement(named.target(), values));
            }
        }
        var _ = submit(new ReplaceConfigs(replacements, body.validateOnly()), resources).thenAccept(told -> {
            if (!body.validateOnly()) {
                body.resources()
                        .forEach(resource -> audit(request, told,
                                new Resource(resource.resourceType(), resource.resourceName()),
                                resource.configs()
                                        .stream()
                                        .map(config -> "REPLACE " + config.name() + "=" + config.value())
                                        .toList()));
            }
            AlterConfigsResponseData answer = new AlterConfigsResponseData();
            told.forEach(
                    (resource, outcome) -> answer.responses()
                            .add(
                                    new AlterConfigsResponseData.AlterConfigsResourceResponse()
                                            .setResourceType(resource.type())
                                            .setResourceName(resource.name())
                                            .setErrorCode(outcome.error().code())
                                            .setErrorMessage(outcome.message())));
            responder.respond(answer);
        });
    }

    /// No setting that is changed at run time is a secret.
    private static String describe(AlterableConfig config) {
        Operation operation = operation(config);
        return operation.kind() == Kind.DELETE
                ? "DELETE " + config.name()
                : operation.kind() + " " + config.name() + "=" + config.value();
    }

    private void audit(Request request, Map<Resource, Told> told, Resource resource, List<String> changes) {
        if (Objects.requireNonNull(told.get(resource)).error() == Errors.NONE) {
            access.audit().changed(request, "config", resource.target().kind() + " " + resource.name(), changes);
        }
    }

    private static @Nullable Told problem(AlterConfigsRequestData.AlterConfigsResource resource) {
        Map<String, String> seen = new HashMap<>();
        for (AlterConfigsRequestData.AlterableConfig config : resource.configs()) {
            if (config.value() == null) {
                return invalid("setting '" + config.name() + "' is given without a value");
            }
            if (seen.put(config.name(), config.value()) != null) {
                return invalid("setting '" + config.name() + "' is named more than once");
            }
        }
        return null;
    }

    private static void put(Permissions permissions, Map<Resource, @Nullable Told> resources, Resource named,
            @Nullable Told problem) {
        Told refusal = named.refusal(permissions);
        Told known = resources.get(named);
        resources.put(named, refusal != null ? refusal : known != null ? known : problem);
    }

    /// What to tell of each resource. Never fails.
    ///
    /// @param resources those with a null are part of the command
    private CompletableFuture<Map<Resource, Told>> submit(
            Command<Map<ConfigTarget, Result<Map<String, String>>>> command,
            Map<Resource, @Nullable Told> resources) {
        boolean isAnyLeft = resources.containsValue(null);
        CompletableFuture<Map<ConfigTarget, Result<Map<String, String>>>> changed = isAnyLeft
                ? controller.submit(command)
                : CompletableFuture.completedFuture(Map.of());
        return changed.handle((results, failure) -> {
            Map<Resource, Told> told = new LinkedHashMap<>();
            resources.forEach((resource, refusal) -> {
                if (refusal != null) {
                    told.put(resource, refusal);
                } else if (failure != null) {
                    told.put(resource, ControllerAnswers.of(failure));
                } else {
                    told.put(resource, ControllerAnswers.of(Objects.requireNonNull(results.get(resource.target()))));
                }
            });
            return told;
        });
    }
}
