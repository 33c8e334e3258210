/// The log engine: the partitions of a log directory as segments on disk, in Apache Kafka's format.
///
/// A [PartitionStore] belongs to its partition's shard; a [LogDirectory] and the [OpenFiles] budget are shared and
/// thread-safe. Syncs, checkpoints and deletions run on the blocking pool and come back to the shard. Start reading at
/// [PartitionStore].
@NullMarked
package io.girok.log;

import org.jspecify.annotations.NullMarked;
