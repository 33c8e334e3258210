package io.girok.broker;

import io.girok.base.PartitionId;
import io.girok.base.TopicId;
import io.girok.replication.InSyncProposals;
import io.girok.replication.ReplicaFetchers;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// What a broker needs of others to replicate. Immutable.
///
/// @param leaders those it follows
/// @param proposals to the active controller
/// @param directories told in which log directory a replica is, where the metadata say something else
/// @param brokerEpoch of this broker's registration, -1 before there is one
/// @param isCutOff whether the active controller was out of reach for so long that others may lead by now
public record Replication(ReplicaFetchers.Leaders leaders, InSyncProposals proposals,
        BiConsumer<PartitionId, TopicId> directories, LongSupplier brokerEpoch, BooleanSupplier isCutOff) {
    /// There is no other broker.
    public static final Replication ALONE = new Replication((brokerId, shard) -> null, (proposal, answer) -> {},
            (partition, directory) -> {}, () -> -1, () -> false);
}
