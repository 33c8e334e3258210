package io.girok.simulation;

import io.girok.log.Durability;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Takes nodes their power, where the promises hold in spite of it. Owned by the world's thread.
///
/// With `durability=fsync` that is always so. With `os` a record that is acknowledged is in the memory of the in-sync
/// machines only: the promise is that one of them may lose it. So nobody loses power before all are in sync again, with
/// what they have become since they lost it the last time; the process is killed instead.
///
/// A node that ends before the controller has heard that a log was moved to another directory of its own may lack what
/// is in it: so no copy is lost for good while a log is moved, or was and is not known to be, and none is moved before
/// all have recovered from that.
final class PowerLoss {
    private static final long NEVER = -1;

    private final SimulatedCluster cluster;
    /// By node: the epoch that it was registered with when it lost its power.
    private final Map<Integer, Long> lostInEpoch = new HashMap<>();
    private final Set<Copy> lostLogs = new HashSet<>();
    /// By node: the epoch that it was registered with when its disks were replaced.
    private final Map<Integer, Long> replacedInEpoch = new HashMap<>();
    private long moveExpectedUntilMs;

    private record Copy(int nodeId, int partition) {}

    PowerLoss(SimulatedCluster cluster) {
        this.cluster = cluster;
    }

    /// Whether a log may be moved to another directory of its node.
    boolean mayMove() {
        boolean isNoneLost = replacedInEpoch.isEmpty() && lostLogs.isEmpty();
        return (isNoneLost && cluster.durability() == Durability.FSYNC) || areAllInSync();
    }

    /// Somebody asks a node to move a log.
    void moveAsked() {
        moveExpectedUntilMs = cluster.world().nowMs() + ClientLink.CERTAIN_AFTER_MS;
    }

    /// The node has answered: what it will do, it has begun.
    void moveAnswered() {
        moveExpectedUntilMs = 0;
    }

    private boolean areMovesOver() {
        return moveExpectedUntilMs <= cluster.world().nowMs() && cluster.areLogsWhereSaid();
    }

    /// As if its machine were replaced, disks and all; answers false, and does nothing, while that would be more than
    /// one copy to lose.
    boolean strikeForGood(SimulatedNode node) {
        boolean mayBeLost = areAllInSync() && areMovesOver()
                && cluster.nodes().stream().noneMatch(SimulatedNode::hasFailingDirectory);
        if (mayBeLost) {
            int id = node.host().id();
            replacedInEpoch.put(id, epochOf(id, cluster.image()));
            strike(node);
            node.replaceDisk();
        }
        return mayBeLost;
    }

    void strike(SimulatedNode node) {
        if (cluster.durability() == Durability.FSYNC || (areAllInSync() && areMovesOver())) {
            int id = node.host().id();
            lostInEpoch.put(id, epochOf(id, cluster.image()));
            node.pullPlug();
        } else {
            node.kill();
        }
    }

    /// Whether every replica is in sync, and its node has started since it last lost its power.
    boolean areAllInSync() {
        MetadataImage image = cluster.image();
        return cluster.nodes().stream().allMatch(node -> hasReturned(node.host().id(), image)) && image.topics()
                .stream()
                .flatMap(topic -> topic.partitions().stream())
                .allMatch(partition -> partition.isr().containsAll(partition.replicas()));
    }

    /// Whether a node has new disks that the cluster does not know of: what it is taken to have is not there.
    boolean isLossUnknown() {
        MetadataImage image = cluster.image();
        return replacedInEpoch.keySet().stream().anyMatch(id -> isReplaced(id, image));
    }

    /// The log of one partition of [Simulation#TOPIC] is gone from the node's disks.
    void logLost(SimulatedNode node, int partition) {
        lostLogs.add(new Copy(node.host().id(), partition));
    }

    /// Whether every partition has another replica that may lead it. Where the others have lost their claim, with their
    /// power under `durability=os`, with a directory or with their disks, which they may not have said yet, the last
    /// one that has all is waited for. Where no node runs, nobody knows.
    boolean canDoWithout(SimulatedNode node) {
        MetadataImage image = cluster.image();
        return !image.topics().isEmpty() && areMovesOver() && image.topics()
                .stream()
                .allMatch(topic -> IntStream.range(0, topic.partitions().size())
                        .allMatch(index -> hasOther(image, topic, index, node.host().id())));
    }

    private boolean hasOther(MetadataImage image, TopicImage topic, int index, int nodeId) {
        PartitionImage partition = topic.partitions().get(index);
        return Stream.concat(partition.isr().stream(), partition.elr().stream())
                .anyMatch(id -> id != nodeId && !isLost(topic, index, id) && !isReplaced(id, image)
                        && (cluster.durability() == Durability.FSYNC || hasReturned(id, image)));
    }

    private boolean isLost(TopicImage topic, int index, int nodeId) {
        return topic.partitions().get(index).isLost(nodeId)
                || (topic.name().equals(Simulation.TOPIC) && lostLogs.contains(new Copy(nodeId, index)));
    }

    /// Whether the node has new disks and has not registered since.
    private boolean isReplaced(int nodeId, MetadataImage image) {
        return replacedInEpoch.containsKey(nodeId) && !hasRegisteredSince(replacedInEpoch, nodeId, image);
    }

    /// Whether the node has registered since it last lost its power.
    private boolean hasReturned(int nodeId, MetadataImage image) {
        return hasRegisteredSince(lostInEpoch, nodeId, image);
    }

    private static boolean hasRegisteredSince(Map<Integer, Long> epochs, int nodeId, MetadataImage image) {
        return epochs.getOrDefault(nodeId, NEVER) < epochOf(nodeId, image);
    }

    private static long epochOf(int nodeId, MetadataImage image) {
        BrokerImage broker = image.broker(nodeId);
        return broker == null ? NEVER : broker.epoch();
    }
}
