package io.girok.admin;

import io.girok.broker.LeaderView;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.wire.Connection;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The cluster as a client on some connection may be told of it. Thread-safe.
public final class ClusterView {
    /// Topics of the system's own, which clients are told to leave alone.
    private static final Set<String> INTERNAL_TOPICS = Set.of("__consumer_offsets", "__transaction_state");

    private final Supplier<MetadataImage> images;
    private final LeaderView leaders;

    public ClusterView(Supplier<MetadataImage> images, LeaderView leaders) {
        this.images = images;
        this.leaders = leaders;
    }

    /// A broker and where this client reaches it.
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
