package io.girok.cli;

import io.girok.balance.DiskRoom;
import io.girok.balance.Layout;
import io.girok.base.FreeSpace;
import io.girok.base.PartitionName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.PartitionReassignment;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/// What the brokers say about the cluster at one time: nodes, partitions, bytes. Immutable.
///
/// @param controllerId -1 when there is none
/// @param nodes by id, fenced ones too
/// @param directories by broker, then by path; brokers that are fenced are not asked
record ClusterState(String clusterId, int controllerId, List<Node> nodes, Map<String, TopicDescription> topics,
        Map<Integer, Map<String, LogDirDescription>> directories) {
    static ClusterState ask(Admin admin) {
        DescribeClusterResult cluster = admin
                .describeCluster(new DescribeClusterOptions().includeFencedBrokers(true));
        List<Node> nodes = Answers.of(cluster.nodes()).stream().sorted(Comparator.comparingInt(Node::id)).toList();
        Node controller = Answers.of(cluster.controller());
        Collection<String> names = Answers.of(admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
        List<Integer> alive = nodes.stream().filter(node -> !node.isFenced()).map(Node::id).toList();
        return new ClusterState(Answers.of(cluster.clusterId()), controller == null ? -1 : controller.id(), nodes,
                Topics.describe(admin, names), directories(admin, alive));
    }

    static Map<Integer, Map<String, LogDirDescription>> directories(Admin admin, Collection<Integer> brokers) {
        return new TreeMap<>(Answers.of(admin.describeLogDirs(brokers).allDescriptions()));
    }

    /// The reassignments that are under way.
    static Map<TopicPartition, PartitionReassignment> reassignments(Admin admin) {
        Map<TopicPartition, PartitionReassignment> sorted = new TreeMap<>(Topics.PARTITION_ORDER);
        sorted.putAll(Answers.of(admin.listPartitionReassignments().reassignments()));
        return sorted;
    }

    /// Those of the replicas that stay when the reassignment is done.
    static List<Integer> targetOf(List<Integer> replicas, PartitionReassignment reassignment) {
        return replicas.stream().filter(id -> !reassignment.removingReplicas().contains(id)).toList();
    }

    static List<Integer> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).toList();
    }

    /// What is on a broker's disks; copies that are on their way to another directory are counted too.
    long bytes(int brokerId) {
        return directories.getOrDefault(brokerId, Map.of())
                .values()
                .stream()
                .flatMap(directory -> directory.replicaInfos().values().stream())
                .mapToLong(ReplicaInfo::size)
                .sum();
    }

    /// The size of each partition's copy on each broker.
    static Map<TopicPartition, Map<Integer, Long>> sizes(Map<Integer, Map<String, LogDirDescription>> directories) {
        Map<TopicPartition, Map<Integer, Long>> sizes = new HashMap<>();
        directories.forEach((broker, byPath) -> byPath.values()
                .forEach(directory -> directory.replicaInfos().forEach((partition, replica) -> {
                    if (!replica.isFuture()) {
                        sizes.computeIfAbsent(partition, _ -> new HashMap<>()).put(broker, replica.size());
                    }
                })));
        return sizes;
    }

    /// What a plan is made from.
    ///
    /// @param emptied brokers that are to lose all their replicas
    /// @param moving the reassignments that are under way
    Layout layout(Set<Integer> emptied, Map<TopicPartition, PartitionReassignment> moving) {
        List<Layout.Broker> brokers = nodes.stream()
                .map(node -> new Layout.Broker(node.id(), node.rack(), role(node, emptied), roomBytes(node.id())))
                .toList();
        Map<TopicPartition, Map<Integer, Long>> sizes = sizes(directories);
        List<Layout.Partition> partitions = new ArrayList<>();
        topics.forEach((topic, description) -> {
            for (TopicPartitionInfo partition : description.partitions()) {
                TopicPartition id = new TopicPartition(topic, partition.partition());
                long bytes = sizes.getOrDefault(id, Map.of()).values().stream().mapToLong(size -> size).max().orElse(0);
                List<Integer> replicas = ids(partition.replicas());
                if (moving.containsKey(id)) {
                    replicas = targetOf(replicas, moving.get(id));
                }
                partitions.add(new Layout.Partition(new PartitionName(topic, partition.partition()), replicas, bytes,
                        moving.containsKey(id)));
            }
        });
        return new Layout(brokers, partitions);
    }

    private static Layout.Role role(Node node, Set<Integer> emptied) {
        if (emptied.contains(node.id())) {
            return Layout.Role.EMPTIES;
        }
        return node.isFenced() ? Layout.Role.KEEPS : Layout.Role.TAKES;
    }

    /// What may be added to one directory, since a copy is never spread over several.
    private long roomBytes(int brokerId) {
        List<LogDirDescription> working = directories.getOrDefault(brokerId, Map.of())
                .values()
                .stream()
                .filter(directory -> directory.error() == null)
                .toList();
        return working.isEmpty() || working.stream().anyMatch(directory -> directory.usableBytes().isEmpty())
                ? Long.MAX_VALUE
                : working.stream().mapToLong(ClusterState::roomBytes).max().orElse(0);
    }

    private static long roomBytes(LogDirDescription directory) {
        return DiskRoom.of(directory.usableBytes().orElse(0), directory.totalBytes().orElse(-1), FreeSpace.AUTOMATIC);
    }
}
