package io.girok.controller;

import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataRecord.ProducerIdsAllocated;
import java.util.List;

/// The cluster's decisions: an image and a command in, records and an answer out. It changes nothing and keeps nothing;
/// equal rules, images and commands give equal decisions.
public final class Controller {
    private final ControllerRules rules;

    public Controller(ControllerRules rules) {
        this.rules = rules;
    }

    /// Decides `command`, when all up to `image` is committed.
    ///
    /// @param nowMs wall time; only what becomes of delegation tokens depends on it
    // Each case answers what its command's type says; the compiler cannot see that through the wildcard.
    @SuppressWarnings("unchecked")
    public <A> Decision<A> handle(MetadataImage image, Command<A> command, long nowMs) {
        Decision<?> decision = switch (command) {
            case CreateTopics create -> TopicCreation.handle(rules, image, create);
            case DeleteTopics delete -> TopicDeletion.handle(image, delete);
            case CreatePartitions create -> PartitionCreation.handle(rules, image, create);
            case AlterConfigs alter -> ConfigChange.handle(rules, image, alter);
            case ReplaceConfigs replace -> ConfigChange.handle(rules, image, replace);
            case RegisterBroker register -> Membership.register(rules, image, register);
            case ConfirmBroker confirm -> Membership.confirm(image, confirm);
            case FenceBroker fence -> Membership.fence(rules, image, fence);
            case LeaveCluster leave -> Membership.leave(rules, image, leave);
            case UnregisterBroker unregister -> Membership.unregister(image, unregister);
            case FailDirectories fail -> Membership.failDirectories(rules, image, fail);
            case ReportSpace report -> Membership.reportSpace(rules, image, report);
            case AssignDirectories assign -> DirectoryAssignment.handle(rules, image, assign);
            case AlterPartitions alter -> PartitionAlteration.handle(rules, image, alter);
            case RepairPartitions _ -> Repair.handle(rules, image);
            case ElectLeaders elect -> LeaderElection.handle(rules, image, elect);
            case AlterReassignments alter -> Reassignments.handle(rules, image, alter);
            case BalanceLeaders balance -> LeaderBalance.handle(rules, image, balance);
            case AlterQuotas alter -> QuotaChange.handle(image, alter);
            case UpdateFeatures update -> FeatureUpdate.handle(image, update);
            case CreateAcls create -> AclChange.create(image, create);
            case DeleteAcls delete -> AclChange.delete(image, delete);
            case AlterScramCredentials alter -> ScramChange.handle(rules, image, alter);
            case CreateToken create -> TokenChange.create(rules, image, create, nowMs);
            case RenewToken renew -> TokenChange.renew(image, renew, nowMs);
            case ExpireToken expire -> TokenChange.expire(image, expire, nowMs);
            case RemoveExpiredTokens _ -> TokenChange.removeExpired(image, nowMs);
            case AllocateProducerIds _ -> allocateProducerIds(image);
        };
        return (Decision<A>) decision;
    }

    private static Decision<Result<AllocateProducerIds.Block>> allocateProducerIds(MetadataImage image) {
        long first = image.nextProducerId();
        if (Long.MAX_VALUE - AllocateProducerIds.BLOCK_COUNT < first) {
            return refused(ControllerError.UNKNOWN_SERVER_ERROR, "all producer ids are given away");
        }
        return decided(
                new ProducerIdsAllocated(first + AllocateProducerIds.BLOCK_COUNT),
                new AllocateProducerIds.Block(first, AllocateProducerIds.BLOCK_COUNT));
    }

    private static <T> Decision<Result<T>> decided(MetadataRecord record, T value) {
        return new Decision<>(List.of(record), Result.of(value));
    }

    private static <T> Decision<Result<T>> refused(ControllerError error, String message) {
        return new Decision<>(List.of(), Result.failed(error, message));
    }
}
