package io.girok.broker;

import io.girok.base.Clock;
import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.log.LogDirectory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;

/// What a broker does unasked, from time to time: retention and expiry of each partition on its shard, checkpoints of
/// each log directory. Thread-safe; started and stopped once.
final class Upkeep {
    /// So many partitions are looked at in one turn of a shard; requests have their turns in between.
    private static final int PARTITIONS_PER_TURN = 64;

    /// @param retentionMs `log.retention.check.interval.ms`
    /// @param checkpointMs `log.flush.offset.checkpoint.interval.ms`
    record Intervals(long retentionMs, long checkpointMs) {}

    private final Partitions partitions;
    private final List<LogDirectory> directories;
    private final Clock clock;
    private final Intervals intervals;
    private final Shard shard;
    private volatile boolean isStopped;
    private volatile Timers.Scheduled nextRetention = () -> {};
    private volatile Timers.Scheduled nextCheckpoint = () -> {};

    Upkeep(Partitions partitions, List<LogDirectory> directories, Clock clock, Intervals intervals) {
        this.partitions = partitions;
        this.directories = directories;
        this.clock = clock;
        this.intervals = intervals;
        this.shard = partitions.shards().getFirst();
    }

    void start() {
        nextRetention = shard.schedule(intervals.retentionMs(), this::checkRetention);
        nextCheckpoint = shard.schedule(intervals.checkpointMs(), this::checkpoint);
    }

    void stop() {
        isStopped = true;
        nextRetention.cancel();
        nextCheckpoint.cancel();
    }

    private void checkpoint() {
        if (isStopped) {
            return;
        }
        for (LogDirectory directory : directories) {
            if (directory.failure().isEmpty()) {
                directory.checkpoint();
            }
        }
        nextCheckpoint = shard.schedule(intervals.checkpointMs(), this::checkpoint);
    }

    private void checkRetention() {
        if (isStopped) {
            return;
        }
        IdentityHashMap<Shard, Queue<LedPartition>> byShard = new IdentityHashMap<>();
        partitions.forEachLed(led -> byShard.computeIfAbsent(led.shard(), owner -> new ArrayDeque<>()).add(led));
        byShard.forEach((owner, led) -> owner.execute(() -> checkSome(owner, led)));
        nextRetention = shard.schedule(intervals.retentionMs(), this::checkRetention);
    }

    private void checkSome(Shard owner, Queue<LedPartition> left) {
        List<LedPartition> now = new ArrayList<>(PARTITIONS_PER_TURN);
        while (now.size() < PARTITIONS_PER_TURN && !left.isEmpty()) {
            now.add(left.remove());
        }
        for (LedPartition partition : now) {
            partition.leader().deleteOldSegments(clock.wallMs());
        }
        if (!left.isEmpty() && !isStopped) {
            owner.execute(() -> checkSome(owner, left));
        }
    }
}
