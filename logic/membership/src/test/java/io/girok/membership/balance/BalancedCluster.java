package io.girok.membership.balance;

import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.controller.ActiveController;
import io.girok.controller.AlterPartitions;
import io.girok.controller.AlterPartitions.Member;
import io.girok.controller.AlterPartitions.Proposal;
import io.girok.controller.AlterReassignments;
import io.girok.controller.Command;
import io.girok.controller.ConfigValidator;
import io.girok.controller.Controller;
import io.girok.controller.ControllerRules;
import io.girok.controller.CreateTopics;
import io.girok.controller.FenceBroker;
import io.girok.controller.RegisterBroker;
import io.girok.metadata.AppendFault;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.Endpoint;
import io.girok.metadata.InMemoryMetadataLog;
import io.girok.metadata.InMemoryQuorum;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/// An active controller that is told to even out its brokers, which are nothing but what they say of their disks. Owned
/// by the test.
final class BalancedCluster {
    static final long INTERVAL_MS = 60_000;
    static final long A_WHILE_MS = 2_000;
    static final long RATE = 1_000_000;
    static final long DISK_BYTES = 1L << 30;
    private static final long PARTITION_BYTES = 100;
    private static final int NODE_ID = 1;

    final SimulatedShard shard;
    final MetadataStore store = new MetadataStore(failure -> {
        throw new AssertionError(failure);
    });
    /// Brokers that do not answer.
    final Set<Integer> silent = new HashSet<>();
    /// Of partitions that are not of the usual size.
    final Map<PartitionName, Long> sizes = new HashMap<>();
    /// Bytes free on each disk, of brokers that have not as many as anybody could want.
    final Map<Integer, List<Long>> usable = new HashMap<>();
    BalanceSettings settings = new BalanceSettings(true, INTERVAL_MS, 10, RATE, 10);
    private final InMemoryQuorum quorum;
    private final ActiveController controller;
    private int incarnations;
    private int topics;

    BalancedCluster() {
        ManualClock clock = new ManualClock();
        shard = new SimulatedShard(clock);
        quorum = new InMemoryQuorum(shard);
        InMemoryMetadataLog log = new InMemoryMetadataLog(NODE_ID, quorum, shard);
        ControllerRules rules = new ControllerRules(new ControllerRules.TopicDefaults(1, 1), new AnySetting(),
                () -> new TopicId(1, ++topics), bound -> 0);
        controller = new ActiveController(new Controller(rules), store, log,
                new ActiveController.Surroundings(shard, shard, clock));
        store.subscribe(controller);
        store.subscribe(new AutoBalance(
                new AutoBalance.Surroundings(shard, shard, clock, (address, owner) -> new Peer(address.port()),
                        id -> new NodeAddress("broker", id)),
                controller, store, () -> settings));
        log.start(store);
        shard.runAll();
    }

    /// The node becomes the active controller of another epoch, and knows nothing of what it did in the last one.
    void changeController() {
        quorum.elect(NODE_ID);
        shard.runAll();
    }

    /// The next batch of metadata is not taken.
    void refuseNext() {
        quorum.plant(AppendFault.UNAVAILABLE);
    }

    void setEnabled(boolean isEnabled) {
        settings = new BalanceSettings(isEnabled, settings.intervalMs(), settings.maxMoves(),
                settings.throttleBytesPerSecond(), settings.thresholdPercent());
    }

    void setInterval(long intervalMs) {
        settings = new BalanceSettings(settings.isEnabled(), intervalMs, settings.maxMoves(),
                settings.throttleBytesPerSecond(), settings.thresholdPercent());
    }

    void setMaxMoves(int maxMoves) {
        settings = new BalanceSettings(settings.isEnabled(), settings.intervalMs(), maxMoves,
                settings.throttleBytesPerSecond(), settings.thresholdPercent());
    }

    void register(int id) {
        long epoch = run(new RegisterBroker("cluster", id, new TopicId(id, ++incarnations),
                List.of(new Endpoint("PLAINTEXT", "broker", id)), null, List.of(new TopicId(5, id)),
                true)).get();
        run(new FenceBroker(id, epoch, false));
    }

    void fence(int id, boolean isFenced) {
        run(new FenceBroker(id, epoch(id), isFenced));
    }

    void create(String topic, List<List<Integer>> assignments) {
        run(new CreateTopics(List.of(new CreateTopics.NewTopic(topic, CreateTopics.DEFAULT, CreateTopics.DEFAULT,
                IntStream.range(0, assignments.size())
                        .mapToObj(i -> new CreateTopics.Assignment(i, assignments.get(i)))
                        .toList(),
                Map.of())), false));
    }

    /// `count` topics with one partition each.
    void createAlike(String prefix, int count, List<Integer> replicas) {
        run(new CreateTopics(IntStream.range(0, count)
                .mapToObj(i -> new CreateTopics.NewTopic(prefix + "-" + i, CreateTopics.DEFAULT, CreateTopics.DEFAULT,
                        List.of(new CreateTopics.Assignment(0, replicas)), Map.of()))
                .toList(), false));
    }

    void reassign(String topic, int index, @Nullable List<Integer> target) {
        run(new AlterReassignments(
                List.of(new AlterReassignments.Reassignment(new PartitionName(topic, index), target)), true));
    }

    <A> A run(Command<A> command) {
        CompletableFuture<A> answer = controller.submit(command);
        shard.runAll();
        return answer.join();
    }

    List<PartitionImage> partitions(String topic) {
        return Objects.requireNonNull(store.image().topic(topic)).partitions();
    }

    List<PartitionImage> moving() {
        return store.image()
                .topics()
                .stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(PartitionImage::isReassigning)
                .toList();
    }

    long epoch(int id) {
        return Objects.requireNonNull(store.image().broker(id)).epoch();
    }

    private boolean isUp(int id) {
        BrokerImage broker = store.image().broker(id);
        return broker != null && broker.canLead();
    }

    /// All replicas whose brokers are up have copied what they lacked.
    void copy() {
        for (TopicImage topic : List.copyOf(store.image().topics())) {
            for (int index = 0; index < topic.partitions().size(); index++) {
                PartitionImage now = partitions(topic.name()).get(index);
                List<Integer> isr = now.replicas().stream().filter(this::isUp).toList();
                if (isUp(now.leader()) && isr.size() != now.isr().size()) {
                    run(new AlterPartitions(now.leader(), epoch(now.leader()),
                            List.of(new Proposal(topic.id(), index, now.leaderEpoch(), now.partitionEpoch(),
                                    isr.stream().map(id -> new Member(id, epoch(id))).toList()))));
                }
            }
        }
    }

    /// Answers what is on the disk of one broker.
    private final class Peer implements PeerConnection {
        private final int id;

        Peer(int id) {
            this.id = id;
        }

        @Override
        public void send(ApiKeys api, short version, ApiMessage body, long limitMs, Answer answer) {
            shard.execute(() -> {
                if (silent.contains(id)) {
                    answer.onFailure(new IOException("no answer"));
                } else {
                    answer.onAnswer(disks());
                }
            });
        }

        private DescribeLogDirsResponseData disks() {
            List<DescribeLogDirsTopic> held = new ArrayList<>();
            for (TopicImage image : store.image().topics()) {
                DescribeLogDirsTopic topic = new DescribeLogDirsTopic().setName(image.name());
                for (int index = 0; index < image.partitions().size(); index++) {
                    if (image.partitions().get(index).replicas().contains(id)) {
                        topic.partitions()
                                .add(new DescribeLogDirsPartition().setPartitionIndex(index)
                                        .setPartitionSize(sizes.getOrDefault(new PartitionName(image.name(), index),
                                                PARTITION_BYTES)));
                    }
                }
                held.add(topic);
            }
            List<DescribeLogDirsResult> results = new ArrayList<>();
            for (long usableBytes : usable.getOrDefault(id, List.of(Long.MAX_VALUE / 100))) {
                results.add(new DescribeLogDirsResult().setLogDir("/data" + results.size())
                        .setTotalBytes(DISK_BYTES)
                        .setUsableBytes(usableBytes)
                        .setTopics(results.isEmpty() ? held : List.of()));
            }
            return new DescribeLogDirsResponseData().setResults(results);
        }

        @Override
        public void onClose(Consumer<IOException> listener) {
            // It never ends by itself.
        }

        @Override
        public boolean isClosed() {
            return false;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    /// Takes every setting; what names replicas is a list.
    private static final class AnySetting implements ConfigValidator {
        @Override
        public Optional<String> problem(ConfigTarget target, String name, @Nullable String value) {
            return Optional.empty();
        }

        @Override
        public boolean isList(ConfigTarget target, String name) {
            return name.endsWith(".replicas");
        }

        @Override
        public String inheritedValue(MetadataImage image, ConfigTarget target, String name) {
            return switch (name) {
                case "min.insync.replicas" -> "1";
                case "unclean.leader.election.enable" -> "false";
                default -> "";
            };
        }
    }
}
