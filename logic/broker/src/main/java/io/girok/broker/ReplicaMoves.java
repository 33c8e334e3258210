package io.girok.broker;

import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.replication.ByteRate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The moves between log directories that are wanted, of which some run and the others wait for their turn. Finding is
/// for everyone; the rest belongs to the first shard. The work is done on the blocking pool.
///
/// ```
///   begin ──▶ waiting ──▶ running ──▶ ended, in the other directory or where it was
///                │           │ called off: ends soon, unless it is too far
///                └───────────┴──▶ not wanted
/// ```
///
/// Of one partition no two moves run at a time, so that none opens a log that another has closed to bring it elsewhere.
final class ReplicaMoves {
    private static final Logger LOGGER = LoggerFactory.getLogger(ReplicaMoves.class);
    private static final int BUFFER_BYTES = 1024 * 1024;
    /// Of a move that waits.
    private static final ByteBuffer NO_BUFFER = ByteBuffer.allocate(0);
    /// So little is left to copy when the log is closed for it.
    private static final long LITTLE_BYTES = 4L * 1024 * 1024;
    /// A log that is written to faster than it is copied is closed after so many rounds all the same.
    private static final int MAX_ROUNDS = 10;
    /// After so long the rate is asked again: it may have been raised.
    private static final long MAX_PAUSE_MS = 1_000;

    private final Executor blockingPool;
    private final Shard owner;
    private final Limits limits;
    private final Consumer<ReplicaMove> onMoved;
    /// By partition, waiting or running.
    private final Map<PartitionName, ReplicaMove> wanted = new ConcurrentHashMap<>();
    /// In the order in which they were asked for.
    private final Map<PartitionName, Waiting> waiting = new LinkedHashMap<>();
    /// Called off or not.
    private final Set<PartitionName> running = new HashSet<>();
    /// What moves have copied with that have ended; none when none runs.
    private final Deque<ByteBuffer> spareBuffers = new ArrayDeque<>();

    /// @param rate of all of them together
    /// @param maxRunning how many copy at a time (`num.replica.alter.log.dirs.threads`)
    record Limits(ByteRate rate, int maxRunning) {}

    /// A move that has not begun.
    private record Waiting(HostedPartition hosted, ReplicaHome target) {}

    /// A move that has.
    private record Running(HostedPartition hosted, ReplicaMove move, ReplicaHome target, ByteBuffer buffer) {}

    /// @param owner the first shard
    /// @param onMoved told there
    ReplicaMoves(Executor blockingPool, Shard owner, Limits limits, Consumer<ReplicaMove> onMoved) {
        this.blockingPool = blockingPool;
        this.owner = owner;
        this.limits = limits;
        this.onMoved = onMoved;
    }

    /// Every move that is wanted. From any thread.
    Iterable<ReplicaMove> all() {
        return wanted.values();
    }

    /// Moves the log, as soon as it is its turn; a move to another place that is wanted already is called off. On the
    /// first shard.
    void begin(HostedPartition hosted, ReplicaHome target) {
        PartitionName name = hosted.name();
        cancel(name);
        // Where the last move ends is not known before: then it is asked again.
        if (running.contains(name) || !hosted.directory().equals(target.directory())) {
            wanted.put(name, moveOf(hosted, target, NO_BUFFER));
            waiting.put(name, new Waiting(hosted, target));
            startNext();
        }
    }

    private ReplicaMove moveOf(HostedPartition hosted, ReplicaHome target, ByteBuffer buffer) {
        return new ReplicaMove(hosted.name(), hosted.directory(), target.directory(), limits.rate, buffer);
    }

    /// Calls all moves off. On the first shard.
    void cancelAll() {
        List.copyOf(wanted.keySet()).forEach(this::cancel);
    }

    /// Calls the move of that partition off, if there is one. On the first shard.
    void cancel(PartitionName name) {
        waiting.remove(name);
        ReplicaMove move = wanted.remove(name);
        if (move != null) {
            move.cancel();
        }
    }

    private void startNext() {
        Iterator<Waiting> inOrder = waiting.values().iterator();
        while (running.size() < limits.maxRunning && inOrder.hasNext()) {
            Waiting next = inOrder.next();
            if (!running.contains(next.hosted.name())) {
                inOrder.remove();
                start(next.hosted, next.target);
            }
        }
        if (running.isEmpty()) {
            spareBuffers.clear();
        }
    }

    private void start(HostedPartition hosted, ReplicaHome target) {
        PartitionName name = hosted.name();
        if (hosted.directory().equals(target.directory())) {
            wanted.remove(name);
            return;
        }
        ByteBuffer spare = spareBuffers.poll();
        ByteBuffer buffer = spare == null ? ByteBuffer.allocateDirect(BUFFER_BYTES) : spare;
        // From where it is now: the last move may have ended since this one was asked for.
        ReplicaMove move = moveOf(hosted, target, buffer);
        wanted.put(name, move);
        running.add(name);
        LOGGER.info("partition '{}' is moved from '{}' to '{}'", name, hosted.directory().path(),
                target.directory().path());
        copy(new Running(hosted, move, target, buffer), MAX_ROUNDS);
    }

    private void copy(Running run, int rounds) {
        ReplicaMove move = run.move;
        var _ = run.hosted.tail()
                .thenApplyAsync(move::copyBelow, blockingPool)
                .whenCompleteAsync((copied, failure) -> {
                    if (failure != null) {
                        end(run, failure);
                    } else if (move.isPaused()) {
                        owner.execute(() -> goOnLater(run, rounds));
                    } else if (LITTLE_BYTES < copied && 1 < rounds) {
                        copy(run, rounds - 1);
                    } else {
                        owner.execute(() -> finish(run));
                    }
                }, blockingPool);
    }

    private void goOnLater(Running run, int rounds) {
        var _ = owner.schedule(Math.min(MAX_PAUSE_MS, limits.rate.waitMs()), () -> copy(run, rounds));
    }

    private void finish(Running run) {
        ReplicaMove move = run.move;
        if (move.isCancelled()) {
            blockingPool.execute(() -> end(run, new IOException("it was called off")));
            return;
        }
        var _ = run.hosted.relocate(run.target, cuts -> {
            if (!run.hosted.directory().equals(move.from())) {
                throw new IOException("it came to '" + run.hosted.directory().path() + "' meanwhile");
            }
            move.copyRest(cuts);
            move.finish(run.hosted.id().topic());
        }).whenCompleteAsync((done, failure) -> end(run, failure), blockingPool);
    }

    /// On the pool.
    private void end(Running run, @Nullable Throwable failure) {
        ReplicaMove move = run.move;
        wanted.remove(move.name(), move);
        if (failure == null) {
            LOGGER.info("partition '{}' is in '{}' now", move.name(), move.to().path());
        } else {
            tell(move, failure.getCause() == null ? failure : failure.getCause());
            move.discard();
        }
        owner.execute(() -> {
            running.remove(move.name());
            spareBuffers.push(run.buffer);
            if (failure == null) {
                onMoved.accept(move);
            }
            startNext();
        });
    }

    private static void tell(ReplicaMove move, Throwable cause) {
        if (move.isCancelled()) {
            LOGGER.info("partition '{}' stays in '{}': it is not to be moved to '{}' any more", move.name(),
                    move.from().path(), move.to().path());
        } else {
            LOGGER.warn("partition '{}' was not moved to '{}' and stays in '{}': {}", move.name(), move.to().path(),
                    move.from().path(), cause.getMessage());
        }
    }
}
