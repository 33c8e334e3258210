package io.girok.controller;

import io.girok.base.Invariant;
import io.girok.metadata.BrokerImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/// Chooses brokers for the replicas of new partitions. Owned by the one decision.
///
/// The brokers stand in a circle in which racks alternate. Leaders go round it from a start position. The followers
/// of a partition are the next ones in the circle, first those on racks that the partition does not have yet; with
/// each lap of the leaders they begin one place further, so that no two brokers share all their partitions.
final class ReplicaPlacement {
    private final List<BrokerImage> circle;
    private final int replicationFactor;

    private ReplicaPlacement(List<BrokerImage> circle, int replicationFactor) {
        this.circle = circle;
        this.replicationFactor = replicationFactor;
    }

    /// The replicas of each partition, the preferred leader first. There are at least as many `ready` brokers as
    /// replicas.
    static List<List<Integer>> place(
            List<BrokerImage> ready, int partitionCount, int replicationFactor, IntUnaryOperator startPosition) {
        Invariant.check(
                0 < replicationFactor && replicationFactor <= ready.size(),
                "there are brokers enough to place " + replicationFactor + " replicas");
        ReplicaPlacement placement = new ReplicaPlacement(alternateRacks(ready), replicationFactor);
        int start = startPosition.applyAsInt(ready.size());
        int shift = startPosition.applyAsInt(ready.size());
        List<List<Integer>> partitions = new ArrayList<>(partitionCount);
        for (int i = 0; i < partitionCount; i++) {
            partitions.add(placement.replicas(start + i % ready.size(), shift + i / ready.size()));
        }
        return partitions;
    }

    private static List<BrokerImage> alternateRacks(List<BrokerImage> brokers) {
        Map<String, List<BrokerImage>> byRack = new TreeMap<>();
        for (BrokerImage broker : brokers) {
            byRack.computeIfAbsent(rackOf(broker), _ -> new ArrayList<>()).add(broker);
        }
        List<BrokerImage> circle = new ArrayList<>(brokers.size());
        for (int row = 0; circle.size() < brokers.size(); row++) {
            for (List<BrokerImage> rack : byRack.values()) {
                if (row < rack.size()) {
                    circle.add(rack.get(row));
                }
            }
        }
        return circle;
    }

    /// A broker without a rack is a rack of its own.
    private static String rackOf(BrokerImage broker) {
        @Nullable
        String rack = broker.rack();
        return rack == null ? "\0" + broker.id() : rack;
    }

    private List<Integer> replicas(int leaderPosition, int shift) {
        int count = circle.size();
        BrokerImage leader = circle.get(leaderPosition % count);
        List<Integer> replicas = new ArrayList<>(replicationFactor);
        replicas.add(leader.id());
        Set<String> racks = new HashSet<>(Set.of(rackOf(leader)));
        for (int pass = 0; pass < 2; pass++) {
            boolean anyRack = pass == 1;
            for (int i = 0; i < count - 1 && replicas.size() < replicationFactor; i++) {
                int distance = 1 + (shift + i) % (count - 1);
                BrokerImage next = circle.get((leaderPosition + distance) % count);
                if (!replicas.contains(next.id()) && (racks.add(rackOf(next)) || anyRack)) {
                    replicas.add(next.id());
                }
            }
        }
        return replicas;
    }
}
