package io.girok.controller;

import io.girok.base.TopicId;
import io.girok.metadata.PartitionImage;
import java.util.List;

/// A leader has found replicas that are in sync, or no longer; the answers are what the partitions are then, in the
/// order asked (KIP-497, KIP-903).
///
/// @param brokerEpoch of the leader's registration
public record AlterPartitions(int brokerId, long brokerEpoch, List<Proposal> proposals)
        implements
            Command<Result<List<Result<PartitionImage>>>> {
    public AlterPartitions {
        proposals = List.copyOf(proposals);
    }

    /// @param partitionEpoch of the state that the proposal is made from
    public record Proposal(TopicId topic, int index, int leaderEpoch, int partitionEpoch, List<Member> isr) {
        public Proposal {
            isr = List.copyOf(isr);
        }
    }

    /// @param brokerEpoch of the registration that has caught up: a later one may have lost what it had
    public record Member(int brokerId, long brokerEpoch) {}
}
