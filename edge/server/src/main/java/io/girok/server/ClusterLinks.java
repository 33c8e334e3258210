package io.girok.server;

import io.girok.base.Clock;
import io.girok.base.Disk;
import io.girok.base.Shard;
import io.girok.membership.NodeAddresses;
import io.girok.membership.QuorumTransport;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataStore;
import io.girok.network.PeerNetwork;
import io.girok.node.ClusterNode;
import io.girok.node.Node;
import io.girok.wire.NodeAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// How this node reaches the others: the metadata log among the voters, and where everyone listens. Thread-safe.
final class ClusterLinks {
    private static final long VOTER_LIMIT_MS = 4_000;

    private final ServerSettings settings;
    private final MetadataStore store;
    private final PeerNetwork peers;
    private final QuorumEngine engine;

    /// What the links are made on.
    ///
    /// @param zookeeper joined, if the metadata are there
    record Surroundings(PeerNetwork peers, Shard shard, Executor blockingPool, Clock clock, Disk disk,
            Optional<ZookeeperEngine> zookeeper) {}

    ClusterLinks(ServerSettings settings, String clusterId, MetadataStore store, Surroundings surroundings) {
        this.settings = settings;
        this.store = store;
        this.peers = surroundings.peers();
        this.engine = engine(clusterId, surroundings);
    }

    /// The one place where it is decided how this node takes part in the quorum.
    private QuorumEngine engine(String clusterId, Surroundings around) {
        if (around.zookeeper().isPresent()) {
            return around.zookeeper().get();
        }
        FollowerLinks links = settings.voters().isCluster()
                ? new FollowerLinks(settings, clusterId, new FollowerLinks.Surroundings(peers, addresses(),
                        around.shard(), around.blockingPool(), around.disk()))
                : null;
        if (links != null && !settings.mayVote()) {
            return new FollowerEngine(links);
        }
        QuorumTransport transport = new QuorumTransport(settings.nodeId(), peers, addressesOfVoters(),
                around.shard(), VOTER_LIMIT_MS);
        return new RatisEngine(settings, transport, around.clock(), links);
    }

    /// Begins to tell the node what the cluster decides.
    ///
    /// @param own where the node listens
    void start(ClusterNode node, List<Endpoint> own) {
        Endpoint forNodes = own.stream()
                .filter(endpoint -> endpoint.listener().equals(settings.nodesListener()))
                .findFirst()
                .orElseThrow();
        engine.start(node.metadataListener(), forNodes, node::watch);
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

    /// A broker that is up is where it has registered itself with its last start. Who is no broker any more, or not
    /// yet, is where the voters' log has it. The setting was true when this process was started.
    private NodeAddresses addresses() {
        return NodeAddresses
                .inOrder(List.of(id -> engine.address(id), id -> registered(id, false), id -> engine.member(id),
                        id -> registered(id, true), settings.voters()::address))
                .withBrokers(id -> registered(id, false));
    }

    /// The voters' log is what they agree about; but the first voter may be in it without an address, and who has moved
    /// with new settings is in it with the old one.
    private NodeAddresses addressesOfVoters() {
        return NodeAddresses.inOrder(List.of(id -> engine.member(id), id -> engine.candidate(id),
                id -> registered(id, true), settings.voters()::address));
    }

    /// @param isFenced whether a broker that is fenced counts too
    private @Nullable NodeAddress registered(int nodeId, boolean isFenced) {
        BrokerImage broker = store.image().broker(nodeId);
        if (broker == null || (broker.isFenced() && !isFenced)) {
            return null;
        }
        return broker.endpoints()
                .stream()
                .filter(endpoint -> !endpoint.isAsReached() && endpoint.listener().equals(settings.nodesListener()))
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
