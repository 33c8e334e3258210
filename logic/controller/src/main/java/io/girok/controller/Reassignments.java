package io.girok.controller;

import io.girok.base.PartitionName;
import io.girok.controller.AlterReassignments.Reassignment;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Decides [AlterReassignments]. Stateless.
///
/// ```
/// replicas = original ──start──▶ original + adding ──all of the target in sync──▶ target
///                │                    │      ▲                                    ([Election])
///                │                    └──────┘ replaced: the original stays what it was
///                ◀──────cancel────────┘
/// ```
///
/// A target broker that dies, or is unregistered, holds the reassignment up until it comes back, or until the
/// reassignment is replaced or called off. Replicas that were being added and are not wanted any more leave at once. If
/// too few would be left that are known to have all that is committed, nothing is changed.
final class Reassignments {
    private Reassignments() {}

    static Decision<Map<PartitionName, Result<PartitionImage>>> handle(ControllerRules rules, MetadataImage image,
            AlterReassignments command) {
        Draft draft = new Draft(image);
        PartitionChanges changes = new PartitionChanges(draft, rules);
        Set<PartitionName> repeated = Repeated
                .in(command.reassignments().stream().map(Reassignment::partition).toList());
        Map<PartitionName, Result<PartitionImage>> answers = new LinkedHashMap<>();
        for (Reassignment reassignment : command.reassignments()) {
            PartitionName name = reassignment.partition();
            answers.put(name,
                    repeated.contains(name)
                            ? Repeated.refused("partition '" + name + "'")
                            : alter(rules, image, changes, reassignment,
                                    command.allowsReplicationFactorChange()));
        }
        changes.flush();
        return draft.decision(answers, false);
    }

    private static Result<PartitionImage> alter(ControllerRules rules, MetadataImage image, PartitionChanges changes,
            Reassignment reassignment, boolean mayChangeFactor) {
        PartitionName name = reassignment.partition();
        Result<TopicChanges> topic = changes.of(name.topic());
        if (!topic.isOk()) {
            return topic.failure();
        }
        Result<PartitionImage> found = topic.get().partition(name.index());
        if (!found.isOk()) {
            return found;
        }
        PartitionImage before = found.get();
        Result<List<Integer>> target = target(image, before, reassignment, mayChangeFactor);
        if (!target.isOk()) {
            return target.failure();
        }
        PartitionImage after = topic.get().election().reassigned(before, target.get());
        if (after.equals(before)) {
            return Result.of(before);
        }
        Optional<String> loss = rules.isUncleanAllowed(image, name.topic()) && !wholeReplicas(after).isEmpty()
                ? Optional.empty()
                : loss(image, before, after, rules.minInSyncReplicas(image, name.topic()));
        if (loss.isPresent()) {
            return invalid("partition '" + name + "' cannot go on with replicas " + after.replicas() + ": "
                    + loss.get());
        }
        return topic.get().change(name.index(), after);
    }

    private static Result<List<Integer>> target(MetadataImage image, PartitionImage partition,
            Reassignment reassignment, boolean mayChangeFactor) {
        List<Integer> target = reassignment.target();
        if (target == null) {
            return partition.isReassigning()
                    ? Result.of(partition.originalReplicas())
                    : Result.failed(ControllerError.NO_REASSIGNMENT_IN_PROGRESS,
                            "partition '" + reassignment.partition() + "' is not being reassigned");
        }
        Optional<String> problem = PartitionPlan.problem(image, target);
        if (problem.isPresent()) {
            return invalid(problem.get());
        }
        int factor = partition.targetReplicas().size();
        return mayChangeFactor || target.size() == factor
                ? Result.of(target)
                : Result.failed(ControllerError.INVALID_REPLICATION_FACTOR, "the replication factor of partition '"
                        + reassignment.partition() + "' would change from " + factor + " to " + target.size()
                        + ", which the request does not allow");
    }

    /// What would be lost by the change, if anything would.
    private static Optional<String> loss(MetadataImage image, PartitionImage before, PartitionImage after,
            int minInSyncReplicas) {
        List<Integer> wholeBefore = wholeReplicas(before);
        List<Integer> whole = wholeReplicas(after);
        int required = Math.min(minInSyncReplicas, after.replicas().size());
        if (whole.size() < Math.min(required, wholeBefore.size())) {
            return Optional.of("of those that are known to have all that is committed, " + wholeBefore + ", " + whole
                    + " would be left, and 'min.insync.replicas' is " + minInSyncReplicas
                    + "; it will be possible when more of them are in sync");
        }
        return isReady(image, before.leader()) && !isReady(image, after.leader())
                ? Optional.of("none of them could lead now, as broker " + before.leader() + " does")
                : Optional.empty();
    }

    private static List<Integer> wholeReplicas(PartitionImage partition) {
        return Stream.concat(partition.isr().stream(), partition.elr().stream()).toList();
    }

    private static boolean isReady(MetadataImage image, int brokerId) {
        BrokerImage broker = image.broker(brokerId);
        return broker != null && !broker.isFenced();
    }

    private static <T> Result<T> invalid(String message) {
        return Result.failed(ControllerError.INVALID_REPLICA_ASSIGNMENT, message);
    }
}
