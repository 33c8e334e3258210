package io.girok.controller;

import io.girok.controller.CreatePartitions.Growth;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Decides [CreatePartitions]. Stateless.
final class PartitionCreation {
    private PartitionCreation() {}

    static Decision<Map<String, Result<Integer>>> handle(
            ControllerRules rules, MetadataImage image, CreatePartitions command) {
        Draft draft = new Draft(image);
        Set<String> repeated = Repeated.in(command.topics().stream().map(Growth::topic).toList());
        Map<String, Result<Integer>> results = new LinkedHashMap<>();
        for (Growth growth : command.topics()) {
            results.put(growth.topic(),
                    repeated.contains(growth.topic())
                            ? Repeated.refused("topic '" + growth.topic() + "'")
                            : grow(rules, draft, growth));
        }
        return draft.decision(Collections.unmodifiableMap(results), command.validateOnly());
    }

    private static Result<Integer> grow(ControllerRules rules, Draft draft, Growth growth) {
        TopicImage topic = draft.image().topic(growth.topic());
        if (topic == null) {
            return Result.failed(ControllerError.UNKNOWN_TOPIC_OR_PARTITION, "there is no topic of this name");
        }
        int before = topic.partitions().size();
        int added = growth.totalCount() - before;
        if (growth.totalCount() <= before) {
            return Result.failed(
                    ControllerError.INVALID_PARTITIONS,
                    "topic '" + topic.name() + "' has " + before + " partitions; it cannot get " + growth.totalCount()
                            + ", only more");
        }
        if (!growth.assignments().isEmpty() && growth.assignments().size() != added) {
            return Result.failed(
                    ControllerError.INVALID_REPLICA_ASSIGNMENT,
                    "topic '" + topic.name() + "' is to get " + added + " partitions, but "
                            + growth.assignments().size() + " assignments are given");
        }
        int replicationFactor = topic.partitions().getFirst().targetReplicas().size();
        Result<List<PartitionImage>> partitions = growth.assignments().isEmpty()
                ? PartitionPlan.chosen(draft.image(), added, replicationFactor, rules.startPosition())
                : PartitionPlan.assigned(draft.image(), growth.assignments(), replicationFactor);
        if (!partitions.isOk()) {
            return partitions.failure();
        }
        return draft.add(List.of(new MetadataRecord.PartitionsAdded(topic.id(), before, partitions.get())))
                ? Result.of(growth.totalCount())
                : Draft.tooLarge();
    }
}
