package io.girok.log;

import io.girok.base.PartitionName;
import io.girok.base.TopicId;

/// What was found when a partition's directory was opened, recovered if need be. Owned by whoever opens.
record OpenedLog(PartitionName name, TopicId topic, Marks marks, Segments segments, long endOffset,
        boolean isNewDirectory) {}
