package io.girok.balance;

import io.girok.balance.Layout.Broker;
import io.girok.balance.Layout.Partition;
import io.girok.balance.Layout.Role;
import io.girok.base.PartitionName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Builds layouts, and carries plans out. Stateless.
final class Layouts {
    static final long MIB = 1024 * 1024;

    private Layouts() {}

    static Broker broker(int id) {
        return broker(id, null, Role.TAKES);
    }

    static Broker broker(int id, @Nullable String rack, Role role) {
        return new Broker(id, rack, role, Long.MAX_VALUE);
    }

    static List<Broker> brokers(int count) {
        List<Broker> brokers = new ArrayList<>();
        for (int id = 1; id <= count; id++) {
            brokers.add(broker(id));
        }
        return brokers;
    }

    static Partition partition(String topic, int index, long bytes, Integer... replicas) {
        return new Partition(new PartitionName(topic, index), List.of(replicas), bytes, false);
    }

    /// `count` partitions of a topic, all of them alike.
    static List<Partition> alike(String topic, int count, long bytes, Integer... replicas) {
        List<Partition> partitions = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            partitions.add(partition(topic, index, bytes, replicas));
        }
        return partitions;
    }

    static Layout after(Layout layout, List<Move> moves) {
        Map<PartitionName, Move> byName = new HashMap<>();
        moves.forEach(move -> byName.put(move.partition(), move));
        return new Layout(layout.brokers(), layout.partitions().stream().map(partition -> {
            Move move = byName.get(partition.name());
            return move == null
                    ? partition
                    : new Partition(partition.name(), move.to(), partition.bytes(), partition.isMoving());
        }).toList());
    }
}
