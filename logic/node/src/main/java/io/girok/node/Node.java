package io.girok.node;

import io.girok.admin.OffsetsTopic;
import io.girok.admin.ProducerIdBlocks;
import io.girok.base.Clock;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.broker.ApiRow;
import io.girok.broker.ApiTable;
import io.girok.broker.Broker;
import io.girok.broker.Compaction;
import io.girok.broker.LeaderView;
import io.girok.broker.Replication;
import io.girok.broker.group.GroupApis;
import io.girok.broker.group.ImageGroupCluster;
import io.girok.broker.quota.QuotaGate;
import io.girok.cleaner.Cleaner;
import io.girok.cleaner.CleanerStatus;
import io.girok.group.GroupSettings;
import io.girok.log.LogDirectory;
import io.girok.membership.BrokerLife;
import io.girok.membership.ControllerChannel;
import io.girok.membership.ControllerContact;
import io.girok.membership.DirectoryReports;
import io.girok.membership.EnvelopeHandler;
import io.girok.membership.NodeAddresses;
import io.girok.membership.ProposalSender;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.Settings;
import io.girok.security.quota.ClientQuotas;
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
import org.jspecify.annotations.Nullable;

/// A broker of a cluster (which may have no other). Thread-safe.
public final class Node implements ClusterNode {
    /*
     * Made before the metadata log starts, so that nobody here misses an image. Then the node registers: the metadata
     * are known up to its registration at least, so that it can tell which logs on its disk are still wanted. Then it
     * takes up work, and the controller lets it lead.
     */
    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_MS = 60_000;

    /// Who the node is and what it is told.
    ///
    /// @param founding what the cluster begins with, if this node is the controller that founds it
    public record Identity(int nodeId, String clusterId, Settings settings, List<MetadataRecord> founding) {
        public Identity {
            founding = List.copyOf(founding);
        }

        public Identity(int nodeId, String clusterId, Settings settings) {
            this(nodeId, clusterId, settings, List.of());
        }
    }

    /// What the node runs on.
    ///
    /// @param shards own partitions and connections; the first one also what the node has only one of
    /// @param controllerThread runs one task at a time
    /// @param cleaners where logs are compacted
    /// @param coldReads where fetches wait for the disk
    public record Surroundings(List<Shard> shards, Executor blockingPool, Executor controllerThread, Executor cleaners,
            Executor coldReads, Clock clock, RandomGenerator random) {
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
    private final Others others;
    private final MetadataStore store;
    private final ControllerRole role;
    private final ControllerChannel heartbeats;
    private final DirectoryReports directoryReports;
    private final ControllerContact contact;
    private final Broker broker;
    private final ApiTable table;
    private final ClientQuotas quotas;
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
        this.others = others;
        this.store = quorum.store();
        this.role = new ControllerRole(identity, surroundings, quorum, others);
        this.contact = contact();
        ControllerChannel internal = role.channel();
        GroupApis groups = groups(internal);
        store.subscribe((image, delta) -> {
            if (!delta.deletedTopics().isEmpty()) {
                var _ = groups.topicsDeleted();
            }
        });
        this.heartbeats = role.channel();
        this.directoryReports = new DirectoryReports(identity.nodeId(), this::brokerEpoch, role.channel());
        this.broker = broker();
        broker.partitions().addListener(groups.partitionListener());
        List<ApiRow> rows = new ArrayList<>(
                role.rows(internal, leaders(), broker::settled));
        rows.addAll(groups.rows(role.access()));
        this.table = broker.complete(rows, role.access());
        this.quotas = role.quotas();
        this.gate = role.serve(table, new QuotaGate(table, quotas, surroundings.clock(), role.access(),
                settings.get(BrokerSettings.QUOTA_WINDOW_SIZE_SECONDS) * SECOND_MS));
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
                        new OffsetsTopic(settings, internal, store::image, surroundings.clock())::create),
                surroundings.clock(), surroundings.blockingPool(),
                () -> new UUID(surroundings.random().nextLong(), surroundings.random().nextLong()).toString());
    }

    private LeaderView leaders() {
        return new LeaderView(identity.nodeId(), contact::isLost);
    }

    private Broker broker() {
        ProposalSender proposals = new ProposalSender(identity.nodeId(), this::brokerEpoch, role.channel(),
                store::image,
                id -> Objects.requireNonNull(broker).partitions().shardOf(id));
        return new Broker(
                new Broker.Surroundings(identity.nodeId(), surroundings.shards(), directories, surroundings.clock(),
                        surroundings.blockingPool(), surroundings.coldReads(), surroundings.random()::nextInt),
                store, role.effective(), new ProducerIdBlocks(role.channel(), identity.nodeId(), this::brokerEpoch),
                new Replication(others::connect, proposals, directoryReports::tell, this::brokerEpoch,
                        contact::isLost));
    }

    @Override
    public MetadataListener metadataListener() {
        return role.metadataListener();
    }

    @Override
    public ApiTable table() {
        return table;
    }

    @Override
    public RequestHandler door() {
        return gate;
    }

    @Override
    public ClientQuotas quotas() {
        return quotas;
    }

    @Override
    public void watch(int nodeId) {
        role.watch(nodeId);
    }

    /// Of the registration in force, -1 before there is one.
    public long brokerEpoch() {
        BrokerLife begun = life;
        return begun == null ? -1 : begun.brokerEpoch();
    }

    @Override
    public CompletableFuture<Void> register(List<Endpoint> endpoints) {
        List<LogDirectory> usable = directories.stream().filter(directory -> directory.failure().isEmpty()).toList();
        BrokerLife begun = new BrokerLife(
                new BrokerLife.Identity(identity.nodeId(), identity.clusterId(),
                        TopicId.random(surroundings.random()), endpoints,
                        settings.find(BrokerSettings.BROKER_RACK).orElse(null),
                        usable.stream().map(LogDirectory::directoryId).toList(),
                        usable.stream().allMatch(LogDirectory::isWhole)),
                heartbeats, new BrokerLife.State(store::image, () -> scarce(usable)),
                settings.get(BrokerSettings.BROKER_HEARTBEAT_INTERVAL_MS), contact);
        life = begun;
        CompletableFuture<Long> registered = begun.start();
        usable.forEach(directory -> directory.onFailure(cause -> begun.directoryFailed(directory.directoryId())));
        return registered.thenCompose(this::known);
    }

    private static List<TopicId> scarce(List<LogDirectory> directories) {
        return directories.stream().filter(LogDirectory::isScarce).map(LogDirectory::directoryId).toList();
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
    @Override
    public void takeUpWork() {
        directories.stream()
                .filter(directory -> directory.failure().isEmpty())
                .forEach(LogDirectory::notWholeIsKnown);
        broker.setStraysAside();
        broker.start();
        compaction = Compaction.start(broker.partitions(), store, role.effective(),
                new Cleaner.Surroundings(surroundings.first(), surroundings.cleaners(), surroundings.clock(),
                        surroundings.random().nextLong(), surroundings.random().nextLong()));
    }

    /// Done when the controller lets this broker lead, which knows by then what is in a directory that could not be
    /// opened; clients are let in.
    @Override
    public CompletableFuture<Void> ready() {
        return directoryReports.told().thenCompose(told -> begunLife().ready()).thenRun(gate::open);
    }

    private BrokerLife begunLife() {
        return Objects.requireNonNull(life, "the node has not registered");
    }

    @Override
    public CleanerStatus cleanerStatus() {
        return Objects.requireNonNull(compaction, "the node has not taken up work").status();
    }

    /// Has others lead what this broker leads. Done when the controller says that the broker may stop.
    @Override
    public CompletableFuture<Void> leave() {
        return begunLife().leave();
    }

    /// Lets go of the partitions and closes the log directories clean, if work was taken up. No request may come any
    /// more.
    @Override
    public CompletableFuture<Void> stop() {
        Compaction running = compaction;
        return running == null
                ? CompletableFuture.completedFuture(null)
                : running.stop().handle((done, failure) -> failure).thenCompose(failure -> broker.stop());
    }

    @Override
    public void close() {
        BrokerLife begun = life;
        if (begun != null) {
            begun.stop();
        }
        role.close();
    }
}
