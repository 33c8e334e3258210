package io.girok.simulation;

import io.girok.base.TopicId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What clients were promised, and where a promise was seen to be broken. Owned by the world's thread.
final class History {
    /// More are not written down: the first ones tell what happened.
    private static final int MAX_VIOLATIONS = 20;
    private static final long ANSWER_ON_ITS_WAY_MS = 200;

    private final World world;
    private final List<String> violations = new ArrayList<>();
    /// By partition of the topic and offset: what was acknowledged or read there.
    private final Map<Integer, TreeMap<Long, String>> known = new TreeMap<>();
    private final Set<String> acknowledged = new HashSet<>();
    private final Map<Lead, Integer> leaders = new HashMap<>();
    /// By node: since when it has been cut off from the quorum, and has run.
    private final Map<Integer, Long> cutOffSinceMs = new HashMap<>();
    private int faults;

    private record Lead(String topic, TopicId id, int partition, int epoch) {
        boolean isOf(String itsTopic, int itsPartition) {
            return topic.equals(itsTopic) && partition == itsPartition;
        }
    }

    History(World world) {
        this.world = world;
    }

    void violation(String text) {
        if (violations.size() < MAX_VIOLATIONS) {
            violations.add(world.nowMs() + " ms: " + text);
        }
    }

    List<String> violations() {
        return violations;
    }

    /// A producer was told that `value` is at `offset`.
    void acknowledged(int partition, long offset, String value) {
        acknowledged.add(value);
        know(partition, offset, value, "acknowledged");
    }

    /// A producer was told that `value` is there already, but not where.
    void acknowledgedSomewhere(String value) {
        acknowledged.add(value);
    }

    /// A consumer has read `value` at `offset`.
    void read(int partition, long offset, String value) {
        know(partition, offset, value, "read");
    }

    private void know(int partition, long offset, String value, String how) {
        String before = known.computeIfAbsent(partition, first -> new TreeMap<>()).putIfAbsent(offset, value);
        if (before != null && !before.equals(value)) {
            violation("'" + value + "' was " + how + " at offset " + offset + " of partition " + partition
                    + ", where '" + before + "' was known to be");
        }
    }

    /// Behind the last record that was acknowledged or read in a partition.
    long endOffset(int partition) {
        TreeMap<Long, String> there = known.get(partition);
        return there == null || there.isEmpty() ? 0 : there.lastKey() + 1;
    }

    /// By offset: what was acknowledged or read in a partition.
    Map<Long, String> known(int partition) {
        return known.getOrDefault(partition, new TreeMap<>());
    }

    Set<String> acknowledgedValues() {
        return acknowledged;
    }

    /// A node has heard that `leader` leads a partition in an epoch.
    void leads(String topic, TopicId id, int partition, int epoch, int leader) {
        Lead lead = new Lead(topic, id, partition, epoch);
        Integer before = leaders.putIfAbsent(lead, leader);
        if (before != null && before != leader) {
            violation(lead + " has two leaders: " + before + " and " + leader);
        }
    }

    /// Whether no node has heard of a later leader.
    boolean isLastLeader(String topic, int partition, int node) {
        return leaders.entrySet()
                .stream()
                .filter(each -> each.getKey().isOf(topic, partition))
                .max(Comparator.comparingInt(each -> each.getKey().epoch()))
                .filter(last -> last.getValue() == node)
                .isPresent();
    }

    /// From now on the node runs, and hears nothing of the quorum.
    void cutOff(int nodeId) {
        cutOffSinceMs.put(nodeId, world.nowMs());
    }

    void hearsAgain(int nodeId) {
        cutOffSinceMs.remove(nodeId);
    }

    /// A node has served a client as a leader, or as a follower.
    void served(int nodeId) {
        long cutOffMs = world.nowMs() - cutOffSinceMs.getOrDefault(nodeId, world.nowMs());
        if (SimulatedCluster.SESSION_MS + ANSWER_ON_ITS_WAY_MS < cutOffMs) {
            violation("node " + nodeId + " serves clients, and has been cut off from the quorum for " + cutOffMs
                    + " ms");
        }
    }

    void fault() {
        faults++;
    }

    int faults() {
        return faults;
    }
}
