package io.girok.log;

import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.files.Marks;
import org.jspecify.annotations.Nullable;

/// What was found when a partition was opened, recovered if need be. Owned by whoever opens.
///
/// @param isOnDisk whether the partition has a directory; one without records need not have any
/// @param isNewDirectory whether the directory, when there is one, has to be made durable with the first flush
/// @param unsaved what was recovered and is in no file yet
record OpenedLog(PartitionName name, TopicId topic, Marks marks, Segments segments, long endOffset, boolean isOnDisk,
        boolean isNewDirectory, LogRecovery.@Nullable Unsaved unsaved) {}
