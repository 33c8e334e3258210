package io.girok.broker.data;

import io.girok.broker.LedPartition;
import io.girok.log.ColdRead;
import io.girok.replication.FetchPosition;
import io.girok.replication.FetchedPartition;
import io.girok.replication.Isolation;
import io.girok.replication.PartitionFollower;
import io.girok.replication.PartitionLeader;
import io.girok.replication.SessionPartition;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// One partition of a fetch. Owned by the partition's shard until its part has been read, by the last shard then.
final class FetchItem implements PartitionLeader.ProgressListener {
    private final SessionPartition wanted;
    private final FetchPosition position;
    private final @Nullable LedPartition partition;
    /// The high watermark that the session's reader knows.
    private final long toldHighWatermark;
    private FetchedPartition result;
    private @Nullable FetchPart part;
    private boolean isChanged;

    /// Of a partition that is not here, whose `result` is clear already.
    FetchItem(SessionPartition wanted, FetchedPartition result) {
        this.wanted = wanted;
        this.position = wanted.position();
        this.toldHighWatermark = wanted.toldHighWatermark();
        this.partition = null;
        this.result = result;
    }

    FetchItem(SessionPartition wanted, LedPartition partition) {
        this.wanted = wanted;
        this.position = wanted.position();
        this.toldHighWatermark = wanted.toldHighWatermark();
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
    boolean isUrgent(Reader reader) {
        boolean isCommitNews = reader instanceof Reader.Replica replica && replica.hurriesCommits()
                && toldHighWatermark < result.highWatermark();
        return isCommitNews || isDeletionNews(reader) || result.error() != Errors.NONE || result.diverging() != null
                || result.preferredReplica() != FetchedPartition.NO_REPLICA;
    }

    /// Whether the reader's copy still has what was deleted here, where a request may wait until it has not.
    private boolean isDeletionNews(Reader reader) {
        return reader instanceof Reader.Replica && 0 <= position.logStartOffset()
                && position.logStartOffset() < result.logStartOffset();
    }

    boolean isChanged() {
        return isChanged;
    }

    /// What is to be run on a pool before [#read], which would wait for the disk otherwise; empty for nothing.
    Optional<ColdRead> coldRead(Reader reader, int maxBytes) {
        return partition().wake() == Errors.NONE && !isHeldBack(reader)
                ? partition().leader().store().coldRead(position.fetchOffset(), limited(maxBytes).maxBytes())
                : Optional.empty();
    }

    private boolean isHeldBack(Reader reader) {
        return reader instanceof Reader.Replica replica && partition().isThrottledFor(replica.follower().brokerId())
                && replica.throttle().isUsedUp();
    }

    /// Reads at most `maxBytes`, in place of what was read before.
    void read(Reader reader, int maxBytes, boolean atLeastOne) {
        isChanged = false;
        result.release();
        result = switch (reader) {
            case Reader.Consumer consumer -> readFor(consumer, maxBytes, atLeastOne);
            case Reader.Replica replica -> readFor(replica, maxBytes, atLeastOne);
        };
    }

    private FetchedPartition readFor(Reader.Consumer consumer, int maxBytes, boolean atLeastOne) {
        Errors error = partition().admit();
        if (error != Errors.NONE) {
            return FetchedPartition.failed(error);
        }
        PartitionLeader leader = partition().leader();
        if (consumer.knowsFollowers() && !leader.isLeading()) {
            PartitionFollower replica = partition().follower();
            return replica == null
                    ? FetchedPartition.failed(Errors.NOT_LEADER_OR_FOLLOWER)
                    : replica.read(limited(maxBytes), consumer.isolation(), atLeastOne);
        }
        int preferred = consumer.knowsFollowers()
                ? consumer.selector().select(leader, position.fetchOffset(), consumer.rack())
                : FetchedPartition.NO_REPLICA;
        if (preferred == FetchedPartition.NO_REPLICA) {
            return leader.read(limited(maxBytes), consumer.isolation(), atLeastOne);
        }
        // Whether its epoch and its offset are right is the leader's to say.
        FetchedPartition checked = leader.read(limited(0), consumer.isolation(), false);
        return checked.error() == Errors.NONE && checked.diverging() == null ? checked.preferring(preferred) : checked;
    }

    private FetchedPartition readFor(Reader.Replica replica, int maxBytes, boolean atLeastOne) {
        Errors error = partition().wake();
        if (error != Errors.NONE) {
            return FetchedPartition.failed(error);
        }
        PartitionLeader leader = partition().leader();
        PartitionLeader.Follower follower = replica.follower();
        if (isHeldBack(replica)) {
            // That it asks still says how much it has.
            return leader.readFor(follower, limited(0), false);
        }
        FetchedPartition read = leader.readFor(follower, limited(maxBytes), atLeastOne);
        if (partition().isThrottledFor(follower.brokerId())) {
            replica.throttle().count(read.sizeInBytes());
        }
        return read;
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
    public void onNews() {
        isChanged = true;
        if (part != null) {
            part.interrupted();
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
