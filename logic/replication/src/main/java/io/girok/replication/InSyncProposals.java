package io.girok.replication;

import io.girok.base.PartitionId;
import java.util.List;

/// Brings to the controller what leaders propose as in-sync replicas (KIP-497). Thread-safe.
public interface InSyncProposals {
    /// A replica and the registration of its broker that has caught up; -1 where the controller need not look.
    record Member(int brokerId, long brokerEpoch) {}

    /// @param partitionEpoch of the state that the proposal is made from
    record Proposal(PartitionId partition, int leaderEpoch, int partitionEpoch, List<Member> isr) {
        public Proposal {
            isr = List.copyOf(isr);
        }
    }

    /// Told on the partition's shard what became of a proposal.
    interface Answer {
        /// The partition is so now.
        void onAccepted(int leaderEpoch, int partitionEpoch, List<Integer> isr);

        /// The controller did not take it, and the partition is in the state from which the proposal was made.
        void onRefused();
    }

    /// Asks until there is an answer. There is none where the leader is about to hear of another state of the partition
    /// through the metadata.
    void propose(Proposal proposal, Answer answer);
}
