package io.girok.admin;

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
    private final int brokerId;

    public ClusterView(Supplier<MetadataImage> images, int brokerId) {
        this.images = images;
        this.brokerId = brokerId;
    }

    /// A broker and where this client reaches it.
    record Node(int id, String host, int port, @Nullable String rack, boolean isFenced) {}

    MetadataImage image() {
        return images.get();
    }

    int brokerId() {
        return brokerId;
    }

    /// Any broker can take commands to the controller, so the one that was asked is named.
    int controllerId() {
        return brokerId;
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

    private static Node node(BrokerImage broker, Endpoint endpoint, Connection connection) {
        return endpoint.isAsReached()
                ? new Node(broker.id(), connection.localAddress().getAddress().getHostAddress(),
                        connection.localAddress().getPort(), broker.rack(), broker.isFenced())
                : new Node(broker.id(), endpoint.host(), endpoint.port(), broker.rack(), broker.isFenced());
    }

    /// The replicas that no client can reach now.
    static List<Integer> offlineReplicas(MetadataImage image, PartitionImage partition) {
        return partition.replicas().stream().filter(id -> isOffline(image.broker(id), partition, id)).toList();
    }

    private static boolean isOffline(@Nullable BrokerImage broker, PartitionImage partition, int replica) {
        return broker == null || broker.isFenced() || !broker.hasDirectory(partition.directoryOf(replica));
    }
}
