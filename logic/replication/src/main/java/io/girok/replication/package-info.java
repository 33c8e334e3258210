/// Replicas of partitions: the leader's side (what is committed, who waits for it, the fetch sessions of its readers)
/// and the followers' (who brings their leaders' records here).
///
/// A [PartitionLeader] and a [PartitionFollower] belong to their partition's shard, a [FetchSessions] and a
/// [ReplicaFetcher] to the shard they were made for. Start reading at [PartitionLeader], then [ReplicaFetcher].
@NullMarked
package io.girok.replication;

import org.jspecify.annotations.NullMarked;
