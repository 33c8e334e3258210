package io.girok.coordinator;

import io.girok.base.Clock;
import io.girok.base.Shard;
import io.girok.coordinator.PartitionLog.AppendOutcome;
import io.girok.coordinator.PartitionLog.FailureReason;
import io.girok.coordinator.PartitionLog.ReadOutcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Drives a state machine over a partition's log while this broker leads the partition. Owned by the partition's shard,
/// which alone runs it; [#submit] and [#stop] may be called from anywhere.
///
/// @param <S> the state machine
public final class CoordinatorRuntime<S extends CoordinatorState> {
    /*
     * Idea. A command decides on the state, its records are applied to the state at once and join the open batch; the
     * batch is appended at the end of the shard's turn, so that consecutive commands share one append, and several
     * batches may be in flight. Answers leave when the last batch that was open or in flight at their decision is
     * committed: nobody hears of a state that could still be lost, readers included.
     *
     * Why at once, and not at commit: the next command must see what the last one decided (two commits of one group,
     * a commit and the deletion of its group), and holding it back until the disk has answered would cost every group a
     * flush per command. The price is that the state runs ahead of the log. When an append fails there is no undo:
     * the state is thrown away and replayed from the log, which is right whatever the log kept of the failed batches.
     * Failures are rare (leadership gone, disk gone, replicas gone just now). The one failure that a client could cause
     * at will, records that do not fit into a batch, is found before anything is applied; so is the one that may last,
     * too few replicas in sync: then what changes nothing durable is answered as ever, and the rest is refused.
     *
     * Where that comes about, or a follower dies, while a batch is in flight, the batch may stay so for hours. Who
     * waits for it is told to ask again after commitTimeoutMs, and so is at once whoever comes later and would hear of
     * what is not committed. The state is kept meanwhile: it is the right one if the batch is committed in the end, and
     * if it never is, another leads, or this one has heard that the append failed. A replay would find the same
     * records, and could not serve them either.
     *
     * For the same reason a new leader with such a tail, whose high watermark does not move, stays LOADING until enough
     * replicas are in sync. To serve the replayed state could show what is lost later, and to serve that of the high
     * watermark could hide what was acknowledged.
     *
     *            start                 replayed, tail committed
     *   (new) ----------> LOADING ------------------------------> ACTIVE
     *                      ^  |  append or handler failed           |
     *            retryMs   |  |<-----------------------------------+
     *                      |  | not leader, storage failed          | not leader, storage failed
     *                      +--+--------------> DEPOSED <------------+
     *   any of them -- stop --> STOPPED
     *
     * Every reload begins a new incarnation. Whatever comes back from an older one (a read, an append, a turn's flush)
     * is ignored: its replies have been failed, its timers cancelled.
     */

    private enum Status {
        LOADING, ACTIVE, DEPOSED, STOPPED
    }

    /// Records that go into one append, and what is said once they are committed.
    private static final class Batch {
        final List<CoordinatorRecord> records = new ArrayList<>();
        final List<Decision> answers = new ArrayList<>();
        int sizeInBytes = BATCH_HEADER_BYTES;
        boolean isCommitted;
        /// By the monotonic clock; nobody waits for it longer.
        long dueMs;
        boolean isLate;
    }

    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorRuntime.class);
    private static final int BATCH_HEADER_BYTES = 61;

    private final String name;
    private final PartitionLog log;
    private final Shard shard;
    private final Clock clock;
    private final RuntimeLimits limits;
    private final Function<CoordinatorTimers<S>, S> newState;

    private Status status = Status.LOADING;
    private long incarnation;
    private S state;
    private CoordinatorTimers<S> timers;
    private final Set<Reply<?>> openReplies = new LinkedHashSet<>();
    private @Nullable Batch openBatch;
    private final ArrayDeque<Batch> inFlight = new ArrayDeque<>();
    /// Whether a timer is set for the first batch in flight that is not late.
    private boolean isWatched;
    /// Whether a batch was late, and is not yet known to be committed.
    private boolean isBehind;
    private long loadStartedMs;
    private long loadedCount;
    private long unreadableCount;
    /// Whether the log took nothing when it was last asked.
    private boolean isRefusing;

    /// @param name for the log: `__consumer_offsets-7`
    /// @param newState makes an empty state, at the start and for every reload
    public CoordinatorRuntime(String name, PartitionLog log, Shard shard, Clock clock, RuntimeLimits limits,
            Function<CoordinatorTimers<S>, S> newState) {
        this.name = name;
        this.log = log;
        this.shard = shard;
        this.clock = clock;
        this.limits = limits;
        this.newState = newState;
        this.timers = newTimers();
        this.state = newState.apply(timers);
    }

    /// Begins to replay the log. Called once.
    public void start() {
        shard.run(this::load);
    }

    /// Runs `command`; the future never fails.
    public <A> CompletableFuture<Outcome<A>> submit(Command<S, A> command) {
        Reply<A> reply = new Reply<>();
        shard.run(() -> begin(command, reply));
        return reply.future();
    }

    /// Leadership is gone: answers everything that waits, and drops the state.
    public void stop() {
        shard.run(() -> leave(Status.STOPPED));
    }

    /// Whether commands are taken. On the shard only.
    public boolean isActive() {
        return status == Status.ACTIVE;
    }

    private <A> void begin(Command<S, A> command, Reply<A> reply) {
        Outcome.@Nullable Reason refusal = switch (status) {
            case LOADING -> Outcome.Reason.LOADING;
            case DEPOSED, STOPPED -> Outcome.Reason.NOT_LEADER;
            case ACTIVE -> limits.maxOpenReplies() <= openReplies.size() ? Outcome.Reason.UNAVAILABLE : null;
        };
        if (refusal != null) {
            reply.fail(refusal);
            return;
        }
        openReplies.add(reply);
        decide(current -> command.handle(current, reply), reply);
    }

    private void decide(Function<S, Decision> handler, @Nullable Reply<?> reply) {
        Decision decision;
        try {
            decision = handler.apply(state);
        } catch (RuntimeException e) {
            LOG.error("coordinator '{}': a command failed; the state is replayed from the log", name, e);
            fail(reply, Outcome.Reason.BROKEN);
            restart("a command failed");
            return;
        }
        boolean isWritten = decision.records().isEmpty() || mayAppend();
        if (!isWritten && !decision.isDispensable()) {
            fail(reply, Outcome.Reason.UNAVAILABLE);
            return;
        }
        long before = incarnation;
        if (!isWritten) {
            decision.records().forEach(state::applyRecord);
        } else if (!enqueue(decision)) {
            LOG.error(
                    "coordinator '{}': {} records do not fit into a batch of {} bytes; refused",
                    name,
                    decision.records().size(),
                    log.maxBatchBytes());
            fail(reply, Outcome.Reason.TOO_LARGE);
            return;
        }
        if (before == incarnation) {
            decision.softChanges().forEach(Runnable::run);
            answerWhenCommitted(decision);
        }
    }

    private boolean mayAppend() {
        boolean isRefused = !log.mayAppend();
        if (isRefused != isRefusing) {
            isRefusing = isRefused;
            if (isRefused) {
                LOG.warn("coordinator '{}': too few replicas are in sync; what is to be written is refused until there "
                        + "are enough, what is there is served", name);
            } else {
                LOG.info("coordinator '{}': enough replicas are in sync again", name);
            }
        }
        return !isRefused;
    }

    /// Applies the records and hands them to the open batch.
    ///
    /// @return false when they can't be appended; nothing has changed then
    private boolean enqueue(Decision decision) {
        List<CoordinatorRecord> records = decision.records();
        int sizeInBytes = 0;
        for (CoordinatorRecord record : records) {
            int size = record.maxSizeInBytes();
            sizeInBytes = decision.isAtomic() ? sizeInBytes + size : Math.max(sizeInBytes, size);
            if (sizeInBytes > log.maxBatchBytes() - BATCH_HEADER_BYTES) {
                return false;
            }
        }
        long before = incarnation;
        if (decision.isAtomic() && !records.isEmpty()) {
            makeRoom(sizeInBytes);
        }
        for (CoordinatorRecord record : records) {
            if (!decision.isAtomic()) {
                makeRoom(record.maxSizeInBytes());
            }
            if (before != incarnation) {
                return true;
            }
            Batch batch = openBatch();
            batch.records.add(record);
            batch.sizeInBytes += record.maxSizeInBytes();
            state.applyRecord(record);
        }
        return true;
    }

    private void makeRoom(int bytes) {
        if (openBatch != null && log.maxBatchBytes() < openBatch.sizeInBytes + bytes) {
            append(incarnation);
        }
    }

    private Batch openBatch() {
        if (openBatch == null) {
            openBatch = new Batch();
            long current = incarnation;
            shard.execute(() -> append(current));
        }
        return openBatch;
    }

    private void append(long ofIncarnation) {
        Batch batch = openBatch;
        if (ofIncarnation != incarnation || batch == null) {
            return;
        }
        openBatch = null;
        batch.dueMs = clock.monotonicMs() + limits.commitTimeoutMs();
        inFlight.add(batch);
        if (!isWatched) {
            watch(limits.commitTimeoutMs());
        }
        CompletableFuture<AppendOutcome> future = log.append(batch.records);
        if (future.isDone() && future.join() instanceof AppendOutcome.Failed(FailureReason reason, String detail)) {
            // At once: no later batch may be written after one that it was decided upon was refused.
            failed(reason, "append refused: " + detail);
            return;
        }
        later(future, outcome -> appended(batch, outcome));
    }

    private void appended(Batch batch, AppendOutcome outcome) {
        switch (outcome) {
            case AppendOutcome.Committed _ -> {
                batch.isCommitted = true;
                long current = incarnation;
                while (current == incarnation && !inFlight.isEmpty() && inFlight.peekFirst().isCommitted) {
                    inFlight.removeFirst().answers.forEach(this::answer);
                }
                if (current == incarnation && isBehind && (inFlight.isEmpty() || !inFlight.peekFirst().isLate)) {
                    isBehind = false;
                    LOG.info("coordinator '{}': what it wrote is committed in time again", name);
                }
            }
            case AppendOutcome.Failed(FailureReason reason, String detail) ->
                failed(reason, "append failed: " + detail);
        }
    }

    private void answerWhenCommitted(Decision decision) {
        if (openBatch != null) {
            openBatch.answers.add(decision);
        } else if (inFlight.isEmpty()) {
            answer(decision);
        } else if (inFlight.getLast().isLate) {
            refuse(decision);
        } else {
            inFlight.getLast().answers.add(decision);
        }
    }

    /// Unless it was answered.
    private void fail(@Nullable Reply<?> reply, Outcome.Reason reason) {
        if (reply != null && openReplies.remove(reply)) {
            reply.fail(reason);
        }
    }

    private void refuse(Decision decision) {
        decision.answered().forEach(reply -> fail(reply, Outcome.Reason.UNAVAILABLE));
    }

    private void watch(long delayMs) {
        isWatched = true;
        after(delayMs, () -> {
            isWatched = false;
            refuseLate();
        });
    }

    private void refuseLate() {
        long nowMs = clock.monotonicMs();
        List<Decision> late = new ArrayList<>();
        for (Batch batch : inFlight) {
            if (nowMs < batch.dueMs) {
                watch(batch.dueMs - nowMs);
                break;
            }
            batch.isLate = true;
            late.addAll(batch.answers);
            batch.answers.clear();
        }
        if (!isBehind && !inFlight.isEmpty() && inFlight.getFirst().isLate) {
            isBehind = true;
            LOG.warn(
                    "coordinator '{}': what it wrote is not committed after {} ms; until it is, those who would hear "
                            + "of it are told to ask again",
                    name, limits.commitTimeoutMs());
        }
        late.forEach(this::refuse);
    }

    private void answer(Decision decision) {
        for (int i = 0; i < decision.answered().size(); i++) {
            if (openReplies.remove(decision.answered().get(i))) {
                decision.answers().get(i).run();
            }
        }
    }

    private void load() {
        if (status == Status.STOPPED) {
            return;
        }
        reset(Status.LOADING, Outcome.Reason.LOADING);
        loadStartedMs = clock.monotonicMs();
        loadedCount = 0;
        unreadableCount = 0;
        loadFrom(log.startOffset());
    }

    private void loadFrom(long offset) {
        if (log.endOffset() <= offset) {
            awaitTail();
            return;
        }
        later(log.read(offset, limits.loadSliceBytes()), outcome -> replay(offset, outcome));
    }

    private void awaitTail() {
        CompletableFuture<AppendOutcome> committed = log.barrier();
        if (!committed.isDone()) {
            after(limits.commitTimeoutMs(), () -> {
                if (status == Status.LOADING) {
                    LOG.warn(
                            "coordinator '{}': its log is replayed, but the end of it is not known to be committed; "
                                    + "its groups wait until enough replicas are in sync",
                            name);
                }
            });
        }
        later(committed, this::loaded);
    }

    /// Runs `task` after a while, unless the state is gone by then.
    private void after(long delayMs, Runnable task) {
        long current = incarnation;
        shard.schedule(delayMs, () -> {
            if (current == incarnation) {
                task.run();
            }
        });
    }

    /// Goes on with what `future` gives, in a turn of its own, unless the state it was asked for is gone by then.
    private <T> void later(CompletableFuture<T> future, Consumer<T> next) {
        long current = incarnation;
        CompletableFuture<Void> _ = future.thenAccept(outcome -> shard.execute(() -> {
            if (current == incarnation) {
                next.accept(outcome);
            }
        }));
    }

    private void replay(long offset, ReadOutcome outcome) {
        switch (outcome) {
            case ReadOutcome.Slice(List<CoordinatorRecord> records, long nextOffset) -> {
                records.forEach(this::replay);
                if (nextOffset <= offset) {
                    failed(FailureReason.UNAVAILABLE, "the log gave nothing at offset " + offset);
                } else {
                    loadFrom(nextOffset);
                }
            }
            case ReadOutcome.Failed(FailureReason reason, String detail) -> failed(reason, "load failed: " + detail);
        }
    }

    /// A record nobody can read is passed over: it would otherwise keep every group of the partition from being served.
    private void replay(CoordinatorRecord record) {
        loadedCount++;
        try {
            state.applyRecord(record);
        } catch (UnreadableRecord e) {
            if (unreadableCount++ == 0) {
                LOG.error("coordinator '{}': passes over an unreadable record: {}", name, e.getMessage());
            }
        }
    }

    private void loaded(AppendOutcome outcome) {
        switch (outcome) {
            case AppendOutcome.Committed _ -> {
                if (loadedCount > 0) {
                    LOG.info(
                            "coordinator '{}': replayed {} records in {} ms, {} of them unreadable",
                            name,
                            loadedCount,
                            clock.monotonicMs() - loadStartedMs,
                            unreadableCount);
                }
                status = Status.ACTIVE;
                decide(CoordinatorState::onLoaded, null);
            }
            case AppendOutcome.Failed(FailureReason reason, String detail) -> failed(reason, "load failed: " + detail);
        }
    }

    private void failed(FailureReason reason, String what) {
        switch (reason) {
            case NOT_LEADER, STORAGE_FAILED -> {
                LOG.info("coordinator '{}': {}; it serves no more until this broker leads again", name, what);
                leave(Status.DEPOSED);
            }
            case UNAVAILABLE -> {
                LOG.warn("coordinator '{}': {}; the log is replayed in {} ms", name, what, limits.retryMs());
                restart(what);
            }
        }
    }

    private void restart(String why) {
        LOG.debug("coordinator '{}': restarts: {}", name, why);
        reset(Status.LOADING, Outcome.Reason.UNAVAILABLE);
        after(limits.retryMs(), this::load);
    }

    private void leave(Status next) {
        if (status != Status.STOPPED) {
            reset(next, Outcome.Reason.NOT_LEADER);
        }
    }

    /// Begins an incarnation with an empty state.
    private void reset(Status next, Outcome.Reason reason) {
        incarnation++;
        status = next;
        timers.cancelAll();
        openBatch = null;
        inFlight.clear();
        isWatched = false;
        isBehind = false;
        timers = newTimers();
        state = newState.apply(timers);
        List<Reply<?>> failed = List.copyOf(openReplies);
        openReplies.clear();
        failed.forEach(reply -> reply.fail(reason));
    }

    private CoordinatorTimers<S> newTimers() {
        return new CoordinatorTimers<>(shard, task -> decide(task, null));
    }
}
