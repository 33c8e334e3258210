package io.girok.controller;

import io.girok.base.TopicId;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/// New partitions as they begin their lives: where their replicas are, who leads. Stateless.
final class PartitionPlan {
    private PartitionPlan() {}

    /// On brokers that the controller chooses among those that are not fenced.
    static Result<List<PartitionImage>> chosen(
            MetadataImage image, int partitionCount, int replicationFactor, IntUnaryOperator startPosition) {
        List<BrokerImage> ready = image.brokers().stream().filter(BrokerImage::canLead).toList();
        if (replicationFactor < 1) {
            return Result.failed(
                    ControllerError.INVALID_REPLICATION_FACTOR,
                    "the replication factor is " + replicationFactor + ", at least 1 is expected");
        }
        if (ready.size() < replicationFactor) {
            return Result.failed(
                    ControllerError.INVALID_REPLICATION_FACTOR,
                    "the replication factor is " + replicationFactor + ", but only " + ready.size()
                            + " brokers are ready");
        }
        if (!Draft.canHold(partitionCount, replicationFactor)) {
            return Draft.tooLarge();
        }
        return Result.of(
                ReplicaPlacement
                        .place(roomy(ready, replicationFactor), partitionCount, replicationFactor, startPosition)
                        .stream()
                        .map(replicas -> partition(image, replicas, replicas))
                        .toList());
    }

    /// Those with room for clients' records, if they are enough.
    private static List<BrokerImage> roomy(List<BrokerImage> ready, int replicationFactor) {
        List<BrokerImage> roomy = ready.stream().filter(broker -> broker.hasRoom(TopicId.ZERO)).toList();
        return replicationFactor <= roomy.size() ? roomy : ready;
    }

    /// On the brokers that the client names.
    static Result<List<PartitionImage>> assigned(
            MetadataImage image, List<List<Integer>> assignments, int replicationFactor) {
        for (List<Integer> replicas : assignments) {
            Optional<String> problem = problem(image, replicas);
            if (problem.isPresent()) {
                return invalid(problem.get());
            }
            if (replicas.size() != replicationFactor) {
                return invalid("the assignment " + replicas + " has " + replicas.size() + " replicas, the topic has "
                        + replicationFactor);
            }
            if (inSync(image, replicas).isEmpty()) {
                return invalid("none of the brokers of the assignment " + replicas + " is ready");
            }
        }
        return Result.of(
                assignments.stream().map(replicas -> partition(image, replicas, inSync(image, replicas))).toList());
    }

    /// What is wrong with `replicas` as the brokers of a partition.
    static Optional<String> problem(MetadataImage image, List<Integer> replicas) {
        if (replicas.isEmpty() || new HashSet<>(replicas).size() < replicas.size()) {
            return Optional.of("the assignment " + replicas + " must name at least one broker, and none twice");
        }
        return replicas.stream()
                .filter(id -> image.broker(id) == null)
                .findFirst()
                .map(id -> "the assignment " + replicas + " names broker " + id + ", which is not registered");
    }

    private static List<Integer> inSync(MetadataImage image, List<Integer> replicas) {
        return replicas.stream().filter(id -> {
            BrokerImage broker = image.broker(id);
            return broker != null && broker.canLead();
        }).toList();
    }

    private static PartitionImage partition(MetadataImage image, List<Integer> replicas, List<Integer> isr) {
        List<TopicId> directories = replicas.stream().map(id -> directory(image, id)).toList();
        return new PartitionImage(replicas, directories, isr, isr.getFirst(), 0, 0);
    }

    /// Where a new replica will be, if the broker has no choice; else it says so itself.
    private static TopicId directory(MetadataImage image, int brokerId) {
        BrokerImage broker = image.broker(brokerId);
        return broker != null && broker.directories().size() == 1 ? broker.directories().getFirst() : TopicId.ZERO;
    }

    private static <T> Result<T> invalid(String message) {
        return Result.failed(ControllerError.INVALID_REPLICA_ASSIGNMENT, message);
    }
}
