package io.girok.metadata;

import io.girok.base.TopicId;
import java.util.List;

/// A topic and its partitions, which are numbered from 0 without a gap. Immutable.
public record TopicImage(TopicId id, String name, List<PartitionImage> partitions) {
    public TopicImage {
        partitions = List.copyOf(partitions);
    }
}
