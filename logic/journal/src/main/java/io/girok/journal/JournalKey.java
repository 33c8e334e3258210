package io.girok.journal;

import io.girok.base.PartitionName;
import io.girok.base.TopicId;

/// Whose bytes they are: a topic that was deleted and created again is another one. Immutable.
public record JournalKey(TopicId topic, PartitionName name) {}
