package io.girok.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `girok cluster describe`.
@Command(name = "describe", description = "Show the nodes, what each carries, and which partitions are not well.")
final class ClusterDescribe implements Runnable {
    private static final int MAX_NAMED = 5;

    @Mixin
    ClientOptions client = new ClientOptions();

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    /// What one broker carries.
    private static final class Load {
        private int leaders;
        private int preferred;
        private int replicas;
        private int outOfSync;
    }

    /// Partitions that are not well, by what they lack.
    private record Ailing(List<String> withoutLeader, List<String> underReplicated) {}

    @Override
    public void run() {
        try (Admin admin = client.admin(); Output output = Output.standard()) {
            ClusterState state = ClusterState.ask(admin);
            if (json) {
                output.line(Json.of(toJson(state)));
            } else {
                lines(state).forEach(output::line);
            }
        }
    }

    private static Map<Integer, Load> loads(ClusterState state) {
        Map<Integer, Load> loads = new LinkedHashMap<>();
        state.nodes().forEach(node -> loads.put(node.id(), new Load()));
        for (TopicDescription topic : state.topics().values()) {
            for (TopicPartitionInfo partition : topic.partitions()) {
                List<Integer> inSync = ClusterState.ids(partition.isr());
                List<Integer> replicas = ClusterState.ids(partition.replicas());
                for (int id : replicas) {
                    Load load = loads.computeIfAbsent(id, _ -> new Load());
                    load.replicas++;
                    load.outOfSync += inSync.contains(id) ? 0 : 1;
                    load.preferred += id == replicas.getFirst() ? 1 : 0;
                    load.leaders += id == leader(partition) ? 1 : 0;
                }
            }
        }
        return loads;
    }

    private static int leader(TopicPartitionInfo partition) {
        @Nullable
        Node leader = partition.leader();
        return leader == null ? -1 : leader.id();
    }

    private static Ailing ailing(ClusterState state) {
        Ailing ailing = new Ailing(new ArrayList<>(), new ArrayList<>());
        state.topics().forEach((topic, description) -> description.partitions().forEach(partition -> {
            String name = topic + "-" + partition.partition();
            if (leader(partition) < 0) {
                ailing.withoutLeader.add(name);
            } else if (partition.isr().size() < partition.replicas().size()) {
                ailing.underReplicated.add(name);
            }
        }));
        return ailing;
    }

    static List<String> lines(ClusterState state) {
        List<String> lines = new ArrayList<>();
        lines.add("cluster " + state.clusterId() + ", " + (state.controllerId() < 0
                ? "without a controller now"
                : "controller " + state.controllerId()));
        Table table = Table.of("NODE", "ADDRESS", "RACK", "STATE", "LEADERS", "PREFERRED", "REPLICAS", "OUT-OF-SYNC",
                "MIB");
        Map<Integer, Node> nodes = new LinkedHashMap<>();
        state.nodes().forEach(node -> nodes.put(node.id(), node));
        loads(state).forEach((id, load) -> {
            Node node = nodes.get(id);
            table.row(id, node == null ? "-" : node.host() + ":" + node.port(),
                    node == null || node.rack() == null ? "-" : node.rack(), status(node), load.leaders, load.preferred,
                    load.replicas, load.outOfSync,
                    state.directories().containsKey(id) ? Sizes.mib(state.bytes(id)) : "-");
        });
        lines.addAll(table.lines());
        Ailing ailing = ailing(state);
        addNamed(lines, "without a leader", ailing.withoutLeader());
        addNamed(lines, "with fewer copies in sync than there should be", ailing.underReplicated());
        return lines;
    }

    private static String status(@Nullable Node node) {
        if (node == null) {
            return "unregistered";
        }
        return node.isFenced() ? "fenced" : "up";
    }

    private static void addNamed(List<String> lines, String what, List<String> partitions) {
        if (!partitions.isEmpty()) {
            String more = MAX_NAMED < partitions.size() ? ", ..." : "";
            lines.add(partitions.size() + (partitions.size() == 1 ? " partition " : " partitions ") + what + ": "
                    + String.join(", ", partitions.subList(0, Math.min(MAX_NAMED, partitions.size()))) + more);
        }
    }

    static Object toJson(ClusterState state) {
        Map<Integer, Node> nodes = new LinkedHashMap<>();
        state.nodes().forEach(node -> nodes.put(node.id(), node));
        List<Object> brokers = new ArrayList<>();
        loads(state).forEach((id, load) -> {
            @Nullable
            Node node = nodes.get(id);
            brokers.add(Json.object("node", id, "host", node == null ? null : node.host(), "port",
                    node == null ? null : node.port(), "rack", node == null ? null : node.rack(), "state", status(node),
                    "isController", id == state.controllerId(), "leaders", load.leaders, "preferredLeaders",
                    load.preferred, "replicas", load.replicas, "outOfSync", load.outOfSync, "bytes",
                    state.directories().containsKey(id) ? state.bytes(id) : null));
        });
        Ailing ailing = ailing(state);
        return Json.object("clusterId", state.clusterId(), "controller", state.controllerId(), "nodes", brokers,
                "withoutLeader", ailing.withoutLeader(), "underReplicated", ailing.underReplicated());
    }
}
