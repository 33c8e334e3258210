package io.girok.node;

import io.girok.admin.AdminApis;
import io.girok.admin.ClusterView;
import io.girok.admin.SaslApis;
import io.girok.admin.SettingsValidator;
import io.girok.base.TopicId;
import io.girok.broker.ApiOperation;
import io.girok.broker.ApiResource;
import io.girok.broker.ApiRow;
import io.girok.broker.ApiTable;
import io.girok.broker.LeaderView;
import io.girok.broker.access.Access;
import io.girok.broker.access.Audit;
import io.girok.controller.ActiveController;
import io.girok.controller.Controller;
import io.girok.controller.ControllerRules;
import io.girok.membership.BrokerSessions;
import io.girok.membership.ControllerApis;
import io.girok.membership.ControllerChannel;
import io.girok.membership.EnvelopeHandler;
import io.girok.membership.ExpiredTokens;
import io.girok.membership.Forwarding;
import io.girok.membership.Intervals;
import io.girok.membership.MemberWatch;
import io.girok.membership.PreferredLeaders;
import io.girok.membership.QuorumApis;
import io.girok.membership.balance.AutoBalance;
import io.girok.membership.balance.BalanceSettings;
import io.girok.membership.follow.MetadataFeed;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.QuorumStatus;
import io.girok.metadata.QuorumStatus.VoterStatus;
import io.girok.metadata.Voter;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.metadata.setting.SecuritySettings;
import io.girok.metadata.setting.Setting;
import io.girok.metadata.setting.Settings;
import io.girok.security.quota.ClientQuotas;
import io.girok.wire.RequestHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/// What every node does, whether it is a broker or not: it hears the metadata log and hands it on to followers, decides
/// while it is the active controller, and otherwise takes to that what administrators ask. Thread-safe.
final class ControllerRole {
    private static final long SECOND_MS = 1_000;
    private static final long PROBE_LIMIT_MS = 1_000;

    private final Node.Identity identity;
    private final Node.Surroundings surroundings;
    private final Node.Quorum quorum;
    private final Node.Others others;
    private final MetadataStore store;
    private final MetadataFeed feed;
    private final EffectiveSettings effective;
    private final ActiveController controller;
    private final BrokerSessions sessions;
    private final MemberWatch members;
    private final Access access;
    private final ClientQuotas quotas;
    private final List<ControllerChannel> channels = new ArrayList<>();
    private volatile @Nullable ApiTable table;

    ControllerRole(Node.Identity identity, Node.Surroundings surroundings, Node.Quorum quorum, Node.Others others) {
        this.identity = identity;
        this.surroundings = surroundings;
        this.quorum = quorum;
        this.others = others;
        this.store = quorum.store();
        Settings settings = identity.settings();
        this.feed = new MetadataFeed(identity.clusterId(), store, quorum.log(), surroundings.first(),
                surroundings.blockingPool());
        this.effective = new EffectiveSettings(settings, identity.nodeId());
        this.access = Access.of(settings, store::image, Audit.logging(surroundings.clock()));
        this.quotas = new ClientQuotas(surroundings.clock(),
                burstMs(BrokerSettings.QUOTA_WINDOW_NUM, BrokerSettings.QUOTA_WINDOW_SIZE_SECONDS),
                burstMs(BrokerSettings.CONTROLLER_QUOTA_WINDOW_NUM,
                        BrokerSettings.CONTROLLER_QUOTA_WINDOW_SIZE_SECONDS));
        store.subscribe(quotas);
        store.subscribe(new SharedSettings(settings));
        this.controller = new ActiveController(new Controller(rules()), store, quorum.log(),
                new ActiveController.Surroundings(surroundings.controllerThread(), surroundings.first(),
                        surroundings.clock()));
        store.subscribe(controller);
        this.sessions = new BrokerSessions(
                new BrokerSessions.Surroundings(surroundings.first(), surroundings.clock(), others.peers(),
                        others.addresses(), identity.nodeId()),
                controller, store,
                new Intervals(settings.get(BrokerSettings.BROKER_SESSION_TIMEOUT_MS), PROBE_LIMIT_MS));
        store.subscribe(sessions);
        subscribeBalance(settings);
        store.subscribe(new ExpiredTokens(controller, store, surroundings.first(),
                settings.get(SecuritySettings.DELEGATION_TOKEN_EXPIRY_CHECK_INTERVAL_MS)));
        this.members = new MemberWatch(others.peers(), others.addresses(), surroundings.first(), PROBE_LIMIT_MS,
                quorum.whenGone());
    }

    private long burstMs(Setting<Integer> windows, Setting<Integer> seconds) {
        return (identity.settings().get(windows) - 1) * (identity.settings().get(seconds) * SECOND_MS);
    }

    private void subscribeBalance(Settings settings) {
        store.subscribe(new AutoBalance(
                new AutoBalance.Surroundings(surroundings.first(), surroundings.blockingPool(), surroundings.clock(),
                        others.peers(), others.addresses()),
                controller, store, this::balanceSettings));
        if (settings.get(BrokerSettings.AUTO_LEADER_REBALANCE_ENABLE)) {
            store.subscribe(new PreferredLeaders(controller, surroundings.first(),
                    settings.get(BrokerSettings.LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS) * SECOND_MS,
                    settings.get(BrokerSettings.LEADER_IMBALANCE_PER_BROKER_PERCENTAGE)));
        }
    }

    private BalanceSettings balanceSettings() {
        MetadataImage image = store.image();
        return new BalanceSettings(effective.broker(image, BrokerSettings.AUTO_BALANCE_ENABLE),
                effective.broker(image, BrokerSettings.AUTO_BALANCE_INTERVAL_MS),
                effective.broker(image, BrokerSettings.AUTO_BALANCE_MAX_MOVES),
                effective.broker(image, BrokerSettings.AUTO_BALANCE_THROTTLE_BYTES_PER_SECOND),
                effective.broker(image, BrokerSettings.AUTO_BALANCE_THRESHOLD_PERCENT));
    }

    private ControllerRules rules() {
        Settings settings = identity.settings();
        return new ControllerRules(
                new ControllerRules.TopicDefaults(settings.get(BrokerSettings.NUM_PARTITIONS),
                        settings.get(BrokerSettings.DEFAULT_REPLICATION_FACTOR)),
                new SettingsValidator(effective), () -> TopicId.random(surroundings.random()),
                surroundings.random()::nextInt, founding(settings));
    }

    private List<MetadataRecord> founding(Settings settings) {
        List<MetadataRecord> records = new ArrayList<>(identity.founding());
        records.add(SharedSettings.founding(settings));
        return records;
    }

    private Forwarding forwarding() {
        return new Forwarding(channel(), identity.settings().get(BrokerSettings.SOCKET_REQUEST_MAX_BYTES));
    }

    /// What is asked before anything is done for others.
    Access access() {
        return access;
    }

    EffectiveSettings effective() {
        return effective;
    }

    MetadataListener metadataListener() {
        return feed;
    }

    /// To the active controller, with connections of its own.
    ControllerChannel channel() {
        ControllerChannel channel = new ControllerChannel(
                new ControllerChannel.Route(identity.nodeId(), quorum.log()::leadership, others.peers(),
                        others.addresses()),
                surroundings.first());
        channels.add(channel);
        return channel;
    }

    /// What administrators and other nodes ask.
    ///
    /// @param internal for what this node needs of the active controller itself
    /// @param leaders as clients of this node are told
    /// @param served done when the partitions of a topic are open here
    List<ApiRow> rows(ControllerChannel internal, LeaderView leaders,
            Function<String, CompletableFuture<Void>> served) {
        ClusterView view = new ClusterView(store::image, leaders, this::controllers);
        List<ApiRow> rows = new ArrayList<>(forwarding()
                .over(new AdminApis(view, effective, controller, internal, access, quotas, served).rows()));
        rows.addAll(forwarding().over(access.over(new QuorumApis(quorum.log(), store, channel(),
                sessions::statusOf).rows())));
        rows.addAll(access.over(new ControllerApis(controller, store, sessions).rows()));
        rows.addAll(SaslApis.rows());
        rows.addAll(access.over(List.of(ApiRow.of(ApiKeys.ENVELOPE, ApiOperation.CLUSTER_ACTION, ApiResource.CLUSTER,
                new EnvelopeHandler(internal, this::table, quorum.messages(), members, feed::onRequest)))));
        return rows;
    }

    /// Who may be the active controller: the voters or, on ZooKeeper, every broker.
    private QuorumStatus controllers() {
        QuorumStatus status = quorum.log().status();
        return identity.settings().get(BrokerSettings.ZOOKEEPER_CONNECT).isEmpty()
                ? status
                : new QuorumStatus(status.leadership(), status.endOffset(), store.image()
                        .brokers()
                        .stream()
                        .map(broker -> VoterStatus.unknown(Voter.of(broker.id())))
                        .toList());
    }

    /// Of the clients that turn to this node; they follow the metadata.
    ClientQuotas quotas() {
        return quotas;
    }

    /// Has the quorum told when the process of `nodeId` is gone.
    void watch(int nodeId) {
        members.watch(nodeId);
    }

    /// From now on the channels lead here while this node is the active controller.
    ///
    /// @param complete all that this node answers
    /// @param behind hands it what clients and nodes ask
    StartGate serve(ApiTable complete, RequestHandler behind) {
        table = complete;
        channels.forEach(channel -> channel.serveLocally(complete));
        return new StartGate(behind, surroundings.shards());
    }

    ApiTable table() {
        return Objects.requireNonNull(table, "the node is not complete");
    }

    void close() {
        controller.close();
        channels.forEach(ControllerChannel::close);
    }
}
