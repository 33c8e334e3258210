package io.girok.broker.admin;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;

/// Creates the topics that clients ask for before anybody created them. Thread-safe.
@FunctionalInterface
interface TopicCreation {
    /// Creates topics with the broker's defaults. Ends, never in a failure, in what a client is told of each that is
    /// not there afterwards.
    CompletableFuture<Map<String, Errors>> create(Set<String> names);
}
