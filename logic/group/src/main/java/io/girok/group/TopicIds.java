package io.girok.group;

import io.girok.base.TopicId;

/// Tells which topics there are. Thread-safe.
@FunctionalInterface
public interface TopicIds {
    /// The id of the topic that has this name now; zero when there is none.
    TopicId idOf(String topic);
}
