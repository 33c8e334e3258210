package io.girok.controller;

import io.girok.base.PartitionName;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
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
        Map<PartitionName, Result<Integer>> answers = new LinkedHashMap<>();
        List<PartitionName> named = command.partitions();
        for (PartitionName partition : named == null ? all(image) : named) {
            Result<Integer> answer = elect(rules, draft, command.kind(), partition);
            if (named != null || answer.error() != ControllerError.ELECTION_NOT_NEEDED) {
                answers.put(partition, answer);
            }
        }
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

    private static Result<Integer> elect(ControllerRules rules, Draft draft, ElectLeaders.Kind kind,
            PartitionName name) {
        TopicImage topic = draft.image().topic(name.topic());
        if (topic == null || name.index() < 0 || topic.partitions().size() <= name.index()) {
            return Result.failed(ControllerError.UNKNOWN_TOPIC_OR_PARTITION, "there is no partition '" + name + "'");
        }
        PartitionImage before = topic.partitions().get(name.index());
        boolean isNeedless = switch (kind) {
            case PREFERRED -> before.leader() == before.replicas().getFirst();
            case UNCLEAN -> before.leader() != PartitionImage.NO_LEADER;
        };
        if (isNeedless) {
            return Result.failed(ControllerError.ELECTION_NOT_NEEDED,
                    "broker " + before.leader() + " leads partition '" + name + "' already");
        }
        Election election = Election.of(draft.image(), rules, topic.name());
        PartitionImage after = switch (kind) {
            case PREFERRED -> election.withPreferredLeader(before);
            case UNCLEAN -> election.withAnyLeader(before);
        };
        if (after.equals(before)) {
            return notPossible(kind, name, before);
        }
        return draft.add(List.of(new MetadataRecord.PartitionsChanged(topic.id(), name.index(), after)))
                ? Result.of(after.leader())
                : Draft.tooLarge();
    }

    private static Result<Integer> notPossible(ElectLeaders.Kind kind, PartitionName name, PartitionImage partition) {
        return switch (kind) {
            case PREFERRED -> Result.failed(ControllerError.PREFERRED_LEADER_NOT_AVAILABLE,
                    "broker " + partition.replicas().getFirst() + ", the preferred leader of partition '" + name
                            + "', is not in sync or not ready; in sync are " + partition.isr());
            case UNCLEAN -> Result.failed(ControllerError.ELIGIBLE_LEADERS_NOT_AVAILABLE,
                    "none of the replicas " + partition.replicas() + " of partition '" + name + "' is ready");
        };
    }
}
