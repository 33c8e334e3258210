package io.girok.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.controller.CreateTopics.CreatedTopic;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.metadata.AppendFault;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.Feature;
import io.girok.metadata.InMemoryMetadataLog;
import io.girok.metadata.InMemoryQuorum;
import io.girok.metadata.MetadataCodec;
import io.girok.metadata.MetadataDelta;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ActiveControllerTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final InMemoryQuorum quorum = new InMemoryQuorum(shard);
    private final List<Throwable> fatal = new ArrayList<>();

    /// One node: its log, its image and its controller, all on one shard.
    private final class Node {
        final MetadataStore store = new MetadataStore(fatal::add);
        final InMemoryMetadataLog log;
        final ActiveController controller;
        /// By offset of the image after it.
        final List<Long> commits = new ArrayList<>();

        Node(int id) {
            this(id, new Controller(World.rules(id)));
        }

        Node(int id, Controller decisions) {
            this(id, decisions, shard, itself -> itself);
        }

        /// @param news where the node hears of the quorum
        /// @param seen what the controller sees of its log
        Node(int id, Controller decisions, SimulatedShard news, UnaryOperator<MetadataLog> seen) {
            log = new InMemoryMetadataLog(id, quorum, news);
            controller = new ActiveController(decisions, store, seen.apply(log),
                    new ActiveController.Surroundings(shard, shard, clock));
            store.subscribe(controller);
            store.subscribe(new MetadataStore.Subscriber() {
                @Override
                public void onImage(MetadataImage image, MetadataDelta delta) {
                    commits.add(image.endOffset());
                }
            });
            log.start(store);
        }

        CompletableFuture<Map<String, Result<CreatedTopic>>> create(String topic) {
            return controller.submit(new CreateTopics(List.of(NewTopic.of(topic, 1, 1)), false));
        }

        CompletableFuture<Result<AllocateProducerIds.Block>> allocate() {
            return controller.submit(new AllocateProducerIds());
        }

        void addBroker() {
            addBroker(1);
        }

        void addBroker(int id) {
            var epoch = controller.submit(World.registration(id, 1, ""));
            shard.runAll();
            fence(id, epoch.join().get(), false);
            shard.runAll();
        }

        void fence(int id, long brokerEpoch, boolean isFenced) {
            var _ = controller.submit(new FenceBroker(id, brokerEpoch, isFenced));
        }

        /// More partitions on brokers 1, 2 and 3 than one batch can give another leader.
        void createManyPartitions() {
            for (int id = 1; id <= 3; id++) {
                addBroker(id);
            }
            for (int i = 0; i < 4; i++) {
                var _ = controller
                        .submit(new CreateTopics(List.of(NewTopic.of("many-" + i, 2_000, 3)), false));
                shard.runAll();
            }
        }

        boolean hasLeader(int id) {
            return store.image()
                    .topics()
                    .stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .anyMatch(partition -> partition.leader() == id);
        }

        void fence(int id) {
            fence(id, store.image().broker(id).epoch(), true);
        }
    }

    private Node leadingNode() {
        Node node = new Node(1);
        shard.runAll();
        node.addBroker();
        return node;
    }

    private static @Nullable ControllerError failure(CompletableFuture<?> future) {
        return future.state() == java.util.concurrent.Future.State.FAILED
                && future.exceptionNow() instanceof CommandFailed failed ? failed.error() : null;
    }

    @Test
    void anAnswerLeavesWhenTheImageHasTheChange() {
        Node node = leadingNode();

        boolean[] wasThere = new boolean[1];
        var answer = node.create("orders").thenApply(results -> {
            wasThere[0] = node.store.image().topic("orders") != null;
            return results;
        });
        assertThat(answer).isNotDone();
        shard.runAll();

        assertThat(answer.join().get("orders")).extracting(Result::error).isEqualTo(ControllerError.NONE);
        assertThat(wasThere[0]).isTrue();
        assertThat(fatal).isEmpty();
    }

    @Test
    void commandsThatWaitBecomeOneBatchAndSeeEachOther() {
        Node node = leadingNode();
        node.commits.clear();

        var first = node.create("first");
        var second = node.create("a.b");
        var third = node.create("a_b");
        var fourth = node.create("a.b");
        shard.runAll();

        assertThat(first.join().values()).extracting(Result::error).containsExactly(ControllerError.NONE);
        assertThat(second.join().values()).extracting(Result::error).containsExactly(ControllerError.NONE);
        assertThat(third.join().values()).extracting(Result::error)
                .containsExactly(ControllerError.INVALID_TOPIC_EXCEPTION);
        assertThat(fourth.join().values()).extracting(Result::error)
                .containsExactly(ControllerError.TOPIC_ALREADY_EXISTS);
        assertThat(node.commits).hasSize(2);
    }

    @Test
    void aBatchStaysAsSmallAsTheLogDemands() {
        Node node = leadingNode();

        List<CompletableFuture<Map<String, Result<CreatedTopic>>>> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            answers.add(node.controller.submit(new CreateTopics(List.of(NewTopic.of("big-" + i, 5000, 1)), false)));
        }
        shard.runAll();

        assertThat(answers).allSatisfy(
                answer -> assertThat(answer.join().values()).allMatch(Result::isOk));
        assertThat(node.store.image().topics()).hasSize(5);
    }

    @Test
    void whatFollowsFromACommandComesBeforeTheNextOne() {
        Node node = new Node(1);
        shard.runAll();
        node.createManyPartitions();
        List<Boolean> wereLed = new ArrayList<>();
        node.store.subscribe((image, delta) -> {
            if (0 < image.nextProducerId()) {
                wereLed.add(node.hasLeader(1));
            }
        });

        node.fence(3);
        node.fence(1);
        var answer = node.allocate();
        shard.runAll();

        assertThat(answer).isCompleted();
        assertThat(wereLed).isNotEmpty().containsOnly(false);
    }

    @Test
    void aRepairThatTheLogDoesNotTakeIsTriedAgain() {
        Node node = new Node(1);
        shard.runAll();
        node.createManyPartitions();

        node.fence(1);
        runToTheNextCommit(node);
        quorum.plant(AppendFault.UNAVAILABLE);
        quorum.plant(AppendFault.UNAVAILABLE);
        shard.runAll();
        assertThat(node.hasLeader(1)).isTrue();
        shard.advance(1_000);

        assertThat(node.hasLeader(1)).isFalse();
    }

    @Test
    void aRepairThatTheLogDoesNotTakeStillGoesBeforeTheNextCommand() {
        Node node = new Node(1);
        shard.runAll();
        node.createManyPartitions();
        node.fence(1);
        runToTheNextCommit(node);
        quorum.plant(AppendFault.UNAVAILABLE);
        shard.runAll();

        var answer = node.allocate();
        shard.runAll();

        assertThat(answer).isCompleted();
        assertThat(node.hasLeader(1)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"UNKNOWN_BUT_WRITTEN", "UNKNOWN_AND_LOST"})
    void whoLeadsStillAfterADoubtRepairsFirst(AppendFault fault) {
        Node node = new Node(1, new Controller(World.rules(1)), shard, LogThatStays::new);
        shard.runAll();
        node.createManyPartitions();

        quorum.plant(AppendFault.UNKNOWN_BUT_WRITTEN);
        node.fence(1);
        runToTheNextCommit(node);
        quorum.plant(fault);
        shard.runAll();

        assertThat(node.store.image().broker(1).isFenced()).isTrue();
        assertThat(node.hasLeader(1)).isFalse();
    }

    /// One that does not give up leadership when it is asked to, and goes on in the same epoch.
    private record LogThatStays(MetadataLog log) implements MetadataLog {
        @Override
        public void start(MetadataListener listener) {
            log.start(listener);
        }

        @Override
        public Leadership leadership() {
            return log.leadership();
        }

        @Override
        public CompletableFuture<AppendOutcome> append(long epoch, long baseOffset, List<byte[]> records) {
            return log.append(epoch, baseOffset, records);
        }

        @Override
        public CompletableFuture<Long> barrier() {
            return log.barrier();
        }

        @Override
        public CompletableFuture<@Nullable Void> resign(long epoch) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Long> snapshot() {
            return log.snapshot();
        }

        @Override
        public void close() {
            log.close();
        }
    }

    /// Until one more batch is in the image.
    private void runToTheNextCommit(Node node) {
        long before = node.store.image().endOffset();
        while (node.store.image().endOffset() == before) {
            assertThat(shard.runOne()).isTrue();
        }
    }

    @Test
    void aDeposedControllerThatDoesNotKnowItRefusesNothing() {
        SimulatedShard news = new SimulatedShard(clock);
        Node deposed = new Node(1, new Controller(World.rules(1)), news, itself -> itself);
        runAll(news);
        var epoch = deposed.controller.submit(World.registration(1, 1, ""));
        runAll(news);
        Node successor = new Node(2);
        quorum.elect(2);
        shard.runAll();
        var _ = successor.create("orders");
        shard.runAll();

        var refusal = deposed.controller.submit(new DeleteTopics(List.of(new DeleteTopics.ByName("orders"))));
        var confirmation = deposed.controller.submit(new ConfirmBroker(1, epoch.join().get()));
        shard.runAll();
        assertThat(refusal).isNotDone();
        assertThat(confirmation).isNotDone();
        runAll(news);

        assertThat(failure(refusal)).isEqualTo(ControllerError.NOT_CONTROLLER);
        assertThat(failure(confirmation)).isEqualTo(ControllerError.NOT_CONTROLLER);
    }

    private void runAll(SimulatedShard news) {
        while (!shard.isIdle() || !news.isIdle()) {
            shard.runAll();
            news.runAll();
        }
    }

    @Test
    void aNodeThatDoesNotLeadRefuses() {
        Node leader = leadingNode();
        Node other = new Node(2);
        shard.runAll();

        var refused = other.create("orders");
        shard.runAll();
        assertThat(failure(refused)).isEqualTo(ControllerError.NOT_CONTROLLER);

        quorum.elect(2);
        shard.runAll();
        var taken = other.create("orders");
        var late = leader.create("late");
        shard.runAll();

        assertThat(taken).isCompleted();
        assertThat(failure(late)).isEqualTo(ControllerError.NOT_CONTROLLER);
        assertThat(leader.store.image()).isEqualTo(other.store.image());
    }

    @Test
    void aNewControllerFirstRaisesTheLevelsThatItCanNotWrite() {
        Node earlier = leadingNode();
        Feature feature = Feature.METADATA_VERSION;
        var _ = earlier.log.append(earlier.log.leadership().epoch(), earlier.store.image().endOffset(), List.of(
                MetadataCodec.encode(new MetadataRecord.FeatureLevelSet(feature.name(), feature.minLevel() - 1))));
        Node later = new Node(2);
        shard.runAll();
        assertThat(later.store.image().featureLevel(feature.name())).isEqualTo(feature.minLevel() - 1);

        quorum.elect(2);
        shard.runAll();
        var epoch = later.controller.submit(World.registration(2, 1, ""));
        shard.runAll();

        assertThat(later.store.image().featureLevel(feature.name())).isEqualTo(feature.minLevel());
        assertThat(epoch.join().isOk()).isTrue();
    }

    @Test
    void anUnknownOutcomeIsToldAndTheNextEpochGoesOn() {
        Node node = leadingNode();

        quorum.plant(AppendFault.UNKNOWN_BUT_WRITTEN);
        var written = node.create("written");
        var waiting = node.create("waiting");
        shard.runAll();
        quorum.plant(AppendFault.UNKNOWN_AND_LOST);
        var lost = node.create("lost");
        shard.runAll();

        assertThat(failure(written)).isEqualTo(ControllerError.REQUEST_TIMED_OUT);
        assertThat(failure(waiting)).isEqualTo(ControllerError.NOT_CONTROLLER);
        assertThat(failure(lost)).isEqualTo(ControllerError.REQUEST_TIMED_OUT);
        var again = node.create("written");
        var lostAgain = node.create("lost");
        shard.runAll();
        assertThat(again.join().values()).extracting(Result::error)
                .containsExactly(ControllerError.TOPIC_ALREADY_EXISTS);
        assertThat(lostAgain.join().values()).extracting(Result::error).containsExactly(ControllerError.NONE);
        assertThat(fatal).isEmpty();
    }

    @Test
    void whatIsCertainlyNotWrittenMayBeAskedAgain() {
        Node node = leadingNode();

        quorum.plant(AppendFault.UNAVAILABLE);
        var refused = node.create("orders");
        shard.runAll();
        assertThat(failure(refused)).isEqualTo(ControllerError.NOT_CONTROLLER);

        quorum.plant(AppendFault.LEADERSHIP_LOST);
        var fenced = node.create("orders");
        shard.runAll();
        assertThat(failure(fenced)).isEqualTo(ControllerError.NOT_CONTROLLER);

        var taken = node.create("orders");
        shard.runAll();
        assertThat(taken.join().values()).extracting(Result::error).containsExactly(ControllerError.NONE);
    }

    @Test
    void aMistakeInADecisionCostsThatCommandOnly() {
        ControllerRules rules = World.rules(1);
        ConfigValidator broken = new ConfigValidator() {
            @Override
            public Optional<String> problem(ConfigTarget target, String name, @Nullable String value) {
                throw new IllegalStateException("planted: the settings are broken");
            }

            @Override
            public boolean isList(ConfigTarget target, String name) {
                return false;
            }

            @Override
            public String inheritedValue(MetadataImage image, ConfigTarget target, String name) {
                return "";
            }
        };
        Node node = new Node(1, new Controller(
                new ControllerRules(rules.topicDefaults(), broken, rules.topicIds(), rules.startPosition())));
        shard.runAll();
        node.addBroker();

        var failed = node.controller.submit(
                new CreateTopics(List.of(new NewTopic("orders", 1, 1, List.of(), Map.of("size", "5"))), false));
        var fine = node.create("fine");
        shard.runAll();

        assertThat(failure(failed)).isEqualTo(ControllerError.UNKNOWN_SERVER_ERROR);
        assertThat(fine.join().values()).extracting(Result::error).containsExactly(ControllerError.NONE);
    }

    @Test
    void commandsWithoutAnAnswerAreBounded() {
        Node node = leadingNode();
        for (int i = 0; i < ActiveController.MAX_OPEN_COMMANDS; i++) {
            var _ = node.allocate();
        }

        var tooMany = node.allocate();
        assertThat(failure(tooMany)).isEqualTo(ControllerError.THROTTLING_QUOTA_EXCEEDED);

        shard.runAll();
        var next = node.allocate();
        shard.runAll();
        assertThat(next.join().get().firstId()).isEqualTo(ActiveController.MAX_OPEN_COMMANDS * 1000L);
    }

    @Test
    void whatIsClosedRefuses() {
        Node node = leadingNode();

        var inFlight = node.create("in-flight");
        shard.runOne();
        var waiting = node.create("waiting");
        node.controller.close();
        var late = node.create("late");
        shard.runAll();

        assertThat(inFlight).isCompleted();
        assertThat(failure(late)).isEqualTo(ControllerError.NOT_CONTROLLER);
        assertThat(failure(waiting)).isEqualTo(ControllerError.NOT_CONTROLLER);
    }

    @Test
    void whateverFailsEveryCommandIsAnsweredAndNoProducerIdIsGivenTwice() {
        System.out.println("ActiveControllerTest -Dseed=" + SEED);
        Random random = new Random(SEED);
        List<Node> nodes = List.of(new Node(1), new Node(2), new Node(3));
        List<CompletableFuture<Result<AllocateProducerIds.Block>>> answers = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            switch (random.nextInt(12)) {
                case 0 -> {
                    // Not more of them than appends, of which some have to succeed.
                    if (random.nextInt(3) == 0) {
                        quorum.plant(AppendFault.values()[random.nextInt(AppendFault.values().length)]);
                    }
                }
                case 1 -> {
                    shard.runAll();
                    quorum.elect(1 + random.nextInt(3));
                }
                case 2, 3, 4, 5 -> answers.add(nodes.get(random.nextInt(3)).allocate());
                default -> {
                    for (int task = random.nextInt(6); 0 < task && shard.runOne(); task--) {
                        // One step after the other.
                    }
                }
            }
        }
        shard.runAll();

        assertThat(answers).as("seed %d", SEED).allMatch(CompletableFuture::isDone);
        List<Long> given = answers.stream()
                .filter(answer -> !answer.isCompletedExceptionally())
                .map(answer -> answer.join().get().firstId())
                .toList();
        assertThat(given).as("seed %d", SEED).isNotEmpty().doesNotHaveDuplicates();
        assertThat(nodes).as("seed %d", SEED)
                .allSatisfy(node -> assertThat(node.store.image()).isEqualTo(nodes.getFirst().store.image()));
        assertThat(answers.stream().filter(CompletableFuture::isCompletedExceptionally))
                .allMatch(answer -> failure(answer) == ControllerError.NOT_CONTROLLER
                        || failure(answer) == ControllerError.REQUEST_TIMED_OUT);
        assertThat(fatal).isEmpty();
        nodes.forEach(node -> assertThat(node.commits).isSorted());
    }
}
