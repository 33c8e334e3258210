package io.girok.replication;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The fetches that wait for a partition to have more for them. Owned by the partition's shard.
final class FetchWaits {
    private final Set<PartitionLeader.ProgressListener> uncommitted = new LinkedHashSet<>();
    private final Set<PartitionLeader.ProgressListener> committed = new LinkedHashSet<>();

    void add(PartitionLeader.ProgressListener listener, Isolation isolation) {
        waiting(isolation).add(listener);
    }

    void remove(PartitionLeader.ProgressListener listener, Isolation isolation) {
        waiting(isolation).remove(listener);
    }

    void progressed(Isolation isolation, long sizeInBytes) {
        Set<PartitionLeader.ProgressListener> waiting = waiting(isolation);
        if (waiting.isEmpty()) {
            return;
        }
        for (PartitionLeader.ProgressListener listener : List.copyOf(waiting)) {
            listener.onProgress(sizeInBytes);
        }
    }

    /// Wakes everyone: this partition will not get further under this leader.
    void interrupted() {
        List<PartitionLeader.ProgressListener> all = new ArrayList<>(uncommitted);
        all.addAll(committed);
        uncommitted.clear();
        committed.clear();
        for (PartitionLeader.ProgressListener listener : all) {
            listener.onInterrupted();
        }
    }

    boolean isEmpty() {
        return uncommitted.isEmpty() && committed.isEmpty();
    }

    private Set<PartitionLeader.ProgressListener> waiting(Isolation isolation) {
        return switch (isolation) {
            case READ_UNCOMMITTED -> uncommitted;
            case READ_COMMITTED -> committed;
        };
    }
}
