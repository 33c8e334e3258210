package io.girok.membership.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.controller.ActiveController;
import io.girok.controller.AlterConfigs;
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
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.Endpoint;
import io.girok.metadata.InMemoryMetadataLog;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import java.io.IOException;
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
import org.junit.jupiter.api.Test;

/// Two brokers, a topic that is on the first one only, and an active controller that is told to even that out.
class AutoBalanceTest {
    private static final long INTERVAL_MS = 60_000;
    private static final long A_WHILE_MS = 2_000;
    private static final long RATE = 1_000_000;
    private static final long PARTITION_BYTES = 100;

    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final MetadataStore store = new MetadataStore(failure -> {
        throw new AssertionError(failure);
    });
    private final Set<Integer> silent = new HashSet<>();
    private final ActiveController controller;
    private BalanceSettings settings = new BalanceSettings(true, INTERVAL_MS, 10, RATE, 10);

    AutoBalanceTest() {
        InMemoryMetadataLog log = InMemoryMetadataLog.alone(shard);
        ControllerRules rules = new ControllerRules(new ControllerRules.TopicDefaults(1, 1), new AnySetting(),
                () -> new TopicId(1, 1), bound -> 0);
        controller = new ActiveController(new Controller(rules), store, log, shard, clock);
        store.subscribe(controller);
        store.subscribe(new AutoBalance(
                new AutoBalance.Surroundings(shard, shard, clock, (address, owner) -> new Peer(address.port()),
                        id -> new NodeAddress("broker", id)),
                controller, store, () -> settings));
        log.start(store);
        shard.runAll();
        register(1);
        register(2);
        run(new CreateTopics(List.of(new CreateTopics.NewTopic("orders", CreateTopics.DEFAULT, CreateTopics.DEFAULT,
                IntStream.range(0, 4).mapToObj(i -> new CreateTopics.Assignment(i, List.of(1))).toList(), Map.of())),
                false));
    }

    private void register(int id) {
        long epoch = run(new RegisterBroker("cluster", id, new TopicId(id, 1),
                List.of(new Endpoint("PLAINTEXT", "broker", id)), null, List.of(new TopicId(5, id)),
                true)).get();
        run(new FenceBroker(id, epoch, false));
    }

    private <A> A run(Command<A> command) {
        CompletableFuture<A> answer = controller.submit(command);
        shard.runAll();
        return answer.join();
    }

    private List<PartitionImage> partitions() {
        return Objects.requireNonNull(store.image().topic("orders")).partitions();
    }

    private List<PartitionImage> moving() {
        return partitions().stream().filter(PartitionImage::isReassigning).toList();
    }

    private long epoch(int id) {
        return Objects.requireNonNull(store.image().broker(id)).epoch();
    }

    /// What is being copied has been copied.
    private void copy() {
        TopicImage topic = Objects.requireNonNull(store.image().topic("orders"));
        for (int index = 0; index < topic.partitions().size(); index++) {
            PartitionImage now = topic.partitions().get(index);
            if (now.isReassigning()) {
                run(new AlterPartitions(now.leader(), epoch(now.leader()), List.of(
                        new Proposal(topic.id(), index, now.leaderEpoch(), now.partitionEpoch(),
                                now.replicas().stream().map(id -> new Member(id, epoch(id))).toList()))));
            }
        }
    }

    private void setEnabled(boolean isEnabled) {
        settings = new BalanceSettings(isEnabled, INTERVAL_MS, settings.maxMoves(), RATE, 10);
    }

    @Test
    void aBrokerThatIsThereGetsItsShareUnderAThrottleWhichIsTakenAwayAfterwards() {
        shard.advance(INTERVAL_MS + A_WHILE_MS);

        assertThat(moving()).hasSize(2).allSatisfy(partition -> {
            assertThat(partition.targetReplicas()).containsExactly(2);
            assertThat(partition.originalReplicas()).containsExactly(1);
        });
        assertThat(store.image().config(ConfigTarget.broker(1))).isEqualTo(Map.of(
                BalanceCommands.LEADER_RATE, "" + RATE, BalanceCommands.FOLLOWER_RATE, "" + RATE));
        assertThat(store.image().config(ConfigTarget.topic("orders"))).isEqualTo(Map.of(
                BalanceCommands.LEADER_REPLICAS, "0:1,1:1", BalanceCommands.FOLLOWER_REPLICAS, "0:2,1:2"));

        copy();
        shard.advance(A_WHILE_MS);

        assertThat(partitions()).extracting(PartitionImage::leader).containsExactlyInAnyOrder(1, 1, 2, 2);
        assertThat(store.image().configs()).isEmpty();

        long end = store.image().endOffset();
        shard.advance(10 * INTERVAL_MS);
        assertThat(store.image().endOffset()).as("nothing is left to do").isEqualTo(end);
    }

    @Test
    void asManyMoveAtATimeAsMay() {
        settings = new BalanceSettings(true, INTERVAL_MS, 1, RATE, 10);

        shard.advance(INTERVAL_MS + A_WHILE_MS);
        assertThat(moving()).hasSize(1);

        copy();
        shard.advance(A_WHILE_MS);
        assertThat(moving()).hasSize(1);
        assertThat(partitions()).extracting(PartitionImage::leader).containsOnlyOnce(2);
    }

    @Test
    void offItDoesNothing() {
        setEnabled(false);

        shard.advance(10 * INTERVAL_MS);

        assertThat(moving()).isEmpty();
    }

    @Test
    void turnedOffItCallsOffWhatIsUnderWay() {
        shard.advance(INTERVAL_MS + A_WHILE_MS);

        setEnabled(false);
        shard.advance(A_WHILE_MS);

        assertThat(partitions()).allSatisfy(partition -> assertThat(partition.replicas()).containsExactly(1));
        assertThat(store.image().configs()).isEmpty();
    }

    @Test
    void whileSomebodyElseMovesPartitionsNothingBegins() {
        run(new AlterReassignments(
                List.of(new AlterReassignments.Reassignment(new PartitionName("orders", 3), List.of(2))), false));

        shard.advance(10 * INTERVAL_MS);
        assertThat(moving()).hasSize(1);

        copy();
        shard.advance(INTERVAL_MS + A_WHILE_MS);
        assertThat(moving()).hasSize(1);
        assertThat(partitions().get(3).replicas()).containsExactly(2);
    }

    @Test
    void whileABrokerIsDownNothingBegins() {
        run(new FenceBroker(2, epoch(2), true));

        shard.advance(10 * INTERVAL_MS);

        assertThat(moving()).isEmpty();
        assertThat(store.image().configs()).isEmpty();
    }

    @Test
    void whileABrokerDoesNotSayWhatItHasNothingBegins() {
        silent.add(2);
        shard.advance(3 * INTERVAL_MS);
        assertThat(moving()).isEmpty();

        silent.clear();
        shard.advance(INTERVAL_MS + A_WHILE_MS);

        assertThat(moving()).hasSize(2);
    }

    @Test
    void whenABrokerComesOrGoesThePlanIsNotGoneOnWith() {
        settings = new BalanceSettings(true, INTERVAL_MS, 1, RATE, 10);
        shard.advance(INTERVAL_MS + A_WHILE_MS);

        register(3);
        copy();
        shard.advance(A_WHILE_MS);
        assertThat(moving()).isEmpty();

        shard.advance(INTERVAL_MS + A_WHILE_MS);
        assertThat(moving()).extracting(PartitionImage::targetReplicas).containsExactly(List.of(3));
    }

    @Test
    void aThrottleThatSomebodyElseHasSetStays() {
        run(new AlterConfigs(List.of(new AlterConfigs.Alteration(ConfigTarget.broker(1),
                List.of(new AlterConfigs.Operation(AlterConfigs.Kind.SET, BalanceCommands.LEADER_RATE, "7")))), false));

        shard.advance(INTERVAL_MS + A_WHILE_MS);
        copy();
        shard.advance(A_WHILE_MS);

        assertThat(partitions()).extracting(PartitionImage::leader).containsExactlyInAnyOrder(1, 1, 2, 2);
        assertThat(store.image().config(ConfigTarget.broker(1))).isEqualTo(Map.of(BalanceCommands.LEADER_RATE, "7"));
        assertThat(store.image().config(ConfigTarget.broker(2))).isEmpty();
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
            DescribeLogDirsTopic topic = new DescribeLogDirsTopic().setName("orders");
            for (int index = 0; index < partitions().size(); index++) {
                if (partitions().get(index).replicas().contains(id)) {
                    topic.partitions()
                            .add(new DescribeLogDirsPartition().setPartitionIndex(index)
                                    .setPartitionSize(PARTITION_BYTES));
                }
            }
            return new DescribeLogDirsResponseData().setResults(List.of(
                    new DescribeLogDirsResult().setLogDir("/data")
                            .setUsableBytes(1_000_000)
                            .setTopics(List.of(topic))));
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
        public String inheritedValue(ConfigTarget target, String name) {
            return switch (name) {
                case "min.insync.replicas" -> "1";
                case "unclean.leader.election.enable" -> "false";
                default -> "";
            };
        }
    }
}
