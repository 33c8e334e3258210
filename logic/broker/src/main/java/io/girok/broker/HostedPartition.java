package io.girok.broker;

import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.log.LogDirectory;
import io.girok.log.PartitionStore;
import io.girok.log.StorageFailed;
import io.girok.replication.Leadership;
import io.girok.replication.PartitionLeader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A replica on this broker from the record that puts it here to the one that takes it away. Its [#placement] may be
/// read by anyone; the rest is called by one thread, which the owner of the [Partitions] is.
final class HostedPartition {
    /*
     * Opening and deleting block, so they run on the pool; what becomes of the leader runs on the shard. Both are put
     * into one chain, `latest`, so that a deletion waits for the opening, and the next topic of the same name for the
     * deletion.
     *
     *   OPENING --opened--> LED --leave--> left --delete--> deleted
     *      |  the disk failed
     *      +-------------> OFFLINE
     */

    private static final Logger LOG = LoggerFactory.getLogger(HostedPartition.class);

    private final PartitionId id;
    private final PartitionName name;
    private final Shard shard;
    private final LogDirectory directory;
    private final Executor blockingPool;
    private final PartitionListener listener;
    private Partitions.Here wanted;
    private CompletableFuture<Void> latest;
    private volatile Placement placement;

    /// Begins to open the log, once `before` is done.
    HostedPartition(PartitionId id, PartitionName name, Home home, Partitions.Here wanted, PartitionListener listener,
            CompletableFuture<Void> before) {
        this.id = id;
        this.name = name;
        this.shard = home.shard();
        this.directory = home.directory();
        this.blockingPool = home.blockingPool();
        this.listener = listener;
        this.wanted = wanted;
        this.placement = notYet(wanted.leadership());
        this.latest = before.thenApplyAsync(done -> open(wanted), blockingPool)
                .thenAcceptAsync(store -> lead(store, wanted), shard);
    }

    /// Where a replica lives.
    record Home(Shard shard, LogDirectory directory, Executor blockingPool) {}

    PartitionId id() {
        return id;
    }

    PartitionName name() {
        return name;
    }

    LogDirectory directory() {
        return directory;
    }

    Placement placement() {
        return placement;
    }

    /// Done when everything asked for so far is.
    CompletableFuture<Void> latest() {
        return latest;
    }

    /// Leadership or settings changed.
    void change(Partitions.Here changed) {
        if (changed.equals(wanted)) {
            return;
        }
        wanted = changed;
        next(shard, () -> {
            if (placement instanceof LedPartition led) {
                led.leader().configure(changed.settings(), changed.minInSyncReplicas());
                led.leader().lead(changed.leadership());
            }
        });
    }

    /// The log directory is offline. From any thread.
    void storageFailed() {
        shard.execute(() -> {
            if (placement instanceof LedPartition led) {
                led.leader().storageFailed();
            }
        });
    }

    /// Stops leading; the log stays.
    CompletableFuture<Void> leave() {
        leaveShard();
        return latest;
    }

    private void leaveShard() {
        next(shard, () -> {
            if (placement instanceof LedPartition led) {
                placement = notYet(wanted.leadership());
                listener.onLeft(led);
                led.leader().resign();
            }
        });
    }

    /// Stops leading and deletes the log.
    CompletableFuture<Void> delete() {
        leaveShard();
        next(blockingPool, () -> {
            try {
                directory.delete(name);
            } catch (StorageFailed failure) {
                LOG.error("partition '{}' of a deleted topic could not be removed from '{}'; it is left there: {}",
                        name, directory.path(), failure.getMessage());
            }
        });
        return latest;
    }

    /// What went wrong in one step is reported and does not keep the next from running.
    private void next(Executor executor, Runnable step) {
        latest = latest.<Void>handleAsync((done, failure) -> {
            if (failure != null) {
                LOG.error("partition '{}': a change of its state failed", name, failure);
            }
            step.run();
            return null;
        }, executor);
    }

    private @Nullable PartitionStore open(Partitions.Here first) {
        try {
            return directory.openPartition(name, id.topic(), first.settings(), shard);
        } catch (StorageFailed failure) {
            LOG.error("partition '{}' in '{}' is offline: {}", name, directory.path(), failure.getMessage());
            placement = new Placement.NotHere(Errors.KAFKA_STORAGE_ERROR, first.leadership().brokerId(),
                    first.leadership().leaderEpoch());
            return null;
        }
    }

    private void lead(@Nullable PartitionStore store, Partitions.Here first) {
        if (store == null) {
            return;
        }
        Leadership leadership = first.leadership();
        PartitionLeader leader = new PartitionLeader(store, first.settings(), leadership.brokerId(),
                first.minInSyncReplicas());
        leader.lead(leadership);
        LedPartition led = new LedPartition(id, name, shard, directory, leader);
        placement = led;
        listener.onLed(led);
    }

    /// A client is told to ask again, in words that every version of every API knows.
    private static Placement.NotHere notYet(Leadership leadership) {
        return new Placement.NotHere(Errors.NOT_LEADER_OR_FOLLOWER, leadership.brokerId(), leadership.leaderEpoch());
    }
}
