package io.girok.broker;

import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.replication.ByteRate;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The moves between log directories that are under way. Finding is for everyone; moves are begun by the first shard
/// alone, and run on the blocking pool.
final class ReplicaMoves {
    private static final Logger LOGGER = LoggerFactory.getLogger(ReplicaMoves.class);
    /// So little is left to copy when the log is closed for it.
    private static final long LITTLE_BYTES = 4L * 1024 * 1024;
    /// A log that is written to faster than it is copied is closed after so many rounds all the same.
    private static final int MAX_ROUNDS = 10;
    /// After so long the rate is asked again: it may have been raised.
    private static final long MAX_PAUSE_MS = 1_000;

    private final Executor blockingPool;
    private final Shard owner;
    private final ByteRate rate;
    private final Consumer<ReplicaMove> onMoved;
    private final Map<PartitionName, ReplicaMove> running = new ConcurrentHashMap<>();

    /// @param owner the first shard
    /// @param onMoved told there
    ReplicaMoves(Executor blockingPool, Shard owner, ByteRate rate, Consumer<ReplicaMove> onMoved) {
        this.blockingPool = blockingPool;
        this.owner = owner;
        this.rate = rate;
        this.onMoved = onMoved;
    }

    /// Every move under way.
    Iterable<ReplicaMove> all() {
        return running.values();
    }

    /// Begins to move the log; a move to another place that is under way is called off. On the first shard.
    void begin(HostedPartition hosted, ReplicaHome target) {
        cancel(hosted.name());
        if (hosted.directory().equals(target.directory())) {
            return;
        }
        ReplicaMove move = new ReplicaMove(hosted.name(), hosted.directory(), target.directory(), rate);
        running.put(hosted.name(), move);
        LOGGER.info("partition '{}' is moved from '{}' to '{}'", hosted.name(), hosted.directory().path(),
                target.directory().path());
        copy(hosted, move, target, MAX_ROUNDS);
    }

    /// Calls all moves off. On the first shard.
    void cancelAll() {
        List.copyOf(running.keySet()).forEach(this::cancel);
    }

    /// Calls the move of that partition off, if there is one. On the first shard.
    void cancel(PartitionName name) {
        ReplicaMove move = running.remove(name);
        if (move != null) {
            move.cancel();
        }
    }

    private void copy(HostedPartition hosted, ReplicaMove move, ReplicaHome target, int rounds) {
        var _ = hosted.tail().thenApplyAsync(move::copyBelow, blockingPool).whenCompleteAsync((copied, failure) -> {
            if (failure != null) {
                end(move, failure);
            } else if (move.isPaused()) {
                owner.execute(() -> goOnLater(hosted, move, target, rounds));
            } else if (LITTLE_BYTES < copied && 1 < rounds) {
                copy(hosted, move, target, rounds - 1);
            } else {
                owner.execute(() -> finish(hosted, move, target));
            }
        }, blockingPool);
    }

    private void goOnLater(HostedPartition hosted, ReplicaMove move, ReplicaHome target, int rounds) {
        var _ = owner.schedule(Math.min(MAX_PAUSE_MS, rate.waitMs()), () -> copy(hosted, move, target, rounds));
    }

    private void finish(HostedPartition hosted, ReplicaMove move, ReplicaHome target) {
        if (move.isCancelled()) {
            blockingPool.execute(move::discard);
            return;
        }
        var _ = hosted.relocate(target, cuts -> {
            if (!hosted.directory().equals(move.from())) {
                throw new IOException("it came to '" + hosted.directory().path() + "' meanwhile");
            }
            move.copyRest(cuts);
            move.finish();
        }).whenCompleteAsync((done, failure) -> end(move, failure), blockingPool);
    }

    private void end(ReplicaMove move, @Nullable Throwable failure) {
        running.remove(move.name(), move);
        if (failure == null) {
            LOGGER.info("partition '{}' is in '{}' now", move.name(), move.to().path());
            owner.execute(() -> onMoved.accept(move));
            return;
        }
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        LOGGER.warn("partition '{}' was not moved to '{}' and stays in '{}': {}", move.name(), move.to().path(),
                move.from().path(), cause.getMessage());
        move.discard();
    }
}
