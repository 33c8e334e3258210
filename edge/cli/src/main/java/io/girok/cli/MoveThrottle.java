package io.girok.cli;

import io.girok.balance.Move;
import io.girok.balance.ThrottledCopies;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;

/// The settings that hold moves back: a rate at each broker that takes part, and at each topic the copies it is for.
/// Owned by one command.
///
/// A rate that a broker has already stays: whoever set it wants it.
final class MoveThrottle {
    private static final String LEADER_RATE = "leader.replication.throttled.rate";
    private static final String FOLLOWER_RATE = "follower.replication.throttled.rate";
    private static final String LEADER_REPLICAS = "leader.replication.throttled.replicas";
    private static final String FOLLOWER_REPLICAS = "follower.replication.throttled.replicas";

    private final Admin admin;
    private final Map<ConfigResource, Map<String, String>> rates;
    private final Map<ConfigResource, Map<String, String>> replicas;

    private MoveThrottle(Admin admin, Map<ConfigResource, Map<String, String>> rates,
            Map<ConfigResource, Map<String, String>> replicas) {
        this.admin = admin;
        this.rates = rates;
        this.replicas = replicas;
    }

    /// @param bytesPerSecond 0: nothing is throttled
    static MoveThrottle of(Admin admin, List<Move> moves, long bytesPerSecond) {
        List<Move> copying = moves.stream().filter(Move::copies).toList();
        if (bytesPerSecond == 0 || copying.isEmpty()) {
            return new MoveThrottle(admin, Map.of(), Map.of());
        }
        Set<String> brokers = new TreeSet<>();
        for (Move move : copying) {
            move.from().forEach(id -> brokers.add(Integer.toString(id)));
            move.to().forEach(id -> brokers.add(Integer.toString(id)));
        }
        // One that is down takes no part, and can't be asked.
        brokers.retainAll(Answers.of(admin.describeCluster().nodes()).stream().map(Node::idString).toList());
        List<ConfigResource> resources = brokers.stream()
                .map(id -> new ConfigResource(ConfigResource.Type.BROKER, id))
                .toList();
        return new MoveThrottle(admin, rates(admin, resources, bytesPerSecond), replicas(copying));
    }

    private static Map<ConfigResource, Map<String, String>> rates(Admin admin, Collection<ConfigResource> brokers,
            long bytesPerSecond) {
        Map<ConfigResource, Map<String, String>> rates = new HashMap<>();
        Map<ConfigResource, Config> present = Answers.of(admin.describeConfigs(brokers).all());
        present.forEach((broker, config) -> {
            Map<String, String> missing = new TreeMap<>();
            for (String name : List.of(LEADER_RATE, FOLLOWER_RATE)) {
                ConfigEntry entry = config.get(name);
                if (entry == null || entry.source() == ConfigEntry.ConfigSource.DEFAULT_CONFIG) {
                    missing.put(name, Long.toString(bytesPerSecond));
                }
            }
            rates.put(broker, missing);
        });
        return rates;
    }

    private static Map<ConfigResource, Map<String, String>> replicas(List<Move> moves) {
        Map<ConfigResource, Map<String, String>> replicas = new HashMap<>();
        ThrottledCopies.of(moves)
                .forEach((topic, copies) -> replicas.put(new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        Map.of(LEADER_REPLICAS, String.join(",", copies.leaders()), FOLLOWER_REPLICAS,
                                String.join(",", copies.followers()))));
        return replicas;
    }

    void begin() {
        alter(AlterConfigOp.OpType.SET, AlterConfigOp.OpType.APPEND);
    }

    void end() {
        alter(AlterConfigOp.OpType.DELETE, AlterConfigOp.OpType.SUBTRACT);
    }

    private void alter(AlterConfigOp.OpType rate, AlterConfigOp.OpType list) {
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        rates.forEach((broker, values) -> add(changes, broker, values, rate));
        replicas.forEach((topic, values) -> add(changes, topic, values, list));
        if (!changes.isEmpty()) {
            Answers.of(admin.incrementalAlterConfigs(changes).all());
        }
    }

    private static void add(Map<ConfigResource, Collection<AlterConfigOp>> changes, ConfigResource resource,
            Map<String, String> values, AlterConfigOp.OpType type) {
        List<AlterConfigOp> operations = values.entrySet()
                .stream()
                .map(value -> new AlterConfigOp(new ConfigEntry(value.getKey(), value.getValue()), type))
                .toList();
        if (!operations.isEmpty()) {
            changes.put(resource, operations);
        }
    }
}
