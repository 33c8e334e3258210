package io.girok.replication;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one reader fetches, remembered between its requests so that it need not repeat it (KIP-227). Owned by the shard
/// of its [FetchSessions]; lists taken from it may travel.
///
/// Partitions are served in order; one that gave records goes to the end, so that none starves when an answer has not
/// room for all.
public final class FetchSession {
    /// The id of a reader without a session.
    public static final int NO_ID = 0;

    private static final int FIRST_EPOCH = 1;

    private final int id;
    private final boolean usesTopicIds;
    private final long createdMs;
    private final Map<FetchKey, SessionPartition> partitions;
    private long lastUsedMs;
    private int nextEpoch = FIRST_EPOCH;
    private @Nullable Runnable waiting;

    FetchSession(int id, boolean usesTopicIds, Collection<SessionPartition> wanted, long nowMs) {
        this.id = id;
        this.usesTopicIds = usesTopicIds;
        this.createdMs = nowMs;
        this.lastUsedMs = nowMs;
        this.partitions = LinkedHashMap.newLinkedHashMap(wanted.size());
        for (SessionPartition partition : wanted) {
            partitions.put(partition.key(), partition);
        }
    }

    /// [#NO_ID] when it is not kept.
    public int id() {
        return id;
    }

    /// In the order to be served.
    public List<SessionPartition> partitions() {
        return List.copyOf(partitions.values());
    }

    /// Notes that `result` is the answer for `partition`. Answers whether it has to be in an incremental response.
    public boolean tell(SessionPartition partition, FetchedPartition result) {
        boolean isNews = partition.tell(result);
        if (0 < result.sizeInBytes() && partitions.remove(partition.key(), partition)) {
            partitions.put(partition.key(), partition);
        }
        return isNews;
    }

    /// The answer to the present request has to wait; `hurry` ends that, and is called when the next request comes
    /// before.
    public void beginWait(Runnable hurry) {
        waiting = hurry;
    }

    /// The answer to the request that began to wait with `hurry` is there.
    public void endWait(Runnable hurry) {
        if (hurry.equals(waiting)) {
            waiting = null;
        }
    }

    void hurryUp() {
        Runnable hurry = waiting;
        if (hurry != null) {
            waiting = null;
            hurry.run();
        }
    }

    int size() {
        return partitions.size();
    }

    boolean usesTopicIds() {
        return usesTopicIds;
    }

    long createdMs() {
        return createdMs;
    }

    long lastUsedMs() {
        return lastUsedMs;
    }

    int nextEpoch() {
        return nextEpoch;
    }

    /// Adds, replaces and forgets as a request says, and expects the next one.
    void update(List<SessionPartition> wanted, List<FetchKey> forgotten, long nowMs) {
        for (SessionPartition partition : wanted) {
            SessionPartition known = partitions.putIfAbsent(partition.key(), partition);
            if (known != null) {
                known.moveTo(partition.position());
            }
        }
        for (FetchKey key : forgotten) {
            partitions.remove(key);
        }
        lastUsedMs = nowMs;
        nextEpoch = nextEpoch == Integer.MAX_VALUE ? FIRST_EPOCH : nextEpoch + 1;
    }

    /// Only for tests and figures.
    Collection<FetchKey> keys() {
        return Collections.unmodifiableSet(partitions.keySet());
    }
}
