package io.girok.broker;

import io.girok.base.Clock;
import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.log.LogDirectory;
import io.girok.log.PartitionStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a broker does unasked: after a crash, recovery of the logs that nobody asked for yet; from time to time,
/// retention and expiry of each partition on its shard, checkpoints of each log directory, and sleep for the logs that
/// nobody uses. Thread-safe; started and stopped once.
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    /// Logs that a shard has recovered are saved so many at a time.
    private static final int SAVED_TOGETHER = 256;
    /// So many partitions are looked at in one turn of a shard; requests have their turns in between.
    private static final int PARTITIONS_PER_TURN = 256;
    /// Of which so many may be woken for it, which opens files.
    private static final int WAKES_PER_TURN = 4;
    /// How long a shard that woke so many waits for its next turn: an idle broker is to stay idle.
    private static final long REST_MS = 400;

    /// @param retentionMs `log.retention.check.interval.ms`
    /// @param checkpointMs `log.flush.offset.checkpoint.interval.ms`
    /// @param followersMs how often leaders look for followers that lag
    record Intervals(long retentionMs, long checkpointMs, long followersMs) {}

    private final Partitions partitions;
    private final Iterable<LogDirectory> directories;
    private final Clock clock;
    private final Intervals intervals;
    private final Shard shard;
    private volatile boolean isStopped;
    private volatile Timers.Scheduled nextRetention = () -> {};
    private volatile Timers.Scheduled nextCheckpoint = () -> {};
    private volatile Timers.Scheduled nextFollowers = () -> {};

    Upkeep(Partitions partitions, Iterable<LogDirectory> directories, Clock clock, Intervals intervals) {
        this.partitions = partitions;
        this.directories = directories;
        this.clock = clock;
        this.intervals = intervals;
        this.shard = partitions.shards().getFirst();
    }

    void start() {
        nextRetention = shard.schedule(intervals.retentionMs(), this::checkRetention);
        nextCheckpoint = shard.schedule(intervals.checkpointMs(), this::checkpoint);
        nextFollowers = shard.schedule(intervals.followersMs(), this::checkFollowers);
    }

    void stop() {
        isStopped = true;
        nextFollowers.cancel();
        nextRetention.cancel();
        nextCheckpoint.cancel();
    }

    /// Recovers what was not recovered because nobody asked for it yet, one log at a time on each shard.
    void recoverRest() {
        Map<Shard, Queue<HostedPartition>> byShard = byShard();
        byShard.values().forEach(hosted -> hosted.removeIf(partition -> !partition.needsRecovery()));
        AtomicInteger shardsLeft = new AtomicInteger(byShard.size());
        byShard.forEach((owner, hosted) -> {
            if (!hosted.isEmpty()) {
                LOG.info("{} logs are recovered in the background, those that are asked for first", hosted.size());
            }
            owner.execute(() -> recoverNext(owner, hosted, new LinkedHashMap<>(), shardsLeft));
        });
    }

    /// @param unsaved what was recovered so far, and is saved together
    private void recoverNext(Shard owner, Queue<HostedPartition> left, Map<HostedPartition, PartitionStore> unsaved,
            AtomicInteger shardsLeft) {
        HostedPartition next = isStopped || SAVED_TOGETHER <= unsaved.size() ? null : left.poll();
        if (next != null) {
            var _ = next.recover().thenAcceptAsync(opened -> {
                opened.ifPresent(store -> unsaved.put(next, store));
                recoverNext(owner, left, unsaved, shardsLeft);
            }, owner);
        } else if (!isStopped && !unsaved.isEmpty()) {
            var _ = save(unsaved).thenRunAsync(() -> {
                unsaved.keySet().forEach(HostedPartition::sleep);
                recoverNext(owner, left, new LinkedHashMap<>(), shardsLeft);
            }, owner);
        } else if (shardsLeft.decrementAndGet() == 0) {
            directories.forEach(LogDirectory::endRecovery);
        }
    }

    private static CompletableFuture<Void> save(Map<HostedPartition, PartitionStore> stores) {
        Map<LogDirectory, List<PartitionStore>> byDirectory = new LinkedHashMap<>();
        stores.forEach((hosted, store) -> byDirectory.computeIfAbsent(hosted.directory(), first -> new ArrayList<>())
                .add(store));
        List<CompletableFuture<Void>> saved = new ArrayList<>();
        byDirectory.forEach((directory, logs) -> saved.add(directory.save(logs)));
        return CompletableFuture.allOf(saved.toArray(CompletableFuture[]::new));
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
        // What nobody used since the last checkpoint sleeps from now on.
        byShard().forEach((owner, hosted) -> forEach(owner, hosted, HostedPartition::sleepUnlessUsed));
        nextCheckpoint = shard.schedule(intervals.checkpointMs(), this::checkpoint);
    }

    /// On their shard, some in each turn of it.
    private void forEach(Shard owner, Queue<HostedPartition> left, Consumer<HostedPartition> action) {
        owner.execute(() -> {
            for (int i = 0; i < PARTITIONS_PER_TURN && !left.isEmpty(); i++) {
                action.accept(left.remove());
            }
            if (!left.isEmpty() && !isStopped) {
                forEach(owner, left, action);
            }
        });
    }

    private void checkFollowers() {
        if (isStopped) {
            return;
        }
        byShard(HostedPartition::isReplicated)
                .forEach((owner, hosted) -> forEach(owner, hosted, HostedPartition::checkFollowers));
        nextFollowers = shard.schedule(intervals.followersMs(), this::checkFollowers);
    }

    private void checkRetention() {
        if (isStopped) {
            return;
        }
        byShard().forEach((owner, hosted) -> owner.execute(() -> checkSome(owner, hosted)));
        nextRetention = shard.schedule(intervals.retentionMs(), this::checkRetention);
    }

    private Map<Shard, Queue<HostedPartition>> byShard() {
        return byShard(hosted -> true);
    }

    private Map<Shard, Queue<HostedPartition>> byShard(Predicate<HostedPartition> isMeant) {
        Map<Shard, Queue<HostedPartition>> byShard = new LinkedHashMap<>();
        partitions.forEachHosted(hosted -> {
            if (isMeant.test(hosted)) {
                byShard.computeIfAbsent(hosted.shard(), owner -> new ArrayDeque<>()).add(hosted);
            }
        });
        return byShard;
    }

    private void checkSome(Shard owner, Queue<HostedPartition> left) {
        int woken = 0;
        for (int i = 0; i < PARTITIONS_PER_TURN && woken < WAKES_PER_TURN && !left.isEmpty(); i++) {
            woken += left.remove().deleteOldSegments(clock.wallMs()) ? 1 : 0;
        }
        if (left.isEmpty() || isStopped) {
            return;
        }
        if (woken < WAKES_PER_TURN) {
            owner.execute(() -> checkSome(owner, left));
        } else {
            var _ = owner.schedule(REST_MS, () -> checkSome(owner, left));
        }
    }
}
