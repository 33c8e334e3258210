package io.girok.broker;

import io.girok.base.PartitionId;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.log.LogDirectory;
import io.girok.replication.ReplicaFetchers;
import io.girok.replication.ReplicationSettings;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/// Where replicas live that share a shard and a directory, and what they have in common there. Immutable.
///
/// @param directoryReports told in which directory a replica is
record ReplicaHome(Shard shard, LogDirectory directory, Executor blockingPool, ReplicationSettings replication,
        ReplicaFetchers fetchers, BiConsumer<PartitionId, TopicId> directoryReports) {}
