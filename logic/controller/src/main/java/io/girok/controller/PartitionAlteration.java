package io.girok.controller;

import io.girok.base.TopicId;
import io.girok.controller.AlterPartitions.Member;
import io.girok.controller.AlterPartitions.Proposal;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Decides what a leader proposes for partitions of one topic. Owned by the one decision.
final class PartitionAlteration {
    private final MetadataImage image;
    private final int brokerId;
    private final TopicImage topic;
    private final Election election;
    private final TopicChanges changes;
    /// With what was decided so far.
    private final List<PartitionImage> partitions;

    private PartitionAlteration(MetadataImage image, int brokerId, TopicImage topic, Election election,
            TopicChanges changes) {
        this.image = image;
        this.brokerId = brokerId;
        this.topic = topic;
        this.election = election;
        this.changes = changes;
        this.partitions = new ArrayList<>(topic.partitions());
    }

    static Decision<Result<List<Result<PartitionImage>>>> handle(ControllerRules rules, MetadataImage image,
            AlterPartitions command) {
        Result<BrokerImage> leader = Membership.current(image, command.brokerId(), command.brokerEpoch());
        if (!leader.isOk()) {
            return new Decision<>(List.of(), leader.failure());
        }
        Draft draft = new Draft(image);
        Map<TopicId, List<Proposal>> byTopic = new LinkedHashMap<>();
        for (Proposal proposal : command.proposals()) {
            byTopic.computeIfAbsent(proposal.topic(), id -> new ArrayList<>()).add(proposal);
        }
        Map<Proposal, Result<PartitionImage>> answers = new HashMap<>();
        byTopic.forEach((id, proposals) -> {
            TopicImage topic = image.topic(id);
            if (topic == null) {
                Result<PartitionImage> unknown = Result.failed(ControllerError.UNKNOWN_TOPIC_ID,
                        "there is no topic with id " + id);
                proposals.forEach(proposal -> answers.put(proposal, unknown));
            } else {
                new PartitionAlteration(image, command.brokerId(), topic, Election.of(image, rules, topic.name()),
                        new TopicChanges(draft, topic)).decide(proposals, answers);
            }
        });
        return draft.decision(Result.of(command.proposals().stream().map(answers::get).toList()), false);
    }

    private void decide(List<Proposal> proposals, Map<Proposal, Result<PartitionImage>> answers) {
        for (Proposal proposal : proposals) {
            answers.put(proposal, decide(proposal));
        }
        changes.flush();
    }

    private Result<PartitionImage> decide(Proposal proposal) {
        int index = proposal.index();
        if (index < 0 || partitions.size() <= index) {
            return Result.failed(ControllerError.UNKNOWN_TOPIC_OR_PARTITION,
                    "topic '" + topic.name() + "' has no partition " + index);
        }
        PartitionImage partition = partitions.get(index);
        Result<PartitionImage> refused = refusal(partition, proposal);
        if (!refused.isOk()) {
            return refused;
        }
        PartitionImage after = election.withInSync(partition, proposal.isr().stream().map(Member::brokerId).toList());
        if (!after.equals(partition)) {
            if (!changes.add(index, after)) {
                return Result.failed(ControllerError.THROTTLING_QUOTA_EXCEEDED,
                        "one batch of metadata does not hold all that was proposed; ask again for the rest");
            }
            partitions.set(index, after);
        }
        return Result.of(after);
    }

    /// The partition itself when nothing speaks against the proposal.
    private Result<PartitionImage> refusal(PartitionImage partition, Proposal proposal) {
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
