package io.girok.controller;

import io.girok.base.TopicId;
import java.util.List;
import java.util.Map;

/// Creates topics, each of them or none of it; the answer has one result for each name, in the order of the request.
///
/// @param validateOnly answer as if, but change nothing
public record CreateTopics(List<NewTopic> topics, boolean validateOnly)
        implements
            Command<Map<String, Result<CreateTopics.CreatedTopic>>> {
    /// Leaves the choice to the cluster's defaults.
    public static final int DEFAULT = -1;

    public CreateTopics {
        topics = List.copyOf(topics);
    }

    /// A topic that is wanted.
    ///
    /// @param partitionCount [#DEFAULT] when `assignments` say it, or for the cluster's default
    /// @param replicationFactor likewise
    /// @param assignments empty: the controller chooses brokers
    public record NewTopic(String name, int partitionCount, int replicationFactor, List<Assignment> assignments,
            Map<String, String> config) {
        public NewTopic {
            assignments = List.copyOf(assignments);
            config = Map.copyOf(config);
        }

        public static NewTopic of(String name, int partitionCount, int replicationFactor) {
            return new NewTopic(name, partitionCount, replicationFactor, List.of(), Map.of());
        }
    }

    /// The brokers wanted for one partition, the preferred leader first.
    public record Assignment(int partitionIndex, List<Integer> brokers) {
        public Assignment {
            brokers = List.copyOf(brokers);
        }
    }

    /// A topic as it was created.
    ///
    /// @param id zero when it was only validated
    public record CreatedTopic(TopicId id, String name, int partitionCount, int replicationFactor) {}
}
