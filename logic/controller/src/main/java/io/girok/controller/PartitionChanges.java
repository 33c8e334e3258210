package io.girok.controller;

import io.girok.base.TopicId;
import io.girok.metadata.TopicImage;
import org.jspecify.annotations.Nullable;

/// Changes of partitions on their way into a draft, one topic after the other: who asks for the next topic brings those
/// of the last one into the draft. Owned by the one decision.
final class PartitionChanges {
    private final Draft draft;
    private final ControllerRules rules;
    private @Nullable TopicChanges current;

    PartitionChanges(Draft draft, ControllerRules rules) {
        this.draft = draft;
        this.rules = rules;
    }

    Result<TopicChanges> of(TopicId id) {
        TopicImage topic = draft.image().topic(id);
        return topic == null
                ? Result.failed(ControllerError.UNKNOWN_TOPIC_ID, "there is no topic with id " + id)
                : Result.of(of(topic));
    }

    Result<TopicChanges> of(String name) {
        TopicImage topic = draft.image().topic(name);
        return topic == null
                ? Result.failed(ControllerError.UNKNOWN_TOPIC_OR_PARTITION, "there is no topic '" + name + "'")
                : Result.of(of(topic));
    }

    /// @param topic as it is in the draft
    TopicChanges of(TopicImage topic) {
        TopicChanges last = current;
        if (last != null && last.topic().id().equals(topic.id())) {
            return last;
        }
        flush();
        TopicChanges next = new TopicChanges(draft, topic, Election.of(draft.image(), rules, topic.name()));
        current = next;
        return next;
    }

    /// Brings all that was added into the draft.
    void flush() {
        TopicChanges last = current;
        if (last != null) {
            last.flush();
            current = null;
        }
    }
}
