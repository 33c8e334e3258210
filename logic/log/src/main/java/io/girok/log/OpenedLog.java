package io.girok.log;

import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import org.jspecify.annotations.Nullable;

/// What was found when a partition's directory was opened, recovered if need be. Owned by whoever opens.
///
/// @param unsaved the epochs that were recovered, if a full disk has no room for them and the producers' states
record OpenedLog(PartitionName name, TopicId topic, Marks marks, Segments segments, long endOffset,
        boolean isNewDirectory, @Nullable EpochCache unsaved) {}
