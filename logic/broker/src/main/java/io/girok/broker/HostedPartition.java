package io.girok.broker;

import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.files.StorageFailed;
import io.girok.log.LogDirectory;
import io.girok.log.LogSettings;
import io.girok.log.PartitionStore;
import io.girok.replication.Leadership;
import io.girok.replication.PartitionFollower;
import io.girok.replication.PartitionLeader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A replica on this broker from the record that puts it here to the one that takes it away. Its [#placement] may be
/// read by anyone; `wanted` belongs to the owner of the [Partitions], the rest to the partition's shard.
final class HostedPartition {
    /*
     * A partition sleeps until it is asked for. Waking opens its log right on the shard, which takes as long as reading
     * a few small files; a log that must be recovered first is opened on the pool, and clients are told to ask again.
     *
     *   ASLEEP --wake--> AWAKE --sleep (nothing happens here)--> ASLEEP
     *      |               |
     *      |               +--the metadata say who leads--> led, or following
     *      +--the disk failed--> OFFLINE, until the broker is started again, or there is room if that was missing
     *
     * One that goes offline alone, while its directory can be used, is *lost*, or *unopened* on a full disk: the
     * controller is told, so that another one leads. A lost one of which nothing is left begins anew once that does.
     *
     * One that other brokers have as well is always awake: it is led here, or it follows its leader.
     *
     * Leaving and deleting wait for an opening, and the next topic of that name for the deletion: `steps`.
     */

    private static final Logger LOG = LoggerFactory.getLogger(HostedPartition.class);
    /// So often a log is saved that is to be closed, and may still change when it is saved.
    private static final int MAX_SAVES = 3;
    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    private final boolean sleeps;
    private volatile ReplicaHome home;
    private final LedPartition led;
    private final LeadNotice notice;
    private final StepChain steps;
    private final RoomWait room;
    private volatile Partitions.Here wanted;
    private Partitions.Here current;
    private CompletableFuture<Void> opening = DONE;
    private boolean hasLeft;
    private boolean isOffline;
    private volatile Usability usability = Usability.USABLE;
    /// Of the log that was closed last.
    private volatile int cuts;
    private long retentionDueMs;
    private volatile Placement placement;

    HostedPartition(PartitionId id, ReplicaHome home, Partitions.Here wanted, ReplicaLife life,
            PartitionListener listener) {
        this.home = home;
        this.sleeps = life.sleeps();
        this.wanted = wanted;
        this.current = wanted;
        this.led = new LedPartition(id, life.name(), home.shard(), home.directory(), this);
        this.notice = new LeadNotice(listener, led);
        this.steps = new StepChain(life.name());
        this.room = new RoomWait(home.shard());
        if (home.directory().failure().isPresent()) {
            this.isOffline = true;
            this.placement = wanted.whileOffline();
        } else if (maySleep(wanted) && life.before().isDone()) {
            this.placement = wanted.leadership() == null ? wanted.elsewhere() : led;
        } else {
            this.placement = wanted.elsewhere();
            steps.await(home.shard(), life::before);
            steps.await(home.shard(), this::openOnPool);
            this.opening = steps.latest();
        }
    }

    PartitionName name() {
        return led.name();
    }

    PartitionId id() {
        return led.id();
    }

    Shard shard() {
        return home.shard();
    }

    LogDirectory directory() {
        return home.directory();
    }

    Placement placement() {
        return placement;
    }

    /// Where those find it who may read from a follower.
    Placement readable() {
        Placement now = placement;
        boolean mayFollow = now instanceof Placement.NotHere notHere && notHere.error() == Errors.NOT_LEADER_OR_FOLLOWER
                && wanted.isReplicated();
        return mayFollow ? led : now;
    }

    /// The replica, whoever leads it.
    LedPartition replica() {
        return led;
    }

    /// From any thread.
    boolean isCompacted() {
        return wanted.settings().retention().compacts();
    }

    /// Whether other brokers have the partition as well. From any thread.
    boolean isReplicated() {
        return wanted.isReplicated();
    }

    /// Whether what is given to that follower is throttled: it is one that catches up. From any thread.
    boolean isThrottledFor(int followerId) {
        return wanted.isThrottledFor(followerId);
    }

    /// The directory that the controller is to know it in. From any thread.
    TopicId place() {
        return usability.told(directory().directoryId());
    }

    private boolean maySleep(Partitions.Here now) {
        return sleeps && !now.isReplicated();
    }

    /// Done when everything asked for so far is.
    CompletableFuture<Void> latest() {
        return steps.latest();
    }

    /// Leadership or settings changed.
    void change(Partitions.Here changed) {
        if (!changed.equals(wanted)) {
            wanted = changed;
            steps.add(home.shard(), () -> follow(changed));
        }
    }

    /// The log directory is offline. From any thread.
    void storageFailed() {
        home.shard().execute(this::goOffline);
    }

    private void goOffline() {
        stopFollowing();
        isOffline = true;
        placement = current.whileOffline();
        if (led.isAwake()) {
            led.leader().storageFailed();
        }
        notice.left();
    }

    /// The log has failed while it was used.
    private void failed(PartitionLeader leader) {
        if (led.isAwake() && led.leader().equals(leader) && directory().failure().isEmpty()) {
            goOffline();
            tell(Usability.LOST);
        }
    }

    private void tell(Usability changed) {
        if (directory().failure().isEmpty()) {
            usability = changed;
            tellPlace();
        }
    }

    /// Tells the controller where it is. On the shard.
    void tellPlace() {
        if (isReplicated() && !hasLeft) {
            home.directoryReports().accept(id(), place());
        }
    }

    /// Whether clients are to look for another leader, although the metadata known here name this one.
    boolean isCutOff() {
        return wanted.isReplicated() && home.replication().isCutOff().getAsBoolean();
    }

    /// The active controller is out of reach: nobody is to wait here in vain, and a coordinator's groups are to look
    /// for it elsewhere. Or it answers again. Other brokers are served all the while. From any thread.
    void controllerCutOff(boolean isCutOff) {
        home.shard().execute(() -> {
            if (!led.isAwake()) {
                return;
            }
            if (isCutOff) {
                notice.left();
                led.leader().dismissWaiting();
            } else if (placement == led) {
                notice.led();
            }
        });
    }

    /// Stops leading; the log stays.
    CompletableFuture<Void> leave() {
        Placement.NotHere elsewhere = wanted.elsewhere();
        steps.add(home.shard(), () -> {
            hasLeft = true;
            resign(elsewhere);
        });
        steps.await(home.shard(), () -> opening);
        return steps.latest();
    }

    /// How far the log has been written, which is recovered and opened for it. From any thread.
    CompletableFuture<PartitionStore.Tail> tail() {
        // In the turn that opens it: in the next one it may sleep again.
        return DONE.thenComposeAsync(done -> openUnlessGone().thenApply(opened -> {
            if (!led.isAwake()) {
                throw new CompletionException(new IOException("it could not be opened"));
            }
            return led.leader().store().tail();
        }), home.shard());
    }

    private CompletableFuture<Void> openUnlessGone() {
        if (hasLeft || isOffline) {
            // Opened now, a log that was deleted would be there again; one that is offline has its own time for it.
            return CompletableFuture.failedFuture(new IOException("it is offline, or not wanted here any more"));
        }
        return led.isAwake() || !opening.isDone() ? opening : openOnPool();
    }

    /// Closes the log, lets `relocation` bring it to another directory, and goes on there; where that fails, it goes on
    /// where it was. Clients are told to ask again meanwhile.
    ///
    /// @return done when it has gone on; with the failure, if there was one
    CompletableFuture<Void> relocate(ReplicaHome target, Relocation relocation) {
        CompletableFuture<Void> relocated = new CompletableFuture<>();
        steps.add(home.shard(), () -> placement = refusal());
        steps.await(home.shard(), () -> opening);
        // What only the journal has of it comes into its files.
        steps.await(home.shard(), () -> directory().needsRecovery(name()) ? openOnPool() : DONE);
        steps.add(home.shard(), () -> resign(refusal()));
        steps.await(home.shard(), () -> save(MAX_SAVES));
        steps.add(home.shard(), () -> {
            if (!closeIfSaved()) {
                relocated.completeExceptionally(new IOException("its log could not be saved"));
            }
        });
        steps.add(home.blockingPool(), () -> bringAway(relocation, relocated));
        steps.add(home.shard(), () -> resume(relocated.state() == Future.State.SUCCESS ? target : home));
        return steps.latest().thenCompose(done -> relocated);
    }

    /// Saves the log on the pool, so that the shard has nothing to wait for when it closes it.
    private CompletableFuture<Void> save(int times) {
        if (times == 0 || !led.isAwake() || !led.leader().store().hasToSave()) {
            return DONE;
        }
        return directory().save(List.of(led.leader().store()))
                .thenComposeAsync(done -> save(times - 1), home.shard());
    }

    /// False when it cannot be used any more, or there is something left to save: it stays open then.
    private boolean closeIfSaved() {
        if (led.isAwake() && led.leader().store().hasToSave()) {
            return false;
        }
        if (led.isAwake()) {
            try {
                led.leader().store().close();
            } catch (StorageFailed failure) {
                offline(failure);
                directory().abandon(led.leader().store());
            }
            forgetLog();
        }
        return !isOffline;
    }

    private void bringAway(Relocation relocation, CompletableFuture<Void> relocated) {
        try {
            if (directory().needsRecovery(name())) {
                throw new IOException("its log could not be closed");
            }
            if (!relocated.isDone()) {
                relocation.run(cuts);
                relocated.complete(null);
            }
        } catch (IOException | RuntimeException e) {
            relocated.completeExceptionally(e);
        }
    }

    private void forgetLog() {
        cuts = led.leader().store().cuts();
        led.closed();
    }

    private void resume(ReplicaHome place) {
        if (!place.directory().equals(directory())) {
            // Where it was may have failed since it left.
            isOffline = place.directory().failure().isPresent();
        }
        home = place;
        led.setDirectory(place.directory());
        if (isOffline) {
            placement = current.whileOffline();
        } else if (led.isAwake()) {
            takeUp();
        } else {
            placement = current.leadership() == null ? current.elsewhere() : led;
            if (!maySleep(current)) {
                var _ = openOnPool();
            }
        }
    }

    /// Stops leading and deletes the log: the topic is gone.
    CompletableFuture<Void> delete() {
        return remove(() -> directory().delete(name(), wanted.settings()));
    }

    /// As [#delete], while the topic lives on elsewhere.
    CompletableFuture<Void> takeAway() {
        return remove(() -> directory().takeAway(name(), id().topic(), wanted.settings()));
    }

    private CompletableFuture<Void> remove(Runnable fromDisk) {
        var _ = leave();
        steps.await(home.shard(), () -> led.isAwake() ? led.leader().store().stopFlushing() : DONE);
        steps.add(home.shard(), () -> {
            if (led.isAwake()) {
                directory().abandon(led.leader().store());
                forgetLog();
            }
        });
        steps.add(home.blockingPool(), () -> {
            try {
                fromDisk.run();
            } catch (StorageFailed failure) {
                LOG.error("partition '{}' is not wanted here any more, but its log is left in '{}': {}", name(),
                        directory().path(), failure.getMessage());
            }
        });
        return steps.latest();
    }

    /// On the shard. Answers what a client is to be told; [Errors#NONE] when the partition is awake.
    Errors wake(LedPartition asked) {
        if (placement != asked) {
            return placement instanceof Placement.NotHere notHere ? notHere.error() : Errors.NOT_LEADER_OR_FOLLOWER;
        }
        if (!opening.isDone()) {
            return Errors.NOT_LEADER_OR_FOLLOWER;
        }
        try {
            Optional<PartitionStore> store = directory().openIfQuick(name(), id().topic(), current.settings(), shard());
            if (store.isEmpty()) {
                var _ = openOnPool();
                return Errors.NOT_LEADER_OR_FOLLOWER;
            }
            opened(store.get());
        } catch (StorageFailed failure) {
            offline(failure);
            return Errors.KAFKA_STORAGE_ERROR;
        }
        return led.isAwake() ? Errors.NONE : Errors.KAFKA_STORAGE_ERROR;
    }

    /// On the shard.
    private CompletableFuture<Void> openOnPool() {
        LogSettings settings = current.settings();
        opening = CompletableFuture
                .supplyAsync(() -> directory().openPartition(name(), id().topic(), settings, shard()),
                        home.blockingPool())
                .handleAsync((store, failure) -> {
                    if (failure == null) {
                        opened(store);
                    } else {
                        offline(failure.getCause() instanceof StorageFailed known ? known : failure);
                    }
                    return null;
                }, home.shard());
        return opening;
    }

    private void opened(PartitionStore store) {
        try {
            PartitionLeader leader = new PartitionLeader(store, current.settings(), current.minInSyncReplicas(),
                    home.replication());
            // Whoever used it is done with it first.
            leader.onFailure(failure -> home.shard().execute(() -> failed(leader)));
            PartitionFollower opened = new PartitionFollower(led.id(), store, leader);
            opened.throttle(current.throttled().asFollower());
            opened.inSync(current.isInSync());
            led.opened(leader, opened);
        } catch (StorageFailed failure) {
            directory().abandon(store);
            offline(failure);
            return;
        }
        if (!hasLeft) {
            takeUp();
        }
    }

    /// Leads, or follows, with the log that is open.
    private void takeUp() {
        Leadership leadership = current.leadership();
        if (leadership != null) {
            led.leader().lead(leadership);
            placement = led;
            notice.led();
        } else {
            placement = current.elsewhere();
            followLeader();
        }
    }

    private void followLeader() {
        Placement.NotHere leader = current.elsewhere();
        PartitionFollower follower = led.follower();
        if (follower != null && 0 <= leader.leaderId()) {
            home.fetchers().follow(follower, home.shard(), leader.leaderId(), leader.leaderEpoch());
        }
    }

    private void stopFollowing() {
        PartitionFollower follower = led.follower();
        if (follower != null) {
            home.fetchers().stop(follower);
        }
    }

    /// Looks for followers that lag, if the partition is led here. On the shard.
    void checkFollowers() {
        if (placement == led && led.isAwake()) {
            led.leader().checkFollowers();
        }
    }

    private void offline(Throwable failure) {
        LOG.error("partition '{}' in '{}' is offline: {}", name(), directory().path(), failure.getMessage());
        goOffline();
        tell(Usability.after(failure));
        home.shard().execute(this::beginAnewIfGivenUp);
        if (usability == Usability.UNOPENED) {
            room.until(() -> hasLeft || directory().failure().isPresent() || !directory().isFull(), this::reopen);
        }
    }

    /// Opens the log again once nothing else is done with it.
    private void reopen() {
        steps.await(home.shard(), () -> opening);
        steps.await(home.shard(), this::reopenIfOffline);
    }

    private CompletableFuture<Void> reopenIfOffline() {
        if (hasLeft || !isOffline || directory().failure().isPresent()) {
            return DONE;
        }
        isOffline = false;
        usability = Usability.USABLE;
        resume(home);
        return opening.thenRunAsync(this::tellPlace, home.shard());
    }

    /// Nobody counts any more on a log of which nothing is left.
    private void beginAnewIfGivenUp() {
        if (usability == Usability.LOST && current.isGivenUp() && opening.isDone() && led.isLogGone()) {
            LOG.warn("partition '{}' begins anew: its log is gone, and another broker leads", name());
            opening = CompletableFuture
                    .runAsync(() -> directory().takeAway(name(), id().topic(), wanted.settings()), home.blockingPool())
                    .thenRunAsync(this::reopen, home.shard());
        }
    }

    private Placement.NotHere refusal() {
        return isOffline ? current.whileOffline() : current.elsewhere();
    }

    private void follow(Partitions.Here changed) {
        boolean isSameLeader = changed.leadership() == null && changed.elsewhere().equals(current.elsewhere());
        current = changed;
        retentionDueMs = 0;
        if (isOffline) {
            placement = changed.whileOffline();
            beginAnewIfGivenUp();
            return;
        }
        PartitionFollower follower = led.follower();
        if (follower != null) {
            follower.throttle(changed.throttled().asFollower());
            follower.inSync(changed.isInSync());
        }
        if (led.isAwake()) {
            led.leader().configure(changed.settings(), changed.minInSyncReplicas());
        } else if (opening.isDone() && !maySleep(changed)) {
            var _ = openOnPool();
        }
        Leadership leadership = changed.leadership();
        if (leadership == null) {
            if (!isSameLeader) {
                resign(changed.elsewhere());
                followLeader();
            }
            return;
        }
        stopFollowing();
        if (led.isAwake()) {
            led.leader().lead(leadership);
        }
        boolean isNew = placement != led;
        placement = led;
        if (isNew && led.isAwake()) {
            notice.led();
        }
    }

    private void resign(Placement.NotHere instead) {
        placement = instead;
        stopFollowing();
        notice.left();
        if (led.isAwake()) {
            led.leader().resign();
        }
    }

    /// Deletes what retention allows; a log that sleeps is woken for it when there may be something. Answers whether it
    /// was. On the shard.
    boolean deleteOldSegments(long nowMs) {
        if (led.isAwake()) {
            led.leader().deleteOldSegments(nowMs);
            return false;
        }
        if (nowMs < retentionDueMs || placement != led || !directory().isOnDisk(name())) {
            return false;
        }
        if (led.wake() == Errors.NONE) {
            led.leader().deleteOldSegments(nowMs);
            sleep();
        }
        return true;
    }

    /// Whether the log sleeps and was not looked at since a stop that was not clean. From any thread.
    boolean needsRecovery() {
        return placement == led && directory().needsRecovery(name());
    }

    /// Recovers the log, unless it is awake by now. On the shard. Answers the store that was opened for it, which is to
    /// be saved and then to [#sleep].
    CompletableFuture<Optional<PartitionStore>> recover() {
        if (led.isAwake() || placement != led || !opening.isDone()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return openOnPool().thenApplyAsync(
                done -> led.isAwake() ? Optional.of(led.leader().store()) : Optional.empty(), home.shard());
    }

    /// Closes the log if nobody asked for it since the last call, and it is saved. On the shard.
    void sleepUnlessUsed() {
        if (led.isAwake() && !led.takeUsed() && !led.leader().store().hasToSave()) {
            sleep();
        }
    }

    /// Closes the log if nobody waits for anything here. On the shard.
    void sleep() {
        // The cleaner looks at logs that are awake.
        if (!maySleep(current) || !led.isAwake() || !led.leader().isAtRest()
                || current.settings().retention().compacts()) {
            return;
        }
        try {
            retentionDueMs = led.leader().store().retentionDueMs();
            led.leader().store().close();
        } catch (StorageFailed failure) {
            offline(failure);
            return;
        }
        notice.left();
        forgetLog();
    }
}
