package io.girok.server;

import io.girok.base.Clock;
import io.girok.base.Shard;
import io.girok.membership.BrokerSessions;
import io.girok.membership.ControllerChannel;
import io.girok.membership.Intervals;
import io.girok.membership.MemberWatch;
import io.girok.membership.NodeAddresses;
import io.girok.membership.QuorumTransport;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.network.NettyShards;
import io.girok.network.PeerNetwork;
import io.girok.quorum.ratis.RatisMetadataLog;
import io.girok.quorum.ratis.RatisSettings;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import io.girok.wire.RequestHandler;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// How this node reaches the others: the metadata log among the voters, and a channel to the active controller for each
/// purpose. Thread-safe.
final class ClusterLinks {
    private static final long VOTER_LIMIT_MS = 4_000;
    private static final long PROBE_LIMIT_MS = 1_000;

    private final ServerSettings settings;
    private final MetadataStore store;
    private final Shard shard;
    private final PeerNetwork peers;
    private final QuorumTransport transport;
    private final RatisMetadataLog metadataLog;
    private final MemberWatch watch;
    private final List<ControllerChannel> channels = new CopyOnWriteArrayList<>();

    ClusterLinks(ServerSettings settings, MetadataStore store, NettyShards shards, Clock clock) {
        this.settings = settings;
        this.store = store;
        this.shard = shards.all().getFirst();
        this.peers = new PeerNetwork(shards, settings.network().requestMaxBytes());
        this.transport = new QuorumTransport(settings.nodeId(), peers, addresses(), shard, VOTER_LIMIT_MS);
        QuorumVoters voters = settings.voters();
        RatisSettings ratis = voters.isCluster()
                ? RatisSettings.among(settings.logDirectories().getFirst(), settings.nodeId(), voters.ids())
                : RatisSettings.alone(settings.logDirectories().getFirst(), settings.nodeId());
        this.metadataLog = new RatisMetadataLog(ratis, clock, transport::send);
        this.watch = new MemberWatch(peers, addresses(), shard, PROBE_LIMIT_MS, metadataLog::voterGone);
    }

    RatisMetadataLog metadataLog() {
        return metadataLog;
    }

    MemberWatch watch() {
        return watch;
    }

    /// A voter's as it is set, every other broker's as it has registered it.
    NodeAddresses addresses() {
        return this::address;
    }

    private @Nullable NodeAddress address(int nodeId) {
        NodeAddress ofVoter = settings.voters().address(nodeId);
        if (ofVoter != null) {
            return ofVoter;
        }
        BrokerImage broker = store.image().broker(nodeId);
        if (broker == null) {
            return null;
        }
        return broker.endpoints()
                .stream()
                .filter(endpoint -> !endpoint.isAsReached())
                .findFirst()
                .map(ClusterLinks::address)
                .orElse(null);
    }

    private static NodeAddress address(Endpoint endpoint) {
        return new NodeAddress(endpoint.host(), endpoint.port());
    }

    /// For followers: null when the leader's address is not known.
    @Nullable
    PeerConnection connect(int brokerId, Shard owner) {
        NodeAddress address = address(brokerId);
        return address == null ? null : peers.open(address, owner);
    }

    /// With connections of its own.
    ControllerChannel channel() {
        ControllerChannel channel = new ControllerChannel(
                new ControllerChannel.Route(settings.nodeId(), metadataLog::leadership, peers, addresses()), shard);
        channels.add(channel);
        return channel;
    }

    /// What answers while this node is the active controller; all channels are there by now.
    void serveLocally(RequestHandler handler) {
        channels.forEach(channel -> channel.serveLocally(handler));
    }

    BrokerSessions.Surroundings sessions(Clock clock) {
        return new BrokerSessions.Surroundings(shard, clock, peers, addresses(), settings.nodeId());
    }

    Intervals intervals() {
        return new Intervals(settings.settings().get(BrokerSettings.BROKER_SESSION_TIMEOUT_MS), PROBE_LIMIT_MS);
    }

    void close() {
        metadataLog.close();
        channels.forEach(ControllerChannel::close);
        transport.close();
    }
}
