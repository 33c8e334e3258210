package io.girok.controller;

import io.girok.base.TopicId;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataRecord.BrokerFenced;
import io.girok.metadata.MetadataRecord.BrokerRegistered;
import io.girok.metadata.MetadataRecord.ClusterCreated;
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
    /// @param nowMs wall time; no decision depends on it yet
    // Each case answers what its command's type says; the compiler cannot see that through the wildcard.
    @SuppressWarnings("unchecked")
    public <A> Decision<A> handle(MetadataImage image, Command<A> command, long nowMs) {
        Decision<?> decision = switch (command) {
            case CreateTopics create -> TopicCreation.handle(rules, image, create);
            case DeleteTopics delete -> TopicDeletion.handle(image, delete);
            case CreatePartitions create -> PartitionCreation.handle(rules, image, create);
            case AlterConfigs alter -> ConfigChange.handle(rules.configs(), image, alter);
            case ReplaceConfigs replace -> ConfigChange.handle(rules.configs(), image, replace);
            case RegisterBroker register -> register(image, register);
            case FenceBroker fence -> fence(image, fence);
            case AllocateProducerIds _ -> allocateProducerIds(image);
            case CreateCluster create -> createCluster(image, create);
        };
        return (Decision<A>) decision;
    }

    private static Decision<Result<Long>> register(MetadataImage image, RegisterBroker command) {
        if (command.brokerId() < 0 || command.incarnation().equals(TopicId.ZERO)) {
            return refused(ControllerError.INVALID_REQUEST,
                    "broker id " + command.brokerId() + " with incarnation " + command.incarnation()
                            + ": an id from 0 up and an incarnation other than zero are expected");
        }
        BrokerRegistered record = new BrokerRegistered(command.brokerId(), command.incarnation(), command.endpoints(),
                command.rack(), command.directories());
        BrokerImage present = image.broker(command.brokerId());
        if (present != null && record.equals(registrationOf(present))) {
            return new Decision<>(List.of(), Result.of(present.epoch()));
        }
        return decided(record, image.endOffset());
    }

    private static BrokerRegistered registrationOf(BrokerImage broker) {
        return new BrokerRegistered(broker.id(), broker.incarnation(), broker.endpoints(), broker.rack(),
                broker.directories());
    }

    private static Decision<Result<Boolean>> fence(MetadataImage image, FenceBroker command) {
        BrokerImage broker = image.broker(command.brokerId());
        if (broker == null) {
            return refused(ControllerError.BROKER_ID_NOT_REGISTERED,
                    "broker " + command.brokerId() + " has not registered");
        }
        if (broker.epoch() != command.brokerEpoch()) {
            return refused(ControllerError.STALE_BROKER_EPOCH,
                    "the epoch of broker " + broker.id() + " is " + broker.epoch() + ", not " + command.brokerEpoch());
        }
        if (broker.isFenced() == command.isFenced()) {
            return new Decision<>(List.of(), Result.of(command.isFenced()));
        }
        return decided(new BrokerFenced(broker.id(), command.isFenced()), command.isFenced());
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

    private static Decision<Result<String>> createCluster(MetadataImage image, CreateCluster command) {
        if (!image.clusterId().isEmpty()) {
            return new Decision<>(List.of(), Result.of(image.clusterId()));
        }
        if (command.clusterId().isBlank()) {
            return refused(ControllerError.INVALID_REQUEST, "a cluster's id is not empty");
        }
        return decided(new ClusterCreated(command.clusterId()), command.clusterId());
    }

    private static <T> Decision<Result<T>> decided(MetadataRecord record, T value) {
        return new Decision<>(List.of(record), Result.of(value));
    }

    private static <T> Decision<Result<T>> refused(ControllerError error, String message) {
        return new Decision<>(List.of(), Result.failed(error, message));
    }
}
