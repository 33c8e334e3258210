package io.girok.controller;

import static io.girok.metadata.PartitionImage.NO_LEADER;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.controller.AlterPartitions.Member;
import io.girok.controller.AlterPartitions.Proposal;
import io.girok.controller.AlterReassignments.Reassignment;
import io.girok.controller.CreateTopics.Assignment;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Brokers 1 to 6, and a topic with one partition on 1, 2 and 3.
class ReassignmentTest {
    private static final PartitionName MOVED = new PartitionName("moved", 0);
    private static final TopicId REPLACED = new TopicId(50, 77);

    private final World world = World.withBrokers("", "", "", "", "", "");

    @BeforeEach
    void createATopic() {
        world.settings.put("min.insync.replicas", "2");
        world.settings.put("unclean.leader.election.enable", "false");
        create("moved", 1, 2, 3);
    }

    private void create(String name, Integer... replicas) {
        NewTopic topic = new NewTopic(name, -1, -1, List.of(new Assignment(0, List.of(replicas))), Map.of());
        assertThat(world.run(new CreateTopics(List.of(topic), false)).get(name)).matches(Result::isOk);
    }

    private TopicImage topic() {
        return Objects.requireNonNull(world.image.topic("moved"));
    }

    private PartitionImage partition() {
        return topic().partitions().getFirst();
    }

    private long epoch(int broker) {
        return Objects.requireNonNull(world.image.broker(broker)).epoch();
    }

    private void fence(int broker, boolean isFenced) {
        assertThat(world.run(new FenceBroker(broker, epoch(broker), isFenced)).isOk()).isTrue();
    }

    private Result<PartitionImage> propose(int... isr) {
        PartitionImage now = partition();
        List<Member> members = Arrays.stream(isr).mapToObj(id -> new Member(id, epoch(id))).toList();
        return world.run(new AlterPartitions(now.leader(), epoch(now.leader()),
                List.of(new Proposal(topic().id(), 0, now.leaderEpoch(), now.partitionEpoch(), members))))
                .get()
                .getFirst();
    }

    private Result<PartitionImage> reassign(Integer... target) {
        return alter(MOVED, List.of(target), true);
    }

    private Result<PartitionImage> cancel() {
        return alter(MOVED, null, true);
    }

    private Result<PartitionImage> alter(PartitionName name, @Nullable List<Integer> target, boolean mayChangeFactor) {
        return Objects.requireNonNull(
                world.run(new AlterReassignments(List.of(new Reassignment(name, target)), mayChangeFactor)).get(name));
    }

    @Test
    void aReassignmentAddsFirstAndRemovesWhenAllOfTheTargetIsInSync() {
        Result<PartitionImage> begun = reassign(4, 2, 5);

        assertThat(begun.get()).isEqualTo(partition());
        assertThat(partition().replicas()).containsExactly(4, 2, 5, 1, 3);
        assertThat(partition().addingReplicas()).containsExactly(4, 5);
        assertThat(partition().removingReplicas()).containsExactly(1, 3);
        assertThat(partition().isr()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).as("nothing changes for who follows and reads").isZero();
        assertThat(partition().partitionEpoch()).isEqualTo(1);

        propose(1, 2, 3, 4);

        assertThat(partition().isReassigning()).isTrue();
        assertThat(partition().leader()).isEqualTo(1);

        propose(1, 2, 3, 4, 5);

        assertThat(partition()).isEqualTo(new PartitionImage(List.of(4, 2, 5), begun.get().directories().subList(0, 3),
                List.of(4, 2, 5), List.of(), 4, 1, 3));
    }

    @Test
    void aLeaderThatStaysLeadsOnInAnEpochOfItsOwn() {
        reassign(1, 2, 4);

        propose(1, 2, 3, 4);

        assertThat(partition().replicas()).containsExactly(1, 2, 4);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).as("broker 3 must not be taken for a follower again").isEqualTo(1);
    }

    @Test
    void moreReplicasAreInForceAsTheyAreInSync() {
        reassign(1, 2, 3, 4);
        assertThat(partition().addingReplicas()).containsExactly(4);

        propose(1, 2, 3, 4);

        assertThat(partition().replicas()).containsExactly(1, 2, 3, 4);
        assertThat(partition().isReassigning()).isFalse();
        assertThat(partition().leaderEpoch()).isZero();
    }

    @Test
    void fewerReplicasAreInForceAtOnceWhereTheyAreInSync() {
        assertThat(reassign(3, 2).get().replicas()).containsExactly(3, 2);

        assertThat(partition().isReassigning()).isFalse();
        assertThat(partition().isr()).containsExactly(3, 2);
        assertThat(partition().leader()).isEqualTo(3);

        propose(3);
        reassign(2);

        assertThat(partition().removingReplicas()).as("broker 2 is not in sync").containsExactly(3);

        propose(3, 2);

        assertThat(partition().replicas()).containsExactly(2);
        assertThat(partition().leader()).isEqualTo(2);
    }

    @Test
    void anotherOrderIsInForceAtOnce() {
        reassign(3, 1, 2);

        assertThat(partition().replicas()).containsExactly(3, 1, 2);
        assertThat(partition().isReassigning()).isFalse();
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).isZero();
    }

    @Test
    void theSameReplicasAreNoChange() {
        PartitionImage before = partition();

        assertThat(reassign(1, 2, 3).get()).isEqualTo(before);
        assertThat(partition()).isEqualTo(before);
    }

    @Test
    void aReplacedReassignmentKeepsTheOriginalAndDropsWhatIsNotWanted() {
        reassign(4, 5, 6);
        propose(1, 2, 3, 5);

        reassign(1, 2, 4);

        assertThat(partition().replicas()).containsExactly(1, 2, 4, 3);
        assertThat(partition().addingReplicas()).as("it was never one of the original ones").containsExactly(4);
        assertThat(partition().removingReplicas()).containsExactly(3);
        assertThat(partition().isr()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(partition().leaderEpoch()).as("5 and 6 delete what they have").isEqualTo(1);

        cancel();

        assertThat(partition().replicas()).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void aCancelledReassignmentIsBackWhereItBegan() {
        assertThat(cancel().error()).isEqualTo(ControllerError.NO_REASSIGNMENT_IN_PROGRESS);
        reassign(1, 2, 4);
        propose(1, 2, 4);

        assertThat(partition().isReassigning()).as("3 is not needed for it").isFalse();
        assertThat(cancel().error()).isEqualTo(ControllerError.NO_REASSIGNMENT_IN_PROGRESS);
        reassign(4, 5, 6);
        propose(1, 2, 4, 5);

        assertThat(cancel().isOk()).isTrue();

        assertThat(partition().replicas()).containsExactlyInAnyOrder(1, 2, 4);
        assertThat(partition().isReassigning()).isFalse();
        assertThat(partition().isr()).containsExactlyInAnyOrder(1, 2, 4);
    }

    @Test
    void aLeaderThatWasBeingAddedHandsOnWhenThatIsCalledOff() {
        reassign(4, 5, 6);
        propose(1, 2, 3, 4);
        fence(1, true);
        assertThat(partition().leader()).isEqualTo(4);
        int epoch = partition().leaderEpoch();

        cancel();

        assertThat(partition().leader()).isEqualTo(2);
        assertThat(partition().leaderEpoch()).isEqualTo(epoch + 1);
        assertThat(partition().isr()).containsExactlyInAnyOrder(2, 3);
    }

    @Test
    void whatOnlyNewReplicasHaveIsNotGivenUp() {
        reassign(4, 5, 6);
        propose(1, 4, 5);
        fence(1, true);
        PartitionImage before = partition();
        assertThat(before.isr()).containsExactlyInAnyOrder(4, 5);

        assertThat(cancel().error()).isEqualTo(ControllerError.INVALID_REPLICA_ASSIGNMENT);
        assertThat(reassign(1, 2, 6)).satisfies(refused -> {
            assertThat(refused.error()).isEqualTo(ControllerError.INVALID_REPLICA_ASSIGNMENT);
            assertThat(refused.message()).contains("'moved-0'", "[4, 5], [] would be left", "min.insync.replicas");
        });
        assertThat(partition()).isEqualTo(before);

        world.settings.put("unclean.leader.election.enable", "true");

        assertThat(cancel().isOk()).isTrue();
        assertThat(partition().leader()).isIn(2, 3);
        assertThat(partition().isr()).containsExactly(partition().leader());
    }

    @Test
    void asManyCopiesOfWhatIsCommittedStayAsAreRequired() {
        reassign(4, 5, 6);
        propose(1, 4);
        PartitionImage before = partition();

        assertThat(cancel()).satisfies(refused -> {
            assertThat(refused.error()).isEqualTo(ControllerError.INVALID_REPLICA_ASSIGNMENT);
            assertThat(refused.message()).contains("[4, 1], [1] would be left", "'min.insync.replicas' is 2");
        });
        assertThat(partition()).isEqualTo(before);

        propose(1, 3, 4);

        assertThat(cancel().isOk()).isTrue();
        assertThat(partition().isr()).containsExactlyInAnyOrder(1, 3);
    }

    @Test
    void aLeaderThatIsThereIsNotGivenUpForOneThatMayComeBack() {
        world.settings.put("min.insync.replicas", "3");
        reassign(4, 5, 6);
        propose(1, 2, 4);
        fence(1, true);
        fence(2, true);
        world.settings.put("min.insync.replicas", "2");
        PartitionImage before = partition();
        assertThat(before.isr()).containsExactly(4);
        assertThat(before.elr()).containsExactlyInAnyOrder(1, 2);

        assertThat(cancel()).satisfies(refused -> {
            assertThat(refused.error()).isEqualTo(ControllerError.INVALID_REPLICA_ASSIGNMENT);
            assertThat(refused.message()).contains("broker 4");
        });
        assertThat(partition()).isEqualTo(before);

        fence(1, false);

        assertThat(cancel().isOk()).isTrue();
        assertThat(partition().leader()).as("it was eligible, and is alive").isEqualTo(1);
        assertThat(partition().isr()).containsExactly(1);
        assertThat(partition().elr()).containsExactly(2);
    }

    @Test
    void aSingleReplicaMovesAndComesBack() {
        create("alone", 1);
        PartitionName alone = new PartitionName("alone", 0);
        alter(alone, List.of(2), false);
        fence(1, true);
        assertThat(partition("alone").leader()).isEqualTo(NO_LEADER);

        assertThat(alter(alone, null, false).get().leader()).as("none but broker 1 has it").isEqualTo(1);

        assertThat(partition("alone").isr()).containsExactly(1);
        assertThat(partition("alone").replicas()).containsExactly(1);
    }

    @ParameterizedTest
    @CsvSource({"false, 1 2", "true, 1 2", "false, 2", "true, 2"})
    void aSingleReplicaThatGetsCompanyLeadsOnFromWhereItIsNow(boolean isUncleanAllowed, String target) {
        world.settings.put("unclean.leader.election.enable", "" + isUncleanAllowed);
        createOnADiskThatIsReplaced("alone", 1);

        Result<PartitionImage> begun = alter(new PartitionName("alone", 0),
                List.of(target.split(" ")).stream().map(Integer::valueOf).toList(), true);

        assertThat(begun.get().leader()).isEqualTo(1);
        assertThat(begun.get().isr()).containsExactly(1);
        assertThat(begun.get().directoryOf(1)).as("its broker tells").isEqualTo(TopicId.ZERO);
        tellReplacedDisk("alone", 1);
        assertThat(partition("alone").directoryOf(1)).isEqualTo(REPLACED);
        assertThat(partition("alone").leader()).isEqualTo(1);
        assertThat(partition("alone").leaderEpoch()).isZero();
    }

    @Test
    void aSingleReplicaLeadsAgainWhoseBrokerEndsBeforeItHasToldWhereItIs() {
        createOnADiskThatIsReplaced("alone", 1);
        alter(new PartitionName("alone", 0), List.of(1, 2), true);
        fence(1, true);
        assertThat(partition("alone").leader()).isEqualTo(NO_LEADER);
        assertThat(partition("alone").elr()).containsExactly(1);

        register(1, 3, REPLACED);
        tellReplacedDisk("alone", 1);
        fence(1, false);

        assertThat(partition("alone").leader()).isEqualTo(1);
    }

    private void createOnADiskThatIsReplaced(String name, int broker) {
        create(name, broker);
        register(broker, 2, REPLACED);
        fence(broker, false);
        assertThat(partition(name).leader()).isEqualTo(broker);
        assertThat(partition(name).directoryOf(broker)).as("nobody tells").isEqualTo(World.directory(broker));
    }

    private void register(int broker, int incarnation, TopicId directory) {
        RegisterBroker before = World.registration(broker, incarnation, "");
        assertThat(world.run(new RegisterBroker(before.clusterId(), broker, before.incarnation(), before.endpoints(),
                null, List.of(directory), true)).isOk()).isTrue();
    }

    private void tellReplacedDisk(String name, int broker) {
        PartitionId id = new PartitionId(Objects.requireNonNull(world.image.topic(name)).id(), 0);
        assertThat(world.run(new AssignDirectories(broker, epoch(broker), Map.of(id, REPLACED))).isOk()).isTrue();
    }

    private PartitionImage partition(String name) {
        return Objects.requireNonNull(world.image.topic(name)).partitions().getFirst();
    }

    @Test
    void aTargetThatDiesHoldsTheReassignmentUpUntilItComesBack() {
        reassign(4, 5, 6);
        propose(1, 2, 3, 4, 5);
        fence(6, true);
        fence(4, true);

        propose(1, 2, 3, 5);

        assertThat(partition().isReassigning()).isTrue();

        fence(4, false);
        fence(6, false);
        propose(1, 2, 3, 4, 5, 6);

        assertThat(partition().replicas()).containsExactly(4, 5, 6);
    }

    @Test
    void aTargetThatIsUnregisteredHoldsTheReassignmentUpUntilItIsReplaced() {
        reassign(1, 2, 4);
        fence(4, true);
        assertThat(world.run(new UnregisterBroker(4)).isOk()).isTrue();

        assertThat(partition().addingReplicas()).containsExactly(4);
        assertThat(reassign(1, 4, 5)).satisfies(refused -> {
            assertThat(refused.error()).isEqualTo(ControllerError.INVALID_REPLICA_ASSIGNMENT);
            assertThat(refused.message()).contains("broker 4", "not registered");
        });

        assertThat(reassign(1, 2, 5).isOk()).isTrue();
        propose(1, 2, 5);

        assertThat(partition().replicas()).containsExactly(1, 2, 5);
    }

    @Test
    void aBrokerIsMovedAwayFromAfterItHasDied() {
        fence(1, true);
        reassign(4, 2, 3);

        propose(2, 3, 4);

        assertThat(partition().replicas()).containsExactly(4, 2, 3);
        assertThat(partition().leader()).isEqualTo(2);
    }

    @Test
    void aTargetOfWhichNobodyCanLeadIsWaitedFor() {
        reassign(4, 5, 6);
        propose(1, 2, 3, 4, 5);
        world.run(new LeaveCluster(4, epoch(4)));
        world.run(new LeaveCluster(5, epoch(5)));

        reassign(4, 5);

        assertThat(partition().isr()).contains(4, 5);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().isReassigning()).isTrue();

        fence(5, true);
        fence(5, false);
        propose(1, 2, 3, 4, 5);

        assertThat(partition().replicas()).containsExactly(4, 5);
        assertThat(partition().leader()).isEqualTo(5);
    }

    @Test
    void wrongTargetsAreRefusedInWordsThatName() {
        PartitionImage before = partition();

        assertThat(reassign(1, 2, 2)).satisfies(refused -> {
            assertThat(refused.error()).isEqualTo(ControllerError.INVALID_REPLICA_ASSIGNMENT);
            assertThat(refused.message()).contains("[1, 2, 2]", "none twice");
        });
        assertThat(reassign().error()).isEqualTo(ControllerError.INVALID_REPLICA_ASSIGNMENT);
        assertThat(reassign(1, 2, 9)).satisfies(refused -> {
            assertThat(refused.error()).isEqualTo(ControllerError.INVALID_REPLICA_ASSIGNMENT);
            assertThat(refused.message()).contains("broker 9");
        });
        assertThat(alter(MOVED, List.of(4, 5), false)).satisfies(refused -> {
            assertThat(refused.error()).isEqualTo(ControllerError.INVALID_REPLICATION_FACTOR);
            assertThat(refused.message()).contains("from 3 to 2");
        });
        assertThat(alter(new PartitionName("moved", 1), List.of(1), true).error())
                .isEqualTo(ControllerError.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(alter(new PartitionName("unknown", 0), null, true).error())
                .isEqualTo(ControllerError.UNKNOWN_TOPIC_OR_PARTITION);
        Reassignment twice = new Reassignment(MOVED, List.of(4, 5, 6));
        assertThat(world.run(new AlterReassignments(List.of(twice, twice), true)).get(MOVED))
                .matches(result -> result.error() == ControllerError.INVALID_REQUEST);
        assertThat(partition()).isEqualTo(before);
    }

    @Test
    void theFactorOfAReplacedReassignmentIsThatOfItsTarget() {
        reassign(1, 2, 3, 4);

        assertThat(alter(MOVED, List.of(1, 2, 3), false).error())
                .isEqualTo(ControllerError.INVALID_REPLICATION_FACTOR);
        assertThat(alter(MOVED, List.of(1, 2, 3, 5), false).isOk()).isTrue();
        assertThat(world.run(new CreatePartitions(
                List.of(new CreatePartitions.Growth("moved", 2, List.of(List.of(1, 2, 3, 4)))), false)).get("moved"))
                .matches(Result::isOk);
    }

    @Test
    void anUncleanLeaderIsOneThatHadThePartitionBefore() {
        world.settings.put("min.insync.replicas", "1");
        reassign(4, 5, 6);
        propose(1);
        fence(1, true);

        Map<PartitionName, Result<Integer>> elected = world
                .run(new ElectLeaders(ElectLeaders.Kind.UNCLEAN, List.of(MOVED)));

        assertThat(elected.get(MOVED)).isEqualTo(Result.of(2));
    }
}
