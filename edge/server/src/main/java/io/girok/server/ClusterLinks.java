package io.girok.server;

import io.girok.base.Clock;
import io.girok.membership.NodeAddresses;
import io.girok.membership.QuorumTransport;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataStore;
import io.girok.network.NettyShards;
import io.girok.network.PeerNetwork;
import io.girok.node.Node;
import io.girok.quorum.ratis.RatisMetadataLog;
import io.girok.quorum.ratis.RatisSettings;
import io.girok.wire.NodeAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How this node reaches the others: the metadata log among the voters, and where everyone listens. Thread-safe.
final class ClusterLinks {
    private static final long VOTER_LIMIT_MS = 4_000;

    private final ServerSettings settings;
    private final MetadataStore store;
    private final PeerNetwork peers;
    private final QuorumTransport transport;
    private final RatisMetadataLog metadataLog;

    ClusterLinks(ServerSettings settings, MetadataStore store, NettyShards shards, Clock clock) {
        this.settings = settings;
        this.store = store;
        this.peers = new PeerNetwork(shards, settings.network().requestMaxBytes());
        this.transport = new QuorumTransport(settings.nodeId(), peers, addresses(), shards.all().getFirst(),
                VOTER_LIMIT_MS);
        List<Integer> voters = settings.voters().isCluster() ? settings.voters().ids() : List.of(settings.nodeId());
        RatisSettings ratis = RatisSettings.among(settings.logDirectories().getFirst(), settings.nodeId(), voters);
        this.metadataLog = new RatisMetadataLog(ratis, clock, transport::send);
    }

    RatisMetadataLog metadataLog() {
        return metadataLog;
    }

    Node.Quorum quorum() {
        return new Node.Quorum(store, metadataLog, metadataLog::onRequest, metadataLog::voterGone);
    }

    Node.Others others() {
        return new Node.Others(peers, addresses());
    }

    /// A voter's as it is set, every other broker's as it has registered it.
    private NodeAddresses addresses() {
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

    void close() {
        metadataLog.close();
        transport.close();
    }
}
