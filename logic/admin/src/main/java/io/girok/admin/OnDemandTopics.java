package io.girok.admin;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.protocol.Errors;

/// Creates the topics that clients ask for before anybody created them. Thread-safe.
final class OnDemandTopics {
    private static final int DEFAULT = -1;

    private final NewTopics newTopics;

    OnDemandTopics(NewTopics newTopics) {
        this.newTopics = newTopics;
    }

    /// Creates topics with the cluster's defaults. Ends, never in a failure, in what a client is told of each that is
    /// not there afterwards.
    CompletableFuture<Map<String, Errors>> create(Set<String> names) {
        List<CreatableTopic> wanted = names.stream()
                .map(name -> new CreatableTopic().setName(name)
                        .setNumPartitions(DEFAULT)
                        .setReplicationFactor((short) DEFAULT))
                .toList();
        return newTopics.create(wanted).handle((results, failure) -> {
            Map<String, Errors> errors = new HashMap<>();
            if (failure == null) {
                results.forEach((name, error) -> put(errors, name, error));
            } else {
                names.forEach(name -> put(errors, name, Errors.NOT_CONTROLLER));
            }
            return errors;
        });
    }

    private static void put(Map<String, Errors> errors, String name, Errors error) {
        if (error != Errors.NONE) {
            errors.put(name, understandable(error));
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
