package io.girok.controller;

import io.girok.controller.BalanceLeaders.Balanced;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Decides [BalanceLeaders]. Stateless.
///
/// Counts only partitions that are not on their way elsewhere, and moves only what can be moved: the preferred leader
/// is in sync and may lead.
final class LeaderBalance {
    /// So many leaders change at once at most: each change interrupts its partition for a moment.
    private static final int MAX_MOVED = 1_000;

    private LeaderBalance() {}

    static Decision<Result<Balanced>> handle(ControllerRules rules, MetadataImage image, BalanceLeaders command) {
        Set<Integer> imbalanced = imbalanced(image, command.maxImbalancePercentage());
        Draft draft = new Draft(image);
        if (imbalanced.isEmpty()) {
            return draft.decision(Result.of(new Balanced(0, true)), false);
        }
        PartitionChanges changes = new PartitionChanges(draft, rules);
        Balanced balanced = balance(image, changes, imbalanced);
        changes.flush();
        return draft.decision(Result.of(balanced), false);
    }

    private static Balanced balance(MetadataImage image, PartitionChanges changes, Set<Integer> imbalanced) {
        int moved = 0;
        List<TopicImage> topics = new ArrayList<>(image.topics());
        topics.sort(Comparator.comparing(TopicImage::id));
        for (TopicImage topic : topics) {
            TopicChanges ofTopic = changes.of(topic);
            for (int index = 0; index < topic.partitions().size(); index++) {
                PartitionImage before = topic.partitions().get(index);
                PartitionImage after = isCounted(before) && imbalanced.contains(before.replicas().getFirst())
                        ? ofTopic.election().withPreferredLeader(before)
                        : before;
                if (after.leader() == before.leader()) {
                    continue;
                }
                if (moved == MAX_MOVED || !ofTopic.add(index, after)) {
                    return new Balanced(moved, false);
                }
                moved++;
            }
        }
        return new Balanced(moved, true);
    }

    /// The brokers that may lead, and lead too few of the partitions that prefer them.
    private static Set<Integer> imbalanced(MetadataImage image, int maxPercentage) {
        Map<Integer, Integer> preferred = new HashMap<>();
        Map<Integer, Integer> lacking = new HashMap<>();
        for (TopicImage topic : image.topics()) {
            for (PartitionImage partition : topic.partitions()) {
                if (isCounted(partition)) {
                    int first = partition.replicas().getFirst();
                    preferred.merge(first, 1, Integer::sum);
                    lacking.merge(first, partition.leader() == first ? 0 : 1, Integer::sum);
                }
            }
        }
        Set<Integer> imbalanced = new HashSet<>();
        for (BrokerImage broker : image.brokers()) {
            long all = preferred.getOrDefault(broker.id(), 0);
            long missing = lacking.getOrDefault(broker.id(), 0);
            if (broker.canLead() && maxPercentage * all < 100 * missing) {
                imbalanced.add(broker.id());
            }
        }
        return imbalanced;
    }

    private static boolean isCounted(PartitionImage partition) {
        return !partition.isReassigning();
    }
}
