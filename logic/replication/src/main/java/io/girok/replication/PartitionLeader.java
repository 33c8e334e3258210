package io.girok.replication;

import io.girok.base.Invariant;
import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.files.EpochEnd;
import io.girok.files.StorageFailed;
import io.girok.log.AppendOrigin;
import io.girok.log.AppendResult;
import io.girok.log.LogSettings;
import io.girok.log.PartitionStore;
import io.girok.log.TimestampOffset;
import io.girok.replication.AppendOutcome.Refused;
import io.girok.replication.AppendOutcome.Written;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
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
    private static final int NO_EPOCH = -1;

    private enum Status {
        IDLE, LEADING, FAILED
    }

    /// Told once how the wait for other replicas ended.
    @FunctionalInterface
    public interface CommitListener {
        /// @param error [Errors#NONE] when they have come as far
        void onDone(Errors error);
    }

    /// A wait for other replicas.
    public interface CommitWait {
        /// Ends the wait without a word. Nothing happens when it has ended.
        void cancel();
    }

    /// Told while a fetch waits.
    public interface ProgressListener {
        /// About `sizeInBytes` more became visible, by the size of what was appended since.
        void onProgress(long sizeInBytes);

        /// The high watermark or the log start offset has moved, which is news for one who reads to the end of the log.
        void onNews();

        /// The partition can't be read from this leader any more: look at it again, and don't expect further calls.
        void onInterrupted();
    }

    /// A broker that has a copy of the partition and asks for what it lacks.
    ///
    /// @param brokerEpoch of its registration, -1 when it does not say
    public record Follower(int brokerId, long brokerEpoch) {}

    private final PartitionId id;
    private final PartitionStore store;
    private final ReplicationSettings replication;
    private final ReplicaProgress progress;
    private final Visibility visibility;
    private final CommitWaits commitWaits = new CommitWaits();
    private final Deletions deletions;
    private final ReplicaReader reader;
    private Status status = Status.IDLE;
    private int leaderEpoch = NO_EPOCH;
    private LogSettings settings;
    private int minInSyncReplicas;
    private long epochStartOffset;
    private boolean isAppending;
    private Consumer<StorageFailed> whenFailed = failure -> {};

    /// @param settings those that hold by now: the store was perhaps opened with older ones, and recovered for long
    /// @param minInSyncReplicas `min.insync.replicas` of the topic; where it has fewer replicas than that, all of them
    public PartitionLeader(PartitionStore store, LogSettings settings, int minInSyncReplicas,
            ReplicationSettings replication) {
        this.id = new PartitionId(store.topic(), store.name().index());
        this.store = store;
        this.settings = settings;
        this.minInSyncReplicas = minInSyncReplicas;
        this.replication = replication;
        this.progress = new ReplicaProgress(replication.brokerId());
        this.deletions = new Deletions(store, progress, this::hasEnoughInSync);
        this.visibility = new Visibility(store);
        this.reader = new ReplicaReader(store, visibility, new FetchWaits());
        store.updateSettings(settings);
        store.onDurable(this::onDurable);
    }

    public PartitionName name() {
        return store.name();
    }

    /// The log, for what needs no leader: settings, retention, sizes.
    public PartitionStore store() {
        return store;
    }

    /// Told once when the log fails in use; not when others say that its directory has.
    public void onFailure(Consumer<StorageFailed> listener) {
        whenFailed = listener;
    }

    /// Takes the lead, or hears of another in-sync set; what is older than what is known is ignored.
    public void lead(Leadership leadership) {
        if (status == Status.FAILED || leadership.leaderEpoch() < leaderEpoch) {
            return;
        }
        long nowMs = replication.clock().monotonicMs();
        try {
            if (status == Status.IDLE || leaderEpoch < leadership.leaderEpoch()) {
                progress.begin(leadership, nowMs);
                progress.localRestarts(store.durableOffset());
                leaderEpoch = leadership.leaderEpoch();
                epochStartOffset = store.endOffset();
                store.assignEpoch(leaderEpoch, epochStartOffset);
                visibility.restart();
            } else if (leadership.partitionEpoch() < progress.leadership().partitionEpoch()) {
                return;
            } else {
                progress.change(leadership, nowMs);
            }
            status = Status.LEADING;
            progress.localReached(store.durableOffset());
            askForFlush();
            inSyncSetChanged();
        } catch (StorageFailed failure) {
            fail(failure);
        }
    }

    /// The lead is gone, or the partition: everyone who waits hears `NOT_LEADER_OR_FOLLOWER`.
    public void resign() {
        if (status == Status.LEADING) {
            status = Status.IDLE;
        }
        dismissWaiting();
    }

    /// Whoever waits hears `NOT_LEADER_OR_FOLLOWER`, and is to look for another leader.
    public void dismissWaiting() {
        interrupt(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    /// The log directory is offline: everyone who waits hears `KAFKA_STORAGE_ERROR`.
    public void storageFailed() {
        status = Status.FAILED;
        interrupt(Errors.KAFKA_STORAGE_ERROR);
    }

    /// The topic's settings changed. What may be committed with them is when [#lead] says that this replica leads with
    /// them still: when it has lost the lead meanwhile, others lead who may not have it.
    public void configure(LogSettings settings, int minInSyncReplicas) {
        this.settings = settings;
        this.minInSyncReplicas = minInSyncReplicas;
        try {
            store.updateSettings(settings);
        } catch (StorageFailed failure) {
            fail(failure);
        }
    }

    public boolean isLeading() {
        return status == Status.LEADING;
    }

    boolean hasFailed() {
        return status == Status.FAILED;
    }

    /// What is read of this replica while it follows; what its leader says is committed, a later lead begins from.
    ReplicaReader reader() {
        return reader;
    }

    public LogSettings settings() {
        return settings;
    }

    /// Whether nobody waits for anything here and everything is committed, so that nobody misses this leader.
    public boolean isAtRest() {
        return status == Status.LEADING && commitWaits.isEmpty() && deletions.isEmpty()
                && !reader.isWatched() && visibility.highWatermark() == store.endOffset();
    }

    public int leaderEpoch() {
        return leaderEpoch;
    }

    /// Everything below is committed.
    public long highWatermark() {
        return visibility.highWatermark();
    }

    public long lastStableOffset() {
        return visibility.stableOffset();
    }

    /// Whether a request of someone who believes in `currentLeaderEpoch` (-1: in any) may be served here.
    public Errors check(int currentLeaderEpoch) {
        return switch (status) {
            case IDLE -> Errors.NOT_LEADER_OR_FOLLOWER;
            case FAILED -> Errors.KAFKA_STORAGE_ERROR;
            case LEADING -> compareEpochs(currentLeaderEpoch, leaderEpoch);
        };
    }

    /// What someone is told who believes in an epoch (-1: in any) while it is `leaderEpoch`.
    static Errors compareEpochs(int currentLeaderEpoch, int leaderEpoch) {
        if (currentLeaderEpoch == NO_EPOCH || currentLeaderEpoch == leaderEpoch) {
            return Errors.NONE;
        }
        return currentLeaderEpoch < leaderEpoch ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH;
    }

    /// Whether so many replicas are in sync that `acks=all` may be promised.
    public boolean hasEnoughInSync() {
        return progress.mayCommit(minInSyncReplicas);
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
        if (acks == ACKS_ALL && !hasEnoughInSync()) {
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
                reader.appended(appended.sizeInBytes());
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

    /// Tells `listener` once everything below `endOffset` is committed. Where that is so already, it is told before
    /// this returns, which is null then: `NOT_ENOUGH_REPLICAS_AFTER_APPEND` when too few are in sync by now. The time
    /// limit is the caller's: it cancels.
    public @Nullable CommitWait awaitCommitted(long endOffset, CommitListener listener) {
        Errors error = check(NO_EPOCH);
        if (error != Errors.NONE) {
            listener.onDone(error);
            return null;
        }
        if (endOffset <= visibility.highWatermark()) {
            listener.onDone(
                    hasEnoughInSync() ? Errors.NONE : Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
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
            FetchedPartition parted = partedAt(position, isolation);
            return parted == null ? reader.read(position, isolation, atLeastOne) : parted;
        } catch (StorageFailed failure) {
            fail(failure);
            return FetchedPartition.failed(Errors.KAFKA_STORAGE_ERROR);
        }
    }

    /// Reads what `follower` lacks, to the end of the log; that it asks says how far its durable log reaches.
    ///
    /// @param atLeastOne as for [#read]
    public FetchedPartition readFor(Follower follower, FetchPosition position, boolean atLeastOne) {
        Errors error = check(position.currentLeaderEpoch());
        if (error != Errors.NONE) {
            return FetchedPartition.failed(error);
        }
        if (follower.brokerId() == replication.brokerId() || !progress.isReplica(follower.brokerId())) {
            // One of the two has not heard of the newest state of the partition yet, or it is no broker at all.
            return FetchedPartition.failed(Errors.UNKNOWN_LEADER_EPOCH);
        }
        try {
            FetchedPartition parted = partedAt(position, Isolation.LOG_END);
            if (parted != null) {
                return parted;
            }
            if (position.fetchOffset() < store.startOffset()) {
                return FetchedPartition.belowStart(store.startOffset());
            }
            if (store.endOffset() < position.fetchOffset()) {
                return reader.parted(position.fetchOffset(), Isolation.LOG_END,
                        new EpochEnd(leaderEpoch, store.endOffset()));
            }
            followerReached(follower, position);
            return reader.read(position, Isolation.LOG_END, atLeastOne);
        } catch (StorageFailed failure) {
            fail(failure);
            return FetchedPartition.failed(Errors.KAFKA_STORAGE_ERROR);
        }
    }

    /// The broker where a consumer finds what lies at `offset` and after as well as here: the most caught-up follower
    /// that is wanted, in sync, and has everything before. [FetchedPartition#NO_REPLICA] for none.
    public int mostCaughtUp(long offset, IntPredicate isWanted) {
        return progress.mostCaughtUp(offset, isWanted);
    }

    private void followerReached(Follower follower, FetchPosition position) {
        long nowMs = replication.clock().monotonicMs();
        progress.followerReached(follower, position, store.endOffset(), nowMs);
        advanceHighWatermark();
        deletions.progressed();
        propose(
                progress.proposeJoin(
                        id,
                        follower.brokerId(),
                        Math.max(visibility.highWatermark(), epochStartOffset),
                        nowMs));
    }

    /// Looks for followers that have been behind for too long.
    public void checkFollowers() {
        if (status == Status.LEADING) {
            propose(progress.proposeLeave(id, store.endOffset(), replication.maxLagMs(),
                    replication.clock().monotonicMs()));
        }
    }

    /// Other replicas may be in sync than before.
    private void inSyncSetChanged() {
        advanceOrFail();
        deletions.progressed();
        if (progress.takeMissedLeave()) {
            checkFollowers();
        }
    }

    private void propose(InSyncProposals.@Nullable Proposal proposal) {
        if (proposal == null) {
            return;
        }
        replication.proposals().propose(proposal, new InSyncProposals.Answer() {
            @Override
            public void onAccepted(int acceptedEpoch, int partitionEpoch, List<Integer> isr) {
                Leadership known = progress.leadership();
                // A smaller set counts from the metadata on, which bring the settings that the controller went by:
                // when more must be in sync by now, it takes those that leave for eligible.
                boolean isLarger = isr.containsAll(known.isr());
                if (status == Status.LEADING && acceptedEpoch == leaderEpoch && isLarger) {
                    lead(new Leadership(known.brokerId(), leaderEpoch, partitionEpoch, known.replicas(), isr));
                }
            }

            @Override
            public void onRefused() {
                progress.refused(proposal, replication.clock().monotonicMs());
                inSyncSetChanged();
            }
        });
    }

    /// The answer to a reader whose log leaves this one; null when it does not.
    private @Nullable FetchedPartition partedAt(FetchPosition position, Isolation isolation) {
        if (position.lastFetchedEpoch() == NO_EPOCH) {
            return null;
        }
        EpochEnd end = endOffsetFor(position.lastFetchedEpoch());
        if (end.endOffset() < 0 || end.leaderEpoch() < 0) {
            return FetchedPartition.failed(Errors.OFFSET_OUT_OF_RANGE);
        }
        return end.leaderEpoch() < position.lastFetchedEpoch() || end.endOffset() < position.fetchOffset()
                ? reader.parted(position.fetchOffset(), isolation, end)
                : null;
    }

    /// The offset that a reader may not see yet.
    public long visibleEnd(Isolation isolation) {
        return visibility.end(isolation);
    }

    /// Lets `listener` know of what becomes visible, until [#stopWatching]. Shard code that reads and finds nothing
    /// calls this in the same task, so that nothing is missed in between.
    public void watch(ProgressListener listener, Isolation isolation) {
        reader.watch(listener, isolation);
    }

    public void stopWatching(ProgressListener listener, Isolation isolation) {
        reader.stopWatching(listener, isolation);
    }

    /// Whether the high watermark is known for sure: a new leader's may lag behind what the last one told its readers,
    /// until all that it found in its log is committed.
    public boolean isHighWatermarkKnown() {
        return epochStartOffset <= visibility.highWatermark();
    }

    /// The epoch of the first record, or of the next one in an empty log; -1 when unknown.
    public int earliestEpoch() {
        return onStore(store::earliestEpoch);
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

    /// Deletes what lies below `offset`, or all that is committed when it is -1, and lets the followers that wait know.
    /// Whoever needs it gone for good calls [#awaitDeleted] with the outcome's offset.
    ///
    /// @throws StorageFailed as [#offsetForTimestamp]
    public DeleteOutcome deleteBefore(long offset) {
        Errors error = check(NO_EPOCH);
        if (error != Errors.NONE) {
            return new DeleteOutcome(error, -1);
        }
        long wanted = offset == -1 ? visibility.highWatermark() : offset;
        if (wanted < 0 || visibility.highWatermark() < wanted) {
            return new DeleteOutcome(Errors.OFFSET_OUT_OF_RANGE, -1);
        }
        if (onStore(() -> deletions.deleteBefore(wanted))) {
            reader.tellFollowers();
        }
        return new DeleteOutcome(Errors.NONE, wanted);
    }

    /// Tells `listener` once all replicas that may be in sync start at `offset` or later, and enough are in sync,
    /// perhaps before this returns: none that is elected clean brings back what was deleted. The time limit is the
    /// caller's. Null when told already.
    public @Nullable CommitWait awaitDeleted(long offset, CommitListener listener) {
        Errors error = check(NO_EPOCH);
        if (error != Errors.NONE) {
            listener.onDone(error);
            return null;
        }
        return deletions.await(offset, listener);
    }

    /// The lowest log start offset of the replicas that may be in sync; 0 while one of them has not said it.
    public long lowWatermark() {
        return deletions.lowWatermark();
    }

    /// Deletes what retention allows and forgets producers that were silent for too long. Answers the number of
    /// segments.
    public int deleteOldSegments(long nowMs) {
        if (status == Status.FAILED) {
            return 0;
        }
        try {
            return status == Status.LEADING
                    ? store.deleteOldSegments(nowMs, visibility.highWatermark())
                    : store.deleteBelowStart(nowMs, visibility.highWatermark());
        } catch (StorageFailed failure) {
            fail(failure);
            return 0;
        }
    }

    /// @param offset below which nothing can be read here any more, -1 with an error
    public record DeleteOutcome(Errors error, long offset) {}

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
        if (status != Status.LEADING || committed <= visibility.highWatermark()
                || !hasEnoughInSync()) {
            return;
        }
        Invariant.check(committed <= store.endOffset(), "what is committed is in the log");
        reader.commit(committed);
        commitWaits.complete(committed);
        if (replication.isReadFromFollowers()) {
            reader.tellFollowers();
        }
    }

    void fail(StorageFailed failure) {
        boolean isNews = status != Status.FAILED;
        storageFailed();
        if (isNews) {
            LOG.error("partition '{}' is offline until its log directory is repaired: {}", name(),
                    failure.getMessage(), failure);
            whenFailed.accept(failure);
        }
    }

    private void interrupt(Errors error) {
        commitWaits.failAll(error);
        deletions.failAll(error);
        reader.dismissWaiting();
    }
}
