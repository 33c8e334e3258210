package io.girok.controller;

import io.girok.base.TopicId;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/// What the controller's decisions depend on besides the image. Immutable, but its sources give ever new values.
///
/// @param topicIds a fresh random id each time
/// @param startPosition for a bound, a number from 0 to below it: where the placement of a topic begins
public record ControllerRules(TopicDefaults topicDefaults, ConfigValidator configs, Supplier<TopicId> topicIds,
        IntUnaryOperator startPosition) {
    /// Of topics that do not say it themselves.
    public record TopicDefaults(int partitionCount, int replicationFactor) {}
}
