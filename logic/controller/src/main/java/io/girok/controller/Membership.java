package io.girok.controller;

import io.girok.base.TopicId;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.Feature;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataRecord.BrokerFenced;
import io.girok.metadata.MetadataRecord.BrokerLeaving;
import io.girok.metadata.MetadataRecord.BrokerRegistered;
import io.girok.metadata.MetadataRecord.BrokerUnregistered;
import io.girok.metadata.MetadataRecord.ClusterCreated;
import io.girok.metadata.MetadataRecord.ConfigChanged;
import io.girok.metadata.MetadataRecord.DirectoriesFailed;
import io.girok.metadata.MetadataRecord.DirectoriesScarce;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.setting.BrokerSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Decides who belongs to the cluster and who may lead, and gives partitions other leaders for it. Stateless.
final class Membership {
    /// Set on a broker that was emptied to be removed; whoever comes later with its id is another one.
    private static final String EXCLUDED = BrokerSettings.AUTO_BALANCE_EXCLUDED.name();

    private Membership() {}

    static Decision<Result<Long>> register(ControllerRules rules, MetadataImage image, RegisterBroker command) {
        if (command.brokerId() < 0 || command.incarnation().equals(TopicId.ZERO)) {
            return refused(
                    Result.failed(
                            ControllerError.INVALID_REQUEST,
                            "broker id " + command.brokerId() + " with incarnation " + command.incarnation()
                                    + ": an id from 0 up and an incarnation other than zero are expected"));
        }
        if (command.clusterId().isBlank()) {
            return refused(Result.failed(ControllerError.INVALID_REQUEST, "a cluster's id is not empty"));
        }
        boolean isFounded = !image.clusterId().isEmpty();
        if (isFounded && !image.clusterId().equals(command.clusterId())) {
            return refused(Result.failed(ControllerError.INCONSISTENT_CLUSTER_ID, "broker " + command.brokerId()
                    + " belongs to cluster '" + command.clusterId() + "', this is '" + image.clusterId() + "'"));
        }
        Map<String, Integer> levels = isFounded ? image.features() : FeatureUpdate.founding();
        List<String> unsupported = command.features().unsupported(levels);
        if (!unsupported.isEmpty()) {
            String feature = unsupported.getFirst();
            return refused(Result.failed(ControllerError.UNSUPPORTED_VERSION, "feature '" + feature + "' is at level "
                    + levels.get(feature) + ", of which broker " + command.brokerId() + " supports "
                    + command.features().levelsOf(feature)));
        }
        BrokerRegistered record = new BrokerRegistered(command.brokerId(), command.incarnation(), command.endpoints(),
                command.rack(), command.directories(), command.features());
        BrokerImage present = image.broker(command.brokerId());
        if (isFounded && present != null && record.equals(registrationOf(present))) {
            return new Decision<>(List.of(), Result.of(present.epoch()));
        }
        if (!isFounded) {
            return changed(rules, image, founding(rules, command.clusterId(), record),
                    Result.of(image.endOffset() + 1));
        }
        if (present == null || !command.areLogsWhole()
                || Collections.disjoint(command.directories(), present.directories())) {
            return registerWithoutClaims(rules, image, record, present != null && command.areLogsWhole());
        }
        return areAllDirectoriesBack(image, present, record)
                ? registerAfter(image, record, draft -> Repair.addSearchOf(draft, rules, record.id()),
                        "has directories again, and may find in them what it has lost")
                : changed(rules, image, List.of(record), Result.of(image.endOffset()));
    }

    /// A broker whose logs may lack what it acknowledged is in sync with nothing and eligible for nothing from its
    /// registration on, but for what it alone is left of, unless its disks are new. Where what it has is whole, and it
    /// is known by a directory that had failed, only what may have been in another one may lack records. Who has all
    /// directories back finds there what was lost, or it never was.
    private static Decision<Result<Long>> registerWithoutClaims(ControllerRules rules, MetadataImage image,
            BrokerRegistered record, boolean isWhole) {
        BrokerImage present = image.broker(record.id());
        boolean isKnown = haveReplicas(image, record);
        boolean areDisksNew = areDisksNew(present, record) && !isKnown;
        boolean isSearched = present != null && areAllDirectoriesBack(image, present, record);
        Predicate<PartitionImage> isLostTrackOf = partition -> isSomewhere(partition.directoryOf(record.id()));
        return registerAfter(image, record,
                draft -> Repair.addWithoutClaimOf(draft, rules, record.id(),
                        partition -> !isWhole || !isKnown || isLostTrackOf.test(partition),
                        partition -> areDisksNew && isLostTrackOf.test(partition))
                        && (!isSearched || Repair.addSearchOf(draft, rules, record.id())),
                "may lack records that it acknowledged");
    }

    /// With changes of what the broker has. What does not fit into one batch with it comes before: the broker asks
    /// again.
    ///
    /// @param changes brings them into a draft; false when there is more than fits
    private static Decision<Result<Long>> registerAfter(MetadataImage image, BrokerRegistered record,
            Predicate<Draft> changes, String why) {
        Draft draft = new Draft(image);
        BrokerImage present = image.broker(record.id());
        if (present != null && !present.isFenced()) {
            draft.add(List.of(new BrokerFenced(record.id(), true)));
        }
        boolean isDone = changes.test(draft);
        long epoch = draft.image().endOffset();
        if (isDone && draft.add(List.of(record))) {
            return draft.step(Result.of(epoch), true);
        }
        return draft.step(Result.failed(ControllerError.REQUEST_TIMED_OUT, "broker " + record.id() + " " + why
                + "; its partitions are told so first, in several steps"), isDone);
    }

    /// Whether the broker has directories again that it had not when it last registered, and lacks none that has
    /// replicas: a replica that is in none of them, and of which they do not know that it is lost, never was. Where all
    /// of its directories have failed since, nobody knows which it had.
    private static boolean areAllDirectoriesBack(MetadataImage image, BrokerImage present, BrokerRegistered record) {
        Set<TopicId> added = new HashSet<>(record.directories());
        present.directories().forEach(added::remove);
        if (added.isEmpty() || present.directories().isEmpty()) {
            return false;
        }
        Set<TopicId> used = directoriesWithReplicas(image, record);
        return used.containsAll(added) && record.directories().containsAll(used)
                && record.directories().containsAll(present.directories());
    }

    /// Whether none of the directories is one of before. One that was not told of before may be old.
    private static boolean areDisksNew(@Nullable BrokerImage present, BrokerRegistered record) {
        return !record.directories().isEmpty() && (present == null || (!present.directories().isEmpty()
                && Collections.disjoint(record.directories(), present.directories())));
    }

    /// Whether a replica is known to be in one of the directories: one that had failed, and was told of no more, may be
    /// back.
    private static boolean haveReplicas(MetadataImage image, BrokerRegistered record) {
        return !Collections.disjoint(record.directories(), directoriesWithReplicas(image, record));
    }

    private static Set<TopicId> directoriesWithReplicas(MetadataImage image, BrokerRegistered record) {
        return image.topics()
                .stream()
                .flatMap(topic -> topic.partitions().stream())
                .map(partition -> partition.directoryOf(record.id()))
                .filter(directory -> !isSomewhere(directory))
                .map(directory -> BrokerImage.meant(directory, record.directories()))
                .collect(Collectors.toSet());
    }

    /// Whether it is not known in which of its broker's directories a replica is. Where it is known, and the directory
    /// gone, nobody leads from there, and the claim ends once the replica is begun anew in another one: the disk may
    /// come back.
    private static boolean isSomewhere(TopicId directory) {
        return directory.equals(TopicId.ZERO) || directory.equals(BrokerImage.LOST_DIRECTORY);
    }

    private static List<MetadataRecord> founding(ControllerRules rules, String clusterId, BrokerRegistered founder) {
        List<MetadataRecord> records = new ArrayList<>(List.of(new ClusterCreated(clusterId), founder));
        Feature.ALL.forEach(feature -> records.add(feature.latest()));
        records.addAll(rules.founding());
        return records;
    }

    private static BrokerRegistered registrationOf(BrokerImage broker) {
        return new BrokerRegistered(broker.id(), broker.incarnation(), broker.endpoints(), broker.rack(),
                broker.directories(), broker.features());
    }

    static Decision<Result<Boolean>> confirm(MetadataImage image, ConfirmBroker command) {
        Result<BrokerImage> broker = current(image, command.brokerId(), command.brokerEpoch());
        return new Decision<>(List.of(), broker.isOk() ? Result.of(broker.get().isFenced()) : broker.failure());
    }

    static Decision<Result<Boolean>> fence(ControllerRules rules, MetadataImage image, FenceBroker command) {
        Result<BrokerImage> broker = current(image, command.brokerId(), command.brokerEpoch());
        if (!broker.isOk()) {
            return refused(broker.failure());
        }
        Result<Boolean> answer = Result.of(command.isFenced());
        return broker.get().isFenced() == command.isFenced()
                ? new Decision<>(List.of(), answer)
                : changed(rules, image, List.of(new BrokerFenced(command.brokerId(), command.isFenced())), answer);
    }

    static Decision<Result<Integer>> failDirectories(ControllerRules rules, MetadataImage image,
            FailDirectories command) {
        Result<BrokerImage> broker = current(image, command.brokerId(), command.brokerEpoch());
        if (!broker.isOk()) {
            return refused(broker.failure());
        }
        List<TopicId> failed = broker.get().directories().stream().filter(command.directories()::contains).toList();
        return failed.isEmpty()
                ? new Decision<>(List.of(), Result.of(0))
                : changed(rules, image, List.of(new DirectoriesFailed(command.brokerId(), failed)),
                        Result.of(failed.size()));
    }

    static Decision<Result<Integer>> reportSpace(ControllerRules rules, MetadataImage image, ReportSpace command) {
        Result<BrokerImage> broker = current(image, command.brokerId(), command.brokerEpoch());
        if (!broker.isOk()) {
            return refused(broker.failure());
        }
        List<TopicId> scarce = broker.get()
                .directories()
                .stream()
                .filter(command.scarceDirectories()::contains)
                .toList();
        return scarce.equals(broker.get().scarceDirectories())
                ? new Decision<>(List.of(), Result.of(scarce.size()))
                : changed(rules, image, List.of(new DirectoriesScarce(command.brokerId(), scarce)),
                        Result.of(scarce.size()));
    }

    static Decision<Result<Integer>> leave(ControllerRules rules, MetadataImage image, LeaveCluster command) {
        Result<BrokerImage> broker = current(image, command.brokerId(), command.brokerEpoch());
        if (!broker.isOk()) {
            return refused(broker.failure());
        }
        Draft draft = new Draft(image);
        if (!broker.get().isLeaving()) {
            draft.add(List.of(new BrokerLeaving(command.brokerId())));
        }
        boolean isDone = Repair.addTo(draft, rules);
        long led = draft.image()
                .topics()
                .stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(partition -> partition.leader() == command.brokerId())
                .count();
        return draft.step(Result.of(Math.toIntExact(led)), isDone);
    }

    static Decision<Result<Long>> unregister(MetadataImage image, UnregisterBroker command) {
        BrokerImage broker = image.broker(command.brokerId());
        if (broker == null) {
            return refused(notRegistered(command.brokerId()));
        }
        if (!broker.isFenced()) {
            return refused(
                    Result.failed(ControllerError.INVALID_REQUEST,
                            "broker " + broker.id() + " is alive; stop it before it is unregistered"));
        }
        List<MetadataRecord> records = new ArrayList<>(List.of(new BrokerUnregistered(broker.id())));
        ConfigTarget target = ConfigTarget.broker(broker.id());
        if (image.config(target).containsKey(EXCLUDED)) {
            records.add(new ConfigChanged(target, EXCLUDED, null));
        }
        return new Decision<>(records, Result.of(broker.epoch()));
    }

    /// The broker, if that is its epoch.
    static Result<BrokerImage> current(MetadataImage image, int brokerId, long brokerEpoch) {
        BrokerImage broker = image.broker(brokerId);
        if (broker == null) {
            return notRegistered(brokerId);
        }
        return broker.epoch() == brokerEpoch
                ? Result.of(broker)
                : Result.failed(ControllerError.STALE_BROKER_EPOCH,
                        "the epoch of broker " + brokerId + " is " + broker.epoch() + ", not " + brokerEpoch);
    }

    private static <T> Result<T> notRegistered(int brokerId) {
        return Result.failed(ControllerError.BROKER_ID_NOT_REGISTERED, "broker " + brokerId + " has not registered");
    }

    private static <T> Decision<Result<T>> changed(ControllerRules rules, MetadataImage image,
            List<MetadataRecord> records, Result<T> answer) {
        Draft draft = new Draft(image);
        draft.add(records);
        boolean isDone = Repair.addTo(draft, rules);
        return draft.step(answer, isDone);
    }

    private static <T> Decision<Result<T>> refused(Result<T> why) {
        return new Decision<>(List.of(), why);
    }
}
