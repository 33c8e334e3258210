package io.girok.simulation;

import io.girok.base.simulated.SimulatedShard;
import io.girok.log.Durability;
import io.girok.metadata.InMemoryQuorum;
import io.girok.metadata.MetadataImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Three voters, one or two nodes beside them that do not vote in a share of the seeds, and a machine on which the
/// clients live. Owned by the world's thread.
final class SimulatedCluster {
    static final List<Integer> VOTERS = List.of(1, 2, 3);
    static final int REPLICAS = 3;
    static final int MIN_IN_SYNC = 2;
    static final int OFFSETS_PARTITIONS = 2;
    /// `broker.session.timeout.ms`
    static final long SESSION_MS = 3_000;
    private static final int SEEDS_PER_FOLLOWERS = 3;
    private static final int MAX_FOLLOWERS = 2;
    private static final int CLIENTS = 100;

    private final World world;
    private final SimulatedNetwork network;
    private final InMemoryQuorum quorum;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final Host clientHost;
    private final Shape shape;

    /// What nodes are made with.
    record Parts(World world, Shape shape, SimulatedNetwork network, InMemoryQuorum quorum, History history) {}

    SimulatedCluster(long seed, World world, History history) {
        this.world = world;
        this.network = new SimulatedNetwork(world);
        this.shape = Shape.of(seed);
        SimulatedShard quorumShard = world.newShard(world.clock(), () -> true);
        this.quorum = new InMemoryQuorum(quorumShard);
        this.clientHost = new Host(world, CLIENTS);
        network.add(clientHost);
        Parts parts = new Parts(world, shape, network, quorum, history);
        int followers = Math.max(shape.isBalanced() ? 1 : 0, followers(seed));
        for (int id : IntStream.rangeClosed(1, VOTERS.size() + followers).toArray()) {
            Host host = new Host(world, id);
            network.add(host);
            nodes.add(new SimulatedNode(host, parts, settings(id, shape)));
        }
    }

    /// Every third seed has some.
    private static int followers(long seed) {
        return Math.floorMod(seed, SEEDS_PER_FOLLOWERS) == 0
                ? 1 + Math.floorMod(seed / SEEDS_PER_FOLLOWERS, MAX_FOLLOWERS)
                : 0;
    }

    private static Map<String, String> settings(int id, Shape shape) {
        Map<String, String> settings = new HashMap<>(settings(id));
        if (shape.isCleaned()) {
            settings.put("log.roll.ms", "3000");
            settings.put("log.cleaner.backoff.ms", "500");
            settings.put("log.cleaner.min.cleanable.ratio", "0.01");
            settings.put("log.cleaner.dedupe.buffer.size", "1048576");
        }
        if (shape.hasRacks()) {
            settings.put("broker.rack", rack(id));
            settings.put("replica.selector.class", "org.apache.kafka.common.replica.RackAwareReplicaSelector");
        }
        settings.put("auto.balance.enable", Boolean.toString(shape.isBalanced()));
        return settings;
    }

    private static String rack(int nodeId) {
        return "rack-" + nodeId;
    }

    /// Those where clients are, of which each has a voter; none where nodes have no racks.
    List<String> racks() {
        return shape.hasRacks() ? VOTERS.stream().map(SimulatedCluster::rack).toList() : List.of();
    }

    private static Map<String, String> settings(int id) {
        return Map.ofEntries(Map.entry("node.id", Integer.toString(id)),
                Map.entry("controller.quorum.voters", "1@host-1:9092"),
                Map.entry("default.replication.factor", "3"), Map.entry("min.insync.replicas", "" + MIN_IN_SYNC),
                Map.entry("offsets.topic.num.partitions", "" + OFFSETS_PARTITIONS),
                Map.entry("offsets.topic.replication.factor", "3"),
                Map.entry("broker.session.timeout.ms", Long.toString(SESSION_MS)),
                Map.entry("broker.heartbeat.interval.ms", "500"), Map.entry("replica.lag.time.max.ms", "4000"),
                Map.entry("leader.imbalance.check.interval.seconds", "5"),
                Map.entry("leader.imbalance.per.broker.percentage", "0"), Map.entry("log.dir.min.free.bytes", "0"),
                Map.entry("log.flush.offset.checkpoint.interval.ms", "3000"),
                Map.entry("auto.balance.interval.ms", "500"), Map.entry("auto.balance.threshold.percent", "0"),
                Map.entry("auto.balance.throttle.bytes.per.second", "50000"),
                Map.entry("log.retention.ms", "-1"), Map.entry("group.initial.rebalance.delay.ms", "100"),
                Map.entry("log.message.timestamp.after.max.ms", "9223372036854775807"));
    }

    boolean isBalanced() {
        return shape.isBalanced();
    }

    /// Those that are there from the beginning.
    List<SimulatedNode> founders() {
        return isBalanced() ? nodes.subList(0, nodes.size() - 1) : nodes;
    }

    /// Of each node.
    List<Path> directories() {
        return nodes.getFirst().directories();
    }

    /// Whether no log is on its way to another directory of its node, or is there and nobody has heard of it.
    boolean areLogsWhereSaid() {
        MetadataImage image = image();
        return directories().size() == 1 || nodes.stream().allMatch(node -> node.areLogsWhereSaid(image));
    }

    Durability durability() {
        return shape.durability();
    }

    World world() {
        return world;
    }

    SimulatedNetwork network() {
        return network;
    }

    InMemoryQuorum quorum() {
        return quorum;
    }

    List<SimulatedNode> nodes() {
        return nodes;
    }

    List<Host> brokers() {
        return nodes.stream().map(SimulatedNode::host).toList();
    }

    ClientLink newLink() {
        return new ClientLink(world, network, clientHost, brokers());
    }

    /// The newest state of the cluster that any node knows; empty where none runs.
    MetadataImage image() {
        return nodes.stream()
                .filter(SimulatedNode::isRunning)
                .map(SimulatedNode::image)
                .max(Comparator.comparingLong(MetadataImage::endOffset))
                .orElse(MetadataImage.EMPTY);
    }

    /// The voters that run and are not cut off from the quorum.
    List<SimulatedNode> connected() {
        return nodes.stream()
                .filter(SimulatedNode::isVoter)
                .filter(node -> node.isRunning() && !node.isCutFromQuorum() && !node.host().isPaused())
                .toList();
    }

    /// Has somebody lead the quorum who can.
    void elect() {
        List<SimulatedNode> able = connected();
        if (!able.isEmpty()) {
            quorum.elect(able.get(world.random().nextInt(able.size())).host().id());
        }
    }
}
