package io.girok.broker;

import io.girok.broker.data.ReplicaSelector;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.replication.FetchedPartition;
import io.girok.replication.PartitionLeader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Sends consumers to a follower in their own rack, if it is in sync and the leader is not there too, as the selector
/// of this name does in Apache Kafka. Thread-safe.
///
/// @param brokerId this broker
record RackAwareSelector(int brokerId, Supplier<MetadataImage> images) implements ReplicaSelector {
    @Override
    public boolean choosesFollowers() {
        return true;
    }

    @Override
    public int select(PartitionLeader leader, long offset, String rack) {
        if (rack.isEmpty()) {
            return FetchedPartition.NO_REPLICA;
        }
        MetadataImage image = images.get();
        if (isIn(rack, image.broker(brokerId))) {
            return FetchedPartition.NO_REPLICA;
        }
        return leader.mostCaughtUp(offset, follower -> {
            BrokerImage broker = image.broker(follower);
            return broker != null && broker.canLead() && isIn(rack, broker);
        });
    }

    private static boolean isIn(String rack, @Nullable BrokerImage broker) {
        return broker != null && rack.equals(broker.rack());
    }
}
