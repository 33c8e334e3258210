package io.girok.broker;

import io.girok.base.Clock;
import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.broker.access.Access;
import io.girok.broker.data.DataApis;
import io.girok.broker.data.ProducerIds;
import io.girok.broker.data.ReplicaSelector;
import io.girok.log.LogDirectory;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.TopicImage;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.metadata.setting.Settings;
import io.girok.replication.ReplicaFetchers;
import io.girok.replication.ReplicationSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node without its edges: the partitions it hosts, and the table of APIs that answers for them. Thread-safe;
/// [#start] and [#stop] are called once.
public final class Broker {
    /*
     * Start. The log directories are open; the broker is made before the metadata log starts, so that it misses no
     * image. Once the metadata log has replayed what it has, `start` takes the image over: partitions open in parallel
     * on the blocking pool and become available one by one; until then clients are told to ask again. The network may
     * let clients in right after; it need not wait for the partitions.
     *
     * Stop. The network takes no requests any more. Each shard lets go of its partitions (whoever waits there is
     * answered), then the directories are closed and marked clean.
     */

    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);

    /// The world around the node.
    ///
    /// @param directories open; closed by [#stop]
    /// @param blockingPool where opening, deleting and closing of logs run; bounded
    /// @param coldReads where fetches wait for the disk; bounded, and nobody else's, so that a disk that hangs holds up
    ///         no sync
    /// @param randomInts for ids that must not be guessed
    public record Surroundings(int brokerId, List<Shard> shards, List<LogDirectory> directories, Clock clock,
            Executor blockingPool, Executor coldReads, IntSupplier randomInts) {}

    private final Surroundings surroundings;
    private final MetadataStore metadata;
    private final Partitions partitions;
    private final ImageFollower follower;
    private final DirectorySettings directorySettings;
    private final Throttles throttles;
    private final Upkeep upkeep;
    private final DataApis dataApis;
    private final Shard firstShard;
    private final AtomicReference<@Nullable ApiTable> table = new AtomicReference<>();

    /// @param producerIdBlocks from the active controller
    public Broker(Surroundings surroundings, MetadataStore metadata, EffectiveSettings settings,
            ProducerIds.Source producerIdBlocks, Replication replication) {
        this.surroundings = surroundings;
        this.metadata = metadata;
        this.firstShard = surroundings.shards().getFirst();
        this.throttles = new Throttles(surroundings.clock(), settings);
        Settings given = settings.given();
        long maxLagMs = given.get(BrokerSettings.REPLICA_LAG_TIME_MAX_MS);
        boolean isReadFromFollowers = given.find(BrokerSettings.REPLICA_SELECTOR_CLASS).isPresent();
        this.partitions = new Partitions(surroundings, new ReplicationSettings(surroundings.brokerId(),
                surroundings.clock(), maxLagMs, replication.proposals(), replication.isCutOff(), isReadFromFollowers),
                fetchers(given, replication), replication.directories(),
                new ReplicaMoves.Limits(throttles.moves(),
                        given.find(BrokerSettings.NUM_REPLICA_ALTER_LOG_DIRS_THREADS)
                                .orElse(surroundings.directories().size())));
        this.follower = new ImageFollower(surroundings.brokerId(), firstShard, partitions, settings);
        this.directorySettings = new DirectorySettings(surroundings.directories(), settings);
        this.upkeep = new Upkeep(partitions, surroundings.directories(), surroundings.clock(),
                new Upkeep.Intervals(given.get(BrokerSettings.LOG_RETENTION_CHECK_INTERVAL_MS),
                        given.get(BrokerSettings.LOG_FLUSH_OFFSET_CHECKPOINT_INTERVAL_MS), maxLagMs / 2));
        this.dataApis = new DataApis(surroundings.brokerId(), metadata::image, partitions,
                surroundings.directories(), new ProducerIds(firstShard, producerIdBlocks),
                new KnownEndpoints(metadata),
                isReadFromFollowers
                        ? new RackAwareSelector(surroundings.brokerId(), metadata::image)
                        : ReplicaSelector.LEADER,
                new DataApis.Limits(given.get(BrokerSettings.FETCH_MAX_BYTES),
                        given.get(BrokerSettings.MAX_FETCH_SESSIONS), throttles.leader()),
                surroundings.clock(), surroundings.blockingPool(), surroundings.coldReads(),
                surroundings.randomInts());
        metadata.subscribe(follower);
        metadata.subscribe(directorySettings);
        metadata.subscribe(throttles);
    }

    private ReplicaFetchers fetchers(Settings given, Replication replication) {
        return new ReplicaFetchers(surroundings.shards(),
                new ReplicaFetchers.Settings(surroundings.brokerId(), replication.brokerEpoch(),
                        given.get(BrokerSettings.REPLICA_FETCH_WAIT_MAX_MS),
                        given.get(BrokerSettings.REPLICA_FETCH_RESPONSE_MAX_BYTES),
                        given.get(BrokerSettings.REPLICA_FETCH_MAX_BYTES),
                        given.get(BrokerSettings.REPLICA_SOCKET_TIMEOUT_MS), throttles.follower()),
                replication.leaders());
    }

    public Partitions partitions() {
        return partitions;
    }

    /// Sets aside what the log directories hold of partitions that are not placed on this broker. Blocks; before
    /// [#start], once the metadata are known up to now: what has only not been read yet would be taken for deleted.
    public void setStraysAside() {
        MetadataImage image = metadata.image();
        surroundings.directories()
                .forEach(directory -> directory.strays()
                        .setAsideUnless(name -> follower.hosted(image, name), name -> follower.isInSync(image, name)));
    }

    /// Where two directories have the same log, it was moved from one to the other, and only that was written to since;
    /// or one could not be used when the replica was taken away, and has what is left of it.
    private void setLeftBehindAside() {
        if (surroundings.directories().size() == 1) {
            return;
        }
        MetadataImage image = metadata.image();
        Map<PartitionName, LogDirectory> best = new HashMap<>();
        for (LogDirectory directory : surroundings.directories()) {
            for (PartitionName name : directory.partitionsLeft()) {
                best.merge(name, directory, (one, other) -> better(image, name, one, other));
            }
        }
    }

    private LogDirectory better(MetadataImage image, PartitionName name, LogDirectory one, LogDirectory other) {
        TopicId believed = follower.directory(image, name);
        // A log says where it goes before it is in its place there, and is there before it leaves the old one, where
        // the journal may know of it for a while. Should this be the wrong one all the same, the controller hears that
        // it is not where it was (DirectoryAssignment).
        Comparator<LogDirectory> order = Comparator
                .<LogDirectory, Boolean>comparing(each -> each.arrivals().isHere(name))
                .thenComparing(each -> !hasLeft(image, name, each))
                .thenComparing(each -> each.isOnDisk(name))
                .thenComparing(each -> BrokerImage.isMeant(believed, each.directoryId()))
                .thenComparingLong(each -> each.arrivals().reach(name));
        LogDirectory best = order.compare(one, other) < 0 ? other : one;
        LogDirectory rest = best == one ? other : one;
        rest.strays().setAside(name, "is in '" + best.path() + "'");
        return best;
    }

    private boolean hasLeft(MetadataImage image, PartitionName name, LogDirectory directory) {
        return follower.hosted(image, name)
                .filter(topic -> directory.departures().hasLeft(new PartitionId(topic, name.index())))
                .isPresent();
    }

    private void forgetDepartures() {
        MetadataImage image = metadata.image();
        for (LogDirectory directory : surroundings.directories()) {
            directory.departures().forgetUnless(id -> {
                TopicImage topic = image.topic(id.topic());
                return topic != null
                        && isMissed(image, id, new PartitionName(topic.name(), id.index()), directory);
            });
        }
    }

    /// Nothing is missed that nobody counts on, nor what is not found in a directory that can be used: that was moved
    /// there, and never written to, or did not come there. It may have gone on from there, and come back. Of an only
    /// replica nobody tells the controller where it is; should its directory be there no more, and none that has
    /// failed, there is no other copy that is to be saved by missing it.
    private boolean isMissed(MetadataImage image, PartitionId id, PartitionName name, LogDirectory left) {
        if (!follower.isInSync(image, name)) {
            return false;
        }
        Set<TopicId> passed = new HashSet<>(Set.of(left.directoryId()));
        TopicId next = left.departures().whereTo(id);
        while (next != null && passed.add(next)) {
            Optional<LogDirectory> there = directoryOf(next);
            if (there.isEmpty()) {
                return follower.isReplicated(image, name)
                        || surroundings.directories().stream().anyMatch(each -> each.failure().isPresent());
            }
            if (there.get().mayHave(name)) {
                return true;
            }
            next = there.get().departures().whereTo(id);
        }
        return false;
    }

    private Optional<LogDirectory> directoryOf(TopicId id) {
        return surroundings.directories().stream().filter(each -> each.directoryId().equals(id)).findFirst();
    }

    /// Completes the table: the data plane beside `otherApis`. Called once, before [#start].
    public ApiTable complete(List<ApiRow> otherApis, Access access) {
        List<ApiRow> rows = new ArrayList<>(otherApis);
        rows.addAll(dataApis.rows(() -> table().supported(), access));
        ApiTable complete = new ApiTable(rows);
        table.set(complete);
        return complete;
    }

    /// Takes up work.
    public void start() {
        for (LogDirectory directory : surroundings.directories()) {
            directory.onFailure(failure -> {
                LOG.error("log directory '{}' is offline, and with it every replica in it: {}", directory.path(),
                        failure.getMessage());
                partitions.storageFailed(directory);
            });
        }
        setLeftBehindAside();
        forgetDepartures();
        directorySettings.apply(metadata.image());
        throttles.apply(metadata.image());
        firstShard.execute(() -> {
            follower.start(metadata.image());
            recoverRest();
        });
        upkeep.start();
    }

    /// Recovers what was not recovered because nobody asked for it yet.
    void recoverRest() {
        upkeep.recoverRest();
    }

    /// Done once every partition known so far is open, or known to be offline.
    public CompletableFuture<Void> settled() {
        CompletableFuture<Void> started = CompletableFuture.runAsync(() -> {}, firstShard);
        return started.thenComposeAsync(done -> partitions.settled(), firstShard);
    }

    /// Done once the partitions of a topic that is in the image are open, or known to be offline: who creates a topic
    /// waits for it, so that its first producer need not ask twice.
    public CompletableFuture<Void> settled(String topic) {
        CompletableFuture<Void> followed = CompletableFuture.runAsync(() -> {}, firstShard);
        return followed.thenComposeAsync(done -> partitions.settled(topic), firstShard);
    }

    /// The active controller is out of reach for so long that others may lead by now what this broker leads: whoever
    /// waits for it is sent to them. Or it answers again.
    public void controllerCutOff(boolean isCutOff) {
        partitions.controllerCutOff(isCutOff);
    }

    /// Lets go of everything and closes the log directories clean. No request may come any more.
    public CompletableFuture<Void> stop() {
        upkeep.stop();
        return CompletableFuture.runAsync(follower::stop, firstShard)
                .thenComposeAsync(done -> partitions.leaveAll(), firstShard)
                .thenRunAsync(this::closeDirectories, surroundings.blockingPool());
    }

    private void closeDirectories() {
        for (LogDirectory directory : surroundings.directories()) {
            if (directory.failure().isEmpty()) {
                directory.closeClean();
            }
        }
    }

    public ApiTable table() {
        ApiTable complete = table.get();
        if (complete == null) {
            throw new IllegalStateException("the broker has not been started");
        }
        return complete;
    }
}
