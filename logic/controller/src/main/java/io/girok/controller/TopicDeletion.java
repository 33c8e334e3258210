package io.girok.controller;

import io.girok.base.TopicId;
import io.girok.controller.DeleteTopics.ById;
import io.girok.controller.DeleteTopics.ByName;
import io.girok.controller.DeleteTopics.DeletedTopic;
import io.girok.controller.DeleteTopics.TopicReference;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decides [DeleteTopics]. Stateless.
final class TopicDeletion {
    private TopicDeletion() {}

    static Decision<List<Result<DeletedTopic>>> handle(MetadataImage image, DeleteTopics command) {
        // By id and by name, the same topic may be named twice.
        Set<TopicId> repeated = Repeated.in(command.topics()
                .stream()
                .map(reference -> find(image, reference))
                .filter(Objects::nonNull)
                .map(TopicImage::id)
                .toList());
        Draft draft = new Draft(image);
        List<Result<DeletedTopic>> results = new ArrayList<>();
        for (TopicReference reference : command.topics()) {
            TopicImage topic = find(image, reference);
            if (topic == null) {
                results.add(unknown(reference));
            } else if (repeated.contains(topic.id())) {
                results.add(Repeated.refused("topic '" + topic.name() + "'"));
            } else if (draft.add(List.of(new MetadataRecord.TopicDeleted(topic.id())))) {
                results.add(Result.of(new DeletedTopic(topic.id(), topic.name(), topic.partitions().size())));
            } else {
                results.add(Draft.tooLarge());
            }
        }
        return draft.decision(List.copyOf(results), false);
    }

    private static @Nullable TopicImage find(MetadataImage image, TopicReference reference) {
        return switch (reference) {
            case ByName byName -> image.topic(byName.name());
            case ById byId -> image.topic(byId.id());
        };
    }

    private static Result<DeletedTopic> unknown(TopicReference reference) {
        return switch (reference) {
            case ByName _ ->
                Result.failed(ControllerError.UNKNOWN_TOPIC_OR_PARTITION, "there is no topic of this name");
            case ById byId ->
                Result.failed(ControllerError.UNKNOWN_TOPIC_ID, "there is no topic with id " + byId.id());
        };
    }
}
