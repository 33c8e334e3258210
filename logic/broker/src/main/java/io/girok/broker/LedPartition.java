package io.girok.broker;

import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.log.LogDirectory;
import io.girok.replication.PartitionLeader;

/// A partition that this broker leads, and the shard that owns it. Immutable; the leader is the shard's alone.
public record LedPartition(PartitionId id, PartitionName name, Shard shard, LogDirectory directory,
        PartitionLeader leader) implements Placement {}
