package io.girok.broker;

import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.log.LogDirectory;
import io.girok.replication.PartitionFollower;
import io.girok.replication.PartitionLeader;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A partition that this broker leads, and the shard that owns it. Anyone may hold it; whether it is awake, and its
/// leader, are the shard's alone.
///
/// A partition sleeps until somebody needs its log: so long it costs a few hundred bytes, and no file is opened for it.
public final class LedPartition implements Placement {
    private final PartitionId id;
    private final PartitionName name;
    private final Shard shard;
    private volatile LogDirectory directory;
    private final @Nullable HostedPartition host;
    private @Nullable PartitionLeader leader;
    private @Nullable PartitionFollower follower;
    private boolean isUsed;

    /// One that is awake, and stays so.
    public LedPartition(PartitionId id, PartitionName name, Shard shard, LogDirectory directory,
            PartitionLeader leader) {
        this(id, name, shard, directory, (HostedPartition) null);
        this.leader = leader;
    }

    /// One that sleeps.
    ///
    /// @param host wakes it
    LedPartition(PartitionId id, PartitionName name, Shard shard, LogDirectory directory,
            @Nullable HostedPartition host) {
        this.id = id;
        this.name = name;
        this.shard = shard;
        this.directory = directory;
        this.host = host;
    }

    public PartitionId id() {
        return id;
    }

    public PartitionName name() {
        return name;
    }

    public Shard shard() {
        return shard;
    }

    public LogDirectory directory() {
        return directory;
    }

    public boolean isAwake() {
        return leader != null;
    }

    /// Whether its topic is compacted. From any thread.
    boolean isCompacted() {
        return host != null && host.isCompacted();
    }

    /// Whether what is given to that follower is throttled. From any thread.
    public boolean isThrottledFor(int followerId) {
        return host != null && host.isThrottledFor(followerId);
    }

    /// Opens the log if the partition sleeps. Answers [Errors#NONE] when [#leader] may be asked for, otherwise what a
    /// client is to be told.
    public Errors wake() {
        isUsed = true;
        if (leader != null) {
            return Errors.NONE;
        }
        return host == null ? Errors.NOT_LEADER_OR_FOLLOWER : host.wake(this);
    }

    /// As [#wake], for a client. While this broker is cut off from the controller, others may lead what they have as
    /// well: clients are to look for them.
    public Errors admit() {
        return host != null && host.isCutOff() ? Errors.NOT_LEADER_OR_FOLLOWER : wake();
    }

    /// Whether anybody asked for it since the last call.
    boolean takeUsed() {
        boolean was = isUsed;
        isUsed = false;
        return was;
    }

    /// @throws IllegalStateException when the partition sleeps
    public PartitionLeader leader() {
        PartitionLeader awake = leader;
        if (awake == null) {
            throw new IllegalStateException("partition '" + name + "' sleeps");
        }
        return awake;
    }

    /// The same replica as it is while it follows; null when the partition sleeps.
    public @Nullable PartitionFollower follower() {
        return follower;
    }

    /// The log is in another place now; the partition sleeps.
    void setDirectory(LogDirectory moved) {
        directory = moved;
    }

    /// Whether nothing is left of the log here, though something was.
    boolean isLogGone() {
        return directory.isMissing(name) || directory.departures().hasLeft(id);
    }

    void opened(PartitionLeader asLeader, PartitionFollower asFollower) {
        leader = asLeader;
        follower = asFollower;
    }

    void closed() {
        leader = null;
        follower = null;
    }
}
