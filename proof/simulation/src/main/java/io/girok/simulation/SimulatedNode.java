package io.girok.simulation;

import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.base.simulated.MemoryDisk;
import io.girok.base.simulated.SimulatedShard;
import io.girok.broker.ApiTable;
import io.girok.files.FileNames;
import io.girok.files.StopMark;
import io.girok.files.StorageFailed;
import io.girok.log.Durability;
import io.girok.log.LogDirectory;
import io.girok.log.LogEnvironment;
import io.girok.log.OpenFiles;
import io.girok.membership.QuorumTransport;
import io.girok.membership.follow.FollowedMetadataLog;
import io.girok.membership.follow.MetadataCopyFile;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.Endpoint;
import io.girok.metadata.InMemoryMetadataLog;
import io.girok.metadata.InMemoryQuorum;
import io.girok.metadata.MetadataDelta;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import io.girok.metadata.setting.Settings;
import io.girok.node.Node;
import io.girok.wire.NodeAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One machine of the cluster: its disk, and the node that runs on it now. Owned by the world's thread.
final class SimulatedNode {
    static final String CLUSTER_ID = "Gsimulated-cluster-id0";
    /// The first ones are used by nodes that have fewer.
    static final List<Path> DIRECTORIES = List.of(Path.of("/data"), Path.of("/more"));
    static final int PORT = 9092;
    private static final int MAX_OPEN_FILES = 200;
    private static final long PRODUCER_ID_EXPIRATION_MS = 86_400_000;
    private static final double SLOW_DISK = 0.03;
    private static final int MAX_DISK_MS = 3;
    private static final int MAX_SLOW_DISK_MS = 60;
    private static final long LEAVE_LIMIT_MS = 10_000;
    private static final long FOLLOWER_LIMIT_MS = 1_000;

    private final World world;
    private final Host host;
    private final SimulatedNetwork network;
    private final InMemoryQuorum quorum;
    private final History history;
    private final Map<String, String> settings;
    private final int directoryCount;
    private final Durability durability;
    /// Since the power came back.
    private boolean hasFailedSyncs;
    private boolean hasFailingDirectory;
    private MemoryDisk disk;
    /// Of those that were there when it was last started.
    private final Map<Path, TopicId> directoryIds = new HashMap<>();
    private final Queue<Runnable> heldNews = new ArrayDeque<>();
    private boolean isCutFromQuorum;
    private boolean isStopping;
    private long slowUntilMs;
    private @Nullable Running running;

    /// What the present process is made of.
    private record Running(Host.Incarnation process, Node node, MetadataStore store, MetadataLog log,
            SimulatedShard pool, List<LogDirectory> directories) {}

    SimulatedNode(Host host, SimulatedCluster.Parts parts, Map<String, String> settings) {
        this.world = parts.world();
        this.host = host;
        this.directoryCount = parts.shape().directoryCount();
        this.network = parts.network();
        this.quorum = parts.quorum();
        this.history = parts.history();
        this.settings = settings;
        this.durability = parts.shape().durability();
        this.disk = new MemoryDisk(host.clock());
    }

    Host host() {
        return host;
    }

    MemoryDisk disk() {
        return disk;
    }

    boolean isRunning() {
        return running != null;
    }

    /// What the running process knows of the cluster.
    MetadataImage image() {
        return Objects.requireNonNull(running, "the node does not run").store().image();
    }

    /// Starts a process on what the disk has.
    void start() {
        network.powered(host);
        host.newProcess();
        List<SimulatedShard> shards = List.of(host.newShard(), host.newShard());
        SimulatedShard pool = host.newShard(() -> slowUntilMs <= world.nowMs());
        SimulatedShard controllerThread = host.newShard();
        SimulatedShard cleaners = host.newShard();
        SimulatedShard newsThread = host.newShard();
        Executor blocking = onDisk(pool);
        Executor coldReads = onDisk(host.newShard(() -> slowUntilMs <= world.nowMs()));
        LogEnvironment environment = new LogEnvironment(disk, host.clock(), shards.getFirst(),
                new OpenFiles(disk, MAX_OPEN_FILES), blocking, () -> TopicId.random(world.random()), durability,
                PRODUCER_ID_EXPIRATION_MS);
        List<LogDirectory> directories = directories().stream().map(path -> open(path, environment)).toList();
        directories.stream()
                .filter(directory -> directory.failure().isEmpty())
                .forEach(directory -> directoryIds.put(directory.path(), directory.directoryId()));
        MetadataStore store = new MetadataStore(
                failure -> history.violation("node " + host.id() + " can't go on: " + failure));
        store.subscribe(this::heard);
        Executor news = task -> {
            if (isCutFromQuorum) {
                heldNews.add(() -> newsThread.execute(task));
            } else {
                newsThread.execute(task);
            }
        };
        MetadataLog log = isVoter()
                ? new InMemoryMetadataLog(host.id(), quorum, news)
                : followedLog(shards.getFirst(), newsThread, blocking);
        List<Shard> owners = List.copyOf(shards);
        Node node = new Node(new Node.Identity(host.id(), CLUSTER_ID, Settings.parse(settings)),
                new Node.Surroundings(owners, blocking, controllerThread, cleaners, coldReads, host.clock(),
                        world.random()),
                directories,
                new Node.Quorum(store, log, message -> new CompletableFuture<>(), gone -> {}),
                new Node.Others(network.peers(host), SimulatedNode::address));
        ApiTable table = node.table();
        network.listen(host, new SimulatedNetwork.Server(host.process(), shards, table.supported(), node.door()));
        running = new Running(host.process(), node, store, log, pool, directories);
        log.start(node.metadataListener());
        var _ = node.register(List.of(new Endpoint("PLAINTEXT", host.name(), PORT)))
                .thenRunAsync(node::takeUpWork, blocking)
                .thenCompose(done -> node.ready())
                .exceptionally(failure -> {
                    history.violation("node " + host.id() + " can't start: " + failure);
                    return null;
                });
    }

    List<Path> directories() {
        return DIRECTORIES.subList(0, directoryCount);
    }

    private LogDirectory open(Path path, LogEnvironment environment) {
        try {
            return LogDirectory.open(path, CLUSTER_ID, host.id(), environment);
        } catch (StorageFailed failure) {
            if (path.equals(DIRECTORIES.getFirst())) {
                throw failure;
            }
            return LogDirectory.offline(path, environment, failure);
        }
    }

    /// Whether each replica on its disk is in the directory that the image names, and in no other.
    boolean areLogsWhereSaid(MetadataImage image) {
        return directories().stream()
                .allMatch(directory -> logsIn(directory).allMatch(log -> isWhereSaid(log, directory, image)));
    }

    private Stream<String> logsIn(Path directory) {
        try {
            return disk.isDirectory(directory) ? disk.list(directory).stream() : Stream.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isWhereSaid(String log, Path directory, MetadataImage image) {
        PartitionName name = FileNames.partition(log).orElse(null);
        TopicImage topic = name == null ? null : image.topic(name.topic());
        if (name == null || topic == null || topic.partitions().size() <= name.index()) {
            return !log.endsWith(FileNames.FUTURE_DIRECTORY);
        }
        PartitionImage partition = topic.partitions().get(name.index());
        TopicId id = directoryIds.get(directory);
        return !partition.replicas().contains(host.id())
                || (id != null && BrokerImage.isMeant(partition.directoryOf(host.id()), id));
    }

    boolean isVoter() {
        return SimulatedCluster.VOTERS.contains(host.id());
    }

    private MetadataLog followedLog(Shard shard, Executor delivery, Executor blocking) {
        QuorumTransport fetches = transport(shard, FollowedMetadataLog.maxAnswerDelayMs() + FOLLOWER_LIMIT_MS);
        QuorumTransport barriers = transport(shard, FOLLOWER_LIMIT_MS);
        return new FollowedMetadataLog(
                new FollowedMetadataLog.Voters(host.id(), CLUSTER_ID, SimulatedCluster.VOTERS, fetches::send,
                        barriers::send),
                new FollowedMetadataLog.Surroundings(shard, delivery, blocking,
                        new MetadataCopyFile(disk, DIRECTORIES.getFirst())));
    }

    private QuorumTransport transport(Shard shard, long limitMs) {
        return QuorumTransport.ofFollower(host.id(), network.peers(host), SimulatedNode::address, shard, limitMs);
    }

    private static NodeAddress address(int nodeId) {
        return new NodeAddress("host-" + nodeId, PORT);
    }

    private Executor onDisk(SimulatedShard pool) {
        return task -> {
            var _ = pool.schedule(diskMs(), task);
        };
    }

    /// What blocks takes its time, and what was begun first need not end first.
    private int diskMs() {
        return world.chance(SLOW_DISK) ? world.between(5, MAX_SLOW_DISK_MS) : world.between(0, MAX_DISK_MS);
    }

    private void heard(MetadataImage image, MetadataDelta delta) {
        for (TopicId id : delta.changedTopics()) {
            TopicImage topic = image.topic(id);
            if (topic == null) {
                continue;
            }
            for (int index = 0; index < topic.partitions().size(); index++) {
                int leader = topic.partitions().get(index).leader();
                if (0 <= leader) {
                    history.leads(topic.name(), id, index, topic.partitions().get(index).leaderEpoch(), leader);
                }
            }
        }
    }

    /// Ends the process as `kill -9` does: what it wrote is in the machine's memory and outlives it.
    void kill() {
        endProcess();
        disk.endProcess();
    }

    /// Pulls the plug: of what was not synced some is lost, and nobody is told that the machine is gone.
    void pullPlug() {
        host.setPowered(false);
        endProcess();
        disk.crash(world.random());
        hasFailedSyncs = false;
    }

    private void endProcess() {
        Running ended = running;
        if (ended == null) {
            return;
        }
        running = null;
        isStopping = false;
        heldNews.clear();
        Host.Incarnation process = host.process();
        host.endProcess();
        network.processEnded(host, process);
        // The quorum hears of it as soon as it may; this node's own view of it is gone with the process.
        ended.log().close();
    }

    /// Stops as SIGTERM does.
    void stop() {
        Running stopping = running;
        if (stopping == null) {
            return;
        }
        var _ = stopping.node().leave().thenRunAsync(() -> letGo(stopping), stopping.pool());
        var _ = stopping.pool().schedule(LEAVE_LIMIT_MS, () -> letGo(stopping));
    }

    private void letGo(Running stopping) {
        if (!stopping.process().isAlive() || isStopping) {
            return;
        }
        isStopping = true;
        var _ = stopping.node().stop().whenComplete((done, failure) -> {
            if (failure != null) {
                history.violation("node " + host.id() + " does not stop: " + failure);
            }
            stopping.node().close();
            if (stopping.process().isAlive()) {
                kill();
            }
        });
    }

    /// Hears nothing of the metadata quorum any more, until it is healed.
    void cutFromQuorum() {
        isCutFromQuorum = true;
        history.cutOff(host.id());
    }

    /// Stops everything, or lets it go on, as SIGSTOP and SIGCONT do.
    void setPaused(boolean isPaused) {
        host.setPaused(isPaused);
        if (!isPaused && isCutFromQuorum) {
            history.cutOff(host.id());
        }
    }

    boolean isCutFromQuorum() {
        return isCutFromQuorum;
    }

    void healQuorum() {
        isCutFromQuorum = false;
        history.hearsAgain(host.id());
        while (!heldNews.isEmpty()) {
            heldNews.remove().run();
        }
    }

    /// Has the metadata log keep a snapshot of what this node knows, and forget what it covers.
    void snapshot() {
        Running present = running;
        if (present != null) {
            var _ = present.log().snapshot();
        }
    }

    /// The last of several log directories fails, until [#repairDisk]. With `durability=os` its syncs do not: the
    /// machine could not always be restarted then (`PowerLoss`), as it must be before what a sync failed for is
    /// trusted.
    void failDirectory() {
        Path failing = directories().getLast();
        hasFailingDirectory = true;
        List<DiskOperation> failures = new ArrayList<>(
                List.of(DiskOperation.OPEN, DiskOperation.WRITE, DiskOperation.RENAME));
        if (durability == Durability.FSYNC) {
            hasFailedSyncs = true;
            failures.add(DiskOperation.SYNC);
        }
        failures.forEach(
                operation -> disk.plant(DiskFault.next(operation).on(path -> path.startsWith(failing)).lasting()));
    }

    /// The disk has no more than so much room, until [#repairDisk].
    void fillDisk(long leftBytes) {
        disk.setCapacity(disk.usedBytes() + leftBytes);
    }

    /// An empty disk takes the place of the one that has all.
    void replaceDisk() {
        disk = new MemoryDisk(host.clock());
    }

    /// Somebody removes the directory of a log, after a clean stop: after another one the journal may have all of it.
    /// Answers of which partition of [Simulation#TOPIC], if there was one.
    OptionalInt loseLog() {
        List<Path> logs = directories().stream()
                .filter(directory -> disk.exists(directory.resolve(StopMark.CLEAN)))
                .flatMap(directory -> IntStream.range(0, Simulation.PARTITIONS)
                        .mapToObj(index -> directory.resolve(Simulation.TOPIC + "-" + index)))
                .filter(disk::isDirectory)
                .toList();
        if (logs.isEmpty()) {
            return OptionalInt.empty();
        }
        Path lost = logs.get(world.random().nextInt(logs.size()));
        try {
            for (String file : disk.list(lost)) {
                disk.delete(lost.resolve(file));
            }
            disk.delete(lost);
            disk.syncDirectory(lost.resolveSibling(""));
            return OptionalInt.of(FileNames.partition(lost.getFileName().toString()).orElseThrow().index());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean hasFailingDirectory() {
        return hasFailingDirectory;
    }

    void repairDisk() {
        hasFailingDirectory = false;
        disk.removeFaults();
        disk.setCapacity(Long.MAX_VALUE);
    }

    /// Whether a log directory is offline, which it stays until the next start; or what its syncs have failed for may
    /// be in the memory of the machine only, whose process has ended since.
    boolean mustRestart() {
        return hasFailedSyncs
                || (running != null && running.directories().stream().anyMatch(each -> each.failure().isPresent()));
    }

    /// Nothing that blocks gets done for so long: a slow disk.
    void slowDisk(long ms) {
        slowUntilMs = world.nowMs() + ms;
    }
}
