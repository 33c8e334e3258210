package io.girok.simulation;

import io.girok.base.PartitionName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfigCollection;
import org.apache.kafka.common.protocol.Errors;

/// Plays one seed: a cluster, its clients and bad luck for a while, then calm, then the reckoning. Used once.
public final class Simulation {
    static final String TOPIC = "orders";
    static final int PARTITIONS = 3;
    static final String COMPACTED = "latest";
    private static final int MEMBERS = 3;
    private static final long START_LIMIT_MS = 120_000;
    private static final long CALM_LIMIT_MS = 300_000;

    private final long seed;
    private final World world;
    private final History history;
    private final SimulatedCluster cluster;
    private final Nemesis nemesis;
    private final List<ProducerClient> producers = new ArrayList<>();
    private final List<ReaderClient> readers = new ArrayList<>();
    private final List<CommitClient> committers = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final TopicClient topics;
    private final ReassignmentClient reassignments;
    private final GroupHistory members;
    private final KeyClient keys;

    /// What became of a seed.
    ///
    /// @param trace the same for the same seed and the same code
    /// @param recordsFromFollowers how many records consumers have read from followers
    /// @param violations of what was promised; empty when all is well
    public record Report(long seed, long trace, int faults, int acknowledgedBatches, int commits,
            int recordsFromFollowers, List<String> violations) {
        public Report {
            violations = List.copyOf(violations);
        }
    }

    public Simulation(long seed) {
        this.seed = seed;
        this.world = new World(seed);
        this.history = new History(world);
        this.cluster = new SimulatedCluster(seed, world, history);
        PowerLoss powerLoss = new PowerLoss(cluster);
        this.nemesis = new Nemesis(cluster, history, powerLoss);
        this.topics = new TopicClient(cluster.newLink(), "temporary-");
        this.members = new GroupHistory(history, "members");
        this.keys = new KeyClient(cluster.newLink(), COMPACTED);
        List<PartitionName> moved = new ArrayList<>();
        IntStream.range(0, PARTITIONS).forEach(index -> moved.add(new PartitionName(TOPIC, index)));
        IntStream.range(0, SimulatedCluster.OFFSETS_PARTITIONS)
                .forEach(index -> moved.add(new PartitionName(FinalCheck.OFFSETS_TOPIC, index)));
        this.reassignments = new ReassignmentClient(cluster.newLink(), moved, cluster.isBalanced());
        if (1 < cluster.directories().size()) {
            clients.add(new DirectoryClient(cluster.newLink(), moved, cluster.directories(), powerLoss));
        }
    }

    /// @param durationMs how long the bad luck lasts, in virtual milliseconds
    public Report run(long durationMs) {
        cluster.founders().forEach(SimulatedNode::start);
        if (!create(new CreatableTopic().setName(TOPIC)
                .setNumPartitions(PARTITIONS)
                .setReplicationFactor((short) SimulatedCluster.REPLICAS)) || !create(compacted())) {
            history.violation("the cluster does not start");
            return report();
        }
        startClients();
        nemesis.start();
        world.runUntil(() -> !history.violations().isEmpty(), durationMs);
        nemesis.end();
        clients.forEach(Client::finish);
        boolean isCalm = world.runUntil(() -> !history.violations().isEmpty() || isCalm(), CALM_LIMIT_MS);
        if (!isCalm) {
            history.violation("clients do not come to an end although nothing is wrong any more: "
                    + producers.stream().filter(producer -> !producer.isFinished()).count()
                    + " producers have records without an answer; "
                    + readers.stream().filter(reader -> !reader.isFinished()).map(ReaderClient::toString).toList()
                    + " have not read to the end; " + partitions());
        }
        nemesis.endAbsence();
        if (history.violations().isEmpty()) {
            new FinalCheck(cluster, nemesis, history).run(topics.certain(), reassignments.settled(), keys);
        }
        return report();
    }

    private String partitions() {
        return cluster.image()
                .topics()
                .stream()
                .map(topic -> "the partitions of '" + topic.name() + "' are " + topic.partitions())
                .collect(Collectors.joining("; "));
    }

    private boolean isCalm() {
        nemesis.startWhatStopped();
        return clients.stream().allMatch(Client::isFinished);
    }

    private static CreatableTopic compacted() {
        CreatableTopicConfigCollection configs = new CreatableTopicConfigCollection(
                List.of(new CreatableTopicConfig().setName("cleanup.policy").setValue("compact")).iterator());
        return new CreatableTopic().setName(COMPACTED)
                .setNumPartitions(1)
                .setReplicationFactor((short) SimulatedCluster.REPLICAS)
                .setConfigs(configs);
    }

    private boolean create(CreatableTopic topic) {
        TopicClient creator = new TopicClient(cluster.newLink(), "");
        boolean[] isThere = new boolean[1];
        Runnable attempt = new Runnable() {
            @Override
            public void run() {
                var _ = creator.create(topic.duplicate()).handle((error, failure) -> {
                    if (failure == null && (error == Errors.NONE || error == Errors.TOPIC_ALREADY_EXISTS)) {
                        isThere[0] = true;
                    } else {
                        creatorLink.later(50, 100, this);
                    }
                    return true;
                });
            }

            private final ClientLink creatorLink = cluster.newLink();
        };
        attempt.run();
        return world.runUntil(() -> isThere[0], START_LIMIT_MS);
    }

    private void startClients() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (int i = 0; i < 2; i++) {
                producers.add(new ProducerClient(cluster.newLink(), history, "producer-" + partition + "-" + i, TOPIC,
                        partition));
            }
            readers.add(new ReaderClient(cluster.newLink(), history, TOPIC, partition, ""));
            for (String rack : cluster.racks()) {
                readers.add(new ReaderClient(cluster.newLink(), history, TOPIC, partition, rack));
            }
        }
        for (int i = 0; i < 2; i++) {
            committers.add(new CommitClient(cluster.newLink(), history, "group-" + i, TOPIC));
        }
        for (int i = 0; i < MEMBERS; i++) {
            clients.add(new MemberClient(cluster.newLink(), members, TOPIC, PARTITIONS));
        }
        clients.addAll(readers);
        clients.addAll(producers);
        clients.add(keys);
        clients.addAll(committers);
        clients.add(topics);
        clients.add(reassignments);
        clients.forEach(Client::start);
    }

    private Report report() {
        return new Report(seed, world.trace(), history.faults(),
                producers.stream().mapToInt(ProducerClient::acknowledgedBatches).sum(),
                committers.stream().mapToInt(CommitClient::commits).sum() + members.commits(),
                readers.stream().mapToInt(ReaderClient::recordsFromFollowers).sum(), history.violations());
    }
}
