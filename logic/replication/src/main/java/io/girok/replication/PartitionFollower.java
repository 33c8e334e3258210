package io.girok.replication;

import io.girok.base.PartitionId;
import io.girok.files.StorageFailed;
import io.girok.log.AppendOrigin;
import io.girok.log.AppendResult;
import io.girok.log.EpochEnd;
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
public final class PartitionFollower {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionFollower.class);

    /// What came of an answer.
    enum Outcome {
        /// Ask for what follows.
        TAKEN,
        /// Ask again a little later: one of the two brokers has not heard yet what the other one has.
        REST,
        /// The log is offline.
        FAILED
    }

    private final PartitionId id;
    private final PartitionStore store;
    private final PartitionLeader local;
    private @Nullable ReplicaFetcher fetcher;
    private int leaderEpoch;
    private boolean isThrottled;

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

    void stop() {
        fetcher = null;
    }

    boolean isDurable() {
        return store.endOffset() <= store.durableOffset();
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
            local.fail(failure);
            return Outcome.FAILED;
        }
    }

    private Outcome take(PartitionData data, long fetchOffset) {
        if (fetchOffset != store.endOffset()) {
            // Fetched before the answer to an earlier request was taken.
            return Outcome.TAKEN;
        }
        if (0 <= data.divergingEpoch().endOffset()) {
            truncate(data.divergingEpoch().epoch(), data.divergingEpoch().endOffset());
            return Outcome.TAKEN;
        }
        if (data.records() instanceof MemoryRecords records && 0 < records.sizeInBytes()) {
            Outcome outcome = append(records.buffer());
            if (outcome != Outcome.TAKEN) {
                return outcome;
            }
        }
        local.followed(data.highWatermark());
        long startOffset = Math.min(data.logStartOffset(), store.endOffset());
        if (store.startOffset() < startOffset) {
            store.advanceStartOffset(startOffset);
        }
        return Outcome.TAKEN;
    }

    private Outcome append(ByteBuffer records) {
        return switch (store.append(records, AppendOrigin.REPLICATION, leaderEpoch)) {
            case AppendResult.Appended appended -> {
                if (!isDurable()) {
                    store.requestFlush();
                }
                yield Outcome.TAKEN;
            }
            case AppendResult.Duplicate duplicate -> Outcome.TAKEN;
            case AppendResult.Rejected rejected -> {
                LOG.warn("partition '{}' can't take what its leader has at offset {}, and asks again: {}",
                        store.name(), store.endOffset(), rejected.message());
                yield Outcome.REST;
            }
        };
    }

    /// The leader's log has nothing of `epoch`, or of a later one that this log knows, from `endOffset` on.
    private void truncate(int epoch, long endOffset) {
        EpochEnd here = store.endOffsetFor(epoch);
        long target = here.endOffset() < 0 ? endOffset : Math.min(endOffset, here.endOffset());
        target = Math.max(target, store.startOffset());
        if (target < local.highWatermark()) {
            LOG.warn("partition '{}' is cut to offset {} although all below {} was committed: its leader, elected "
                    + "unclean, does not have it", store.name(), target, local.highWatermark());
        } else if (target < store.endOffset()) {
            LOG.info("partition '{}' is cut from offset {} to {}, where it leaves the log of its leader in epoch {}",
                    store.name(), store.endOffset(), target, leaderEpoch);
        }
        store.truncateTo(target);
    }

    private Outcome startOver(long leadersStartOffset) {
        if (leadersStartOffset < 0) {
            return Outcome.REST;
        }
        LOG.info("partition '{}' starts over at offset {}: its leader has nothing older any more, and this replica "
                + "ends at {}", store.name(), leadersStartOffset, store.endOffset());
        store.truncateFullyAndStartAt(leadersStartOffset);
        return Outcome.TAKEN;
    }
}
