package io.girok.replication;

import io.girok.base.Invariant;
import io.girok.base.PartitionName;
import io.girok.files.StorageFailed;
import io.girok.log.AppendOrigin;
import io.girok.log.AppendResult;
import io.girok.log.EpochEnd;
import io.girok.log.LogSettings;
import io.girok.log.PartitionStore;
import io.girok.log.ReadResult;
import io.girok.log.TimestampOffset;
import io.girok.record.producer.AbortedTransaction;
import io.girok.replication.AppendOutcome.Refused;
import io.girok.replication.AppendOutcome.Written;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The leader of one partition: appends to its log, knows what is committed, and tells those who wait for it. Owned by
/// the partition's shard, as is every listener it is given.
public final class PartitionLeader {
    /*
     * Idea. An append goes to the local log and a flush is asked for. When the flush (and each in-sync follower's
     * fetch) has moved the lowest durable offset of the in-sync replicas, that offset is the high watermark: produces
     * that wait for it are answered in offset order, and fetches that wait are told how many bytes became visible to
     * them, so that nobody has to look at a partition in which nothing happened.
     *
     * With `durability=os` the log reports durability from inside the append. What that sets off (answers, reads of
     * this very log) is held back until the append has returned: a listener never sees a half-done append.
     *
     *             lead                    resign
     *   (idle) ---------> LEADING <------------------> (idle)
     *                        |  the disk failed
     *                        +---------------------> FAILED    until the partition is opened anew
     */

    private static final Logger LOG = LoggerFactory.getLogger(PartitionLeader.class);
    private static final short ACKS_ALL = -1;
    private static final ReadResult.Data NOTHING = new ReadResult.Data(List.of(), 0);
    private static final int NO_EPOCH = -1;

    private enum Status {
        IDLE, LEADING, FAILED
    }

    /// Told once how the wait for a commit ended.
    @FunctionalInterface
    public interface CommitListener {
        /// @param error [Errors#NONE] when committed
        void onDone(Errors error);
    }

    /// A wait for a commit.
    public interface CommitWait {
        /// Ends the wait without a word. Nothing happens when it has ended.
        void cancel();
    }

    /// Told while a fetch waits.
    public interface ProgressListener {
        /// About `sizeInBytes` more became visible, by the size of what was appended since.
        void onProgress(long sizeInBytes);

        /// The partition can't be read from this leader any more: look at it again, and don't expect further calls.
        void onInterrupted();
    }

    private final PartitionStore store;
    private final ReplicaProgress progress;
    private final CommitWaits commitWaits = new CommitWaits();
    private final FetchWaits fetchWaits = new FetchWaits();
    private Status status = Status.IDLE;
    private int leaderEpoch = NO_EPOCH;
    private LogSettings settings;
    private int minInSyncReplicas;
    private long highWatermark;
    private long stableOffset;
    private long bytesAboveHighWatermark;
    private long bytesAboveStableOffset;
    private long epochStartOffset;
    private boolean isAppending;

    /// @param settings those the store was opened with
    /// @param minInSyncReplicas `min.insync.replicas` of the topic
    public PartitionLeader(PartitionStore store, LogSettings settings, int brokerId, int minInSyncReplicas) {
        this.store = store;
        this.settings = settings;
        this.minInSyncReplicas = minInSyncReplicas;
        this.progress = new ReplicaProgress(brokerId);
        this.highWatermark = Math.max(store.startOffset(), store.checkpointedHighWatermark());
        this.stableOffset = store.lastStableOffset(highWatermark);
        store.onDurable(this::onDurable);
    }

    public PartitionName name() {
        return store.name();
    }

    /// The log, for what needs no leader: settings, retention, sizes.
    public PartitionStore store() {
        return store;
    }

    /// Takes the lead, or hears of another in-sync set; an older epoch than the present one is ignored.
    public void lead(Leadership leadership) {
        if (status == Status.FAILED || leadership.leaderEpoch() < leaderEpoch) {
            return;
        }
        try {
            if (status == Status.IDLE || leaderEpoch < leadership.leaderEpoch()) {
                progress.forgetFollowers();
                leaderEpoch = leadership.leaderEpoch();
                epochStartOffset = store.endOffset();
                store.assignEpoch(leaderEpoch, epochStartOffset);
            }
            status = Status.LEADING;
            progress.inSync(leadership.isr());
            progress.localReached(store.durableOffset());
            askForFlush();
            advanceHighWatermark();
        } catch (StorageFailed failure) {
            fail(failure);
        }
    }

    /// The lead is gone, or the partition: everyone who waits hears `NOT_LEADER_OR_FOLLOWER`.
    public void resign() {
        if (status == Status.LEADING) {
            status = Status.IDLE;
        }
        interrupt(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    /// The log directory is offline: everyone who waits hears `KAFKA_STORAGE_ERROR`.
    public void storageFailed() {
        status = Status.FAILED;
        interrupt(Errors.KAFKA_STORAGE_ERROR);
    }

    /// The topic's settings changed.
    public void configure(LogSettings settings, int minInSyncReplicas) {
        this.settings = settings;
        this.minInSyncReplicas = minInSyncReplicas;
        try {
            store.updateSettings(settings);
        } catch (StorageFailed failure) {
            fail(failure);
        }
    }

    public LogSettings settings() {
        return settings;
    }

    /// Whether nobody waits for anything here and everything is committed, so that nobody misses this leader.
    public boolean isAtRest() {
        return status == Status.LEADING && commitWaits.isEmpty() && fetchWaits.isEmpty()
                && highWatermark == store.endOffset();
    }

    public int leaderEpoch() {
        return leaderEpoch;
    }

    /// Everything below is committed.
    public long highWatermark() {
        return highWatermark;
    }

    public long lastStableOffset() {
        return stableOffset;
    }

    /// Whether a request of someone who believes in `currentLeaderEpoch` (-1: in any) may be served here.
    public Errors check(int currentLeaderEpoch) {
        return switch (status) {
            case IDLE -> Errors.NOT_LEADER_OR_FOLLOWER;
            case FAILED -> Errors.KAFKA_STORAGE_ERROR;
            case LEADING -> {
                if (currentLeaderEpoch == NO_EPOCH || currentLeaderEpoch == leaderEpoch) {
                    yield Errors.NONE;
                }
                yield currentLeaderEpoch < leaderEpoch ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH;
            }
        };
    }

    /// Appends the batches of `records`, all or none, and lets them become durable. Who needs them committed
    /// (`acks=all`) calls [#awaitCommitted] with the outcome's end offset, before anything else happens on the shard.
    ///
    /// @param records may be written to; not used after the call
    /// @param acks as in a produce request: with -1, too few in-sync replicas refuse the append
    public AppendOutcome append(ByteBuffer records, AppendOrigin origin, short acks) {
        Errors error = check(NO_EPOCH);
        if (error != Errors.NONE) {
            return Refused.of(error);
        }
        if (acks == ACKS_ALL && progress.inSyncCount() < minInSyncReplicas) {
            return new Refused(Errors.NOT_ENOUGH_REPLICAS, "the in-sync replicas are " + progress.inSyncCount()
                    + ", 'min.insync.replicas' is " + minInSyncReplicas, List.of());
        }
        try {
            isAppending = true;
            AppendResult result = store.append(records, origin, leaderEpoch);
            isAppending = false;
            return appended(result);
        } catch (StorageFailed failure) {
            isAppending = false;
            fail(failure);
            return Refused.of(Errors.KAFKA_STORAGE_ERROR);
        }
    }

    private AppendOutcome appended(AppendResult result) {
        return switch (result) {
            case AppendResult.Appended appended -> {
                bytesAboveHighWatermark += appended.sizeInBytes();
                askForFlush();
                advanceHighWatermark();
                yield new Written(appended.baseOffset(), appended.lastOffset(), appended.logAppendTimeMs(),
                        store.startOffset());
            }
            case AppendResult.Duplicate duplicate -> new Written(duplicate.baseOffset(), duplicate.lastOffset(),
                    duplicate.timestamp(), store.startOffset());
            case AppendResult.Rejected rejected -> new Refused(Rejections.error(rejected.reason()), rejected.message(),
                    rejected.records()
                            .stream()
                            .map(fault -> new AppendOutcome.RecordFault(fault.index(), fault.message()))
                            .toList());
        };
    }

    /// Tells `listener` once everything below `endOffset` is committed, perhaps before this returns; an
    /// in-sync set that has become too small by then is `NOT_ENOUGH_REPLICAS_AFTER_APPEND`. The time limit is the
    /// caller's: it cancels. Null when told already.
    public @Nullable CommitWait awaitCommitted(long endOffset, CommitListener listener) {
        Errors error = check(NO_EPOCH);
        if (error != Errors.NONE) {
            listener.onDone(error);
            return null;
        }
        if (endOffset <= highWatermark) {
            listener.onDone(afterAppend());
            return null;
        }
        return commitWaits.add(endOffset, listener);
    }

    /// Reads what a consumer at `position` may see.
    ///
    /// @param atLeastOne whether the first batch is given whole even if it is larger than the position's limit
    public FetchedPartition read(FetchPosition position, Isolation isolation, boolean atLeastOne) {
        Errors error = check(position.currentLeaderEpoch());
        if (error != Errors.NONE) {
            return FetchedPartition.failed(error);
        }
        try {
            if (position.lastFetchedEpoch() != NO_EPOCH) {
                EpochEnd end = store.endOffsetFor(position.lastFetchedEpoch());
                if (end.endOffset() < 0 || end.leaderEpoch() < 0) {
                    return FetchedPartition.failed(Errors.OFFSET_OUT_OF_RANGE);
                }
                if (end.leaderEpoch() < position.lastFetchedEpoch() || end.endOffset() < position.fetchOffset()) {
                    return answer(NOTHING, isolation, position.fetchOffset(), end);
                }
            }
            return readVisible(position, isolation, atLeastOne);
        } catch (StorageFailed failure) {
            fail(failure);
            return FetchedPartition.failed(Errors.KAFKA_STORAGE_ERROR);
        }
    }

    private FetchedPartition readVisible(FetchPosition position, Isolation isolation, boolean atLeastOne) {
        long offset = position.fetchOffset();
        if (offset < store.startOffset() || store.endOffset() < offset) {
            return FetchedPartition.failed(Errors.OFFSET_OUT_OF_RANGE);
        }
        long visibleEnd = visibleEnd(isolation);
        boolean mayGiveRecords = atLeastOne || 0 < position.maxBytes();
        if (visibleEnd <= offset || !mayGiveRecords) {
            return answer(NOTHING, isolation, offset, null);
        }
        return switch (store.read(offset, visibleEnd, Math.max(0, position.maxBytes()), atLeastOne)) {
            case ReadResult.Data data -> answer(data, isolation, offset, null);
            case ReadResult.OutOfRange outOfRange -> FetchedPartition.failed(Errors.OFFSET_OUT_OF_RANGE);
        };
    }

    private FetchedPartition answer(ReadResult.Data data, Isolation isolation, long offset,
            @Nullable EpochEnd diverging) {
        List<AbortedTransaction> aborted = switch (isolation) {
            case READ_UNCOMMITTED -> null;
            case READ_COMMITTED -> data.isEmpty() ? List.of() : store.abortedTransactions(offset, stableOffset);
        };
        return new FetchedPartition(Errors.NONE, highWatermark, stableOffset, store.startOffset(), data.slices(),
                data.sizeInBytes(), aborted, diverging);
    }

    /// The offset that a reader may not see yet.
    public long visibleEnd(Isolation isolation) {
        return switch (isolation) {
            case READ_UNCOMMITTED -> highWatermark;
            case READ_COMMITTED -> stableOffset;
        };
    }

    /// Lets `listener` know of what becomes visible, until [#stopWatching]. Shard code that reads and finds nothing
    /// calls this in the same task, so that nothing is missed in between.
    public void watch(ProgressListener listener, Isolation isolation) {
        fetchWaits.add(listener, isolation);
    }

    public void stopWatching(ProgressListener listener, Isolation isolation) {
        fetchWaits.remove(listener, isolation);
    }

    /// Whether the high watermark is known for sure: a new leader's may lag behind what the last one told its readers,
    /// until all that it found in its log is committed.
    public boolean isHighWatermarkKnown() {
        return epochStartOffset <= highWatermark;
    }

    /// The epoch of the first record, or of the next one in an empty log; -1 when unknown.
    public int earliestEpoch() {
        return onStore(() -> {
            long startOffset = store.startOffset();
            int low = 0;
            int high = store.latestEpoch();
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (store.endOffsetFor(middle).endOffset() <= startOffset) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return high;
        });
    }

    /// Looks a record up by time; empty when none that is visible is as late.
    ///
    /// @throws StorageFailed when the log cannot be read; the leader has noted it
    public Optional<TimestampOffset> offsetForTimestamp(long timestamp, Isolation isolation) {
        return onStore(() -> store.offsetForTimestamp(timestamp))
                .filter(found -> found.offset() < visibleEnd(isolation));
    }

    /// The record with the largest timestamp; empty when it is not visible.
    ///
    /// @throws StorageFailed as [#offsetForTimestamp]
    public Optional<TimestampOffset> maxTimestampOffset(Isolation isolation) {
        return onStore(store::maxTimestampOffset).filter(found -> found.offset() < visibleEnd(isolation));
    }

    /// Where `epoch` ends in this log, as far as it is known.
    ///
    /// @throws StorageFailed as [#offsetForTimestamp]
    public EpochEnd endOffsetFor(int epoch) {
        return epoch == leaderEpoch
                ? new EpochEnd(epoch, onStore(store::endOffset))
                : onStore(() -> store.endOffsetFor(epoch));
    }

    /// Deletes what lies below `offset`, or all that is committed when it is -1. Answers the log start offset then.
    ///
    /// @throws StorageFailed as [#offsetForTimestamp]
    public DeleteOutcome deleteBefore(long offset) {
        Errors error = check(NO_EPOCH);
        if (error != Errors.NONE) {
            return new DeleteOutcome(error, -1);
        }
        long wanted = offset == -1 ? highWatermark : offset;
        if (wanted < 0 || highWatermark < wanted) {
            return new DeleteOutcome(Errors.OFFSET_OUT_OF_RANGE, -1);
        }
        long startOffset = onStore(() -> {
            store.advanceStartOffset(wanted);
            return store.startOffset();
        });
        return new DeleteOutcome(Errors.NONE, startOffset);
    }

    /// Deletes what retention allows and forgets producers that were silent for too long. Answers the number of
    /// segments.
    public int deleteOldSegments(long nowMs) {
        if (status == Status.FAILED) {
            return 0;
        }
        try {
            return store.deleteOldSegments(nowMs, highWatermark);
        } catch (StorageFailed failure) {
            fail(failure);
            return 0;
        }
    }

    /// @param lowWatermark the log start offset, -1 with an error
    public record DeleteOutcome(Errors error, long lowWatermark) {}

    /// A follower's log is durable up to `durableOffset`.
    public void followerReached(int brokerId, long durableOffset) {
        progress.followerReached(brokerId, durableOffset);
        advanceOrFail();
    }

    private <T> T onStore(Supplier<T> work) {
        try {
            return work.get();
        } catch (StorageFailed failure) {
            fail(failure);
            throw failure;
        }
    }

    private void onDurable(long durableOffset) {
        progress.localReached(durableOffset);
        if (!isAppending) {
            advanceOrFail();
        }
    }

    /// For those who tell of a progress and can do nothing about the disk, which may have failed meanwhile.
    private void advanceOrFail() {
        try {
            advanceHighWatermark();
        } catch (StorageFailed failure) {
            fail(failure);
        }
    }

    private void askForFlush() {
        if (store.durableOffset() < store.endOffset()) {
            store.requestFlush();
        }
    }

    private void advanceHighWatermark() {
        long committed = progress.committedOffset();
        if (status != Status.LEADING || committed <= highWatermark) {
            return;
        }
        Invariant.check(committed <= store.endOffset(), "what is committed is in the log");
        long bytes = bytesThatBecameVisible(committed);
        highWatermark = committed;
        store.noteHighWatermark(committed);
        bytesAboveHighWatermark -= bytes;
        bytesAboveStableOffset += bytes;
        long stableBytes = stableBytes();
        commitWaits.complete(committed, afterAppend());
        // What was in the log before this leader opened it has no known size; still it is something to look at.
        fetchWaits.progressed(Isolation.READ_UNCOMMITTED, Math.max(1, bytes));
        if (0 < stableBytes) {
            fetchWaits.progressed(Isolation.READ_COMMITTED, stableBytes);
        }
    }

    /// Moves the stable offset along; answers about how many bytes lie between its old and its new place.
    private long stableBytes() {
        long stable = store.lastStableOffset(highWatermark);
        if (stable <= stableOffset) {
            return 0;
        }
        stableOffset = stable;
        long bytes = Math.max(1, bytesAboveStableOffset);
        bytesAboveStableOffset = 0;
        return bytes;
    }

    /// Sizes of single batches are not kept: what is in flight counts in proportion to its offsets, and to the byte
    /// once all of it is committed.
    private long bytesThatBecameVisible(long committed) {
        long endOffset = store.endOffset();
        if (committed == endOffset) {
            return bytesAboveHighWatermark;
        }
        double share = (double) (committed - highWatermark) / (endOffset - highWatermark);
        return (long) (bytesAboveHighWatermark * share);
    }

    private Errors afterAppend() {
        return progress.inSyncCount() < minInSyncReplicas ? Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND : Errors.NONE;
    }

    private void fail(StorageFailed failure) {
        if (status != Status.FAILED) {
            LOG.error("partition '{}' is offline until its log directory is repaired: {}", name(),
                    failure.getMessage(), failure);
        }
        storageFailed();
    }

    private void interrupt(Errors error) {
        commitWaits.failAll(error);
        fetchWaits.interrupted();
    }
}
