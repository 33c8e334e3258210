package io.girok.server;

import io.girok.base.Clock;
import io.girok.base.Disk;
import io.girok.base.FileDisk;
import io.girok.base.SystemClock;
import io.girok.base.TopicId;
import io.girok.files.StorageFailed;
import io.girok.log.Durability;
import io.girok.log.LogDirectory;
import io.girok.log.LogEnvironment;
import io.girok.log.OpenFiles;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.Settings;
import io.girok.network.BoundListener;
import io.girok.network.NettyShards;
import io.girok.network.NetworkServer;
import io.girok.network.PeerNetwork;
import io.girok.node.ClusterNode;
import io.girok.node.ControllerNode;
import io.girok.node.Node;
import io.girok.security.sasl.DelegationTokens;
import io.girok.security.sasl.ImageScramUsers;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A broker with its quorum in this process, from its start to its stop. Started by one thread and stopped by another,
/// also while it starts.
final class RunningServer {
    /*
     * Start: log directories (their locks keep a second process out before anything else is touched), the listeners,
     * which let nodes in and have clients wait, the metadata quorum, the registration, which names the listeners' real
     * ports, the broker on the image up to its registration, and the clients.
     *
     * Stop: the same way back. In a cluster others take over first. Clients are answered what they were promised, logs
     * are synced and marked clean.
     *
     * A start may wait for other nodes without end. One that is asked to stop meanwhile gives up and undoes what it has
     * done, in its own thread. As long as no work was taken up, nothing was written to the logs: a directory that had
     * the mark of a clean stop gets it back.
     */
    private static final Logger LOG = LoggerFactory.getLogger(RunningServer.class);
    private static final long START_LIMIT_MS = 60_000;
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);
    private static final long LEAVE_TURN_MS = 50;
    private static final int LEAVE_TURNS = 200;
    private static final int LONELY_TURNS = 20;
    private static final long RESIGN_LIMIT_MS = 2_000;

    private final ServerSettings settings;
    private final List<MetadataRecord> founding;
    private final Clock clock = new SystemClock();
    private final Disk disk = new FileDisk();
    private final SecureRandom random = new SecureRandom();
    private final ServerThreads threads;
    /// Guarded by this, which a start holds for as long as it takes.
    private final List<Runnable> undo = new ArrayList<>();
    private boolean isClean = true;
    private boolean hasTakenUpWork;
    private final CompletableFuture<Boolean> askedToStop = new CompletableFuture<>();
    /// Whether there may be directories that a stop has to close.
    private volatile boolean hasDirectories;

    /// @param founding what the cluster begins with, if this node founds it
    RunningServer(ServerSettings settings, List<MetadataRecord> founding) {
        this.settings = settings;
        this.founding = founding;
        this.threads = new ServerThreads(settings.settings(), settings.logDirectories().size());
    }

    /// What a broker says when it serves.
    record Started(List<BoundListener> listeners, List<Path> directories) {}

    /// Blocks until the broker serves. Called once.
    ///
    /// @throws StartFailed when it can't, or was asked to stop; nothing is left open then
    synchronized Started start() {
        try {
            return open();
        } catch (IOException | RuntimeException e) {
            undo();
            Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            throw new StartFailed(String.valueOf(cause.getMessage()), cause);
        }
    }

    private Started open() throws IOException {
        CompletableFuture<Integer> warmProtocol = CompletableFuture.supplyAsync(() -> ApiKeys.values().length,
                threads.blockingPool());
        undo.add(threads::end);
        NettyShards shards = NettyShards.start(settings.shardCount());
        undo.add(shards::close);
        MetadataStore store = new MetadataStore(Halt::now);
        ImageScramUsers users = new ImageScramUsers(store::image,
                DelegationTokens.of(settings.settings(), store::image));
        Doors doors = Doors.open(settings, users,
                new Doors.Surroundings(shards.all().getFirst(), threads.blockingPool(), clock, random));
        undo.add(doors::close);
        PeerNetwork peers = new PeerNetwork(shards, settings.network().requestMaxBytes(), doors.peerSecurity(), clock);
        Optional<ZookeeperEngine> zookeeper = settings.zookeeper().map(ZookeeperEngine::new);
        String clusterId = awaitInCluster("the cluster's id",
                new ClusterId(settings, disk, zookeeper).find(peers, shards.all().getFirst(), random));
        OpenFiles openFiles = new OpenFiles(disk, settings.settings().get(BrokerSettings.MAX_OPEN_SEGMENTS));
        hasDirectories = true;
        refuseWhenAskedToStop("the log directories are opened");
        List<LogDirectory> directories = openDirectories(clusterId, shards, openFiles);
        refuseWhenAskedToStop("the quorum is joined");

        ClusterLinks links = new ClusterLinks(settings, clusterId, store,
                new ClusterLinks.Surroundings(peers, shards.all().getFirst(), threads.blockingPool(), clock, disk,
                        zookeeper));
        ClusterNode node = node(clusterId, shards, directories, links);
        awaitUnlessStopped("the protocol's tables", warmProtocol);
        NetworkServer network = NetworkServer.start(settings.listeners(doors), shards, node.table().supported(),
                node.door(), settings.network(), node.quotas(), clock);
        undo.add(network::close);
        undo.add(links::close);
        undo.add(node::close);
        List<Endpoint> endpoints = settings.endpoints(network.listeners());
        links.start(node, endpoints);
        awaitInCluster("the broker's registration with the controller", node.register(endpoints));
        undo.add(() -> await("the partitions to close", node.stop()));
        hasTakenUpWork = true;
        node.takeUpWork();
        undo.add(() -> {
            network.stopAccepting();
            if (!network.drain(DRAIN_LIMIT)) {
                LOG.warn("some clients did not take their answers within {}; their connections are cut", DRAIN_LIMIT);
            }
            network.close();
        });
        BrokerMetrics metrics = new BrokerMetrics(node::cleanerStatus, directories, openFiles, network, clock);
        for (ListenerAddress address : settings.httpListeners()) {
            undo.add(HttpSide.start(address, metrics::text)::close);
        }
        awaitUnlessStopped("the controller to let this broker lead", node.ready());
        users.known();
        if (settings.isCluster()) {
            undo.add(() -> leave(node, links));
        }
        warnOfOpenListeners();
        return new Started(network.listeners(), settings.logDirectories());
    }

    private ClusterNode node(String clusterId, NettyShards shards, List<LogDirectory> directories,
            ClusterLinks links) {
        Node.Identity identity = new Node.Identity(settings.nodeId(), clusterId, settings.settings(), founding);
        Node.Surroundings around = new Node.Surroundings(shards.all(), threads.blockingPool(),
                threads.controller(), threads.cleaners(), threads.coldReads(), clock, random);
        return settings.isBroker()
                ? new Node(identity, around, directories, links.quorum(), links.others())
                : new ControllerNode(identity, around, directories, links.quorum(), links.others());
    }

    /// Others are to lead what this broker leads, and the metadata log, before it stops. Where no controller is left,
    /// as when the whole cluster stops, there is nobody to hand over to.
    private static void leave(ClusterNode node, ClusterLinks links) {
        CompletableFuture<Void> left = node.leave();
        try {
            int lonelyTurns = 0;
            for (int turn = 0; turn < LEAVE_TURNS && lonelyTurns < LONELY_TURNS && !left.isDone(); turn++) {
                var _ = left.handle((done, failure) -> true)
                        .completeOnTimeout(false, LEAVE_TURN_MS,
                                TimeUnit.MILLISECONDS)
                        .get();
                lonelyTurns = links.metadataLog().leadership().leaderId() < 0 ? lonelyTurns + 1 : 0;
            }
            if (!left.isDone()) {
                LOG.warn("not everything could be handed over; the other nodes notice when this one is gone");
                return;
            }
            MetadataLog.Leadership leadership = links.metadataLog().leadership();
            if (leadership.isLeader()) {
                links.metadataLog().resign(leadership.epoch()).get(RESIGN_LIMIT_MS, TimeUnit.MILLISECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("the metadata log finds its next leader by itself: {}", e.toString());
        } catch (InterruptedException e) {
            LOG.warn("interrupted while handing over to other nodes");
        }
    }

    private List<LogDirectory> openDirectories(String clusterId, NettyShards shards, OpenFiles openFiles) {
        Settings given = settings.settings();
        Durability durability = switch (given.get(BrokerSettings.DURABILITY)) {
            case "os" -> Durability.OS;
            default -> Durability.FSYNC;
        };
        LogEnvironment environment = threads.forLogs(new LogEnvironment(disk, clock, shards.all().getFirst(),
                openFiles, threads.blockingPool(), () -> TopicId.random(random), durability,
                given.get(BrokerSettings.PRODUCER_ID_EXPIRATION_MS)));
        List<LogDirectory> directories = new ArrayList<>();
        for (Path path : settings.logDirectories()) {
            LogDirectory directory = open(path, clusterId, environment);
            undo.add(() -> close(directory));
            directories.add(directory);
        }
        return directories;
    }

    private void close(LogDirectory directory) {
        if (directory.wasClosedClean() && !hasTakenUpWork) {
            directory.closeClean();
        } else {
            // After a clean stop of the broker this does nothing.
            directory.close();
        }
    }

    private LogDirectory open(Path path, String clusterId, LogEnvironment environment) {
        try {
            return LogDirectory.open(path, clusterId, settings.nodeId(), environment);
        } catch (StorageFailed failure) {
            // The first one has the metadata.
            if (path.equals(settings.logDirectories().getFirst())) {
                throw failure;
            }
            return LogDirectory.offline(path, environment, failure);
        }
    }

    private void warnOfOpenListeners() {
        for (ListenerAddress listener : settings.httpListeners()) {
            if (listener.isBeyondLoopback()) {
                LOG.warn("listener {} is open to other machines, and everybody who reaches it may read the metrics",
                        listener);
            }
        }
        for (ListenerAddress listener : settings.listenerAddresses()) {
            if (listener.isBeyondLoopback() && settings.security(listener.name()).isOpenToAll()) {
                LOG.warn("listener {} is open to other machines, and everybody who reaches it may do everything: "
                        + "nobody is asked who they are", listener);
            }
        }
    }

    /// A cluster's node waits for the others for as long as they take, and says so.
    private <T> T awaitInCluster(String what, CompletableFuture<T> future) {
        if (!settings.isCluster()) {
            return awaitUnlessStopped(what, future);
        }
        while (true) {
            try {
                return awaitUnlessStopped(what, future);
            } catch (IllegalStateException e) {
                if (!(e.getCause() instanceof TimeoutException)) {
                    throw e;
                }
                LOG.warn("still waiting for {}: a majority of {} must be there", what, settings.quorumText());
            }
        }
    }

    /// No thread is interrupted for a stop: it may be using files, which an interruption closes.
    private <T> T awaitUnlessStopped(String what, CompletableFuture<T> future) {
        await(what, CompletableFuture.anyOf(future, askedToStop));
        if (!future.isDone()) {
            refuseWhenAskedToStop(what + " is there");
        }
        return await(what, future);
    }

    private void refuseWhenAskedToStop(String what) {
        if (askedToStop.isDone()) {
            throw new IllegalStateException("asked to stop before " + what);
        }
    }

    private static <T> T await(String what, CompletableFuture<T> future) {
        try {
            return future.get(START_LIMIT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("waited " + START_LIMIT_MS + " ms in vain for " + what, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for " + what, e);
        }
    }

    /// Undoes the start, or has it given up.
    ///
    /// @return whether every step went well, so that the next start has nothing to recover
    boolean stop() {
        askedToStop.complete(true);
        if (!hasDirectories) {
            // Nothing has to be saved, and no directory is opened any more: whatever the start waits for may go on.
            return true;
        }
        synchronized (this) {
            undo();
            return isClean;
        }
    }

    /// The last step first; one that fails does not keep the others from being done.
    private void undo() {
        for (Runnable step : undo.reversed()) {
            try {
                step.run();
            } catch (RuntimeException e) {
                isClean = false;
                LOG.error("a step of the stop has failed; the next start recovers what it has left", e);
            }
        }
        undo.clear();
    }
}
