package io.girok.metadata;

import io.girok.base.TopicId;
import java.util.Set;

/// What is different between two images that follow each other. Immutable.
///
/// @param changedTopics created, or with other partitions than before; all of them exist in the later image
/// @param deletedTopics existed in the earlier image
/// @param changedConfigs things with other settings than before
/// @param changedBrokers registered, fenced or unfenced
public record MetadataDelta(Set<TopicId> changedTopics, Set<TopicId> deletedTopics, Set<ConfigTarget> changedConfigs,
        Set<Integer> changedBrokers) {
    public MetadataDelta {
        changedTopics = Set.copyOf(changedTopics);
        deletedTopics = Set.copyOf(deletedTopics);
        changedConfigs = Set.copyOf(changedConfigs);
        changedBrokers = Set.copyOf(changedBrokers);
    }
}
