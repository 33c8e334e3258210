package io.girok.simulation;

import io.girok.base.FileSlice;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.log.Durability;
import io.girok.log.LogDirectory;
import io.girok.log.LogEnvironment;
import io.girok.log.LogSettings;
import io.girok.log.OpenFiles;
import io.girok.log.PartitionStore;
import io.girok.log.ReadResult;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/// Holds what is on the disks of a cluster at rest against what its clients were promised. Owned by the world's thread.
final class FinalCheck {
    private static final long IN_SYNC_LIMIT_MS = 120_000;
    private static final long BALANCED_LIMIT_MS = 15_000;
    private static final long SETTLE_MS = 3_000;
    private static final long STOP_LIMIT_MS = 60_000;
    private static final int OPEN_FILES = 10;
    static final String OFFSETS_TOPIC = "__consumer_offsets";

    private final SimulatedCluster cluster;
    private final Nemesis nemesis;
    private final World world;
    private final History history;

    /// A record as it lies in a log.
    private record Entry(long offset, int leaderEpoch, long producerId, int sequence, String key, String value) {}

    FinalCheck(SimulatedCluster cluster, Nemesis nemesis, History history) {
        this.nemesis = nemesis;
        this.cluster = cluster;
        this.world = cluster.world();
        this.history = history;
    }

    /// @param topics whether they are to be there
    /// @param replicas of partitions, as the last reassignments said
    /// @param keys what was written to the compacted topic
    void run(Map<String, Boolean> topics, Map<PartitionName, List<Integer>> replicas, KeyClient keys) {
        if (!world.runUntil(this::isInSync, IN_SYNC_LIMIT_MS)) {
            history.violation("the replicas do not come in sync again: "
                    + outOfSync().stream().limit(3).toList());
            return;
        }
        if (!world.runUntil(this::isBalanced, BALANCED_LIMIT_MS)) {
            history.violation("partitions are not led by their preferred leaders again");
            return;
        }
        world.runUntil(() -> false, SETTLE_MS);
        MetadataImage image = cluster.nodes().getFirst().image();
        checkTopics(image, topics);
        checkReplicas(image, replicas);
        image.configs().forEach((target, values) -> {
            if (values.keySet().stream().anyMatch(name -> name.contains(".throttled."))) {
                history.violation("a throttle is left on " + target + ": " + values);
            }
        });
        cluster.nodes().forEach(SimulatedNode::stop);
        if (!world.runUntil(() -> cluster.nodes().stream().noneMatch(SimulatedNode::isRunning), STOP_LIMIT_MS)) {
            history.violation("the nodes do not stop");
            return;
        }
        for (int partition = 0; partition < Simulation.PARTITIONS; partition++) {
            checkPartition(partition, equalLogs(image, Simulation.TOPIC, partition));
        }
        TopicImage offsets = image.topic(OFFSETS_TOPIC);
        if (offsets != null) {
            for (int partition = 0; partition < offsets.partitions().size(); partition++) {
                equalLatest(image, OFFSETS_TOPIC, partition);
            }
        }
        keys.violations(equalLatest(image, Simulation.COMPACTED, 0)).forEach(history::violation);
    }

    private boolean isInSync() {
        nemesis.startWhatStopped();
        return outOfSync().isEmpty();
    }

    private List<String> outOfSync() {
        List<String> lacking = new ArrayList<>();
        for (SimulatedNode node : cluster.nodes()) {
            if (!node.isRunning()) {
                lacking.add("node " + node.host().id() + " does not run");
                continue;
            }
            for (TopicImage topic : node.image().topics()) {
                topic.partitions()
                        .stream()
                        .filter(partition -> partition.isr().size() < partition.replicas().size())
                        .forEach(partition -> lacking.add(topic.name() + " " + partition));
            }
        }
        return lacking;
    }

    private boolean isBalanced() {
        return cluster.nodes()
                .stream()
                .flatMap(node -> node.image().topics().stream())
                .flatMap(topic -> topic.partitions().stream())
                .allMatch(partition -> partition.leader() == partition.replicas().getFirst());
    }

    private void checkTopics(MetadataImage image, Map<String, Boolean> topics) {
        topics.forEach((name, isThere) -> {
            if (isThere != (image.topic(name) != null)) {
                history.violation("topic '" + name + "' was " + (isThere ? "created" : "deleted") + " and is "
                        + (isThere ? "not there" : "there"));
            }
        });
    }

    private void checkReplicas(MetadataImage image, Map<PartitionName, List<Integer>> expected) {
        expected.forEach((name, replicas) -> {
            PartitionImage partition = Objects.requireNonNull(image.topic(name.topic()))
                    .partitions()
                    .get(name.index());
            if (partition.isReassigning() || !partition.replicas().equals(replicas)) {
                history.violation("partition '" + name + "' was last reassigned to " + replicas + " and is "
                        + partition);
            }
        });
    }

    /// The log of a partition, which is the same on all nodes that have it.
    private List<Entry> equalLogs(MetadataImage image, String topic, int partition) {
        List<Entry> first = null;
        for (Map.Entry<SimulatedNode, List<Entry>> log : logs(image, topic, partition).entrySet()) {
            SimulatedNode node = log.getKey();
            List<Entry> entries = log.getValue();
            if (first == null) {
                first = entries;
            } else if (!first.equals(entries)) {
                history.violation("the logs of " + topic + "-" + partition + " on its first replica and node "
                        + node.host().id() + " differ: " + firstDifference(first, entries));
            }
        }
        return Objects.requireNonNull(first);
    }

    private Map<SimulatedNode, List<Entry>> logs(MetadataImage image, String topic, int partition) {
        TopicImage found = Objects.requireNonNull(image.topic(topic));
        Map<SimulatedNode, List<Entry>> logs = new LinkedHashMap<>();
        for (SimulatedNode node : cluster.nodes()) {
            if (found.partitions().get(partition).replicas().contains(node.host().id())) {
                logs.put(node, read(node, new PartitionName(topic, partition), found.id()));
            }
        }
        return logs;
    }

    /// The last value of each key, which is the same in all logs of a partition, however far each has been cleaned.
    private Map<String, String> equalLatest(MetadataImage image, String topic, int partition) {
        Map<String, String> first = null;
        for (List<Entry> entries : logs(image, topic, partition).values()) {
            Map<String, String> latest = new TreeMap<>();
            entries.forEach(entry -> latest.put(entry.key(), entry.value()));
            latest.values().removeIf(String::isEmpty);
            if (first == null) {
                first = latest;
            } else if (!first.equals(latest)) {
                history.violation("the last records of " + topic + "-" + partition + " differ: " + first + " and "
                        + latest);
            }
        }
        return Objects.requireNonNull(first);
    }

    private static String firstDifference(List<Entry> one, List<Entry> other) {
        int at = 0;
        while (at < one.size() && at < other.size() && one.get(at).equals(other.get(at))) {
            at++;
        }
        return (at < one.size() ? one.get(at) : "the end") + " and " + (at < other.size() ? other.get(at) : "the end");
    }

    private static List<Entry> read(SimulatedNode node, PartitionName name, TopicId topic) {
        SimulatedShard shard = new SimulatedShard(new ManualClock());
        LogEnvironment environment = new LogEnvironment(node.disk(), node.host().clock(), shard,
                new OpenFiles(node.disk(), OPEN_FILES), shard, () -> TopicId.ZERO, Durability.FSYNC, Long.MAX_VALUE);
        try (LogDirectory directory = LogDirectory.open(placeOf(node, name), SimulatedNode.CLUSTER_ID,
                node.host().id(), environment)) {
            PartitionStore store = directory.openPartition(name, topic, LogSettings.DEFAULT, shard);
            List<Entry> entries = new ArrayList<>();
            long offset = store.startOffset();
            while (offset < store.endOffset()) {
                offset = read(store, offset, entries);
            }
            return entries;
        }
    }

    private static Path placeOf(SimulatedNode node, PartitionName name) {
        return node.directories()
                .stream()
                .filter(path -> node.disk().isDirectory(path.resolve(name.toString())))
                .findFirst()
                .orElse(node.directories().getFirst());
    }

    private static long read(PartitionStore store, long from, List<Entry> entries) {
        if (!(store.read(from, store.endOffset(), Integer.MAX_VALUE, true) instanceof ReadResult.Data data)
                || data.isEmpty()) {
            throw new IllegalStateException(store.name() + " has nothing at offset " + from);
        }
        long next = from;
        ByteBuffer bytes = ByteBuffer.allocate(data.sizeInBytes());
        try {
            for (FileSlice slice : data.slices()) {
                FileSlices.copy(slice, bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            data.release();
        }
        for (RecordBatch batch : MemoryRecords.readableRecords(bytes.flip()).batches()) {
            for (Record each : batch) {
                entries.add(new Entry(each.offset(), batch.partitionLeaderEpoch(), batch.producerId(),
                        each.sequence(), each.hasKey() ? Texts.text(each.key()) : "",
                        each.hasValue() ? Texts.text(each.value()) : ""));
            }
            next = batch.nextOffset();
        }
        return next;
    }

    private void checkPartition(int partition, List<Entry> entries) {
        Map<Long, String> byOffset = new HashMap<>();
        Set<String> values = new HashSet<>();
        Map<Long, Integer> sequences = new HashMap<>();
        for (Entry entry : entries) {
            byOffset.put(entry.offset(), entry.value());
            if (!values.add(entry.value())) {
                history.violation("'" + entry.value() + "' is in partition " + partition + " twice");
            }
            int before = sequences.getOrDefault(entry.producerId(), -1);
            if (entry.sequence() != before + 1) {
                history.violation("partition " + partition + " has sequence " + entry.sequence() + " after " + before
                        + " at offset " + entry.offset());
            }
            sequences.put(entry.producerId(), entry.sequence());
        }
        history.known(partition).forEach((offset, value) -> {
            if (!value.equals(byOffset.get(offset))) {
                history.violation("'" + value + "' was acknowledged or read at offset " + offset + " of partition "
                        + partition + ", where the log has '" + byOffset.get(offset) + "'");
            }
        });
        for (String value : history.acknowledgedValues()) {
            if (value.startsWith("producer-" + partition + "-") && !values.contains(value)) {
                history.violation("'" + value + "' was acknowledged and is lost");
            }
        }
    }
}
