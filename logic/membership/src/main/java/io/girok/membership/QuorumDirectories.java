package io.girok.membership;

import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.wire.TopicUuids;
import org.apache.kafka.common.Uuid;

/// The directory that holds a voter's metadata: the first log directory of the broker of its id. Stateless.
final class QuorumDirectories {
    private QuorumDirectories() {}

    /// Zero when no broker of that id is registered.
    static Uuid of(MetadataImage image, int voterId) {
        BrokerImage broker = image.broker(voterId);
        return broker == null || broker.directories().isEmpty()
                ? Uuid.ZERO_UUID
                : TopicUuids.of(broker.directories().getFirst());
    }
}
