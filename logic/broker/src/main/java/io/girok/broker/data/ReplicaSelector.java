package io.girok.broker.data;

import io.girok.replication.FetchedPartition;
import io.girok.replication.PartitionLeader;

/// Chooses from which replica a consumer reads (KIP-392). Thread-safe.
public interface ReplicaSelector {
    /// Everything is read from the leader.
    ReplicaSelector LEADER = new ReplicaSelector() {
        @Override
        public boolean choosesFollowers() {
            return false;
        }

        @Override
        public int select(PartitionLeader leader, long offset, String rack) {
            return FetchedPartition.NO_REPLICA;
        }
    };

    /// Whether anybody is ever sent to a follower.
    boolean choosesFollowers();

    /// The broker to read from instead of the leader, [FetchedPartition#NO_REPLICA] for the leader. On the partition's
    /// shard.
    ///
    /// @param leader of the partition, on this broker
    /// @param offset the next one that the consumer wants
    /// @param rack the consumer's, empty when it does not say
    int select(PartitionLeader leader, long offset, String rack);
}
