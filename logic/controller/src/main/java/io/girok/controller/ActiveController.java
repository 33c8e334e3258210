package io.girok.controller;

import io.girok.base.Clock;
import io.girok.base.Timers;
import io.girok.metadata.ImageChange;
import io.girok.metadata.MetadataCodec;
import io.girok.metadata.MetadataDelta;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataLog.AppendOutcome;
import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.MetadataLog.AppendOutcome.NotWritten;
import io.girok.metadata.MetadataLog.AppendOutcome.Unknown;
import io.girok.metadata.MetadataStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes commands, has them decided, appends the decisions to the metadata log, and answers once they are committed and
/// in the store's image. [#submit] and [#close] are thread-safe; all state is owned by the executor, which runs one
/// task at a time.
public final class ActiveController implements MetadataStore.Subscriber, AutoCloseable {
    /*
     * One batch is in flight at most; what comes meanwhile waits and makes the next batch. Each command of a batch is
     * decided on the image that the ones before it lead to, so all of them hold together or, when the batch is not
     * written, none. With nothing in flight, the store's image is all there is in this epoch: no image is kept here.
     * A batch that writes nothing is answered after a barrier: the append is what proves the others.
     *
     * A repair is due whenever a decision may have been left half done: in a new epoch, whose predecessor may have
     * fenced a broker and not come to the end of what follows from it, or have written records of an earlier version
     * than this node does, after a batch with more to follow, and after doubt. It goes before whatever waits, which may
     * count on leaders that are there, and stays due until a batch with all of it is in the image, or there was nothing
     * to do. When the log turns it down for now, it is tried again after a rest, or with the next command.
     *
     *   not leading --onLeader--> leading --an append failed oddly--> doubtful --resigned, or caught up--> ...
     *        ^----------------onNotLeader----/---------------------------/
     *
     * Doubtful: an append may or may not have been written, or the engine's view differs from ours. No command is taken
     * until the engine says who leads in the next epoch or, when it keeps this node in the same one, until a barrier
     * shows that the image is complete. Were a doubtful batch to be written later still, the log would refuse ours,
     * since it begins at the same offset.
     */
    private static final Logger LOG = LoggerFactory.getLogger(ActiveController.class);
    private static final long NOT_LEADING = -1;
    private static final long REPAIR_REST_MS = 100;

    /// Commands without an answer yet.
    public static final int MAX_OPEN_COMMANDS = 10_000;

    private final Controller controller;
    private final MetadataStore store;
    private final MetadataLog log;
    private final Surroundings surroundings;
    private final AtomicInteger openCommands = new AtomicInteger();

    private final ArrayDeque<Waiting<?>> waiting = new ArrayDeque<>();
    private long epoch = NOT_LEADING;
    private boolean isDoubtful;
    private boolean isResolving;
    private boolean isClosed;
    private boolean isAppending;
    private boolean isRepairDue;
    private boolean isRepairResting;

    /// What it runs on.
    ///
    /// @param executor runs one task at a time
    /// @param timers may run theirs anywhere: what is to be done is handed to the executor
    public record Surroundings(Executor executor, Timers timers, Clock clock) {}

    private record Waiting<A>(Command<A> command, CompletableFuture<A> answer) {}

    /// A command that is decided: what to write, what to answer then, and the image after it.
    ///
    /// @param isDone false: [RepairPartitions] is to follow
    private record Decided<A>(List<byte[]> records, CompletableFuture<A> future, A answer, boolean isDone,
            MetadataImage after) {
        void complete() {
            future.complete(answer);
        }

        long sizeInBytes() {
            return records.stream().mapToLong(record -> record.length).sum();
        }
    }

    /// @param isRepair whether it begins with the repair that was due
    private record Batch(long epoch, MetadataImage before, List<Decided<?>> commands, boolean isRepair) {
        List<byte[]> records() {
            return commands.stream().flatMap(command -> command.records().stream()).toList();
        }

        void complete() {
            commands.forEach(Decided::complete);
        }

        boolean isDone() {
            return commands.stream().allMatch(Decided::isDone);
        }

        void fail(CommandFailed failure) {
            commands.forEach(command -> command.future().completeExceptionally(failure));
        }
    }

    /// To be subscribed to `store`, which listens to `log`, before the log starts.
    public ActiveController(Controller controller, MetadataStore store, MetadataLog log, Surroundings surroundings) {
        this.controller = controller;
        this.store = store;
        this.log = log;
        this.surroundings = surroundings;
    }

    /// The answer to `command`, after what it decided is in the store's image; or a [CommandFailed]. It is completed on
    /// the executor: whoever has more to do with it than a little goes elsewhere.
    public <A> CompletableFuture<A> submit(Command<A> command) {
        CompletableFuture<A> answer = new CompletableFuture<>();
        if (MAX_OPEN_COMMANDS <= openCommands.getAndIncrement()) {
            openCommands.decrementAndGet();
            answer.completeExceptionally(
                    new CommandFailed(ControllerError.THROTTLING_QUOTA_EXCEEDED,
                            MAX_OPEN_COMMANDS + " commands wait for the controller already; ask again later"));
            return answer;
        }
        var _ = answer.whenComplete((result, failure) -> openCommands.decrementAndGet());
        run(() -> take(new Waiting<>(command, answer)),
                () -> answer.completeExceptionally(new NotActiveController("the controller is shut down")));
        return answer;
    }

    /// Runs on the executor, or, when that takes nothing any more, does `otherwise`.
    private void run(Runnable task, Runnable otherwise) {
        try {
            surroundings.executor().execute(task);
        } catch (RejectedExecutionException e) {
            otherwise.run();
        }
    }

    private void take(Waiting<?> command) {
        if (epoch == NOT_LEADING || isDoubtful) {
            command.answer().completeExceptionally(notActive());
            resolveDoubt();
        } else {
            waiting.add(command);
            appendNext();
        }
    }

    private static NotActiveController notActive() {
        return new NotActiveController("this node is not the active controller now");
    }

    private void appendNext() {
        while (epoch != NOT_LEADING && !isDoubtful && !isAppending && hasWork()) {
            Batch batch = nextBatch();
            List<byte[]> records = batch.records();
            if (records.isEmpty()) {
                confirm(batch);
            } else {
                append(batch, records);
            }
        }
    }

    private boolean hasWork() {
        return (isRepairDue && !isRepairResting) || !waiting.isEmpty();
    }

    /// Ends with a decision that is to be gone on with: the next one is made after that.
    private Batch nextBatch() {
        boolean isRepair = isRepairDue;
        if (isRepair) {
            waiting.addFirst(new Waiting<>(new RepairPartitions(), new CompletableFuture<>()));
        }
        MetadataImage before = store.image();
        MetadataImage image = before;
        List<Decided<?>> commands = new ArrayList<>();
        long bytes = 0;
        boolean isDone = true;
        for (Waiting<?> next = waiting.peek(); isDone && next != null; next = waiting.peek()) {
            Optional<? extends Decided<?>> decided = decide(image, next);
            if (decided.isPresent()) {
                long bytesMore = decided.get().sizeInBytes();
                if (MetadataLog.MAX_BATCH_BYTES < bytes + bytesMore) {
                    break;
                }
                bytes += bytesMore;
                commands.add(decided.get());
                image = decided.get().after();
                isDone = decided.get().isDone();
            }
            waiting.remove();
        }
        return new Batch(epoch, before, commands, isRepair);
    }

    /// Empty when the command has failed. A mistake in a decision shows before anything is written, so it costs that
    /// command only.
    private <A> Optional<Decided<A>> decide(MetadataImage image, Waiting<A> next) {
        Decided<A> decided;
        try {
            Decision<A> decision = controller.handle(image, next.command(), surroundings.clock().wallMs());
            decided = new Decided<>(decision.records().stream().map(MetadataCodec::encode).toList(), next.answer(),
                    decision.answer(), decision.isDone(), ImageChange.of(image, decision.records()).image());
        } catch (RuntimeException e) {
            LOG.error("the controller cannot decide {}; it goes on without", next.command(), e);
            next.answer()
                    .completeExceptionally(
                            new CommandFailed(ControllerError.UNKNOWN_SERVER_ERROR,
                                    "the controller has failed to decide; its log says why"));
            return Optional.empty();
        }
        if (MetadataLog.MAX_BATCH_BYTES < decided.sizeInBytes()) {
            Result<Object> tooLarge = Draft.tooLarge();
            next.answer()
                    .completeExceptionally(new CommandFailed(tooLarge.error(), String.valueOf(tooLarge.message())));
            return Optional.empty();
        }
        return Optional.of(decided);
    }

    private void append(Batch batch, List<byte[]> records) {
        isAppending = true;
        var _ = log.append(batch.epoch(), batch.before().endOffset(), records).handle((outcome, failure) -> {
            AppendOutcome known = failure == null ? outcome : new Unknown(failure.toString());
            run(() -> finish(batch, records.size(), known), () -> batch.fail(timedOut("the controller is shut down")));
            return true;
        });
    }

    /// Answers a batch that writes nothing once it is certain that this node was the active controller when it decided:
    /// what a deposed one refuses, or finds done already, may be otherwise by now.
    private void confirm(Batch batch) {
        isAppending = true;
        var _ = log.barrier().handle((lastOffset, failure) -> {
            run(() -> confirmed(batch, failure), () -> batch.fail(notActive()));
            return true;
        });
    }

    private void confirmed(Batch batch, @Nullable Throwable failure) {
        boolean isOfThisEpoch = epoch == batch.epoch();
        if (isOfThisEpoch) {
            isAppending = false;
        }
        MetadataLog.Leadership leadership = log.leadership();
        // A barrier may succeed on a node that another one leads by now.
        if (failure == null && isOfThisEpoch && leadership.isLeader() && leadership.epoch() == batch.epoch()) {
            batch.complete();
            isRepairDue &= !batch.isRepair();
        } else {
            batch.fail(notActive());
            restRepair(batch);
        }
        appendNext();
    }

    private void finish(Batch batch, int recordCount, AppendOutcome outcome) {
        if (epoch == batch.epoch()) {
            isAppending = false;
        }
        switch (outcome) {
            case Appended _ -> {
                if (batch.before().endOffset() + recordCount <= store.image().endOffset()) {
                    logLevels(batch.before(), store.image());
                    batch.complete();
                    if (epoch == batch.epoch()) {
                        isRepairDue = !batch.isDone();
                    }
                } else {
                    LOG.error("the metadata log has written up to {}, but delivered up to {} only",
                            batch.before().endOffset() + recordCount, store.image().endOffset());
                    batch.fail(timedOut("the change is written, but not in force yet"));
                    doubt(batch.epoch());
                }
            }
            case NotWritten refusal -> {
                LOG.info("the metadata log has not taken a batch of epoch {}: {} ({})", batch.epoch(), refusal.reason(),
                        refusal.detail());
                batch.fail(new NotActiveController("the change was not written: " + refusal.detail()));
                switch (refusal.reason()) {
                    case FENCED, NOT_LEADER, OFFSET_MISMATCH -> doubt(batch.epoch());
                    case UNAVAILABLE, TOO_LARGE -> {
                        // Nothing is in doubt: the next batch may go better.
                        restRepair(batch);
                    }
                }
            }
            case Unknown unknown -> {
                LOG.warn("it is not known whether a batch of epoch {} was written: {}; this node gives up leadership",
                        batch.epoch(), unknown.detail());
                batch.fail(timedOut("it is not known whether the change was written: " + unknown.detail()));
                doubt(batch.epoch());
            }
        }
        appendNext();
    }

    private static void logLevels(MetadataImage before, MetadataImage after) {
        boolean isFounded = !before.clusterId().isEmpty();
        after.features().forEach((feature, level) -> {
            int earlier = before.featureLevel(feature);
            if (isFounded && earlier < level) {
                LOG.info("feature '{}' is at level {} from here on, after {}: a node whose Girok does not support that "
                        + "can't belong to this cluster any more", feature, level, earlier);
            }
        });
    }

    /// The log takes nothing now: a repair that is due is tried again later.
    private void restRepair(Batch batch) {
        if (epoch == batch.epoch() && isRepairDue && !isRepairResting) {
            isRepairResting = true;
            var _ = surroundings.timers().schedule(REPAIR_REST_MS, () -> run(() -> {
                isRepairResting = false;
                appendNext();
            }, () -> {}));
        }
    }

    private static CommandFailed timedOut(String message) {
        return new CommandFailed(ControllerError.REQUEST_TIMED_OUT, message);
    }

    /// Takes no commands in `doubtful` until it is known how things are.
    private void doubt(long doubtful) {
        if (epoch == doubtful) {
            isDoubtful = true;
            refuseWaiting();
            resolveDoubt();
        }
    }

    private void resolveDoubt() {
        if (!isDoubtful || isResolving) {
            return;
        }
        isResolving = true;
        long doubtful = epoch;
        var _ = log.resign(doubtful)
                .handle((nothing, failure) -> failure == null)
                // Whether it resigned or not: if this node leads in the same epoch still, the barrier says what is.
                .thenCompose(_ -> log.barrier())
                .handle((lastOffset, failure) -> {
                    run(() -> resolved(doubtful, failure), () -> {});
                    return true;
                });
    }

    private void resolved(long doubtful, @Nullable Throwable failure) {
        isResolving = false;
        if (failure != null) {
            Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                    ? failure.getCause()
                    : failure;
            LOG.warn("the metadata log does not say what it holds; the next command makes it be asked again: {}",
                    cause.toString());
        } else if (epoch == doubtful) {
            isDoubtful = false;
            isRepairDue = true;
            isRepairResting = false;
            appendNext();
        }
    }

    private void refuseWaiting() {
        for (Waiting<?> next = waiting.poll(); next != null; next = waiting.poll()) {
            next.answer().completeExceptionally(notActive());
        }
    }

    @Override
    public void onImage(MetadataImage image, MetadataDelta delta) {
        // The store is asked when a command is decided.
    }

    @Override
    public void onLeader(long newEpoch) {
        run(() -> {
            if (!isClosed) {
                refuseWaiting();
                epoch = newEpoch;
                isDoubtful = false;
                // A batch of an earlier epoch is in the image by now or never will be; its outcome is only an answer.
                isAppending = false;
                LOG.info("this node is the active controller in epoch {}", newEpoch);
                isRepairDue = true;
                isRepairResting = false;
                appendNext();
            }
        }, () -> {});
    }

    @Override
    public void onNotLeader(long endedEpoch) {
        run(() -> {
            if (epoch == endedEpoch) {
                stopLeading();
                LOG.info("this node is no longer the active controller of epoch {}", endedEpoch);
            }
        }, () -> {});
    }

    private void stopLeading() {
        epoch = NOT_LEADING;
        isDoubtful = false;
        isRepairDue = false;
        refuseWaiting();
    }

    /// Refuses what waits and all that comes; what is in flight is answered when the log knows.
    @Override
    public void close() {
        run(() -> {
            isClosed = true;
            stopLeading();
        }, () -> {});
    }
}
