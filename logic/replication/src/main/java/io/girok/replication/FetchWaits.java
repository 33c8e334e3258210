package io.girok.replication;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The fetches that wait for a partition to have more for them. Owned by the partition's shard.
final class FetchWaits {
    private final Map<Isolation, Set<PartitionLeader.ProgressListener>> waiting = new EnumMap<>(Isolation.class);

    void add(PartitionLeader.ProgressListener listener, Isolation isolation) {
        waiting.computeIfAbsent(isolation, first -> new LinkedHashSet<>()).add(listener);
    }

    void remove(PartitionLeader.ProgressListener listener, Isolation isolation) {
        Set<PartitionLeader.ProgressListener> listeners = waiting.get(isolation);
        if (listeners != null) {
            listeners.remove(listener);
        }
    }

    void progressed(Isolation isolation, long sizeInBytes) {
        for (PartitionLeader.ProgressListener listener : listeners(isolation)) {
            listener.onProgress(sizeInBytes);
        }
    }

    /// Tells those who read to the end of the log that the high watermark or the start has moved.
    void news() {
        for (PartitionLeader.ProgressListener listener : listeners(Isolation.LOG_END)) {
            listener.onNews();
        }
    }

    private List<PartitionLeader.ProgressListener> listeners(Isolation isolation) {
        Set<PartitionLeader.ProgressListener> listeners = waiting.get(isolation);
        return listeners == null || listeners.isEmpty() ? List.of() : List.copyOf(listeners);
    }

    /// Wakes everyone: this partition will not get further under this leader.
    void interrupted() {
        List<PartitionLeader.ProgressListener> all = new ArrayList<>();
        waiting.values().forEach(all::addAll);
        waiting.values().forEach(Set::clear);
        for (PartitionLeader.ProgressListener listener : all) {
            listener.onInterrupted();
        }
    }

    boolean isEmpty() {
        return waiting.values().stream().allMatch(Set::isEmpty);
    }
}
