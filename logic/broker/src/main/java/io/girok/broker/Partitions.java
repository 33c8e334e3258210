package io.girok.broker;

import io.girok.base.Invariant;
import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.broker.TopicPlacements.Slot;
import io.girok.log.LogDirectory;
import io.girok.log.LogSettings;
import io.girok.metadata.BrokerImage;
import io.girok.replication.Leadership;
import io.girok.replication.ReplicaFetchers;
import io.girok.replication.ReplicationSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where each partition is: its shard and its leader if it is here. Finding is for everyone and takes no lock; changes
/// come from the first shard alone.
public final class Partitions {
    /// What the metadata say of a topic. Immutable.
    ///
    /// @param partitions by index
    public record Topic(TopicId id, String name, List<Partition> partitions) {}

    /// What the metadata say of a partition. Immutable.
    ///
    /// @param leaderId -1 for none
    /// @param directory where this broker is believed to have its replica; zero when nobody knows
    /// @param isAwaited whether that is lost, and yet counted on, since nobody else has all of it
    /// @param here null when this broker has no replica of it
    public record Partition(int leaderId, int leaderEpoch, TopicId directory, boolean isAwaited,
            @Nullable Here here) {}

    /// What the metadata say of a replica on this broker. Immutable.
    ///
    /// @param leadership null when another broker leads, or none
    /// @param elsewhere what clients are told while this broker does not lead, and whom it follows meanwhile
    /// @param isReplicated whether other brokers have the partition as well
    /// @param isInSync whether this replica is among those in sync
    /// @param isGivenUp whether the controller knows that this replica is lost, and another one leads
    /// @param minInSyncReplicas `min.insync.replicas`
    public record Here(@Nullable Leadership leadership, Placement.NotHere elsewhere, boolean isReplicated,
            boolean isInSync, boolean isGivenUp, LogSettings settings, int minInSyncReplicas, Throttled throttled) {
        /// Whether what is given to that follower is throttled: it is one that catches up.
        boolean isThrottledFor(int followerId) {
            return throttled.asLeader() && leadership != null && !leadership.isr().contains(followerId);
        }

        /// Who asks here for what cannot be used is told so, unless it is another broker that should be asked.
        Placement.NotHere whileOffline() {
            return leadership == null ? elsewhere : elsewhere.as(Errors.KAFKA_STORAGE_ERROR);
        }
    }

    /// What of a replica is throttled.
    ///
    /// @param asLeader what it gives to replicas that are not in sync
    /// @param asFollower what it takes until it has caught up
    public record Throttled(boolean asLeader, boolean asFollower) {}

    private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);

    private final ReplicationSettings replication;
    private final ReplicaFetchers fetchers;
    private final BiConsumer<PartitionId, TopicId> directoryReports;
    private final List<Shard> shards;
    private final List<LogDirectory> directories;
    private final Executor blockingPool;
    private final ReplicaMoves moves;
    private final List<PartitionListener> listeners = new CopyOnWriteArrayList<>();
    private final PartitionListener allListeners = new AllListeners();
    private final Map<Shard, Map<LogDirectory, ReplicaHome>> homes = new HashMap<>();
    private final Map<LogDirectory, Integer> hostedByDirectory = new HashMap<>();
    private final Map<String, TopicPlacements> topicsByName = new ConcurrentHashMap<>();
    private final Map<TopicId, TopicPlacements> topicsById = new ConcurrentHashMap<>();
    /// Where replicas are to be made that other brokers have and this one may get (KIP-113); of known partitions only.
    private final Map<PartitionId, LogDirectory> preferred = new HashMap<>();
    /// Deletions under way: a topic of the same name waits for them.
    private final Map<PartitionName, CompletableFuture<Void>> deletions = new HashMap<>();

    /// @param directoryReports told in which directory a replica is, where the metadata say something else
    /// @param moveLimits of replicas that move between log directories
    Partitions(Broker.Surroundings surroundings, ReplicationSettings replication, ReplicaFetchers fetchers,
            BiConsumer<PartitionId, TopicId> directoryReports, ReplicaMoves.Limits moveLimits) {
        this.replication = replication;
        this.fetchers = fetchers;
        this.directoryReports = directoryReports;
        this.shards = List.copyOf(surroundings.shards());
        this.directories = List.copyOf(surroundings.directories());
        this.blockingPool = surroundings.blockingPool();
        Invariant.check(!shards.isEmpty() && !directories.isEmpty(), "a broker has a shard and a log directory");
        this.moves = new ReplicaMoves(blockingPool, shards.getFirst(), moveLimits, this::moved);
    }

    /// Told of every partition that is led from now on.
    public void addListener(PartitionListener listener) {
        listeners.add(listener);
    }

    public List<Shard> shards() {
        return shards;
    }

    public Placement find(String topic, int index) {
        TopicPlacements placements = topicsByName.get(topic);
        return placements == null ? Placement.NotHere.UNKNOWN_NAME : placements.find(index);
    }

    public Placement find(TopicId topic, int index) {
        TopicPlacements placements = topicsById.get(topic);
        return placements == null ? Placement.NotHere.UNKNOWN_ID : placements.find(index);
    }

    /// Null when there is no such topic.
    public @Nullable String nameOf(TopicId topic) {
        TopicPlacements placements = topicsById.get(topic);
        return placements == null ? null : placements.name();
    }

    /// As [#find], for those who may read from a follower: a replica here that another broker leads is found, too.
    public Placement findReplica(String topic, int index) {
        TopicPlacements placements = topicsByName.get(topic);
        return placements == null ? Placement.NotHere.UNKNOWN_NAME : placements.findReplica(index);
    }

    public Placement findReplica(TopicId topic, int index) {
        TopicPlacements placements = topicsById.get(topic);
        return placements == null ? Placement.NotHere.UNKNOWN_ID : placements.findReplica(index);
    }

    public Placement find(PartitionId id) {
        return find(id.topic(), id.index());
    }

    /// Every partition that has a copy here, whoever leads it.
    public void forEachReplica(Consumer<LedPartition> action) {
        for (TopicPlacements topic : topicsById.values()) {
            for (Slot slot : topic.slots()) {
                if (slot instanceof Slot.Hosted(HostedPartition hosted)) {
                    action.accept(hosted.replica());
                }
            }
        }
    }

    /// A topic appeared or changed.
    ///
    /// @param isOld whether it was there before this start: then what is not found of it may be in a log directory that
    ///         could not be opened
    void put(Topic topic, boolean isOld) {
        TopicPlacements known = topicsById.get(topic.id());
        List<Slot> slots = new ArrayList<>(topic.partitions().size());
        for (int index = 0; index < topic.partitions().size(); index++) {
            slots.add(slot(topic, index, known == null ? null : known.hosted(index), isOld));
        }
        TopicPlacements placements = new TopicPlacements(topic.id(), topic.name(), slots);
        topicsById.put(topic.id(), placements);
        topicsByName.put(topic.name(), placements);
    }

    /// Moves a replica to another log directory of this broker as soon as it is its turn; one that is not here yet is
    /// made there when it comes. Answers what a client is to be told: [Errors#REPLICA_NOT_AVAILABLE] for the latter,
    /// after which it asks again. On the first shard.
    public Errors move(String topic, int index, LogDirectory target) {
        TopicPlacements placements = topicsByName.get(topic);
        if (placements == null || index < 0 || placements.slots().size() <= index) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        HostedPartition hosted = placements.hosted(index);
        if (hosted == null) {
            preferred.put(new PartitionId(placements.id(), index), target);
            return Errors.REPLICA_NOT_AVAILABLE;
        }
        if (hosted.directory().failure().isPresent()) {
            return Errors.KAFKA_STORAGE_ERROR;
        }
        moves.begin(hosted, homeOf(hosted.shard(), target));
        return Errors.NONE;
    }

    /// The replicas that are on their way to another log directory, or wait for their turn. From any thread.
    public Iterable<ReplicaMove> moves() {
        return moves.all();
    }

    /// A topic was deleted: its partitions stop at once, and their logs go.
    void remove(TopicId id) {
        TopicPlacements gone = topicsById.remove(id);
        if (gone == null) {
            return;
        }
        topicsByName.remove(gone.name(), gone);
        for (int index = 0; index < gone.slots().size(); index++) {
            preferred.remove(new PartitionId(id, index));
        }
        deletions.values().removeIf(CompletableFuture::isDone);
        for (Slot slot : gone.slots()) {
            if (slot instanceof Slot.Hosted(HostedPartition hosted)) {
                remove(hosted, HostedPartition::delete);
            }
        }
    }

    private void remove(HostedPartition hosted, Function<HostedPartition, CompletableFuture<Void>> way) {
        moves.cancel(hosted.name());
        // A move that was too far to be called off ends first, in the other directory.
        deletions.put(hosted.name(), way.apply(hosted)
                .thenRunAsync(() -> {
                    hostedByDirectory.merge(hosted.directory(), -1, Integer::sum);
                    directories.forEach(each -> each.departures().forgetSoon(hosted.id()));
                }, shards.getFirst()));
    }

    /// Every replica in `directory` is offline. From any thread.
    void storageFailed(LogDirectory directory) {
        forEachHosted(hosted -> {
            if (hosted.directory() == directory) {
                hosted.storageFailed();
            }
        });
    }

    /// The controller is out of reach, or answers again. From any thread.
    void controllerCutOff(boolean isCutOff) {
        forEachHosted(hosted -> {
            if (hosted.isReplicated()) {
                hosted.controllerCutOff(isCutOff);
            }
        });
    }

    /// Leads nothing any more; done when every shard has let go.
    CompletableFuture<Void> leaveAll() {
        moves.cancelAll();
        List<CompletableFuture<Void>> left = new ArrayList<>(deletions.values());
        forEachHosted(hosted -> left.add(hosted.leave()));
        return CompletableFuture.allOf(left.toArray(CompletableFuture[]::new));
    }

    /// Done when everything asked for so far has happened.
    CompletableFuture<Void> settled() {
        List<CompletableFuture<Void>> latest = new ArrayList<>(deletions.values());
        forEachHosted(hosted -> latest.add(hosted.latest()));
        return CompletableFuture.allOf(latest.toArray(CompletableFuture[]::new));
    }

    /// Done when every partition of the topic that is hosted here is open, or known to be offline; at once when there
    /// is no such topic.
    CompletableFuture<Void> settled(String topic) {
        TopicPlacements placements = topicsByName.get(topic);
        if (placements == null) {
            return CompletableFuture.completedFuture(null);
        }
        List<CompletableFuture<Void>> latest = new ArrayList<>();
        for (Slot slot : placements.slots()) {
            if (slot instanceof Slot.Hosted(HostedPartition hosted)) {
                latest.add(hosted.latest());
            }
        }
        return CompletableFuture.allOf(latest.toArray(CompletableFuture[]::new));
    }

    /// The shard of a partition: the same one for as long as the process lives; a topic's partitions are spread evenly.
    public Shard shardOf(PartitionId id) {
        long hash = (id.topic().high() ^ id.topic().low()) * 0x9E3779B97F4A7C15L;
        return shards.get(Math.floorMod((hash >>> 33) + id.index(), shards.size()));
    }

    private Slot slot(Topic topic, int index, @Nullable HostedPartition hosted, boolean isOld) {
        Partition partition = topic.partitions().get(index);
        Here wanted = partition.here();
        if (wanted == null) {
            if (hosted != null) {
                LOG.info("partition '{}' is not placed on this broker any more: its log is deleted", hosted.name());
                remove(hosted, HostedPartition::takeAway);
            }
            return new Slot.Remote(Placement.NotHere.elsewhere(partition.leaderId(), partition.leaderEpoch()));
        }
        if (hosted != null) {
            hosted.change(wanted);
            report(hosted, wanted, partition);
            return new Slot.Hosted(hosted);
        }
        PartitionId id = new PartitionId(topic.id(), index);
        PartitionName name = new PartitionName(topic.name(), index);
        ReplicaHome home = homeOf(shardOf(id), directoryOf(id, name, isOld, partition.directory()));
        CompletableFuture<Void> before = deletions.getOrDefault(name, CompletableFuture.completedFuture(null));
        // A coordinator has to be there before anybody asks for it.
        boolean sleeps = !isCoordinators(name.topic());
        HostedPartition begun = new HostedPartition(id, home, wanted, new ReplicaLife(name, sleeps, before),
                allListeners);
        report(begun, wanted, partition);
        return new Slot.Hosted(begun);
    }

    /// Who leads is not decided by where the only replica is.
    private void report(HostedPartition hosted, Here wanted, Partition partition) {
        TopicId believed = partition.directory();
        // It may be in a directory that is not here now: with the empty log that stands in for it, it must not lead.
        boolean isAway = partition.isAwaited() && !hosted.directory().mayHave(hosted.name());
        TopicId actual = isAway ? BrokerImage.LOST_DIRECTORY : hosted.place();
        // A directory that could not be opened has not told its id: what is believed to be in none that could be is
        // in that one.
        boolean isNews = actual.equals(TopicId.ZERO) ? believed.equals(TopicId.ZERO) : !actual.equals(believed);
        if (wanted.isReplicated() && isNews) {
            directoryReports.accept(hosted.id(), actual.equals(TopicId.ZERO) ? BrokerImage.LOST_DIRECTORY : actual);
        }
        forgetWhereItWas(hosted, believed);
    }

    /// Once the controller knows where it is, nobody looks for it where it was before.
    private void forgetWhereItWas(HostedPartition hosted, TopicId believed) {
        LogDirectory now = hosted.directory();
        boolean isKnown = !believed.equals(TopicId.ZERO) && BrokerImage.isMeant(believed, now.directoryId());
        if (isKnown && !now.departures().hasLeft(hosted.id())) {
            for (LogDirectory each : directories) {
                if (each != now) {
                    each.departures().forgetSoon(hosted.id());
                }
            }
        }
    }

    private static boolean isCoordinators(String topic) {
        return org.apache.kafka.common.internals.Topic.isInternal(topic);
    }

    private ReplicaHome homeOf(Shard shard, LogDirectory directory) {
        return homes.computeIfAbsent(shard, owner -> new HashMap<>())
                .computeIfAbsent(
                        directory,
                        place -> new ReplicaHome(shard, place, blockingPool, replication, fetchers,
                                directoryReports));
    }

    private LogDirectory directoryOf(PartitionId id, PartitionName name, boolean isOld, TopicId believed) {
        Optional<LogDirectory> wish = Optional.ofNullable(preferred.remove(id));
        LogDirectory directory = find(name, isOld, believed)
                .or(() -> wish.filter(wanted -> !hasFailed(wanted)))
                .orElseGet(() -> Collections.min(directories, Comparator.comparing(Partitions::hasFailed)
                        .thenComparing(LogDirectory::isScarce)
                        .thenComparingInt(this::hosted)));
        hostedByDirectory.merge(directory, 1, Integer::sum);
        return directory;
    }

    /// Where it was before; empty for a new one.
    private Optional<LogDirectory> find(PartitionName name, boolean isOld, TopicId believed) {
        return directories.stream()
                .filter(directory -> directory.mayHave(name))
                .findFirst()
                // It was never written to.
                .or(() -> directories.stream()
                        .filter(directory -> !believed.equals(TopicId.ZERO)
                                && BrokerImage.isMeant(believed, directory.directoryId()))
                        .findFirst())
                .or(() -> isOld ? directories.stream().filter(Partitions::hasFailed).findFirst() : Optional.empty());
    }

    private static boolean hasFailed(LogDirectory directory) {
        return directory.failure().isPresent();
    }

    private void moved(ReplicaMove move) {
        hostedByDirectory.merge(move.from(), -1, Integer::sum);
        hostedByDirectory.merge(move.to(), 1, Integer::sum);
        TopicPlacements placements = topicsByName.get(move.name().topic());
        HostedPartition hosted = placements == null ? null : placements.hosted(move.name().index());
        if (hosted != null) {
            // Where it could not be opened since, that has been told there.
            hosted.shard().execute(hosted::tellPlace);
        }
    }

    private int hosted(LogDirectory directory) {
        return hostedByDirectory.getOrDefault(directory, 0);
    }

    void forEachHosted(Consumer<HostedPartition> action) {
        for (TopicPlacements topic : topicsById.values()) {
            for (Slot slot : topic.slots()) {
                if (slot instanceof Slot.Hosted(HostedPartition hosted)) {
                    action.accept(hosted);
                }
            }
        }
    }

    /// Tells all that are there at the time.
    private final class AllListeners implements PartitionListener {
        @Override
        public void onLed(LedPartition partition) {
            for (PartitionListener listener : listeners) {
                listener.onLed(partition);
            }
        }

        @Override
        public void onLeft(LedPartition partition) {
            for (PartitionListener listener : listeners) {
                listener.onLeft(partition);
            }
        }
    }
}
