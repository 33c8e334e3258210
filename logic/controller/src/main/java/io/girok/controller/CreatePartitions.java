package io.girok.controller;

import java.util.List;
import java.util.Map;

/// Adds partitions to topics; the answer has one result for each name, in the order of the request: how many partitions
/// the topic has then.
///
/// @param validateOnly answer as if, but change nothing
public record CreatePartitions(List<Growth> topics, boolean validateOnly)
        implements
            Command<Map<String, Result<Integer>>> {
    public CreatePartitions {
        topics = List.copyOf(topics);
    }

    /// @param totalCount of partitions, those included that are there
    /// @param assignments brokers for each new partition; empty: the controller chooses
    public record Growth(String topic, int totalCount, List<List<Integer>> assignments) {
        public Growth {
            assignments = assignments.stream().map(List::copyOf).toList();
        }
    }
}
