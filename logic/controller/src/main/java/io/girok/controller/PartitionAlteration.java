package io.girok.controller;

import io.girok.controller.AlterPartitions.Member;
import io.girok.controller.AlterPartitions.Proposal;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Decides [AlterPartitions]. Stateless.
final class PartitionAlteration {
    private PartitionAlteration() {}

    static Decision<Result<List<Result<PartitionImage>>>> handle(ControllerRules rules, MetadataImage image,
            AlterPartitions command) {
        Result<BrokerImage> leader = Membership.current(image, command.brokerId(), command.brokerEpoch());
        if (!leader.isOk()) {
            return new Decision<>(List.of(), leader.failure());
        }
        Draft draft = new Draft(image);
        PartitionChanges changes = new PartitionChanges(draft, rules);
        List<Result<PartitionImage>> answers = new ArrayList<>();
        for (Proposal proposal : command.proposals()) {
            Result<TopicChanges> topic = changes.of(proposal.topic());
            answers.add(topic.isOk() ? decide(image, topic.get(), command.brokerId(), proposal) : topic.failure());
        }
        changes.flush();
        return draft.decision(Result.of(answers), false);
    }

    private static Result<PartitionImage> decide(MetadataImage image, TopicChanges topic, int brokerId,
            Proposal proposal) {
        Result<PartitionImage> found = topic.partition(proposal.index());
        if (!found.isOk()) {
            return found;
        }
        PartitionImage partition = found.get();
        Result<PartitionImage> refused = refusal(image, partition, brokerId, proposal);
        if (!refused.isOk()) {
            return refused;
        }
        List<Integer> isr = proposal.isr().stream().map(Member::brokerId).toList();
        return topic.change(proposal.index(), topic.election().withInSync(partition, isr));
    }

    /// The partition itself when nothing speaks against the proposal.
    private static Result<PartitionImage> refusal(MetadataImage image, PartitionImage partition, int brokerId,
            Proposal proposal) {
        if (partition.leader() != brokerId || proposal.leaderEpoch() < partition.leaderEpoch()) {
            return Result.failed(ControllerError.FENCED_LEADER_EPOCH, "broker " + brokerId + " in leader epoch "
                    + proposal.leaderEpoch() + " does not lead: broker " + partition.leader() + " does, in epoch "
                    + partition.leaderEpoch());
        }
        if (partition.leaderEpoch() < proposal.leaderEpoch()
                || partition.partitionEpoch() < proposal.partitionEpoch()) {
            return Result.failed(ControllerError.NOT_CONTROLLER, "leader epoch " + proposal.leaderEpoch()
                    + " and partition epoch " + proposal.partitionEpoch() + " are not known here yet");
        }
        if (proposal.partitionEpoch() < partition.partitionEpoch()) {
            return Result.failed(ControllerError.INVALID_UPDATE_VERSION, "the partition epoch is "
                    + partition.partitionEpoch() + ", not " + proposal.partitionEpoch());
        }
        Set<Integer> members = new HashSet<>();
        for (Member member : proposal.isr()) {
            if (!members.add(member.brokerId()) || !partition.replicas().contains(member.brokerId())) {
                return Result.failed(ControllerError.INVALID_REQUEST, "broker " + member.brokerId()
                        + " is named twice, or is none of the replicas " + partition.replicas());
            }
            BrokerImage broker = image.broker(member.brokerId());
            // Who is in sync already may stay until it is fenced; who is new must be the one that has caught up.
            boolean isNew = !partition.isr().contains(member.brokerId());
            if (broker == null || broker.isFenced()
                    || !broker.hasDirectory(partition.directoryOf(member.brokerId())) || (isNew && !broker.canLead())
                    || (isNew && broker.epoch() != member.brokerEpoch())) {
                return Result.failed(ControllerError.INELIGIBLE_REPLICA, "broker " + member.brokerId()
                        + " is fenced, leaving, not registered with epoch " + member.brokerEpoch()
                        + ", or has this replica in a failed log directory");
            }
        }
        return members.contains(brokerId)
                ? Result.of(partition)
                : Result.failed(ControllerError.INVALID_REQUEST, "leader " + brokerId + " is not in sync with itself");
    }
}
