package io.girok.replication;

import io.girok.base.TopicId;

/// A partition as a fetch request names it: by the topic's id from version 13 on, by its name before. Immutable.
///
/// @param topic [TopicId#ZERO] where the name counts
/// @param name empty where the id counts
public record FetchKey(TopicId topic, String name, int partition) {
    public static FetchKey ofName(String name, int partition) {
        return new FetchKey(TopicId.ZERO, name, partition);
    }

    public static FetchKey ofId(TopicId topic, int partition) {
        return new FetchKey(topic, "", partition);
    }

    /// Whether both name the same topic.
    public boolean isSameTopic(FetchKey other) {
        return topic.equals(other.topic) && name.equals(other.name);
    }
}
