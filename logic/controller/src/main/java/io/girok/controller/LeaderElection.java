package io.girok.controller;

import io.girok.base.PartitionName;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Decides [ElectLeaders]. Stateless.
final class LeaderElection {
    private LeaderElection() {}

    static Decision<Map<PartitionName, Result<Integer>>> handle(ControllerRules rules, MetadataImage image,
            ElectLeaders command) {
        Draft draft = new Draft(image);
        PartitionChanges changes = new PartitionChanges(draft, rules);
        Map<PartitionName, Result<Integer>> answers = new LinkedHashMap<>();
        List<PartitionName> named = command.partitions();
        for (PartitionName partition : named == null ? all(image) : named) {
            Result<Integer> answer = elect(changes, command.kind(), partition);
            if (named != null || answer.error() != ControllerError.ELECTION_NOT_NEEDED) {
                answers.put(partition, answer);
            }
        }
        changes.flush();
        return draft.decision(answers, false);
    }

    private static List<PartitionName> all(MetadataImage image) {
        List<PartitionName> all = new ArrayList<>();
        for (TopicImage topic : image.topics()) {
            for (int index = 0; index < topic.partitions().size(); index++) {
                all.add(new PartitionName(topic.name(), index));
            }
        }
        all.sort(Comparator.comparing(PartitionName::topic).thenComparingInt(PartitionName::index));
        return all;
    }

    private static Result<Integer> elect(PartitionChanges changes, ElectLeaders.Kind kind, PartitionName name) {
        Result<TopicChanges> topic = changes.of(name.topic());
        if (!topic.isOk()) {
            return topic.failure();
        }
        Result<PartitionImage> found = topic.get().partition(name.index());
        if (!found.isOk()) {
            return found.failure();
        }
        PartitionImage before = found.get();
        boolean isNeedless = switch (kind) {
            case PREFERRED -> before.leader() == before.replicas().getFirst();
            case UNCLEAN -> before.leader() != PartitionImage.NO_LEADER;
        };
        if (isNeedless) {
            return Result.failed(ControllerError.ELECTION_NOT_NEEDED,
                    "broker " + before.leader() + " leads partition '" + name + "' already");
        }
        Election election = topic.get().election();
        PartitionImage after = switch (kind) {
            case PREFERRED -> election.withPreferredLeader(before);
            case UNCLEAN -> election.withAnyLeader(before);
        };
        if (after.equals(before)) {
            return notPossible(kind, name, before);
        }
        Result<PartitionImage> changed = topic.get().change(name.index(), after);
        return changed.isOk() ? Result.of(after.leader()) : changed.failure();
    }

    private static Result<Integer> notPossible(ElectLeaders.Kind kind, PartitionName name, PartitionImage partition) {
        return switch (kind) {
            case PREFERRED -> Result.failed(ControllerError.PREFERRED_LEADER_NOT_AVAILABLE,
                    "broker " + partition.replicas().getFirst() + ", the preferred leader of partition '" + name
                            + "', is not in sync, not ready, or without room on its disk; in sync are "
                            + partition.isr());
            case UNCLEAN -> Result.failed(ControllerError.ELIGIBLE_LEADERS_NOT_AVAILABLE,
                    "none of the replicas " + partition.replicas() + " of partition '" + name + "' is ready");
        };
    }
}
