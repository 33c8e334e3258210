package io.girok.server;

import io.girok.admin.AdminApis;
import io.girok.admin.ClusterView;
import io.girok.admin.OffsetsTopic;
import io.girok.admin.ProducerIdBlocks;
import io.girok.admin.SettingsValidator;
import io.girok.base.Clock;
import io.girok.base.Disk;
import io.girok.base.FileDisk;
import io.girok.base.SystemClock;
import io.girok.base.TopicId;
import io.girok.broker.ApiOperation;
import io.girok.broker.ApiResource;
import io.girok.broker.ApiRow;
import io.girok.broker.ApiTable;
import io.girok.broker.Broker;
import io.girok.broker.Compaction;
import io.girok.broker.Replication;
import io.girok.broker.group.GroupApis;
import io.girok.broker.group.ImageGroupCluster;
import io.girok.cleaner.Cleaner;
import io.girok.controller.ActiveController;
import io.girok.controller.Controller;
import io.girok.controller.ControllerRules;
import io.girok.files.MetaProperties;
import io.girok.files.StorageFailed;
import io.girok.log.Durability;
import io.girok.log.LogDirectory;
import io.girok.log.LogEnvironment;
import io.girok.log.OpenFiles;
import io.girok.membership.BrokerLife;
import io.girok.membership.BrokerSessions;
import io.girok.membership.ControllerApis;
import io.girok.membership.ControllerChannel;
import io.girok.membership.EnvelopeHandler;
import io.girok.membership.Forwarding;
import io.girok.membership.ProposalSender;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.metadata.setting.Settings;
import io.girok.network.BoundListener;
import io.girok.network.NettyShards;
import io.girok.network.NetworkServer;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A broker with its quorum in this process, from its start to its stop. Started and stopped by one thread each.
final class RunningServer {
    /*
     * Start: log directories (their locks keep a second process out before anything else is touched), the listeners,
     * which let nodes in and have clients wait, the metadata quorum, the registration, which names the listeners' real
     * ports, the broker on the image up to its registration, and the clients.
     *
     * Stop: the same way back. In a cluster others take over first. Clients are answered what they were promised, logs
     * are synced and marked clean.
     */
    private static final Logger LOG = LoggerFactory.getLogger(RunningServer.class);
    private static final long START_LIMIT_MS = 60_000;
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);
    private static final long STOP_LIMIT_MS = 60_000;
    private static final long LEAVE_TURN_MS = 50;
    private static final int LEAVE_TURNS = 200;
    private static final int LONELY_TURNS = 20;
    private static final long RESIGN_LIMIT_MS = 2_000;

    private final ServerSettings settings;
    private final Clock clock = new SystemClock();
    private final Disk disk = new FileDisk();
    private final SecureRandom random = new SecureRandom();
    private final ThreadPoolExecutor blockingPool;
    private final ExecutorService controllerThread = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().name("girok-controller").factory());
    private final List<Runnable> undo = new ArrayList<>();

    private RunningServer(ServerSettings settings) {
        this.settings = settings;
        int threads = settings.settings().get(BrokerSettings.BACKGROUND_THREADS);
        this.blockingPool = new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("girok-blocking-", 0).factory());
        blockingPool.allowCoreThreadTimeOut(true);
    }

    /// What a broker says when it serves.
    record Started(RunningServer server, List<BoundListener> listeners, List<Path> directories) {}

    /// Blocks until the broker serves.
    ///
    /// @throws StartFailed when it can't; nothing is left open then
    static Started start(ServerSettings settings) {
        RunningServer server = new RunningServer(settings);
        try {
            return server.start();
        } catch (IOException | RuntimeException e) {
            server.stop();
            Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            throw new StartFailed(String.valueOf(cause.getMessage()), cause);
        }
    }

    private Started start() throws IOException {
        CompletableFuture<Integer> warmProtocol = CompletableFuture.supplyAsync(() -> ApiKeys.values().length,
                blockingPool);
        undo.add(this::endThreads);
        NettyShards shards = NettyShards.start(settings.shardCount());
        undo.add(shards::close);
        String clusterId = knownClusterId();
        OpenFiles openFiles = new OpenFiles(disk, settings.settings().get(BrokerSettings.MAX_OPEN_SEGMENTS));
        List<LogDirectory> directories = openDirectories(clusterId, shards, openFiles);

        MetadataStore store = new MetadataStore(Halt::now);
        EffectiveSettings effective = new EffectiveSettings(settings.settings(), settings.nodeId());
        ClusterLinks links = new ClusterLinks(settings, store, shards, clock);
        ActiveController controller = new ActiveController(new Controller(rules(effective, store)), store,
                links.metadataLog(), controllerThread, clock);
        store.subscribe(controller);
        BrokerSessions sessions = new BrokerSessions(links.sessions(clock), controller, store, links.intervals());
        store.subscribe(sessions);
        store.subscribe(new ClusterFounder(controller, clusterId));
        ControllerChannel internal = links.channel();
        AtomicReference<@Nullable BrokerLife> registration = new AtomicReference<>();
        GroupApis groups = groups(store, internal);
        store.subscribe((image, delta) -> {
            if (!delta.deletedTopics().isEmpty()) {
                var _ = groups.topicsDeleted();
            }
        });
        Broker broker = broker(shards, directories, store, effective, links, () -> epochOf(registration.get()));
        broker.partitions().addListener(groups.partitionListener());

        ApiTable table = broker.complete(rows(broker, groups, links, internal, controller, sessions, store, effective));
        ControllerChannel heartbeats = links.channel();
        links.serveLocally(table);
        await("the protocol's tables", warmProtocol);
        StartGate gate = new StartGate(table, shards.all().getFirst());
        NetworkServer network = NetworkServer.start(settings.listeners(), shards, table.supported(), gate,
                settings.network(), clock);
        undo.add(network::close);
        links.metadataLog().start(store);
        undo.add(links::close);
        undo.add(controller::close);

        BrokerLife life = life(heartbeats, store, clusterId, network.listeners(), directories);
        undo.add(life::stop);
        registration.set(life);
        long epoch = awaitWithoutLimit("the broker's registration with the controller", life.start());
        awaitImage(store, epoch);
        if (!store.image().clusterId().equals(clusterId)) {
            throw new IllegalStateException(
                    "the log directories belong to cluster '" + clusterId + "', and the metadata to cluster '"
                            + store.image().clusterId() + "': set log.dirs to the directories that belong together");
        }
        broker.setStraysAside();
        broker.start();
        undo.add(() -> await("the partitions to close", broker.stop()));
        Compaction compaction = startCompaction(broker, store, effective);
        undo.add(() -> {
            network.stopAccepting();
            if (!network.drain(DRAIN_LIMIT)) {
                LOG.warn("some clients did not take their answers within {}; their connections are cut", DRAIN_LIMIT);
            }
            network.close();
        });
        BrokerMetrics metrics = new BrokerMetrics(compaction::status, directories, openFiles, network, clock);
        for (ListenerAddress address : settings.httpListeners()) {
            undo.add(HttpSide.start(address, metrics::text)::close);
        }
        await("the controller to let this broker lead", life.ready());
        gate.open();
        if (settings.voters().isCluster()) {
            undo.add(() -> leave(life, links));
        }
        warnOfOpenListeners();
        return new Started(this, network.listeners(), settings.logDirectories());
    }

    private Broker broker(NettyShards shards, List<LogDirectory> directories, MetadataStore store,
            EffectiveSettings effective, ClusterLinks links, LongSupplier brokerEpoch) {
        AtomicReference<@Nullable Broker> built = new AtomicReference<>();
        ProposalSender proposals = new ProposalSender(settings.nodeId(), brokerEpoch, links.channel(), store::image,
                id -> Objects.requireNonNull(built.get()).partitions().shardOf(id));
        Broker broker = new Broker(
                new Broker.Surroundings(settings.nodeId(), shards.all(), directories, clock, blockingPool,
                        random::nextInt),
                store, effective, new ProducerIdBlocks(links.channel(), settings.nodeId(), brokerEpoch),
                new Replication(links::connect, proposals, brokerEpoch));
        built.set(broker);
        return broker;
    }

    private List<ApiRow> rows(Broker broker, GroupApis groups, ClusterLinks links, ControllerChannel internal,
            ActiveController controller, BrokerSessions sessions, MetadataStore store, EffectiveSettings effective) {
        ClusterView view = new ClusterView(store::image, settings.nodeId());
        List<ApiRow> rows = new ArrayList<>(new Forwarding(links.channel())
                .over(new AdminApis(view, effective, controller, internal, broker::settled).rows()));
        rows.addAll(groups.rows());
        rows.addAll(new ControllerApis(controller, store, sessions).rows());
        rows.add(ApiRow.of(ApiKeys.ENVELOPE, ApiOperation.CLUSTER_ACTION, ApiResource.CLUSTER,
                new EnvelopeHandler(internal, broker::table, links.metadataLog()::onRequest, links.watch())));
        return rows;
    }

    private static long epochOf(@Nullable BrokerLife life) {
        return life == null ? -1 : life.brokerEpoch();
    }

    private BrokerLife life(ControllerChannel heartbeats, MetadataStore store, String clusterId,
            List<BoundListener> bound, List<LogDirectory> directories) {
        List<TopicId> directoryIds = directories.stream()
                .filter(directory -> directory.failure().isEmpty())
                .map(LogDirectory::directoryId)
                .toList();
        return new BrokerLife(
                new BrokerLife.Identity(settings.nodeId(), clusterId, newId(), settings.endpoints(bound),
                        settings.settings().find(BrokerSettings.BROKER_RACK).orElse(null), directoryIds),
                heartbeats, store::image, settings.settings().get(BrokerSettings.BROKER_HEARTBEAT_INTERVAL_MS));
    }

    /// Others are to lead what this broker leads, and the metadata log, before it stops. Where no controller is left,
    /// as when the whole cluster stops, there is nobody to hand over to.
    private static void leave(BrokerLife life, ClusterLinks links) {
        CompletableFuture<Void> left = life.leave();
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

    private static void awaitImage(MetadataStore store, long offset) {
        CompletableFuture<Void> known = new CompletableFuture<>();
        store.subscribe((image, delta) -> {
            if (offset < image.endOffset()) {
                known.complete(null);
            }
        });
        if (offset < store.image().endOffset()) {
            known.complete(null);
        }
        await("the metadata up to this broker's registration", known);
    }

    private Compaction startCompaction(Broker broker, MetadataStore store, EffectiveSettings effective) {
        int threads = settings.settings().get(BrokerSettings.LOG_CLEANER_THREADS);
        ThreadPoolExecutor workers = new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), Thread.ofPlatform().name("girok-cleaner-", 0).factory());
        workers.allowCoreThreadTimeOut(true);
        undo.add(workers::shutdown);
        Compaction compaction = Compaction.start(broker.partitions(), store, effective,
                new Cleaner.Surroundings(broker.partitions().shards().getFirst(), workers, clock, random.nextLong(),
                        random.nextLong()));
        undo.add(() -> await("the compactions under way to be left off", compaction.stop()));
        return compaction;
    }

    /// The one that the first directory remembers, or that is set, or a new one.
    private String knownClusterId() throws IOException {
        Path first = settings.logDirectories().getFirst();
        return disk.isDirectory(first)
                ? MetaProperties.read(disk, first).map(MetaProperties::clusterId).orElseGet(this::firstClusterId)
                : firstClusterId();
    }

    private String firstClusterId() {
        return settings.settings()
                .find(BrokerSettings.CLUSTER_ID)
                .orElseGet(() -> settings.voters().isCluster()
                        ? settings.voters().derivedClusterId()
                        : newId().toString());
    }

    private TopicId newId() {
        TopicId id = new TopicId(random.nextLong(), random.nextLong());
        // Ids are seen on command lines, where a leading dash would make an option of one.
        return id.isZero() || id.toString().startsWith("-") ? newId() : id;
    }

    private List<LogDirectory> openDirectories(String clusterId, NettyShards shards, OpenFiles openFiles) {
        Settings given = settings.settings();
        Durability durability = switch (given.get(BrokerSettings.DURABILITY)) {
            case "os" -> Durability.OS;
            default -> Durability.FSYNC;
        };
        LogEnvironment environment = new LogEnvironment(disk, clock, shards.all().getFirst(),
                openFiles, blockingPool, this::newId, durability, given.get(BrokerSettings.PRODUCER_ID_EXPIRATION_MS));
        List<LogDirectory> directories = new ArrayList<>();
        for (Path path : settings.logDirectories()) {
            LogDirectory directory = open(path, clusterId, environment);
            // After a clean stop of the broker this does nothing.
            undo.add(directory::close);
            directories.add(directory);
        }
        return directories;
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

    private ControllerRules rules(EffectiveSettings effective, MetadataStore store) {
        Settings given = settings.settings();
        return new ControllerRules(
                new ControllerRules.TopicDefaults(given.get(BrokerSettings.NUM_PARTITIONS),
                        given.get(BrokerSettings.DEFAULT_REPLICATION_FACTOR)),
                new SettingsValidator(effective, store::image), this::newId, random::nextInt);
    }

    private GroupApis groups(MetadataStore store, ControllerChannel internal) {
        return new GroupApis(settings.groups(), settings.settings().get(BrokerSettings.MESSAGE_MAX_BYTES),
                new ImageGroupCluster(store::image,
                        new OffsetsTopic(settings.settings(), internal, store::image)::create),
                clock,
                blockingPool,
                () -> UUID.randomUUID().toString());
    }

    private void warnOfOpenListeners() {
        for (ListenerAddress listener : settings.httpListeners()) {
            if (listener.isBeyondLoopback()) {
                LOG.warn("listener {} is open to other machines, and everybody who reaches it may read the metrics",
                        listener);
            }
        }
        for (ListenerAddress listener : settings.listenerAddresses()) {
            if (listener.isBeyondLoopback()) {
                LOG.warn("listener {} is open to other machines, and everybody who reaches it may do everything: "
                        + "nobody is asked who they are", listener);
            }
        }
    }

    /// A cluster's node waits for the others for as long as they take, and says so.
    private <T> T awaitWithoutLimit(String what, CompletableFuture<T> future) {
        if (!settings.voters().isCluster()) {
            return await(what, future);
        }
        while (true) {
            try {
                return await(what, future.copy());
            } catch (IllegalStateException e) {
                if (!(e.getCause() instanceof TimeoutException)) {
                    throw e;
                }
                LOG.warn("still waiting for {}: a majority of the voters {} must be there", what,
                        settings.voters().byId());
            }
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

    /// Undoes the start, the last step first; a step that fails does not keep the others from being done.
    ///
    /// @return whether every step went well, so that the next start has nothing to recover
    boolean stop() {
        boolean isClean = true;
        for (Runnable step : undo.reversed()) {
            try {
                step.run();
            } catch (RuntimeException e) {
                isClean = false;
                LOG.error("a step of the stop has failed; the next start recovers what it has left", e);
            }
        }
        undo.clear();
        return isClean;
    }

    private void endThreads() {
        controllerThread.shutdown();
        blockingPool.shutdown();
        try {
            if (!blockingPool.awaitTermination(STOP_LIMIT_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("background work is still under way after {} ms and is left alone", STOP_LIMIT_MS);
            }
        } catch (InterruptedException e) {
            LOG.warn("interrupted while background work was ending");
        }
    }
}
