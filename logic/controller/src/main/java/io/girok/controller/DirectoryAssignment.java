package io.girok.controller;

import io.girok.base.PartitionId;
import io.girok.base.TopicId;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Decides [AssignDirectories]. Stateless.
///
/// A replica that turns up in another directory; a broker counts as at work while it is not fenced:
///
/// | its broker | the earlier directory | what it is taken for |
/// |---|---|---|
/// | is at work | can be used | was moved, and has all it had |
/// | starts | can be used | may lack records: a move that a crash has cut short, or what was left there long ago |
/// | is at work | has failed | was moved before it failed, and has all it had: at work none is begun anew elsewhere |
/// | starts | is gone, or has failed | begun anew, and has none |
/// | either | none, its log alone could not be used | may lack records: repaired, or begun anew |
/// | either | the same one, whose disk had no room to open it | has all it had |
///
/// Who may lack records leads only where it alone is left, who has none not even there, as after a registration
/// ([Election]). Where nobody is known to have all, who has none stays without a directory until there is a leader, so
/// that an unclean election takes it last; its broker tells the directory again when the partition changes.
final class DirectoryAssignment {
    private DirectoryAssignment() {}

    static Decision<Result<Map<PartitionId, Result<TopicId>>>> handle(ControllerRules rules, MetadataImage image,
            AssignDirectories command) {
        Result<BrokerImage> broker = Membership.current(image, command.brokerId(), command.brokerEpoch());
        if (!broker.isOk()) {
            return new Decision<>(List.of(), broker.failure());
        }
        Draft draft = new Draft(image);
        PartitionChanges changes = new PartitionChanges(draft, rules);
        Map<PartitionId, Result<TopicId>> answers = new LinkedHashMap<>();
        command.directories().forEach((id, directory) -> {
            Result<TopicChanges> topic = changes.of(id.topic());
            answers.put(id,
                    topic.isOk() ? assign(topic.get(), broker.get(), id.index(), directory) : topic.failure());
        });
        changes.flush();
        return draft.decision(Result.of(answers), false);
    }

    private static Result<TopicId> assign(TopicChanges topic, BrokerImage broker, int index, TopicId directory) {
        Result<PartitionImage> found = topic.partition(index);
        if (!found.isOk()) {
            return found.failure();
        }
        PartitionImage before = found.get();
        if (!before.replicas().contains(broker.id())) {
            return Result.failed(ControllerError.NOT_LEADER_OR_FOLLOWER, "broker " + broker.id()
                    + " is none of the replicas " + before.replicas() + " of partition '" + topic.topic().name() + "-"
                    + index + "'");
        }
        PartitionImage after = before.directoryOf(broker.id()).equals(directory)
                ? before
                : moved(topic.election(), before, broker, directory);
        Result<PartitionImage> changed = topic.change(index, after);
        return changed.isOk() ? Result.of(directory) : changed.failure();
    }

    private static PartitionImage moved(Election election, PartitionImage before, BrokerImage broker,
            TopicId directory) {
        TopicId told = before.directoryOf(broker.id());
        PartitionImage moved = before.withDirectory(broker.id(), directory);
        // Also where the directory has failed since.
        if (BrokerImage.isMeant(told, directory)) {
            return election.next(moved);
        }
        TopicId earlier = BrokerImage.meant(told, broker.directories());
        boolean isUsable = !directory.equals(BrokerImage.LOST_DIRECTORY);
        boolean wasLost = before.isLost(broker.id());
        boolean wasSomewhere = earlier.equals(TopicId.ZERO);
        if (isUsable && before.isUnclaimed() && (wasLost || wasSomewhere)) {
            return wasLost ? before.withDirectory(broker.id(), TopicId.ZERO) : before;
        }
        if (wasLost) {
            return election.withoutClaimOf(moved, broker.id());
        }
        if (broker.isFenced() && !broker.hasDirectory(earlier)) {
            PartitionImage rest = election.withoutCopyOf(moved, broker.id());
            return isUsable && rest.isUnclaimed() ? rest.withDirectory(broker.id(), TopicId.ZERO) : rest;
        }
        boolean isFound = isUsable && broker.isFenced() && !wasSomewhere;
        return isFound ? election.withoutClaimOf(moved, broker.id()) : election.next(moved);
    }
}
