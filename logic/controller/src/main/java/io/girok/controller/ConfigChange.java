package io.girok.controller;

import io.girok.controller.AlterConfigs.Alteration;
import io.girok.controller.AlterConfigs.Kind;
import io.girok.controller.AlterConfigs.Operation;
import io.girok.controller.ReplaceConfigs.Replacement;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord.ConfigChanged;
import io.girok.metadata.quota.QuotaEntity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Decides [AlterConfigs] and [ReplaceConfigs]. Owned by the one decision.
///
/// What settings say of who may lead is in force with them, before anything else is decided. Once fewer replicas need
/// to be in sync, a leader commits without those that were eligible because of the higher number: they are not any more
/// (KIP-966). And where an unclean leader is allowed by now, there is to be one.
final class ConfigChange {
    /// Those that [Election] depends on.
    private static final Set<String> OF_ELECTIONS = Set.of(ControllerRules.MIN_IN_SYNC_REPLICAS,
            ControllerRules.UNCLEAN_LEADER_ELECTION);

    private final ControllerRules rules;
    private final ConfigValidator validator;
    private final Draft draft;
    private boolean changesElections;

    private ConfigChange(ControllerRules rules, MetadataImage image) {
        this.rules = rules;
        this.validator = rules.configs();
        this.draft = new Draft(image);
    }

    static Decision<Map<ConfigTarget, Result<Map<String, String>>>> handle(
            ControllerRules rules, MetadataImage image, AlterConfigs command) {
        ConfigChange change = new ConfigChange(rules, image);
        Set<ConfigTarget> repeated = Repeated.in(command.alterations().stream().map(Alteration::target).toList());
        Map<ConfigTarget, Result<Map<String, String>>> results = new LinkedHashMap<>();
        for (Alteration alteration : command.alterations()) {
            ConfigTarget target = alteration.target();
            results.put(target,
                    repeated.contains(target)
                            ? Repeated.refused(describe(target))
                            : change.alter(target, alteration.operations()));
        }
        return change.decision(results, command.validateOnly());
    }

    static Decision<Map<ConfigTarget, Result<Map<String, String>>>> handle(
            ControllerRules rules, MetadataImage image, ReplaceConfigs command) {
        ConfigChange change = new ConfigChange(rules, image);
        Set<ConfigTarget> repeated = Repeated.in(command.replacements().stream().map(Replacement::target).toList());
        Map<ConfigTarget, Result<Map<String, String>>> results = new LinkedHashMap<>();
        for (Replacement replacement : command.replacements()) {
            ConfigTarget target = replacement.target();
            results.put(target,
                    repeated.contains(target)
                            ? Repeated.refused(describe(target))
                            : change.replace(target, replacement.values()));
        }
        return change.decision(results, command.validateOnly());
    }

    private Decision<Map<ConfigTarget, Result<Map<String, String>>>> decision(
            Map<ConfigTarget, Result<Map<String, String>>> results, boolean validateOnly) {
        boolean isDone = validateOnly || !changesElections || Repair.addTo(draft, rules);
        Map<ConfigTarget, Result<Map<String, String>>> answer = Collections.unmodifiableMap(results);
        return isDone ? draft.decision(answer, validateOnly) : draft.step(answer, false);
    }

    private Result<Map<String, String>> replace(ConfigTarget target, Map<String, String> values) {
        List<Operation> operations = new ArrayList<>();
        for (String name : draft.image().config(target).keySet()) {
            if (!values.containsKey(name) && !staysWith(target, name)) {
                operations.add(new Operation(Kind.DELETE, name, null));
            }
        }
        values.forEach((name, value) -> operations.add(new Operation(Kind.SET, name, value)));
        return alter(target, operations);
    }

    private Result<Map<String, String>> alter(ConfigTarget target, List<Operation> operations) {
        Optional<Result<Map<String, String>>> wrongTarget = wrongTarget(target);
        if (wrongTarget.isPresent()) {
            return wrongTarget.get();
        }
        Set<String> repeated = Repeated.in(operations.stream().map(Operation::name).toList());
        if (!repeated.isEmpty()) {
            return Repeated.refused("the setting '" + new TreeSet<>(repeated).first() + "' of " + describe(target));
        }
        Map<String, String> values = new TreeMap<>(draft.image().config(target));
        for (Operation operation : operations) {
            Optional<Result<Map<String, String>>> refused = perform(target, operation, values);
            if (refused.isPresent()) {
                return refused.get();
            }
        }
        Optional<String> contradiction = validator.contradiction(target, Map.copyOf(values));
        if (contradiction.isPresent()) {
            return Result.failed(ControllerError.INVALID_CONFIG, contradiction.get());
        }
        List<ConfigChanged> changes = difference(target, draft.image().config(target), values);
        if (!draft.add(changes)) {
            return Draft.tooLarge();
        }
        changesElections |= changes.stream().anyMatch(change -> OF_ELECTIONS.contains(change.name()));
        return Result.of(Collections.unmodifiableMap(values));
    }

    private Optional<Result<Map<String, String>>> wrongTarget(ConfigTarget target) {
        switch (target.kind()) {
            case TOPIC -> {
                if (draft.image().topic(target.name()) == null) {
                    return refused(ControllerError.UNKNOWN_TOPIC_OR_PARTITION, "there is no topic of this name");
                }
            }
            case QUOTA -> {
                return refused(ControllerError.INVALID_REQUEST, "quotas are no settings");
            }
            case BROKER -> {
                if (target.equals(ConfigTarget.ALL_BROKERS)) {
                    return Optional.empty();
                }
                Optional<Integer> id = brokerId(target.name());
                if (id.isEmpty()) {
                    return refused(ControllerError.INVALID_REQUEST,
                            "a broker is named by its id, a number from 0 up, or not at all for every broker");
                }
                if (draft.image().broker(id.get()) == null) {
                    return refused(ControllerError.BROKER_ID_NOT_REGISTERED,
                            "broker " + id.get() + " has not registered");
                }
            }
        }
        return Optional.empty();
    }

    /// One way to write an id only, so that no broker has two sets of values.
    private static Optional<Integer> brokerId(String name) {
        try {
            int id = Integer.parseInt(name);
            return 0 <= id && Integer.toString(id).equals(name) ? Optional.of(id) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// Changes `values`, or says why not.
    private Optional<Result<Map<String, String>>> perform(
            ConfigTarget target, Operation operation, Map<String, String> values) {
        String name = operation.name();
        String given = operation.value();
        if (operation.kind() == Kind.DELETE && staysWith(target, name)) {
            return refused(ControllerError.INVALID_CONFIG, "the setting '" + name
                    + "' of all brokers can't be deleted, "
                    + "since their files may differ, and leaders and the controller must not; set it to another value");
        }
        if (operation.kind() == Kind.DELETE) {
            values.remove(name);
            return checked(target, name, null);
        }
        if (given == null) {
            return refused(ControllerError.INVALID_REQUEST,
                    "the setting '" + name + "' is to be changed without a value");
        }
        if (operation.kind() == Kind.SET) {
            values.put(name, given);
            return checked(target, name, given);
        }
        if (!validator.isList(target, name)) {
            return refused(ControllerError.INVALID_CONFIG,
                    "the setting '" + name + "' is not a list; it can be set or deleted only");
        }
        Set<String> elements = elements(
                values.getOrDefault(name, validator.inheritedValue(draft.image(), target, name)));
        if (operation.kind() == Kind.APPEND) {
            elements.addAll(elements(given));
        } else {
            elements.removeAll(elements(given));
        }
        String joined = String.join(",", elements);
        values.put(name, joined);
        return checked(target, name, joined);
    }

    /// Whether a value, once there, is changed only, never deleted (KIP-966).
    static boolean staysWith(ConfigTarget target, String name) {
        return target.equals(ConfigTarget.ALL_BROKERS) && name.equals(ControllerRules.MIN_IN_SYNC_REPLICAS);
    }

    private Optional<Result<Map<String, String>>> checked(ConfigTarget target, String name, @Nullable String value) {
        return validator.problem(target, name, value)
                .flatMap(problem -> refused(ControllerError.INVALID_CONFIG, problem));
    }

    private static Set<String> elements(String list) {
        Set<String> elements = new LinkedHashSet<>();
        Arrays.stream(list.split(",", -1)).map(String::strip).filter(each -> !each.isEmpty()).forEach(elements::add);
        return elements;
    }

    private static List<ConfigChanged> difference(
            ConfigTarget target, Map<String, String> before, Map<String, String> after) {
        List<ConfigChanged> records = new ArrayList<>();
        for (String name : new TreeSet<>(before.keySet())) {
            if (!after.containsKey(name)) {
                records.add(new ConfigChanged(target, name, null));
            }
        }
        after.forEach((name, value) -> {
            if (!value.equals(before.get(name))) {
                records.add(new ConfigChanged(target, name, value));
            }
        });
        return records;
    }

    private static String describe(ConfigTarget target) {
        return switch (target.kind()) {
            case TOPIC -> "topic '" + target.name() + "'";
            case QUOTA -> "quota of " + QuotaEntity.of(target);
            case BROKER -> target.equals(ConfigTarget.ALL_BROKERS) ? "all brokers" : "broker '" + target.name() + "'";
        };
    }

    private static Optional<Result<Map<String, String>>> refused(ControllerError error, String message) {
        return Optional.of(Result.failed(error, message));
    }
}
