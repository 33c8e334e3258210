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
/// read by anyone, `opened` belongs to the shard; the rest is called by the owner of the [Partitions].
final class HostedPartition {
    /*
     * Opening and deleting block, so they run on the pool; what becomes of the leader runs on the shard. Both are put
     * into one chain, `latest`, so that a deletion waits for the opening, and the next topic of the same name for the
     * deletion.
     *
     *   OPENING --opened--> IDLE <--the metadata say who leads--> LED
     *      |                  |                                    |
     *      |  the disk failed +--------------- delete -------------+--> deleted
     *      +-------------> OFFLINE
     */

    private static final Logger LOG = LoggerFactory.getLogger(HostedPartition.class);

    private final PartitionId id;
    private final PartitionName name;
    private final Home home;
    private final PartitionListener listener;
    private Partitions.Here wanted;
    private CompletableFuture<Void> latest;
    private @Nullable LedPartition opened;
    private volatile Placement placement;

    /// Begins to open the log, once `before` is done.
    HostedPartition(PartitionId id, PartitionName name, Home home, Partitions.Here wanted, PartitionListener listener,
            CompletableFuture<Void> before) {
        this.id = id;
        this.name = name;
        this.home = home;
        this.listener = listener;
        this.wanted = wanted;
        this.placement = wanted.elsewhere();
        this.latest = before.thenApplyAsync(done -> open(wanted), home.blockingPool())
                .thenAcceptAsync(store -> opened(store, wanted), home.shard());
    }

    /// Where a replica lives.
    ///
    /// @param brokerId this broker
    record Home(int brokerId, Shard shard, LogDirectory directory, Executor blockingPool) {}

    PartitionName name() {
        return name;
    }

    LogDirectory directory() {
        return home.directory();
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
        if (!changed.equals(wanted)) {
            wanted = changed;
            next(home.shard(), () -> follow(changed));
        }
    }

    /// The log directory is offline. From any thread.
    void storageFailed() {
        home.shard().execute(() -> {
            if (opened != null) {
                opened.leader().storageFailed();
            }
        });
    }

    /// Stops leading; the log stays.
    CompletableFuture<Void> leave() {
        Placement.NotHere elsewhere = wanted.elsewhere();
        next(home.shard(), () -> resign(elsewhere));
        return latest;
    }

    /// Stops leading and deletes the log.
    CompletableFuture<Void> delete() {
        var _ = leave();
        next(home.blockingPool(), () -> {
            try {
                directory().delete(name);
            } catch (StorageFailed failure) {
                LOG.error("partition '{}' of a deleted topic could not be removed from '{}'; it is left there: {}",
                        name, directory().path(), failure.getMessage());
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
            return directory().openPartition(name, id.topic(), first.settings(), home.shard());
        } catch (StorageFailed failure) {
            offline(first, failure);
            return null;
        }
    }

    private void opened(@Nullable PartitionStore store, Partitions.Here first) {
        if (store == null) {
            return;
        }
        try {
            PartitionLeader leader = new PartitionLeader(store, first.settings(), home.brokerId(),
                    first.minInSyncReplicas());
            opened = new LedPartition(id, name, home.shard(), directory(), leader);
        } catch (StorageFailed failure) {
            offline(first, failure);
            return;
        }
        follow(first);
    }

    private void offline(Partitions.Here first, StorageFailed failure) {
        LOG.error("partition '{}' in '{}' is offline: {}", name, directory().path(), failure.getMessage());
        Placement.NotHere elsewhere = first.elsewhere();
        placement = new Placement.NotHere(Errors.KAFKA_STORAGE_ERROR, elsewhere.leaderId(), elsewhere.leaderEpoch());
    }

    private void follow(Partitions.Here changed) {
        if (opened == null) {
            return;
        }
        opened.leader().configure(changed.settings(), changed.minInSyncReplicas());
        Leadership leadership = changed.leadership();
        if (leadership == null) {
            resign(changed.elsewhere());
            return;
        }
        opened.leader().lead(leadership);
        if (!(placement instanceof LedPartition)) {
            placement = opened;
            listener.onLed(opened);
        }
    }

    private void resign(Placement.NotHere elsewhere) {
        if (opened == null) {
            return;
        }
        boolean wasLed = placement instanceof LedPartition;
        placement = elsewhere;
        if (wasLed) {
            listener.onLeft(opened);
        }
        opened.leader().resign();
    }
}
