package io.girok.controller;

import io.girok.base.TopicId;
import java.util.List;

/// Deletes topics with all that belongs to them; the answer has one result for each, in the order of the request.
public record DeleteTopics(List<TopicReference> topics) implements Command<List<Result<DeleteTopics.DeletedTopic>>> {
    public DeleteTopics {
        topics = List.copyOf(topics);
    }

    /// How a topic is referred to.
    public sealed interface TopicReference {}

    public record ByName(String name) implements TopicReference {}

    public record ById(TopicId id) implements TopicReference {}

    public record DeletedTopic(TopicId id, String name, int partitionCount) {}
}
