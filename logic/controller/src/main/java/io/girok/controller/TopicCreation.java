package io.girok.controller;

import io.girok.base.Invariant;
import io.girok.base.TopicId;
import io.girok.controller.CreateTopics.Assignment;
import io.girok.controller.CreateTopics.CreatedTopic;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Decides [CreateTopics]. Owned by the one decision.
final class TopicCreation {
    /// Random ids collide never; more than a few in a row mean a broken source.
    private static final int MAX_ID_ATTEMPTS = 100;

    private final ControllerRules rules;
    private final Draft draft;
    private final boolean validateOnly;

    private TopicCreation(ControllerRules rules, MetadataImage image, boolean validateOnly) {
        this.rules = rules;
        this.draft = new Draft(image);
        this.validateOnly = validateOnly;
    }

    static Decision<Map<String, Result<CreatedTopic>>> handle(
            ControllerRules rules, MetadataImage image, CreateTopics command) {
        TopicCreation creation = new TopicCreation(rules, image, command.validateOnly());
        Set<String> repeated = Repeated.in(command.topics().stream().map(NewTopic::name).toList());
        Map<String, Result<CreatedTopic>> results = new LinkedHashMap<>();
        for (NewTopic topic : command.topics()) {
            results.put(topic.name(),
                    repeated.contains(topic.name())
                            ? Repeated.refused("topic '" + topic.name() + "'")
                            : creation.create(topic));
        }
        return creation.draft.decision(Collections.unmodifiableMap(results), command.validateOnly());
    }

    private Result<CreatedTopic> create(NewTopic topic) {
        String name = topic.name();
        MetadataImage image = draft.image();
        Optional<String> problem = TopicNames.problem(name);
        if (problem.isPresent()) {
            return Result.failed(ControllerError.INVALID_TOPIC_EXCEPTION, problem.get());
        }
        if (image.topic(name) != null) {
            return Result.failed(ControllerError.TOPIC_ALREADY_EXISTS, "topic '" + name + "' exists already");
        }
        Optional<String> collision = TopicNames.collision(image, name);
        if (collision.isPresent()) {
            return Result.failed(
                    ControllerError.INVALID_TOPIC_EXCEPTION,
                    "topic '" + name + "' collides with topic '" + collision.get()
                            + "': names that differ only in '.' and '_' are not told apart everywhere");
        }
        Result<List<PartitionImage>> partitions = topic.assignments().isEmpty()
                ? chosen(image, topic)
                : assigned(image, topic);
        if (!partitions.isOk()) {
            return partitions.failure();
        }
        Optional<Result<CreatedTopic>> wrongConfig = wrongConfig(topic);
        return wrongConfig.isPresent() ? wrongConfig.get() : add(topic, partitions.get());
    }

    private Result<CreatedTopic> add(NewTopic topic, List<PartitionImage> partitions) {
        TopicId id = freshId();
        List<MetadataRecord> records = new ArrayList<>();
        records.add(new MetadataRecord.TopicCreated(id, topic.name()));
        records.add(new MetadataRecord.PartitionsAdded(id, 0, partitions));
        ConfigTarget target = ConfigTarget.topic(topic.name());
        new TreeMap<>(topic.config())
                .forEach((name, value) -> records.add(new MetadataRecord.ConfigChanged(target, name, value)));
        if (!draft.add(records)) {
            return Draft.tooLarge();
        }
        return Result.of(
                new CreatedTopic(validateOnly ? TopicId.ZERO : id, topic.name(), partitions.size(),
                        partitions.getFirst().replicas().size()));
    }

    private Result<List<PartitionImage>> chosen(MetadataImage image, NewTopic topic) {
        int partitionCount = topic.partitionCount() == CreateTopics.DEFAULT
                ? rules.topicDefaults().partitionCount()
                : topic.partitionCount();
        if (partitionCount < 1) {
            return Result.failed(
                    ControllerError.INVALID_PARTITIONS,
                    "topic '" + topic.name() + "' is to have " + partitionCount
                            + " partitions, at least 1 is expected");
        }
        int replicationFactor = topic.replicationFactor() == CreateTopics.DEFAULT
                ? rules.topicDefaults().replicationFactor()
                : topic.replicationFactor();
        return PartitionPlan.chosen(image, partitionCount, replicationFactor, rules.startPosition());
    }

    private static Result<List<PartitionImage>> assigned(MetadataImage image, NewTopic topic) {
        if (topic.partitionCount() != CreateTopics.DEFAULT || topic.replicationFactor() != CreateTopics.DEFAULT) {
            return Result.failed(
                    ControllerError.INVALID_REQUEST,
                    "topic '" + topic.name() + "' has an assignment; then the partition count and the replication "
                            + "factor must be -1");
        }
        Map<Integer, List<Integer>> byIndex = new TreeMap<>();
        for (Assignment assignment : topic.assignments()) {
            byIndex.put(assignment.partitionIndex(), assignment.brokers());
        }
        List<List<Integer>> inOrder = new ArrayList<>();
        for (int i = 0; i < topic.assignments().size(); i++) {
            List<Integer> brokers = byIndex.get(i);
            if (brokers == null) {
                return Result.failed(
                        ControllerError.INVALID_REPLICA_ASSIGNMENT,
                        "the assignments of topic '" + topic.name() + "' must name each partition from 0 to "
                                + (topic.assignments().size() - 1) + " once; " + i + " is missing");
            }
            inOrder.add(brokers);
        }
        return PartitionPlan.assigned(image, inOrder, inOrder.getFirst().size());
    }

    private Optional<Result<CreatedTopic>> wrongConfig(NewTopic topic) {
        ConfigTarget target = ConfigTarget.topic(topic.name());
        for (Map.Entry<String, String> entry : new TreeMap<>(topic.config()).entrySet()) {
            Optional<String> problem = rules.configs().problem(target, entry.getKey(), entry.getValue());
            if (problem.isPresent()) {
                return Optional.of(Result.failed(ControllerError.INVALID_CONFIG, problem.get()));
            }
        }
        return rules.configs()
                .contradiction(target, topic.config())
                .map(problem -> Result.failed(ControllerError.INVALID_CONFIG, problem));
    }

    private TopicId freshId() {
        for (int i = 0; i < MAX_ID_ATTEMPTS; i++) {
            TopicId id = rules.topicIds().get();
            if (!id.isZero() && draft.image().topic(id) == null) {
                return id;
            }
        }
        throw Invariant.violated("the source of topic ids gives none that is free");
    }
}
