package io.girok.controller;

import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataRecord.PartitionChange;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Brings partitions to what the brokers allow, as many as fit into one batch. Stateless.
final class Repair {
    /// Of one record: a topic's changes may be more than a batch holds.
    private static final int MAX_CHANGES_IN_RECORD = 500;

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
        List<PartitionChange> changes = new ArrayList<>();
        for (int index = 0; index < topic.partitions().size(); index++) {
            PartitionImage before = topic.partitions().get(index);
            PartitionImage after = election.next(before);
            if (!after.equals(before)) {
                changes.add(new PartitionChange(index, after));
            }
            if (changes.size() == MAX_CHANGES_IN_RECORD && !flush(draft, topic, changes)) {
                return false;
            }
        }
        return flush(draft, topic, changes);
    }

    private static boolean flush(Draft draft, TopicImage topic, List<PartitionChange> changes) {
        boolean fits = changes.isEmpty()
                || draft.add(List.of(new MetadataRecord.PartitionsChanged(topic.id(), changes)));
        changes.clear();
        return fits;
    }
}
