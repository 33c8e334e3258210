package io.girok.controller;

import io.girok.base.PartitionId;
import io.girok.base.TopicId;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataRecord.PartitionChange;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides [AssignDirectories]. Stateless.
///
/// A replica that turns up in another directory was moved there, if its earlier one can be used: then it has all it
/// had. If not, its log was begun anew, and it may lead only once it has caught up.
final class DirectoryAssignment {
    private DirectoryAssignment() {}

    static Decision<Result<Map<PartitionId, Result<TopicId>>>> handle(ControllerRules rules, MetadataImage image,
            AssignDirectories command) {
        Result<BrokerImage> broker = Membership.current(image, command.brokerId(), command.brokerEpoch());
        if (!broker.isOk()) {
            return new Decision<>(List.of(), broker.failure());
        }
        Map<TopicId, List<PartitionId>> byTopic = new LinkedHashMap<>();
        command.directories()
                .keySet()
                .forEach(id -> byTopic.computeIfAbsent(id.topic(), first -> new ArrayList<>())
                        .add(id));
        Draft draft = new Draft(image);
        Map<PartitionId, Result<TopicId>> answers = new LinkedHashMap<>();
        byTopic.forEach((topic, partitions) -> answers.putAll(assign(rules, draft, broker.get(),
                new Assigned(topic, partitions, command.directories()))));
        return draft.decision(Result.of(answers), false);
    }

    /// Those of a command that are of one topic.
    private record Assigned(TopicId topic, List<PartitionId> partitions, Map<PartitionId, TopicId> directories) {
        TopicId directory(PartitionId partition) {
            return directories.getOrDefault(partition, TopicId.ZERO);
        }
    }

    private static Map<PartitionId, Result<TopicId>> assign(ControllerRules rules, Draft draft, BrokerImage broker,
            Assigned assigned) {
        Map<PartitionId, Result<TopicId>> answers = new LinkedHashMap<>();
        List<PartitionChange> changes = new ArrayList<>();
        TopicImage topic = draft.image().topic(assigned.topic());
        for (PartitionId id : assigned.partitions()) {
            Result<PartitionImage> found = find(topic, id, broker.id());
            if (!found.isOk()) {
                answers.put(id, found.failure());
                continue;
            }
            TopicId directory = assigned.directory(id);
            answers.put(id, Result.of(directory));
            if (topic != null && !found.get().directoryOf(broker.id()).equals(directory)) {
                PartitionImage moved = moved(found.get(), broker, directory);
                changes.add(new PartitionChange(id.index(),
                        Election.of(draft.image(), rules, topic.name()).next(moved)));
            }
        }
        boolean fits = changes.isEmpty()
                || draft.add(List.of(new MetadataRecord.PartitionsChanged(assigned.topic(), changes)));
        if (!fits) {
            changes.forEach(change -> answers.put(new PartitionId(assigned.topic(), change.index()),
                    Draft.tooLarge()));
        }
        return answers;
    }

    private static Result<PartitionImage> find(@Nullable TopicImage topic, PartitionId id, int brokerId) {
        if (topic == null) {
            return Result.failed(ControllerError.UNKNOWN_TOPIC_ID, "there is no topic with id " + id.topic());
        }
        if (id.index() < 0 || topic.partitions().size() <= id.index()) {
            return Result.failed(ControllerError.UNKNOWN_TOPIC_OR_PARTITION,
                    "topic '" + topic.name() + "' has no partition " + id.index());
        }
        PartitionImage partition = topic.partitions().get(id.index());
        return partition.replicas().contains(brokerId)
                ? Result.of(partition)
                : Result.failed(ControllerError.NOT_LEADER_OR_FOLLOWER,
                        "broker " + brokerId + " is none of the replicas "
                                + partition.replicas() + " of partition '" + topic.name() + "-" + id.index() + "'");
    }

    private static PartitionImage moved(PartitionImage partition, BrokerImage broker, TopicId directory) {
        boolean isWhole = broker.hasDirectory(partition.directoryOf(broker.id()));
        PartitionImage moved = partition.withDirectory(broker.id(), directory);
        return isWhole ? moved : moved.withoutEligible(broker.id());
    }
}
