package io.girok.controller;

import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Brings partitions to what the brokers allow, as many as fit into one batch. Stateless.
final class Repair {
    private Repair() {}

    static Decision<Result<Boolean>> handle(ControllerRules rules, MetadataImage image) {
        Draft draft = new Draft(image);
        boolean isDone = addTo(draft, rules);
        return draft.step(Result.of(isDone), isDone);
    }

    /// Adds what is to be changed; false when there is more than fits.
    static boolean addTo(Draft draft, ControllerRules rules) {
        List<TopicImage> topics = new ArrayList<>(draft.image().topics());
        topics.sort(Comparator.comparing(TopicImage::id));
        for (TopicImage topic : topics) {
            if (!addTo(draft, rules, topic)) {
                return false;
            }
        }
        return true;
    }

    private static boolean addTo(Draft draft, ControllerRules rules, TopicImage topic) {
        if (topic.partitions().stream().allMatch(partition -> partition.replicas().size() == 1)) {
            return true;
        }
        Election election = Election.of(draft.image(), rules, topic.name());
        TopicChanges changes = new TopicChanges(draft, topic);
        boolean fits = true;
        for (int index = 0; index < topic.partitions().size() && fits; index++) {
            PartitionImage before = topic.partitions().get(index);
            PartitionImage after = election.next(before);
            fits = after.equals(before) || changes.add(index, after);
        }
        changes.flush();
        return fits;
    }
}
