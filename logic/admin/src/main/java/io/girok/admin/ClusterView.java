package io.girok.admin;

import io.girok.broker.LeaderView;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.QuorumStatus;
import io.girok.metadata.Voter;
import io.girok.wire.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The cluster as a client on some connection may be told of it. Thread-safe.
public final class ClusterView {
    /// Topics of the system's own, which clients are told to leave alone.
    private static final Set<String> INTERNAL_TOPICS = Set.of("__consumer_offsets", "__transaction_state");

    private final Supplier<MetadataImage> images;
    private final LeaderView leaders;
    private final Supplier<QuorumStatus> quorum;

    /// @param quorum those that may be the active controller are its voters; none where this node does not know them
    public ClusterView(Supplier<MetadataImage> images, LeaderView leaders, Supplier<QuorumStatus> quorum) {
        this.images = images;
        this.leaders = leaders;
        this.quorum = quorum;
    }

    /// A node and where this client reaches it.
    record Node(int id, String host, int port, @Nullable String rack, boolean isFenced) {}

    MetadataImage image() {
        return images.get();
    }

    int brokerId() {
        return leaders.brokerId();
    }

    /// -1 for nobody, or when this broker is in doubt whether it is itself.
    int leader(PartitionImage partition) {
        return leaders.leader(partition);
    }

    /// Any broker can take commands to the controller, so the one that was asked is named.
    int controllerId() {
        return leaders.brokerId();
    }

    static boolean isInternal(String topic) {
        return INTERNAL_TOPICS.contains(topic);
    }

    /// The brokers that have an address on the client's listener.
    List<Node> nodes(MetadataImage image, Connection connection) {
        return image.brokers()
                .stream()
                .flatMap(
                        broker -> broker.endpoints()
                                .stream()
                                .filter(endpoint -> endpoint.listener().equals(connection.listenerName()))
                                .map(endpoint -> node(broker, endpoint, connection)))
                .toList();
    }

    /// The nodes that may be the active controller, and which of them is.
    ///
    /// @param activeId -1 for nobody
    record Controllers(List<Node> nodes, int activeId) {}

    /// Those that have an address; a broker's on the client's listener is told rather than the one that voters use.
    Controllers controllers(MetadataImage image, Connection connection) {
        QuorumStatus status = quorum.get();
        Map<Integer, Node> brokers = new HashMap<>();
        nodes(image, connection).forEach(node -> brokers.put(node.id(), node));
        List<Node> nodes = new ArrayList<>();
        for (QuorumStatus.VoterStatus each : status.voters()) {
            Voter voter = each.voter();
            Node broker = brokers.get(voter.id());
            if (broker != null) {
                nodes.add(broker);
            } else if (voter.hasAddress()) {
                nodes.add(new Node(voter.id(), voter.host(), voter.port(), null, false));
            }
        }
        return new Controllers(nodes, status.leadership().leaderId());
    }

    private Node node(BrokerImage broker, Endpoint endpoint, Connection connection) {
        return endpoint.isAsReached()
                ? new Node(broker.id(), connection.localAddress().getAddress().getHostAddress(),
                        connection.localAddress().getPort(), broker.rack(), isOffline(broker))
                : new Node(broker.id(), endpoint.host(), endpoint.port(), broker.rack(), isOffline(broker));
    }

    /// The replicas that no client can reach now, those in a failed log directory among them.
    List<Integer> offlineReplicas(MetadataImage image, PartitionImage partition) {
        return partition.replicas().stream().filter(id -> {
            BrokerImage broker = image.broker(id);
            return broker == null || isOffline(broker) || !broker.hasDirectory(partition.directoryOf(id));
        }).toList();
    }

    /// Fenced, or about to be, for all that this broker knows.
    private boolean isOffline(BrokerImage broker) {
        return broker.isFenced() || (broker.id() == leaders.brokerId() && leaders.isCutOff().getAsBoolean());
    }
}
