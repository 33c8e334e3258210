package io.girok.replication;

import io.girok.base.Invariant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How far each replica's durable log reaches, as its leader knows. Owned by the partition's shard.
///
/// A replica that has not been heard of since this leader took over counts as being at offset 0: it holds the high
/// watermark back for as long as it is in sync.
final class ReplicaProgress {
    private final int localId;
    private long localDurableOffset;
    private final Map<Integer, Long> followerDurableOffsets = new HashMap<>();
    private List<Integer> isr = List.of();

    ReplicaProgress(int localId) {
        this.localId = localId;
        this.isr = List.of(localId);
    }

    void inSync(List<Integer> isr) {
        Invariant.check(isr.contains(localId), "a leader is in sync with itself");
        this.isr = isr;
    }

    /// A new leader epoch begins: what followers reported before may have been truncated since.
    void forgetFollowers() {
        followerDurableOffsets.clear();
    }

    void localReached(long durableOffset) {
        localDurableOffset = Math.max(localDurableOffset, durableOffset);
    }

    void followerReached(int brokerId, long durableOffset) {
        Invariant.check(brokerId != localId, "a leader does not follow itself");
        followerDurableOffsets.put(brokerId, durableOffset);
    }

    int inSyncCount() {
        return isr.size();
    }

    /// The lowest durable offset among the in-sync replicas: everything below it is committed.
    long committedOffset() {
        if (isr.size() == 1) {
            return localDurableOffset;
        }
        long lowest = localDurableOffset;
        for (int brokerId : isr) {
            if (brokerId != localId) {
                lowest = Math.min(lowest, followerDurableOffsets.getOrDefault(brokerId, 0L));
            }
        }
        return lowest;
    }
}
