/// The leader of a partition: what is committed, who waits for it, and the fetch sessions of its readers.
///
/// A [PartitionLeader] belongs to its partition's shard, a [FetchSessions] to the shard it was made for. Start
/// reading at [PartitionLeader].
@NullMarked
package io.girok.replication;

import org.jspecify.annotations.NullMarked;
