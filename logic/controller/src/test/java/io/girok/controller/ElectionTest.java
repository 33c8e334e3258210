package io.girok.controller;

import static io.girok.metadata.PartitionImage.NO_LEADER;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.controller.AlterPartitions.Member;
import io.girok.controller.AlterPartitions.Proposal;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Brokers 1, 2 and 3, and a topic with one partition on all of them.
class ElectionTest {
    private final World world = World.withBrokers("", "", "");
    private TopicId topic = TopicId.ZERO;
    private long incarnation = 2;

    @BeforeEach
    void createATopic() {
        create(1, Map.of("min.insync.replicas", "2"));
    }

    private void create(int partitions, Map<String, String> config) {
        world.settings.put("min.insync.replicas", config.getOrDefault("min.insync.replicas", "1"));
        world.settings.put("unclean.leader.election.enable", config.getOrDefault("unclean", "false"));
        String name = "topic-" + world.image.topics().size();
        world.run(new CreateTopics(List.of(new NewTopic(name, partitions, 3, List.of(), Map.of())), false));
        topic = Objects.requireNonNull(world.image.topic(name)).id();
    }

    private PartitionImage partition() {
        return topicImage().partitions().getFirst();
    }

    private TopicImage topicImage() {
        return Objects.requireNonNull(world.image.topic(topic));
    }

    private long epoch(int broker) {
        return Objects.requireNonNull(world.image.broker(broker)).epoch();
    }

    private void fence(int broker) {
        assertThat(world.run(new FenceBroker(broker, epoch(broker), true)).isOk()).isTrue();
    }

    private void comeBack(int broker) {
        assertThat(world.run(new FenceBroker(broker, epoch(broker), false)).isOk()).isTrue();
    }

    private Result<PartitionImage> propose(int... isr) {
        PartitionImage now = partition();
        List<Member> members = Arrays.stream(isr).mapToObj(id -> new Member(id, epoch(id))).toList();
        return world.run(new AlterPartitions(now.leader(), epoch(now.leader()),
                List.of(new Proposal(topic, 0, now.leaderEpoch(), now.partitionEpoch(), members)))).get().getFirst();
    }

    @Test
    void aLeaderThatIsFencedIsFollowedByTheNextInSync() {
        int first = partition().leader();
        int second = partition().replicas().get(1);

        fence(first);

        assertThat(partition().leader()).isEqualTo(second);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
        assertThat(partition().partitionEpoch()).isEqualTo(1);
        assertThat(partition().isr()).hasSize(2).doesNotContain(first);
        assertThat(partition().elr()).isEmpty();
    }

    private void startAnew(int broker, boolean areLogsWhole) {
        assertThat(world.run(World.registration(broker, incarnation++, "", areLogsWhole)).get())
                .isEqualTo(epoch(broker));
    }

    @Test
    void aBrokerThatMayLackRecordsIsNotElected() {
        List<Integer> replicas = partition().replicas();
        fence(replicas.get(0));
        fence(replicas.get(1));
        fence(replicas.get(2));
        assertThat(partition().elr()).containsExactlyInAnyOrder(replicas.get(1), replicas.get(2));

        startAnew(replicas.get(1), false);
        comeBack(replicas.get(1));

        assertThat(partition().leader()).isEqualTo(NO_LEADER);
        assertThat(partition().elr()).containsExactly(replicas.get(2));
        startAnew(replicas.get(2), true);
        comeBack(replicas.get(2));
        assertThat(partition().leader()).isEqualTo(replicas.get(2));
        assertThat(propose(replicas.get(2), replicas.get(1)).isOk()).as("caught up, it counts again").isTrue();
    }

    @Test
    void aLeaderThatMayLackRecordsIsReplacedWhenItRegisters() {
        List<Integer> replicas = partition().replicas();
        int leader = partition().leader();
        fence(replicas.get(1));

        startAnew(leader, false);

        assertThat(partition().leader()).isEqualTo(replicas.get(2));
        assertThat(partition().isr()).containsExactly(replicas.get(2));
        assertThat(partition().elr()).as("with whole logs it would be eligible").isEmpty();
    }

    @Test
    void whoIsLeftAloneLeadsWhateverItLacks() {
        List<Integer> replicas = partition().replicas();
        replicas.forEach(this::fence);
        startAnew(replicas.get(1), false);
        startAnew(replicas.get(2), false);

        comeBack(replicas.get(1));
        assertThat(partition().leader()).isEqualTo(NO_LEADER);
        comeBack(replicas.get(2));

        assertThat(partition().leader()).isEqualTo(replicas.get(2));
    }

    @Test
    void aBrokerWhoseDiskIsNewIsNotBelieved() {
        List<Integer> replicas = partition().replicas();
        fence(replicas.get(0));
        fence(replicas.get(1));
        fence(replicas.get(2));
        int wiped = replicas.get(1);

        world.run(new RegisterBroker("cluster", wiped, new TopicId(wiped, incarnation++), List.of(), null,
                List.of(new TopicId(51, wiped)), true));
        comeBack(wiped);

        assertThat(partition().leader()).isEqualTo(NO_LEADER);
        assertThat(partition().elr()).containsExactly(replicas.get(2));
    }

    @Test
    void aRegistrationThatDoesNotFitWithAllThatFollowsComesAfterIt() {
        for (int i = 0; i < 6; i++) {
            create(2_000, Map.of());
        }
        int broker = 1;

        Decision<Result<Long>> first = world.decide(World.registration(broker, incarnation, "", false));
        world.apply(first.records());
        assertThat(first.answer().isOk()).isFalse();
        assertThat(world.image.broker(broker).isFenced()).isTrue();
        int steps = 1;
        while (!world.run(World.registration(broker, incarnation, "", false)).isOk()) {
            steps++;
        }

        assertThat(steps).isLessThan(5);
        assertThat(world.image.topics()).allSatisfy(topic -> assertThat(topic.partitions())
                .noneMatch(each -> each.isr().contains(broker) || each.elr().contains(broker)));
        assertThat(world.image.broker(broker).incarnation()).isEqualTo(new TopicId(broker, incarnation));
    }

    @Test
    void aFollowerThatIsFencedLeavesTheLeaderItsEpoch() {
        int leader = partition().leader();

        fence(partition().replicas().get(2));

        assertThat(partition().leader()).isEqualTo(leader);
        assertThat(partition().leaderEpoch()).isZero();
        assertThat(partition().partitionEpoch()).isEqualTo(1);
    }

    @Test
    void thoseWhoGoWhileTooFewAreLeftMayComeBackAsLeaders() {
        List<Integer> replicas = partition().replicas();
        fence(replicas.get(0));
        fence(replicas.get(1));

        assertThat(partition().leader()).isEqualTo(replicas.get(2));
        assertThat(partition().isr()).containsExactly(replicas.get(2));
        assertThat(partition().elr()).containsExactly(replicas.get(1));

        fence(replicas.get(2));

        assertThat(partition().leader()).isEqualTo(NO_LEADER);
        assertThat(partition().isr()).isEmpty();
        assertThat(partition().elr()).containsExactlyInAnyOrder(replicas.get(1), replicas.get(2));

        comeBack(replicas.get(0));

        assertThat(partition().leader()).as("it may lack what was committed without it").isEqualTo(NO_LEADER);

        comeBack(replicas.get(1));

        assertThat(partition().leader()).isEqualTo(replicas.get(1));
        assertThat(partition().isr()).containsExactly(replicas.get(1));
        assertThat(partition().elr()).containsExactly(replicas.get(2));
    }

    @Test
    void theEligibleAreForgottenOnceEnoughAreInSync() {
        List<Integer> replicas = partition().replicas();
        fence(replicas.get(0));
        fence(replicas.get(1));
        comeBack(replicas.get(0));
        comeBack(replicas.get(1));

        PartitionImage after = propose(replicas.get(2), replicas.get(0)).get();

        assertThat(after).isEqualTo(partition());
        assertThat(after.isr()).containsExactlyInAnyOrder(replicas.get(0), replicas.get(2));
        assertThat(after.elr()).isEmpty();
        assertThat(after.leaderEpoch()).isEqualTo(partition().leaderEpoch());
    }

    /// Ways to set `name`, for the topic and for all.
    private List<Command<?>> waysToSet(String name, String value) {
        return Stream.of(ConfigTarget.topic(topicImage().name()), ConfigTarget.ALL_BROKERS)
                .<Command<?>>flatMap(target -> Stream.of(
                        new AlterConfigs(List.of(new AlterConfigs.Alteration(target,
                                List.of(new AlterConfigs.Operation(AlterConfigs.Kind.SET, name, value)))), false),
                        new ReplaceConfigs(List.of(new ReplaceConfigs.Replacement(target, Map.of(name, value))),
                                false)))
                .toList();
    }

    @Test
    void nobodyStaysEligibleOnceALeaderMayCommitAlone() {
        for (int way = 0; way < 4; way++) {
            create(1, Map.of("min.insync.replicas", "2"));
            world.run(waysToSet("min.insync.replicas", "2").getLast());
            List<Integer> replicas = partition().replicas();
            fence(replicas.get(0));
            fence(replicas.get(1));
            assertThat(partition().elr()).containsExactly(replicas.get(1));

            world.run(waysToSet("min.insync.replicas", "1").get(way));

            assertThat(partition().isr()).containsExactly(replicas.get(2));
            assertThat(partition().elr()).as("it lacks what the leader commits from here on").isEmpty();
            fence(replicas.get(2));
            comeBack(replicas.get(1));
            assertThat(partition().leader()).isEqualTo(NO_LEADER);
            comeBack(replicas.get(2));
            assertThat(partition().leader()).isEqualTo(replicas.get(2));
            comeBack(replicas.get(0));
        }
    }

    private static AlterConfigs deletion(ConfigTarget target, String name) {
        return new AlterConfigs(List.of(new AlterConfigs.Alteration(target,
                List.of(new AlterConfigs.Operation(AlterConfigs.Kind.DELETE, name, null)))), false);
    }

    @Test
    void theEligibleOfAPartitionWithoutALeaderStaySo() {
        List<Integer> replicas = partition().replicas();
        replicas.forEach(this::fence);

        world.run(waysToSet("min.insync.replicas", "1").getFirst());

        assertThat(partition().elr()).as("nothing was committed since")
                .containsExactlyInAnyOrder(replicas.get(1), replicas.get(2));
        comeBack(replicas.get(1));
        assertThat(partition().isr()).containsExactly(replicas.get(1));
        assertThat(partition().elr()).as("it lacks what the leader commits alone").isEmpty();
        fence(replicas.get(1));
        comeBack(replicas.get(2));
        assertThat(partition().leader()).isEqualTo(NO_LEADER);
    }

    @Test
    void anUncleanLeaderIsElectedAsSoonAsThatIsAllowed() {
        for (int way = 0; way < 4; way++) {
            create(1, Map.of("min.insync.replicas", "1"));
            world.run(deletion(ConfigTarget.ALL_BROKERS, "unclean.leader.election.enable"));
            List<Integer> replicas = partition().replicas();
            propose(replicas.get(0));
            fence(replicas.get(0));
            assertThat(partition().leader()).isEqualTo(NO_LEADER);

            world.run(waysToSet("unclean.leader.election.enable", "true").get(way));

            assertThat(partition().leader()).isEqualTo(replicas.get(1));
            comeBack(replicas.get(0));
        }
    }

    @Test
    void whatIsOnlyValidatedElectsNobody() {
        List<Integer> replicas = partition().replicas();
        fence(replicas.get(0));
        fence(replicas.get(1));

        Decision<?> decision = world.decide(new AlterConfigs(List.of(new AlterConfigs.Alteration(
                ConfigTarget.ALL_BROKERS,
                List.of(new AlterConfigs.Operation(AlterConfigs.Kind.SET, "min.insync.replicas", "1")))), true));

        assertThat(decision.records()).isEmpty();
        assertThat(decision.isDone()).isTrue();
    }

    @Test
    void anElectionOfMoreThanOneBatchHoldsIsGoneOnWith() {
        for (int i = 0; i < 4; i++) {
            create(2_000, Map.of("min.insync.replicas", "2"));
        }
        runToTheEnd(new FenceBroker(1, epoch(1), true));
        runToTheEnd(new FenceBroker(2, epoch(2), true));
        assertThat(allPartitions()).allMatch(each -> each.elr().equals(List.of(2)));

        int batches = runToTheEnd(waysToSet("min.insync.replicas", "1").get(2));

        assertThat(batches).isGreaterThan(1);
        assertThat(allPartitions()).allMatch(each -> each.isr().equals(List.of(3)) && each.elr().isEmpty());
    }

    private List<PartitionImage> allPartitions() {
        return world.image.topics().stream().flatMap(each -> each.partitions().stream()).toList();
    }

    /// Runs `command` and what follows from it; answers in how many batches.
    private int runToTheEnd(Command<?> command) {
        Decision<?> decision = world.decide(command);
        world.apply(decision.records());
        int batches = 1;
        while (!decision.isDone()) {
            decision = world.decide(new RepairPartitions());
            assertThat(decision.records()).isNotEmpty()
                    .allMatch(record -> record instanceof MetadataRecord.PartitionsChanged);
            world.apply(decision.records());
            batches++;
        }
        return batches;
    }

    @Test
    void whoIsNotInSyncLeadsOnlyWhereThatIsAllowed() {
        create(1, Map.of("min.insync.replicas", "1", "unclean", "true"));
        List<Integer> replicas = partition().replicas();
        propose(replicas.get(0));
        assertThat(partition().isr()).containsExactly(replicas.get(0));

        fence(replicas.get(0));

        assertThat(partition().leader()).isEqualTo(replicas.get(1));
        assertThat(partition().isr()).containsExactly(replicas.get(1));
        assertThat(partition().elr()).isEmpty();
    }

    @Test
    void aBrokerThatLeavesHandsItsLeadershipOnAndStaysInSync() {
        int leader = partition().leader();

        Result<Integer> left = world.run(new LeaveCluster(leader, epoch(leader)));

        assertThat(left).isEqualTo(Result.of(0));
        assertThat(partition().leader()).isNotEqualTo(leader);
        assertThat(partition().isr()).contains(leader);

        fence(partition().leader());
        fence(partition().leader());

        assertThat(partition().leader()).as("nobody but the one that leaves is in sync").isEqualTo(NO_LEADER);
        comeBack(leader);
    }

    @Test
    void aPartitionWithOneReplicaKeepsItsLeader() {
        world.run(new CreateTopics(List.of(new NewTopic("single", 3, 1, List.of(), Map.of())), false));
        TopicImage before = Objects.requireNonNull(world.image.topic("single"));

        fence(1);
        fence(2);

        assertThat(world.image.topic("single")).isEqualTo(before);
    }

    @Test
    void aBrokerThatStartsAnewIsOutOfSyncUntilItHasCaughtUp() {
        int leader = partition().leader();
        world.run(World.registration(leader, 2, ""));

        assertThat(partition().leader()).isNotEqualTo(leader);
        assertThat(partition().isr()).doesNotContain(leader);
    }

    @Test
    void thePreferredLeaderLeadsAgainOnceItIsInSync() {
        List<Integer> replicas = partition().replicas();
        int preferred = replicas.getFirst();
        assertThat(elect(ElectLeaders.Kind.PREFERRED).error()).isEqualTo(ControllerError.ELECTION_NOT_NEEDED);
        fence(preferred);
        assertThat(elect(ElectLeaders.Kind.PREFERRED).error())
                .isEqualTo(ControllerError.PREFERRED_LEADER_NOT_AVAILABLE);
        comeBack(preferred);
        assertThat(elect(ElectLeaders.Kind.PREFERRED).error())
                .isEqualTo(ControllerError.PREFERRED_LEADER_NOT_AVAILABLE);
        propose(replicas.get(0), replicas.get(1), replicas.get(2));
        int epoch = partition().leaderEpoch();

        Map<PartitionName, Result<Integer>> answers = world.run(new ElectLeaders(ElectLeaders.Kind.PREFERRED, null));

        assertThat(answers).containsExactly(Map.entry(new PartitionName(topicImage().name(), 0), Result.of(preferred)));
        assertThat(partition().leader()).isEqualTo(preferred);
        assertThat(partition().leaderEpoch()).isEqualTo(epoch + 1);
        assertThat(partition().isr()).isEqualTo(replicas);
    }

    @Test
    void anUncleanLeaderIsElectedWhenSomebodyAsksForIt() {
        create(1, Map.of("min.insync.replicas", "1"));
        List<Integer> replicas = partition().replicas();
        propose(replicas.get(0));
        fence(replicas.get(0));
        assertThat(partition().leader()).isEqualTo(NO_LEADER);

        assertThat(elect(ElectLeaders.Kind.UNCLEAN)).isEqualTo(Result.of(replicas.get(1)));

        assertThat(partition().isr()).containsExactly(replicas.get(1));
        assertThat(partition().elr()).isEmpty();
        assertThat(elect(ElectLeaders.Kind.UNCLEAN).error()).isEqualTo(ControllerError.ELECTION_NOT_NEEDED);
        fence(replicas.get(1));
        fence(replicas.get(2));
        assertThat(elect(ElectLeaders.Kind.UNCLEAN).error())
                .isEqualTo(ControllerError.ELIGIBLE_LEADERS_NOT_AVAILABLE);
    }

    private Result<Integer> elect(ElectLeaders.Kind kind) {
        PartitionName name = new PartitionName(topicImage().name(), 0);
        return Objects.requireNonNull(world.run(new ElectLeaders(kind, List.of(name))).get(name));
    }

    @Test
    void proposalsOfThePastAreRefused() {
        PartitionImage before = partition();
        int leader = before.leader();
        int follower = before.replicas().get(1);
        long leaderEpoch = epoch(leader);
        propose(leader, follower);
        List<Member> both = List.of(new Member(leader, leaderEpoch), new Member(follower, epoch(follower)));

        assertThat(error(leader, leaderEpoch, new Proposal(topic, 0, 0, 0, both)))
                .isEqualTo(ControllerError.INVALID_UPDATE_VERSION);
        assertThat(error(leader, leaderEpoch, new Proposal(topic, 0, 1, 1, both)))
                .isEqualTo(ControllerError.NOT_CONTROLLER);
        assertThat(error(follower, epoch(follower), new Proposal(topic, 0, 0, 1, both)))
                .isEqualTo(ControllerError.FENCED_LEADER_EPOCH);
        assertThat(error(leader, leaderEpoch, new Proposal(topic, 7, 0, 1, both)))
                .isEqualTo(ControllerError.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(error(leader, leaderEpoch, new Proposal(new TopicId(9, 9), 0, 0, 1, both)))
                .isEqualTo(ControllerError.UNKNOWN_TOPIC_ID);
        assertThat(error(leader, leaderEpoch, new Proposal(topic, 0, 0, 1, both.subList(1, 2))))
                .isEqualTo(ControllerError.INVALID_REQUEST);
        assertThat(error(leader, leaderEpoch,
                new Proposal(topic, 0, 0, 1, List.of(both.getFirst(), new Member(before.replicas().get(2), -5)))))
                .isEqualTo(ControllerError.INELIGIBLE_REPLICA);
        assertThat(world.run(new AlterPartitions(leader, leaderEpoch + 100, List.of())).error())
                .isEqualTo(ControllerError.STALE_BROKER_EPOCH);
    }

    private ControllerError error(int broker, long brokerEpoch, Proposal proposal) {
        return world.run(new AlterPartitions(broker, brokerEpoch, List.of(proposal))).get().getFirst().error();
    }

    @Test
    void aBrokerIsUnregisteredWhenItIsFenced() {
        assertThat(world.run(new UnregisterBroker(1)).error()).isEqualTo(ControllerError.INVALID_REQUEST);
        fence(1);
        assertThat(world.run(new UnregisterBroker(1)).isOk()).isTrue();
        assertThat(world.image.broker(1)).isNull();
        assertThat(world.run(new UnregisterBroker(1)).error()).isEqualTo(ControllerError.BROKER_ID_NOT_REGISTERED);
    }

    @Test
    void whatDoesNotFitIntoOneBatchIsRepairedByTheNext() {
        for (int i = 0; i < 4; i++) {
            create(2_000, Map.of());
        }

        int batches = runToTheEnd(new FenceBroker(1, epoch(1), true));

        assertThat(batches).isGreaterThan(1);
        assertThat(allPartitions()).allMatch(each -> each.leader() != 1 && !each.isr().contains(1));
        assertThat(world.decide(new RepairPartitions()).records()).isEmpty();
    }

    @Test
    void whatLeadersProposeBeyondOneBatchIsAskedForAgain() {
        List<CreateTopics.Assignment> assignments = IntStream.range(0, 2_500)
                .mapToObj(index -> new CreateTopics.Assignment(index, List.of(1, 2, 3)))
                .toList();
        for (String name : List.of("many", "more")) {
            world.run(new CreateTopics(List.of(new NewTopic(name, -1, -1, assignments, Map.of())), false));
        }

        List<ControllerError> first = proposeForAll(1);
        List<ControllerError> second = proposeForAll(1);

        assertThat(first).contains(ControllerError.NONE, ControllerError.THROTTLING_QUOTA_EXCEEDED);
        assertThat(second).doesNotContain(ControllerError.THROTTLING_QUOTA_EXCEEDED);
        assertThat(ledBy(1)).allMatch(proposal -> proposal.partitionEpoch() == 1);
    }

    /// Errors of the proposals that `leader` is in sync with nobody.
    private List<ControllerError> proposeForAll(int leader) {
        return world.run(new AlterPartitions(leader, epoch(leader), ledBy(leader)))
                .get()
                .stream()
                .map(Result::error)
                .distinct()
                .toList();
    }

    private List<Proposal> ledBy(int leader) {
        List<Proposal> proposals = new ArrayList<>();
        for (TopicImage each : world.image.topics()) {
            for (int index = 0; index < each.partitions().size(); index++) {
                PartitionImage now = each.partitions().get(index);
                if (now.leader() == leader) {
                    proposals.add(new Proposal(each.id(), index, now.leaderEpoch(), now.partitionEpoch(),
                            List.of(new Member(leader, epoch(leader)))));
                }
            }
        }
        return proposals;
    }
}
