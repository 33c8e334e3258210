package io.girok.metadata;

import io.girok.base.TopicId;
import java.util.Collections;
import java.util.LinkedHashSet;
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
        changedTopics = inOrder(changedTopics);
        deletedTopics = inOrder(deletedTopics);
        changedConfigs = inOrder(changedConfigs);
        changedBrokers = inOrder(changedBrokers);
    }

    /// `Set.copyOf` would have another order in each run, and what follows from a change would happen in that.
    private static <T> Set<T> inOrder(Set<T> given) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(given));
    }
}
