package io.girok.broker.data;

import io.girok.broker.LedPartition;
import io.girok.replication.FetchPosition;
import io.girok.replication.FetchedPartition;
import io.girok.replication.Isolation;
import io.girok.replication.PartitionLeader;
import io.girok.replication.SessionPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// One partition of a fetch. Owned by the partition's shard until its part has been read, by the last shard then.
final class FetchItem implements PartitionLeader.ProgressListener {
    private final SessionPartition wanted;
    private final FetchPosition position;
    private final @Nullable LedPartition partition;
    private FetchedPartition result;
    private @Nullable FetchPart part;
    private boolean isChanged;

    /// Of a partition that is not here, whose `result` is clear already.
    FetchItem(SessionPartition wanted, FetchedPartition result) {
        this.wanted = wanted;
        this.position = wanted.position();
        this.partition = null;
        this.result = result;
    }

    FetchItem(SessionPartition wanted, LedPartition partition) {
        this.wanted = wanted;
        this.position = wanted.position();
        this.partition = partition;
        this.result = FetchedPartition.failed(Errors.UNKNOWN_SERVER_ERROR);
    }

    SessionPartition wanted() {
        return wanted;
    }

    LedPartition partition() {
        if (partition == null) {
            throw new IllegalStateException("the partition is not here");
        }
        return partition;
    }

    FetchedPartition result() {
        return result;
    }

    int maxBytes() {
        return position.maxBytes();
    }

    /// Whether the fetch should be answered without waiting.
    boolean isUrgent() {
        return result.error() != Errors.NONE || result.diverging() != null;
    }

    boolean isChanged() {
        return isChanged;
    }

    /// Reads at most `maxBytes`, in place of what was read before.
    void read(FetchAttempt.Reader reader, int maxBytes, boolean atLeastOne) {
        isChanged = false;
        result.release();
        PartitionLeader.Follower follower = reader.follower();
        Errors error = follower == null ? partition().admit() : partition().wake();
        if (error != Errors.NONE) {
            result = FetchedPartition.failed(error);
            return;
        }
        PartitionLeader leader = partition().leader();
        if (follower == null) {
            result = leader.read(limited(maxBytes), reader.isolation(), atLeastOne);
        } else if (!partition().isThrottledFor(follower.brokerId())) {
            result = leader.readFor(follower, limited(maxBytes), atLeastOne);
        } else if (reader.throttle().isUsedUp()) {
            // That it asks still says how much it has.
            result = leader.readFor(follower, limited(0), false);
        } else {
            result = leader.readFor(follower, limited(maxBytes), atLeastOne);
            reader.throttle().count(result.sizeInBytes());
        }
    }

    private FetchPosition limited(int maxBytes) {
        return maxBytes < position.maxBytes()
                ? new FetchPosition(position.currentLeaderEpoch(), position.fetchOffset(),
                        position.lastFetchedEpoch(), position.logStartOffset(), maxBytes)
                : position;
    }

    void watch(FetchPart part, Isolation isolation) {
        this.part = part;
        if (partition().isAwake()) {
            partition().leader().watch(this, isolation);
        }
    }

    void stopWatching(Isolation isolation) {
        if (partition().isAwake()) {
            partition().leader().stopWatching(this, isolation);
        }
    }

    /// Takes the records back: the answer has no room for them.
    void dropRecords() {
        result = result.withoutRecords();
    }

    @Override
    public void onProgress(long sizeInBytes) {
        isChanged = true;
        if (part != null) {
            part.progressed(sizeInBytes);
        }
    }

    @Override
    public void onInterrupted() {
        isChanged = true;
        if (part != null) {
            part.interrupted();
        }
    }
}
