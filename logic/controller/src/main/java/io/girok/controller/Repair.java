package io.girok.controller;

import io.girok.base.TopicId;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord.ConfigChanged;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/// Brings partitions to what the brokers allow, as many as fit into one batch, levels of features to what this node can
/// write, and the settings of an earlier version's cluster to what one must have. Stateless.
final class Repair {
    private Repair() {}

    static Decision<Result<Boolean>> handle(ControllerRules rules, MetadataImage image) {
        Draft draft = new Draft(image);
        draft.add(FeatureUpdate.raised(image));
        draft.add(missing(rules, image));
        boolean isDone = addTo(draft, rules);
        return draft.step(Result.of(isDone), isDone);
    }

    /// What leaders and the controller must agree on, and a cluster that an earlier version has founded does not have:
    /// as it would begin today.
    private static List<ConfigChanged> missing(ControllerRules rules, MetadataImage image) {
        return image.clusterId().isEmpty()
                ? List.of()
                : rules.founding()
                        .stream()
                        .filter(ConfigChanged.class::isInstance)
                        .map(ConfigChanged.class::cast)
                        .filter(change -> ConfigChange.staysWith(change.target(), change.name())
                                && !image.config(change.target()).containsKey(change.name()))
                        .toList();
    }

    /// Adds what is to be changed; false when there is more than fits.
    static boolean addTo(Draft draft, ControllerRules rules) {
        return addTo(draft, rules, Election::next);
    }

    /// Adds what is to be changed, with replicas out of sync that may lack what they acknowledged; false when there is
    /// more than fits.
    ///
    /// @param mayLack of which partitions the broker may lack records
    /// @param hasNone of which of them it has no copy any more
    static boolean addWithoutClaimOf(Draft draft, ControllerRules rules, int brokerId,
            Predicate<PartitionImage> mayLack, Predicate<PartitionImage> hasNone) {
        return addTo(draft, rules, (election, partition) -> {
            if (!mayLack.test(partition)) {
                return election.next(partition);
            }
            return hasNone.test(partition)
                    ? election.withoutCopyOf(partition, brokerId)
                    : election.withoutClaimOf(partition, brokerId);
        });
    }

    /// Adds what is to be changed, with the lost replicas of a broker that nobody else can stand in for taken for
    /// somewhere in its directories: it says where, or that they are lost, before it can lead; false when there is more
    /// than fits. What was counted on, and is in none of all its directories, never was: nothing was committed.
    static boolean addSearchOf(Draft draft, ControllerRules rules, int brokerId) {
        return addTo(draft, rules, (election, partition) -> election.next(isAwaitedInVain(partition, brokerId)
                ? partition.withDirectory(brokerId, TopicId.ZERO)
                : partition));
    }

    /// Whether the replica is counted on, and all that are counted on are lost.
    private static boolean isAwaitedInVain(PartitionImage partition, int brokerId) {
        return partition.isClaimedBy(brokerId)
                && partition.replicas().stream().filter(partition::isClaimedBy).allMatch(partition::isLost);
    }

    private static boolean addTo(Draft draft, ControllerRules rules,
            BiFunction<Election, PartitionImage, PartitionImage> step) {
        List<TopicImage> topics = new ArrayList<>(draft.image().topics());
        topics.sort(Comparator.comparing(TopicImage::id));
        PartitionChanges changes = new PartitionChanges(draft, rules);
        boolean fits = true;
        for (int i = 0; i < topics.size() && fits; i++) {
            fits = !isReplicated(topics.get(i)) || addTo(changes.of(topics.get(i)), step);
        }
        changes.flush();
        return fits;
    }

    private static boolean isReplicated(TopicImage topic) {
        return topic.partitions().stream().anyMatch(partition -> 1 < partition.replicas().size());
    }

    private static boolean addTo(TopicChanges topic, BiFunction<Election, PartitionImage, PartitionImage> step) {
        boolean fits = true;
        for (int index = 0; index < topic.partitions().size() && fits; index++) {
            PartitionImage before = topic.partitions().get(index);
            PartitionImage after = step.apply(topic.election(), before);
            fits = after.equals(before) || topic.add(index, after);
        }
        return fits;
    }
}
