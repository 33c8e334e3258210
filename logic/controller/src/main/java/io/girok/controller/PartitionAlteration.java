package io.girok.controller;

import io.girok.controller.AlterPartitions.Member;
import io.girok.controller.AlterPartitions.Proposal;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Decides what leaders propose. Stateless.
final class PartitionAlteration {
    private PartitionAlteration() {}

    static Decision<Result<List<Result<PartitionImage>>>> handle(ControllerRules rules, MetadataImage image,
            AlterPartitions command) {
        Result<BrokerImage> leader = Membership.current(image, command.brokerId(), command.brokerEpoch());
        if (!leader.isOk()) {
            return new Decision<>(List.of(), leader.failure());
        }
        Draft draft = new Draft(image);
        List<Result<PartitionImage>> answers = new ArrayList<>();
        for (Proposal proposal : command.proposals()) {
            answers.add(decide(rules, draft, command.brokerId(), proposal));
        }
        return draft.decision(Result.of(answers), false);
    }

    private static Result<PartitionImage> decide(ControllerRules rules, Draft draft, int brokerId, Proposal proposal) {
        MetadataImage image = draft.image();
        TopicImage topic = image.topic(proposal.topic());
        if (topic == null) {
            return Result.failed(ControllerError.UNKNOWN_TOPIC_ID, "there is no topic with id " + proposal.topic());
        }
        if (proposal.index() < 0 || topic.partitions().size() <= proposal.index()) {
            return Result.failed(ControllerError.UNKNOWN_TOPIC_OR_PARTITION,
                    "topic '" + topic.name() + "' has no partition " + proposal.index());
        }
        PartitionImage partition = topic.partitions().get(proposal.index());
        Result<PartitionImage> refused = refusal(image, partition, brokerId, proposal);
        if (!refused.isOk()) {
            return refused;
        }
        PartitionImage after = Election.of(image, rules, topic.name())
                .withInSync(partition, proposal.isr().stream().map(Member::brokerId).toList());
        if (after.equals(partition)) {
            return Result.of(partition);
        }
        return draft.add(List.of(new MetadataRecord.PartitionsChanged(topic.id(), proposal.index(), after)))
                ? Result.of(after)
                : Draft.tooLarge();
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
            if (broker == null || broker.isFenced() || (isNew && !broker.canLead())
                    || (isNew && broker.epoch() != member.brokerEpoch())) {
                return Result.failed(ControllerError.INELIGIBLE_REPLICA, "broker " + member.brokerId()
                        + " is fenced, leaving, or not registered with epoch " + member.brokerEpoch());
            }
        }
        return members.contains(brokerId)
                ? Result.of(partition)
                : Result.failed(ControllerError.INVALID_REQUEST, "leader " + brokerId + " is not in sync with itself");
    }
}
