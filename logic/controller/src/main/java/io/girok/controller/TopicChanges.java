package io.girok.controller;

import io.girok.base.Invariant;
import io.girok.metadata.MetadataCodec;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataRecord.PartitionChange;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;

/// Changes of one topic's partitions on their way into a draft, many in one record: each record costs a copy of the
/// topic. Made by [PartitionChanges]; owned by the one decision.
final class TopicChanges {
    private static final int MAX_IN_A_RECORD = 500;

    private final Draft draft;
    private final TopicImage topic;
    private final Election election;
    /// With what was decided so far.
    private final List<PartitionImage> partitions;
    private final List<PartitionChange> changes = new ArrayList<>();
    private long bytes;

    TopicChanges(Draft draft, TopicImage topic, Election election) {
        this.draft = draft;
        this.topic = topic;
        this.election = election;
        this.partitions = new ArrayList<>(topic.partitions());
    }

    TopicImage topic() {
        return topic;
    }

    Election election() {
        return election;
    }

    /// By index; with what was decided so far.
    List<PartitionImage> partitions() {
        return partitions;
    }

    Result<PartitionImage> partition(int index) {
        return 0 <= index && index < partitions.size()
                ? Result.of(partitions.get(index))
                : Result.failed(ControllerError.UNKNOWN_TOPIC_OR_PARTITION,
                        "topic '" + topic.name() + "' has no partition " + index);
    }

    /// What the partition is to be from now on, or why it stays: the draft is full.
    Result<PartitionImage> change(int index, PartitionImage after) {
        return after.equals(partitions.get(index)) || add(index, after) ? Result.of(after) : Draft.full();
    }

    /// Adds a change; false, and nothing is added, when the draft would become too large.
    boolean add(int index, PartitionImage after) {
        PartitionChange change = new PartitionChange(index, after);
        // In a record of its own it takes more than among others, so what is counted here fits in the end.
        long more = MetadataCodec.encode(record(List.of(change))).length;
        if (!draft.hasRoomFor(bytes + more)) {
            return false;
        }
        bytes += more;
        partitions.set(index, after);
        changes.add(change);
        if (changes.size() == MAX_IN_A_RECORD) {
            flush();
        }
        return true;
    }

    /// Brings all that was added into the draft.
    void flush() {
        if (!changes.isEmpty()) {
            Invariant.check(draft.add(List.of(record(changes))), "what was counted fits into the draft");
            changes.clear();
            bytes = 0;
        }
    }

    private MetadataRecord record(List<PartitionChange> some) {
        return new MetadataRecord.PartitionsChanged(topic.id(), some);
    }
}
