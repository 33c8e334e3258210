package io.girok.replication;

import io.girok.base.PartitionId;
import io.girok.files.EpochEnd;
import io.girok.files.StorageFailed;
import io.girok.log.AppendOrigin;
import io.girok.log.AppendResult;
import io.girok.log.PartitionStore;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A copy of a partition that another broker leads: appends what the leader has, and cuts what the leader never had.
/// Owned by the partition's shard.
///
/// It fetches from the end of its log only once all of it is durable, so that the offset it asks for tells its leader
/// how much is safe here. Where the two logs part is found by epochs (KIP-101, KIP-595), never by the high watermark.
///
/// While it is in sync, consumers may read from it (KIP-392) what its leader has said is committed.
public final class PartitionFollower {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionFollower.class);

    /// What came of an answer.
    enum Outcome {
        /// Ask for what follows.
        TAKEN,
        /// Ask again a little later: one of the two brokers has not heard yet what the other one has.
        REST,
        /// Ask again later, and later still if it goes on: the log did not take what came, as on a full disk.
        NOT_TAKEN,
        /// The log is offline.
        FAILED
    }

    private final PartitionId id;
    private final PartitionStore store;
    private final PartitionLeader local;
    private @Nullable ReplicaFetcher fetcher;
    private int leaderEpoch;
    private long leadersHighWatermark;
    private boolean isThrottled;
    private boolean isInSync;
    /// Where the log ended when it was last said that it takes nothing more.
    private long complainedAt = -1;

    /// @param local the same replica as it is when it leads; it must not lead while this follows
    public PartitionFollower(PartitionId id, PartitionStore store, PartitionLeader local) {
        this.id = id;
        this.store = store;
        this.local = local;
        store.onDurable(durableOffset -> {
            ReplicaFetcher waiting = fetcher;
            if (waiting != null && store.endOffset() <= durableOffset) {
                waiting.flushed(this);
            }
        });
    }

    PartitionId id() {
        return id;
    }

    /// From now on `fetcher` brings what the leader of `epoch` has.
    void follow(ReplicaFetcher newFetcher, int epoch) {
        fetcher = newFetcher;
        leaderEpoch = epoch;
        leadersHighWatermark = 0;
        try {
            // An epoch of this replica's own lead that wrote nothing would be taken for one that the leader lacks.
            store.truncateTo(store.endOffset());
            if (!isDurable()) {
                store.requestFlush();
            }
        } catch (StorageFailed failure) {
            local.fail(failure);
        }
    }

    /// Whether this replica is to be slow while it catches up.
    public void throttle(boolean slow) {
        isThrottled = slow;
    }

    /// Whether it is in sync, as far as it knows: consumers are sent away from a replica that falls behind.
    public void inSync(boolean isIn) {
        boolean wasIn = isInSync;
        isInSync = isIn;
        if (wasIn && !isIn && fetcher != null) {
            local.reader().dismissWaiting();
        }
    }

    /// Reads what a consumer at `position` may see, as [PartitionLeader#read] does on the leader.
    ///
    /// What the consumer has read and this replica lacks is on its way here, so that the consumer may ask again. Where
    /// only the leader knows better (KIP-392), it is told OFFSET_OUT_OF_RANGE, which sends it there.
    public FetchedPartition read(FetchPosition position, Isolation isolation, boolean atLeastOne) {
        Errors error = check(position.currentLeaderEpoch());
        if (error != Errors.NONE) {
            return FetchedPartition.failed(error);
        }
        try {
            if (store.endOffset() < position.fetchOffset()) {
                return FetchedPartition.failed(position.fetchOffset() <= leadersHighWatermark
                        ? Errors.OFFSET_NOT_AVAILABLE
                        : Errors.OFFSET_OUT_OF_RANGE);
            }
            return hasParted(position)
                    ? FetchedPartition.failed(Errors.OFFSET_OUT_OF_RANGE)
                    : local.reader().read(position, isolation, atLeastOne);
        } catch (StorageFailed failure) {
            local.fail(failure);
            return FetchedPartition.failed(Errors.KAFKA_STORAGE_ERROR);
        }
    }

    private Errors check(int currentLeaderEpoch) {
        if (local.hasFailed()) {
            return Errors.KAFKA_STORAGE_ERROR;
        }
        if (fetcher == null || !isInSync) {
            return Errors.NOT_LEADER_OR_FOLLOWER;
        }
        return PartitionLeader.compareEpochs(currentLeaderEpoch, leaderEpoch);
    }

    /// Whether the reader's log is not a part of this one.
    private boolean hasParted(FetchPosition position) {
        int epoch = position.lastFetchedEpoch();
        if (epoch < 0) {
            return false;
        }
        EpochEnd end = store.endOffsetFor(epoch);
        return end.leaderEpoch() < epoch || end.endOffset() < position.fetchOffset();
    }

    /// Whether it is to be slow now: it lacks what is committed.
    ///
    /// @param highWatermark as the leader said last
    boolean isThrottled(long highWatermark) {
        return isThrottled && store.endOffset() < highWatermark;
    }

    @Nullable
    ReplicaFetcher fetcher() {
        return fetcher;
    }

    /// Consumers that wait hear `NOT_LEADER_OR_FOLLOWER`.
    void stop() {
        fetcher = null;
        local.reader().dismissWaiting();
    }

    boolean isDurable() {
        return store.endOffset() <= store.durableOffset();
    }

    long startOffset() {
        return store.startOffset();
    }

    /// Where the next fetch begins; null when the log is offline.
    @Nullable
    FetchPosition position(int maxBytes) {
        try {
            return new FetchPosition(leaderEpoch, store.endOffset(), store.latestEpoch(), store.startOffset(),
                    maxBytes);
        } catch (StorageFailed failure) {
            local.fail(failure);
            return null;
        }
    }

    /// Takes what the leader answered to a fetch from `fetchOffset` on; the records are written to, and not used after
    /// the call.
    Outcome accept(PartitionData data, long fetchOffset) {
        try {
            return switch (Errors.forCode(data.errorCode())) {
                case NONE -> take(data, fetchOffset);
                case OFFSET_OUT_OF_RANGE -> startOver(data.logStartOffset());
                // The news that make it right are on their way.
                default -> Outcome.REST;
            };
        } catch (StorageFailed failure) {
            if (failure.scope() == StorageFailed.Scope.PARTITION_UNTIL_ROOM) {
                return Outcome.NOT_TAKEN;
            }
            local.fail(failure);
            return Outcome.FAILED;
        }
    }

    private Outcome take(PartitionData data, long fetchOffset) {
        boolean hasParted = 0 <= data.divergingEpoch().endOffset();
        if (fetchOffset != store.endOffset()) {
            // Fetched before the answer to an earlier request was taken. Its records are here; what else it says, the
            // leader does not say again. Where the log was cut meanwhile, it is about another one.
            if (!hasParted && fetchOffset < store.endOffset()) {
                learn(data);
            }
            return Outcome.TAKEN;
        }
        if (hasParted) {
            truncate(data.divergingEpoch().epoch(), data.divergingEpoch().endOffset());
            return Outcome.TAKEN;
        }
        if (data.records() instanceof MemoryRecords records && 0 < records.sizeInBytes()) {
            Outcome outcome = append(records.buffer());
            if (outcome != Outcome.TAKEN) {
                return outcome;
            }
        }
        learn(data);
        return Outcome.TAKEN;
    }

    /// Takes over what the leader says of a log that begins as this one does.
    private void learn(PartitionData data) {
        commit(data.highWatermark());
        long startOffset = Math.min(data.logStartOffset(), store.endOffset());
        if (store.startOffset() < startOffset) {
            store.advanceStartOffset(startOffset);
        }
    }

    private void commit(long highWatermark) {
        leadersHighWatermark = Math.max(leadersHighWatermark, highWatermark);
        long committed = Math.min(highWatermark, store.endOffset());
        if (local.highWatermark() < committed) {
            local.reader().commit(committed);
        }
    }

    private Outcome append(ByteBuffer records) {
        return switch (store.append(records, AppendOrigin.REPLICATION, leaderEpoch)) {
            case AppendResult.Appended appended -> {
                local.reader().appended(appended.sizeInBytes());
                if (!isDurable()) {
                    store.requestFlush();
                }
                yield Outcome.TAKEN;
            }
            case AppendResult.Duplicate duplicate -> Outcome.TAKEN;
            case AppendResult.Rejected rejected -> {
                if (store.endOffset() != complainedAt) {
                    complainedAt = store.endOffset();
                    LOG.warn("partition '{}' can't take what its leader has at offset {}, and asks again: {}",
                            store.name(), complainedAt, rejected.message());
                }
                yield Outcome.NOT_TAKEN;
            }
        };
    }

    /// The leader's log has nothing of `epoch`, or of a later one that this log knows, from `endOffset` on. Where that
    /// lies below the start of this log, nothing in it is the leader's: it goes on there, empty, and starts lower.
    private void truncate(int epoch, long endOffset) {
        EpochEnd here = store.endOffsetFor(epoch);
        long target = here.endOffset() < 0 ? endOffset : Math.min(endOffset, here.endOffset());
        long endBefore = store.endOffset();
        long committedBefore = local.highWatermark();
        store.truncateTo(target);
        // Without room for it nothing was cut, and it is tried again every few seconds.
        if (target < committedBefore) {
            LOG.warn("partition '{}' was cut to offset {} although all below {} was committed: its leader, elected "
                    + "unclean, does not have it", store.name(), target, committedBefore);
        } else if (target < endBefore) {
            LOG.info("partition '{}' was cut from offset {} to {}, where it leaves the log of its leader in epoch {}",
                    store.name(), endBefore, target, leaderEpoch);
        }
        local.reader().truncated();
    }

    private Outcome startOver(long leadersStartOffset) {
        if (leadersStartOffset < 0) {
            return Outcome.REST;
        }
        long endBefore = store.endOffset();
        store.truncateFullyAndStartAt(leadersStartOffset);
        LOG.info("partition '{}' starts over at offset {}: its leader has nothing older any more, and this replica "
                + "ended at {}", store.name(), leadersStartOffset, endBefore);
        local.reader().truncated();
        return Outcome.TAKEN;
    }
}
