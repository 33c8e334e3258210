package io.girok.simulation;

import java.util.HashMap;
import java.util.Map;

/// What the members of a consumer group were told, and where it contradicts itself. Owned by the world's thread.
///
/// A partition has one owner in each generation. A member begins where the group has committed: not before what some
/// member was acknowledged, so that nothing is forgotten, and not after what some member tried to commit, so that no
/// record is passed over.
final class GroupHistory {
    private final History history;
    private final String group;
    /// By generation and partition.
    private final Map<String, String> owners = new HashMap<>();
    private final Map<Integer, Long> acknowledged = new HashMap<>();
    private final Map<Integer, Long> tried = new HashMap<>();
    private int commits;

    GroupHistory(History history, String group) {
        this.history = history;
        this.group = group;
    }

    String group() {
        return group;
    }

    int commits() {
        return commits;
    }

    /// A member was given a partition.
    void assigned(int generation, int partition, String member) {
        String before = owners.putIfAbsent(generation + " " + partition, member);
        if (before != null && !before.equals(member)) {
            history.violation("partition " + partition + " has two owners in generation " + generation + " of group "
                    + group + ": " + before + " and " + member);
        }
    }

    void committing(int partition, long offset) {
        tried.merge(partition, offset, Math::max);
    }

    void committed(int partition, long offset) {
        commits++;
        acknowledged.merge(partition, offset, Math::max);
    }

    /// What the next answer must not fall short of.
    Map<Integer, Long> acknowledged() {
        return Map.copyOf(acknowledged);
    }

    /// A member was told that `offset` is committed, -1 for none.
    ///
    /// @param atLeast what was acknowledged when it asked
    void told(int partition, long offset, Map<Integer, Long> atLeast) {
        long from = atLeast.getOrDefault(partition, -1L);
        long to = tried.getOrDefault(partition, -1L);
        if (offset < from || to < offset) {
            history.violation("group " + group + " has offset " + offset + " of partition " + partition
                    + " committed, of " + from + " (acknowledged) to " + to + " (tried)");
        }
    }
}
