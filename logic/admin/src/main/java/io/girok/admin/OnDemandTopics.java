package io.girok.admin;

import io.girok.admin.ControllerAnswers.Told;
import io.girok.controller.CreateTopics;
import io.girok.controller.CreateTopics.NewTopic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;

/// Creates the topics that clients ask for before anybody created them. Thread-safe.
final class OnDemandTopics {
    private final TopicCommands commands;

    OnDemandTopics(TopicCommands commands) {
        this.commands = commands;
    }

    /// Creates topics with the broker's defaults. Ends, never in a failure, in what a client is told of each that is
    /// not there afterwards.
    CompletableFuture<Map<String, Errors>> create(Set<String> names) {
        List<NewTopic> wanted = names.stream()
                .map(name -> NewTopic.of(name, CreateTopics.DEFAULT, CreateTopics.DEFAULT))
                .toList();
        return commands.submit(new CreateTopics(wanted, false)).handle((results, failure) -> {
            Map<String, Errors> errors = new HashMap<>();
            if (failure == null) {
                results.forEach((name, result) -> put(errors, name, ControllerAnswers.of(result)));
            } else {
                names.forEach(name -> put(errors, name, ControllerAnswers.of(failure)));
            }
            return errors;
        });
    }

    private static void put(Map<String, Errors> errors, String name, Told told) {
        if (told.error() != Errors.NONE) {
            errors.put(name, understandable(told.error()));
        }
    }

    /// What a client that only wanted to know about the topic makes sense of: an error that is final for this name, or
    /// one that makes it ask again.
    private static Errors understandable(Errors error) {
        return switch (error) {
            case INVALID_TOPIC_EXCEPTION, INVALID_REPLICATION_FACTOR, POLICY_VIOLATION -> error;
            default -> Errors.LEADER_NOT_AVAILABLE;
        };
    }
}
