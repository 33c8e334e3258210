package io.girok.node;

import io.girok.admin.AdminApis;
import io.girok.admin.ClusterView;
import io.girok.admin.OffsetsTopic;
import io.girok.admin.ProducerIdBlocks;
import io.girok.admin.SettingsValidator;
import io.girok.base.Clock;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.broker.ApiOperation;
import io.girok.broker.ApiResource;
import io.girok.broker.ApiRow;
import io.girok.broker.ApiTable;
import io.girok.broker.Broker;
import io.girok.broker.Compaction;
import io.girok.broker.LeaderView;
import io.girok.broker.Replication;
import io.girok.broker.group.GroupApis;
import io.girok.broker.group.ImageGroupCluster;
import io.girok.cleaner.Cleaner;
import io.girok.cleaner.CleanerStatus;
import io.girok.controller.ActiveController;
import io.girok.controller.Controller;
import io.girok.controller.ControllerRules;
import io.girok.group.GroupSettings;
import io.girok.log.LogDirectory;
import io.girok.membership.BrokerLife;
import io.girok.membership.BrokerSessions;
import io.girok.membership.ControllerApis;
import io.girok.membership.ControllerChannel;
import io.girok.membership.ControllerContact;
import io.girok.membership.DirectoryReports;
import io.girok.membership.EnvelopeHandler;
import io.girok.membership.Forwarding;
import io.girok.membership.Intervals;
import io.girok.membership.MemberWatch;
import io.girok.membership.NodeAddresses;
import io.girok.membership.PreferredLeaders;
import io.girok.membership.ProposalSender;
import io.girok.membership.QuorumApis;
import io.girok.membership.balance.AutoBalance;
import io.girok.membership.balance.BalanceSettings;
import io.girok.membership.follow.MetadataFeed;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.metadata.setting.Settings;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import io.girok.wire.Peers;
import io.girok.wire.RequestHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/// A broker of a cluster (which may have no other). Thread-safe; [#register], [#takeUpWork], [#ready], [#leave],
/// [#stop] and [#close] are called once, in this order.
public final class Node {
    /*
     * Made before the metadata log starts, so that nobody here misses an image. Then the node registers: the metadata
     * are known up to its registration at least, so that it can tell which logs on its disk are still wanted. Then it
     * takes up work, and the controller lets it lead.
     */
    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_MS = 60_000;
    private static final long PROBE_LIMIT_MS = 1_000;

    /// Who the node is and what it is told.
    public record Identity(int nodeId, String clusterId, Settings settings) {}

    /// What the node runs on.
    ///
    /// @param shards own partitions and connections; the first one also what the node has only one of
    /// @param controllerThread runs one task at a time
    /// @param cleaners where logs are compacted
    public record Surroundings(List<Shard> shards, Executor blockingPool, Executor controllerThread, Executor cleaners,
            Clock clock, RandomGenerator random) {
        Shard first() {
            return shards.getFirst();
        }
    }

    /// How the node takes part in the metadata quorum.
    ///
    /// @param store is told everything once `log` is started with [#metadataListener]
    /// @param messages takes what other members say
    /// @param whenGone told the id of a member whose process is gone
    public record Quorum(MetadataStore store, MetadataLog log, EnvelopeHandler.QuorumMessages messages,
            IntConsumer whenGone) {}

    /// How the node reaches the others.
    public record Others(Peers peers, NodeAddresses addresses) {
        @Nullable
        PeerConnection connect(int nodeId, Shard owner) {
            NodeAddress address = addresses.of(nodeId);
            return address == null ? null : peers.open(address, owner);
        }
    }

    private final Identity identity;
    private final Settings settings;
    private final Surroundings surroundings;
    private final List<LogDirectory> directories;
    private final Quorum quorum;
    private final Others others;
    private final MetadataStore store;
    private final MetadataFeed feed;
    private final EffectiveSettings effective;
    private final ActiveController controller;
    private final List<ControllerChannel> channels = new ArrayList<>();
    private final ControllerChannel heartbeats;
    private final DirectoryReports directoryReports;
    private final ControllerContact contact;
    private final MemberWatch members;
    private final Broker broker;
    private final ApiTable table;
    private final StartGate gate;
    private volatile @Nullable BrokerLife life;
    private volatile @Nullable Compaction compaction;

    /// @param directories open; closed by [#stop]
    public Node(Identity identity, Surroundings surroundings, List<LogDirectory> directories, Quorum quorum,
            Others others) {
        this.identity = identity;
        this.settings = identity.settings();
        this.surroundings = surroundings;
        this.directories = List.copyOf(directories);
        this.quorum = quorum;
        this.others = others;
        this.store = quorum.store();
        this.feed = new MetadataFeed(identity.clusterId(), store, quorum.log(), surroundings.first(),
                surroundings.blockingPool());
        this.effective = new EffectiveSettings(settings, identity.nodeId());
        this.controller = new ActiveController(new Controller(rules()), store, quorum.log(),
                surroundings.controllerThread(), surroundings.clock());
        store.subscribe(controller);
        BrokerSessions sessions = new BrokerSessions(
                new BrokerSessions.Surroundings(surroundings.first(), surroundings.clock(), others.peers(),
                        others.addresses(), identity.nodeId()),
                controller, store,
                new Intervals(settings.get(BrokerSettings.BROKER_SESSION_TIMEOUT_MS), PROBE_LIMIT_MS));
        store.subscribe(sessions);
        store.subscribe(new AutoBalance(
                new AutoBalance.Surroundings(surroundings.first(), surroundings.blockingPool(), surroundings.clock(),
                        others.peers(), others.addresses()),
                controller, store, this::balanceSettings));
        if (settings.get(BrokerSettings.AUTO_LEADER_REBALANCE_ENABLE)) {
            store.subscribe(new PreferredLeaders(controller, surroundings.first(),
                    settings.get(BrokerSettings.LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS) * SECOND_MS,
                    settings.get(BrokerSettings.LEADER_IMBALANCE_PER_BROKER_PERCENTAGE)));
        }
        this.contact = contact();
        ControllerChannel internal = channel();
        GroupApis groups = groups(internal);
        store.subscribe((image, delta) -> {
            if (!delta.deletedTopics().isEmpty()) {
                var _ = groups.topicsDeleted();
            }
        });
        this.heartbeats = channel();
        this.directoryReports = new DirectoryReports(identity.nodeId(), this::brokerEpoch, channel());
        this.members = new MemberWatch(others.peers(), others.addresses(), surroundings.first(), PROBE_LIMIT_MS,
                quorum.whenGone());
        this.broker = broker();
        broker.partitions().addListener(groups.partitionListener());
        this.table = broker.complete(rows(internal, groups, sessions));
        this.gate = new StartGate(table, surroundings.first());
        channels.forEach(channel -> channel.serveLocally(table));
    }

    private ControllerRules rules() {
        return new ControllerRules(
                new ControllerRules.TopicDefaults(settings.get(BrokerSettings.NUM_PARTITIONS),
                        settings.get(BrokerSettings.DEFAULT_REPLICATION_FACTOR)),
                new SettingsValidator(effective, store::image), () -> TopicId.random(surroundings.random()),
                surroundings.random()::nextInt);
    }

    private BalanceSettings balanceSettings() {
        MetadataImage image = store.image();
        return new BalanceSettings(effective.broker(image, BrokerSettings.AUTO_BALANCE_ENABLE),
                effective.broker(image, BrokerSettings.AUTO_BALANCE_INTERVAL_MS),
                effective.broker(image, BrokerSettings.AUTO_BALANCE_MAX_MOVES),
                effective.broker(image, BrokerSettings.AUTO_BALANCE_THROTTLE_BYTES_PER_SECOND),
                effective.broker(image, BrokerSettings.AUTO_BALANCE_THRESHOLD_PERCENT));
    }

    /// With connections of its own.
    private ControllerChannel channel() {
        ControllerChannel channel = new ControllerChannel(
                new ControllerChannel.Route(identity.nodeId(), quorum.log()::leadership, others.peers(),
                        others.addresses()),
                surroundings.first());
        channels.add(channel);
        return channel;
    }

    private ControllerContact contact() {
        return new ControllerContact(surroundings.first(), surroundings.clock(),
                settings.get(BrokerSettings.BROKER_SESSION_TIMEOUT_MS),
                isLost -> Objects.requireNonNull(broker).controllerCutOff(isLost));
    }

    private GroupApis groups(ControllerChannel internal) {
        GroupSettings limits = new GroupSettings(settings.get(BrokerSettings.GROUP_INITIAL_REBALANCE_DELAY_MS),
                settings.get(BrokerSettings.GROUP_MIN_SESSION_TIMEOUT_MS),
                settings.get(BrokerSettings.GROUP_MAX_SESSION_TIMEOUT_MS), settings.get(BrokerSettings.GROUP_MAX_SIZE),
                settings.get(BrokerSettings.OFFSET_METADATA_MAX_BYTES),
                settings.get(BrokerSettings.OFFSETS_RETENTION_MINUTES) * MINUTE_MS,
                settings.get(BrokerSettings.OFFSETS_RETENTION_CHECK_INTERVAL_MS));
        return new GroupApis(limits, settings.get(BrokerSettings.MESSAGE_MAX_BYTES),
                new ImageGroupCluster(store::image, leaders(),
                        new OffsetsTopic(settings, internal, store::image)::create),
                surroundings.clock(), surroundings.blockingPool(),
                () -> new UUID(surroundings.random().nextLong(), surroundings.random().nextLong()).toString());
    }

    private LeaderView leaders() {
        return new LeaderView(identity.nodeId(), contact::isLost);
    }

    private Broker broker() {
        ProposalSender proposals = new ProposalSender(identity.nodeId(), this::brokerEpoch, channel(), store::image,
                id -> Objects.requireNonNull(broker).partitions().shardOf(id));
        return new Broker(
                new Broker.Surroundings(identity.nodeId(), surroundings.shards(), directories, surroundings.clock(),
                        surroundings.blockingPool(), surroundings.random()::nextInt),
                store, effective, new ProducerIdBlocks(channel(), identity.nodeId(), this::brokerEpoch),
                new Replication(others::connect, proposals, directoryReports::tell, this::brokerEpoch,
                        contact::isLost));
    }

    private List<ApiRow> rows(ControllerChannel internal, GroupApis groups, BrokerSessions sessions) {
        ClusterView view = new ClusterView(store::image, leaders());
        List<ApiRow> rows = new ArrayList<>(new Forwarding(channel())
                .over(new AdminApis(view, effective, controller, internal, broker::settled).rows()));
        rows.addAll(new Forwarding(channel()).over(new QuorumApis(quorum.log(), store, channel()).rows()));
        rows.addAll(groups.rows());
        rows.addAll(new ControllerApis(controller, store, sessions).rows());
        rows.add(ApiRow.of(ApiKeys.ENVELOPE, ApiOperation.CLUSTER_ACTION, ApiResource.CLUSTER,
                new EnvelopeHandler(internal, this::table, quorum.messages(), members, feed::onRequest)));
        return rows;
    }

    /// What the metadata log is to be started with.
    public MetadataListener metadataListener() {
        return feed;
    }

    /// The requests that are answered, and how.
    public ApiTable table() {
        return table;
    }

    /// What answers whoever is connected: nodes from the start of the metadata log on, clients once this node is ready.
    public RequestHandler door() {
        return gate;
    }

    /// Has the quorum told when the process of `nodeId`, which need not turn to this node ever, is gone.
    public void watch(int nodeId) {
        members.watch(nodeId);
    }

    /// Of the registration in force, -1 before there is one.
    public long brokerEpoch() {
        BrokerLife begun = life;
        return begun == null ? -1 : begun.brokerEpoch();
    }

    /// Joins the cluster, as soon as that has an active controller. Done when the metadata are known up to there; fails
    /// when they are another cluster's.
    public CompletableFuture<Void> register(List<Endpoint> endpoints) {
        List<LogDirectory> usable = directories.stream().filter(directory -> directory.failure().isEmpty()).toList();
        BrokerLife begun = new BrokerLife(
                new BrokerLife.Identity(identity.nodeId(), identity.clusterId(),
                        TopicId.random(surroundings.random()), endpoints,
                        settings.find(BrokerSettings.BROKER_RACK).orElse(null),
                        usable.stream().map(LogDirectory::directoryId).toList(),
                        usable.stream().allMatch(LogDirectory::isWhole)),
                heartbeats, store::image, settings.get(BrokerSettings.BROKER_HEARTBEAT_INTERVAL_MS), contact);
        life = begun;
        CompletableFuture<Long> registered = begun.start();
        usable.forEach(directory -> directory.onFailure(cause -> begun.directoryFailed(directory.directoryId())));
        return registered.thenCompose(this::known);
    }

    private CompletableFuture<Void> known(long offset) {
        CompletableFuture<Void> known = new CompletableFuture<>();
        store.subscribe((image, delta) -> {
            if (offset < image.endOffset()) {
                known.complete(null);
            }
        });
        if (offset < store.image().endOffset()) {
            known.complete(null);
        }
        return known;
    }

    /// Opens the partitions that are placed here, and cleans. Blocks.
    public void takeUpWork() {
        broker.setStraysAside();
        broker.start();
        compaction = Compaction.start(broker.partitions(), store, effective,
                new Cleaner.Surroundings(surroundings.first(), surroundings.cleaners(), surroundings.clock(),
                        surroundings.random().nextLong(), surroundings.random().nextLong()));
    }

    /// Done when the controller lets this broker lead, which knows by then what is in a directory that could not be
    /// opened; clients are let in.
    public CompletableFuture<Void> ready() {
        return directoryReports.told().thenCompose(told -> begunLife().ready()).thenRun(gate::open);
    }

    private BrokerLife begunLife() {
        return Objects.requireNonNull(life, "the node has not registered");
    }

    public CleanerStatus cleanerStatus() {
        return Objects.requireNonNull(compaction, "the node has not taken up work").status();
    }

    /// Has others lead what this broker leads. Done when the controller says that the broker may stop.
    public CompletableFuture<Void> leave() {
        return begunLife().leave();
    }

    /// Lets go of the partitions and closes the log directories clean, if work was taken up. No request may come any
    /// more.
    public CompletableFuture<Void> stop() {
        Compaction running = compaction;
        return running == null
                ? CompletableFuture.completedFuture(null)
                : running.stop().handle((done, failure) -> failure).thenCompose(failure -> broker.stop());
    }

    /// Nothing is asked of anybody any more. The metadata log is closed after it.
    public void close() {
        BrokerLife begun = life;
        if (begun != null) {
            begun.stop();
        }
        controller.close();
        channels.forEach(ControllerChannel::close);
    }
}
