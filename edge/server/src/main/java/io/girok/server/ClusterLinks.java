package io.girok.server;

import io.girok.base.Clock;
import io.girok.membership.NodeAddresses;
import io.girok.membership.QuorumTransport;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataStore;
import io.girok.network.NettyShards;
import io.girok.network.PeerNetwork;
import io.girok.node.Node;
import io.girok.wire.NodeAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How this node reaches the others: the metadata log among the voters, and where everyone listens. Thread-safe.
final class ClusterLinks {
    private static final long VOTER_LIMIT_MS = 4_000;

    private final ServerSettings settings;
    private final MetadataStore store;
    private final PeerNetwork peers;
    private final QuorumEngine engine;

    ClusterLinks(ServerSettings settings, MetadataStore store, NettyShards shards, Clock clock) {
        this.settings = settings;
        this.store = store;
        this.peers = new PeerNetwork(shards, settings.network().requestMaxBytes());
        this.engine = engine(shards, clock);
    }

    /// The one place where it is decided how this node takes part in the quorum.
    private QuorumEngine engine(NettyShards shards, Clock clock) {
        if (settings.zookeeper().isPresent()) {
            return new ZookeeperEngine(settings.zookeeper().get());
        }
        QuorumTransport transport = new QuorumTransport(settings.nodeId(), peers, addresses(), shards.all().getFirst(),
                VOTER_LIMIT_MS);
        return new RatisEngine(settings, transport, clock);
    }

    /// As [QuorumEngine#clusterId].
    String clusterId(Optional<String> remembered, Supplier<String> chosen) {
        return engine.clusterId(remembered, chosen);
    }

    /// Begins to tell the store what the cluster decides.
    ///
    /// @param own where this node listens
    void start(List<Endpoint> own, IntConsumer watch) {
        engine.start(store, own.getFirst(), watch);
    }

    MetadataLog metadataLog() {
        return engine.log();
    }

    Node.Quorum quorum() {
        return new Node.Quorum(store, engine.log(), engine.messages(), engine::whenGone);
    }

    Node.Others others() {
        return new Node.Others(peers, addresses());
    }

    /// A node's as the quorum knows it, and otherwise as it has registered it.
    private NodeAddresses addresses() {
        return this::address;
    }

    private @Nullable NodeAddress address(int nodeId) {
        NodeAddress ofMember = engine.address(nodeId);
        if (ofMember != null) {
            return ofMember;
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
        engine.close();
    }
}
