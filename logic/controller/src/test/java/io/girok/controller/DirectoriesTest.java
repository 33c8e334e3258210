package io.girok.controller;

import static io.girok.metadata.PartitionImage.NO_LEADER;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.controller.AlterPartitions.Member;
import io.girok.controller.AlterPartitions.Proposal;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.Endpoint;
import io.girok.metadata.PartitionImage;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Brokers 1, 2 and 3 with two log directories each, and a topic with one partition on all of them, each in its first.
class DirectoriesTest {
    private static final int FIRST = 1;
    private static final int SECOND = 2;

    private final World world = new World(7);
    private TopicId topic = TopicId.ZERO;

    @BeforeEach
    void createATopic() {
        world.settings.put("min.insync.replicas", "2");
        for (int id = 1; id <= 3; id++) {
            register(id, 1, directory(id, FIRST), directory(id, SECOND));
            fence(id, false);
        }
        world.run(new CreateTopics(List.of(new NewTopic("orders", 1, 3, List.of(), Map.of())), false));
        topic = Objects.requireNonNull(world.image.topic("orders")).id();
        for (int id = 1; id <= 3; id++) {
            assign(id, directory(id, FIRST));
        }
    }

    private static TopicId directory(int broker, int number) {
        return new TopicId(broker, number);
    }

    private void register(int id, long incarnation, TopicId... directories) {
        register(id, incarnation, true, directories);
    }

    private void registerAfterLossOfPower(int id, long incarnation) {
        register(id, incarnation, false, directory(id, FIRST), directory(id, SECOND));
    }

    private void register(int id, long incarnation, boolean areLogsWhole, TopicId... directories) {
        world.run(new RegisterBroker("cluster", id, new TopicId(id, incarnation),
                List.of(new Endpoint("PLAINTEXT", "", 9092)), null, List.of(directories), areLogsWhole));
    }

    private void fence(int broker, boolean isFenced) {
        assertThat(world.run(new FenceBroker(broker, epoch(broker), isFenced)).isOk()).isTrue();
    }

    private long epoch(int broker) {
        return Objects.requireNonNull(world.image.broker(broker)).epoch();
    }

    private PartitionImage partition() {
        return Objects.requireNonNull(world.image.topic(topic)).partitions().getFirst();
    }

    private Result<TopicId> assign(int broker, TopicId directory) {
        PartitionId id = new PartitionId(topic, 0);
        return Objects.requireNonNull(
                world.run(new AssignDirectories(broker, epoch(broker), Map.of(id, directory))).get().get(id));
    }

    private Result<Integer> fail(int broker, TopicId directory) {
        return world.run(new FailDirectories(broker, epoch(broker), List.of(directory)));
    }

    @Test
    void aLeaderInADirectoryThatFailsIsFollowedByTheNextInSync() {
        int leader = partition().leader();
        int epoch = partition().leaderEpoch();

        assertThat(fail(leader, directory(leader, FIRST))).isEqualTo(Result.of(1));

        assertThat(partition().leader()).isEqualTo(partition().replicas().get(1));
        assertThat(partition().leaderEpoch()).isEqualTo(epoch + 1);
        assertThat(partition().isr()).hasSize(2).doesNotContain(leader);
        assertThat(Objects.requireNonNull(world.image.broker(leader)).isFenced()).isFalse();
    }

    @Test
    void aLeaderWithoutRoomIsFollowedByTheNextInSyncThatHasIt() {
        List<Integer> replicas = partition().replicas();
        reportSpace(replicas.get(1), directory(replicas.get(1), FIRST));
        assertThat(partition().leader()).isEqualTo(replicas.getFirst());

        reportSpace(replicas.getFirst(), directory(replicas.getFirst(), FIRST));

        assertThat(partition().leader()).isEqualTo(replicas.get(2));
        assertThat(partition().isr()).containsExactlyElementsOf(replicas);
    }

    @Test
    void whereNobodyHasRoomTheLeaderStays() {
        PartitionImage before = partition();
        for (int i = 2; 0 <= i; i--) {
            reportSpace(before.replicas().get(i), directory(before.replicas().get(i), FIRST));
        }

        assertThat(partition()).isEqualTo(before);
    }

    @Test
    void withoutRoomAReplicaStillLeadsWhenTheOthersAreGone() {
        List<Integer> replicas = partition().replicas();
        reportSpace(replicas.get(1), directory(replicas.get(1), FIRST));

        fence(replicas.getFirst(), true);
        assertThat(partition().leader()).isEqualTo(replicas.get(2));
        fence(replicas.get(2), true);

        assertThat(partition().leader()).isEqualTo(replicas.get(1));
    }

    @Test
    void aPreferredLeaderWithoutRoomHasToWait() {
        int preferred = partition().replicas().getFirst();
        reportSpace(preferred, directory(preferred, FIRST));
        ElectLeaders election = new ElectLeaders(ElectLeaders.Kind.PREFERRED,
                List.of(new PartitionName("orders", 0)));

        assertThat(world.run(election).toString()).contains("PREFERRED_LEADER_NOT_AVAILABLE");
        world.run(new BalanceLeaders(0));
        assertThat(partition().leader()).isNotEqualTo(preferred);
        reportSpace(preferred);
        world.run(new BalanceLeaders(0));

        assertThat(partition().leader()).isEqualTo(preferred);
    }

    @Test
    void whatIsSaidOfRoomTwiceIsWrittenOnce() {
        int leader = partition().leader();
        ReportSpace report = new ReportSpace(leader, epoch(leader), List.of(directory(leader, SECOND)));
        assertThat(world.run(report)).isEqualTo(Result.of(1));

        assertThat(world.decide(report).records()).isEmpty();
        assertThat(world.run(new ReportSpace(leader, epoch(leader) - 1, List.of())).error())
                .isEqualTo(ControllerError.STALE_BROKER_EPOCH);
    }

    @Test
    void newReplicasGoWhereThereIsRoom() {
        reportSpace(1, directory(1, FIRST), directory(1, SECOND));

        world.run(new CreateTopics(List.of(new NewTopic("roomy", 4, 2, List.of(), Map.of()),
                new NewTopic("everywhere", 1, 3, List.of(), Map.of())), false));

        assertThat(Objects.requireNonNull(world.image.topic("roomy")).partitions())
                .allSatisfy(each -> assertThat(each.replicas()).containsExactlyInAnyOrder(2, 3));
        assertThat(Objects.requireNonNull(world.image.topic("everywhere")).partitions().getFirst().replicas())
                .hasSize(3);
    }

    private void reportSpace(int broker, TopicId... scarce) {
        assertThat(world.run(new ReportSpace(broker, epoch(broker), List.of(scarce))).isOk()).isTrue();
    }

    @Test
    void whatIsInAnotherDirectoryGoesOn() {
        PartitionImage before = partition();

        assertThat(fail(before.leader(), directory(before.leader(), SECOND))).isEqualTo(Result.of(1));

        assertThat(partition()).isEqualTo(before);
    }

    @Test
    void aDirectoryFailsOnce() {
        int leader = partition().leader();
        fail(leader, directory(leader, FIRST));

        assertThat(world.decide(new FailDirectories(leader, epoch(leader), List.of(directory(leader, FIRST))))
                .records()).isEmpty();
        assertThat(world.run(new FailDirectories(leader, epoch(leader) - 1, List.of(directory(leader, SECOND))))
                .error()).isEqualTo(ControllerError.STALE_BROKER_EPOCH);
    }

    @Test
    void aReplicaInAFailedDirectoryDoesNotComeInSync() {
        int leader = partition().leader();
        int follower = partition().replicas().get(1);
        fail(follower, directory(follower, FIRST));
        PartitionImage now = partition();
        List<Member> both = List.of(new Member(leader, epoch(leader)), new Member(follower, epoch(follower)));

        Result<PartitionImage> answer = world.run(new AlterPartitions(leader, epoch(leader),
                List.of(new Proposal(topic, 0, now.leaderEpoch(), now.partitionEpoch(), both)))).get().getFirst();

        assertThat(answer.error()).isEqualTo(ControllerError.INELIGIBLE_REPLICA);
    }

    @Test
    void theLastOneStandingLeadsAgainWhenItsDirectoryIsBack() {
        int last = lastStanding();
        fail(last, directory(last, FIRST));
        assertThat(partition().leader()).isEqualTo(NO_LEADER);

        register(last, 2, directory(last, FIRST), directory(last, SECOND));
        fence(last, false);

        assertThat(partition().leader()).isEqualTo(last);
    }

    @Test
    void aReplicaThatIsFoundInAnotherDirectoryAtAStartCatchesUpFirst() {
        int found = partition().leader();
        fence(partition().replicas().get(1), true);
        fence(found, true);
        int leader = partition().leader();
        assertThat(partition().elr()).contains(found);

        register(found, 2, directory(found, FIRST), directory(found, SECOND));
        assign(found, directory(found, SECOND));
        fence(found, false);

        assertThat(partition().leader()).isEqualTo(leader);
        assertThat(partition().isr()).containsExactly(leader);
        assertThat(partition().elr()).as("what was there may be of long ago").doesNotContain(found);
    }

    @Test
    void whoComesBackWithoutTheDirectoryDoesNotLead() {
        int last = lastStanding();

        register(last, 2, directory(last, SECOND));
        fence(last, false);

        assertThat(partition().leader()).isEqualTo(NO_LEADER);
        assertThat(partition().elr()).contains(last);
    }

    @Test
    void whoComesBackWithAnEmptyDiskIsNotEligibleAnyMore() {
        int last = lastStanding();
        TopicId replaced = new TopicId(last, 77);

        register(last, 2, replaced, directory(last, SECOND));
        assign(last, replaced);
        fence(last, false);

        assertThat(partition().leader()).isEqualTo(NO_LEADER);
        assertThat(partition().elr()).doesNotContain(last);
        assertThat(partition().directoryOf(last)).isEqualTo(replaced);
    }

    /// With another disk, on which the partition has begun anew.
    private TopicId comeBackEmpty(int broker) {
        TopicId replaced = new TopicId(broker, 77);
        register(broker, 2, replaced);
        assign(broker, replaced);
        fence(broker, false);
        return replaced;
    }

    @Test
    void anEmptyDiskDoesNotLeadAlthoughItAloneHadAll() {
        List<Integer> replicas = partition().replicas();
        int wiped = aloneWithAClaim(replicas.get(0));
        int other = replicas.get(1);
        TopicId replaced = comeBackEmpty(wiped);
        fence(other, false);

        assertThat(partition().leader()).as("the others would be cut to nothing").isEqualTo(NO_LEADER);
        assign(wiped, replaced);
        assertThat(electUnclean()).as("who has nothing comes last").isEqualTo(Result.of(other));
        assertThat(partition().isr()).containsExactly(other);
        assign(wiped, replaced);
        assertThat(partition().directoryOf(wiped)).isEqualTo(replaced);
        assertThat(partition().leader()).isEqualTo(other);
    }

    @Test
    void whereOnlyAnEmptyDiskIsThereItIsElectedUnclean() {
        int wiped = aloneWithAClaim();
        TopicId replaced = comeBackEmpty(wiped);

        assertThat(electUnclean()).isEqualTo(Result.of(wiped));
        assign(wiped, replaced);

        assertThat(partition().directoryOf(wiped)).isEqualTo(replaced);
        assertThat(partition().leader()).isEqualTo(wiped);
    }

    @Test
    void anEmptyLogThatCannotBeUsedEitherIsNotElectedAtAll() {
        int wiped = aloneWithAClaim();
        TopicId replaced = comeBackEmpty(wiped);

        assign(wiped, BrokerImage.LOST_DIRECTORY);

        assertThat(electUnclean().error()).isEqualTo(ControllerError.ELIGIBLE_LEADERS_NOT_AVAILABLE);
    }

    @Test
    void aLogThatWasLostWhileNobodyHadAllComesLastToo() {
        List<Integer> replicas = partition().replicas();
        int wiped = aloneWithAClaim(replicas.get(0));
        assign(wiped, BrokerImage.LOST_DIRECTORY);
        register(wiped, 2, new TopicId(wiped, 77));
        assertThat(partition().elr()).isEmpty();

        assign(wiped, new TopicId(wiped, 77));
        fence(wiped, false);
        fence(replicas.get(1), false);

        assertThat(electUnclean()).isEqualTo(Result.of(replicas.get(1)));
    }

    @Test
    void anEmptyDiskAmongSeveralDoesNotLeadAlthoughItAloneHadAll() {
        int last = aloneWithAClaim();
        TopicId replaced = new TopicId(last, 77);

        register(last, 2, directory(last, SECOND), replaced);
        assign(last, directory(last, SECOND));
        fence(last, false);

        assertThat(partition().leader()).isEqualTo(NO_LEADER);
        assertThat(partition().elr()).isEmpty();
    }

    @Test
    void anEmptyDiskDoesNotLeadWhereNobodyKnewInWhichDirectoryItsReplicasWere() {
        for (int id = 1; id <= 3; id++) {
            assign(id, TopicId.ZERO);
        }
        int last = aloneWithAClaim();

        register(last, 2, new TopicId(last, 77));
        fence(last, false);

        assertThat(partition().leader()).isEqualTo(NO_LEADER);
        assertThat(partition().elr()).isEmpty();
    }

    @Test
    void aDirectoryThatHadFailedAndIsBackIsNoNewDisk() {
        TopicId orders = topic;
        int last = partition().replicas().get(2);
        world.run(new CreateTopics(List.of(new NewTopic("payments", 1, 3, List.of(), Map.of())), false));
        topic = Objects.requireNonNull(world.image.topic("payments")).id();
        assign(last, directory(last, SECOND));
        fail(last, directory(last, SECOND));
        topic = orders;
        aloneWithAClaim(last);
        assign(last, BrokerImage.LOST_DIRECTORY);

        register(last, 2, directory(last, SECOND));

        assertThat(partition().elr()).as("its log is in the other directory still").containsExactly(last);
        // Its broker does not say where it is: nothing of it is there.
        fence(last, false);
        partition().replicas().stream().filter(id -> id != last).forEach(id -> fence(id, false));
        assertThat(partition().leader()).isEqualTo(NO_LEADER);
        assertThat(electUnclean()).as("the others have most of it").isEqualTo(Result.of(partition().replicas().get(0)));
    }

    @Test
    void theLastOneStandingLeadsAgainWhenItsDiskIsBackAfterAnother() {
        int last = aloneWithAClaim();
        register(last, 2, new TopicId(last, 77));
        fence(last, false);
        assertThat(partition().leader()).isEqualTo(NO_LEADER);

        register(last, 3, directory(last, FIRST), directory(last, SECOND));
        fence(last, false);

        assertThat(partition().leader()).isEqualTo(last);
    }

    @Test
    void theLastOneStandingLeadsAgainAfterAMoveThatACrashHasCutShort() {
        int last = aloneWithAClaim();

        register(last, 2, directory(last, FIRST), directory(last, SECOND));
        assign(last, directory(last, SECOND));
        fence(last, false);

        assertThat(partition().leader()).isEqualTo(last);
    }

    @Test
    void theOnlyReplicaLeadsWithAnEmptyDisk() {
        world.run(new CreateTopics(List.of(new NewTopic("single", 1, 1, List.of(), Map.of())), false));
        topic = Objects.requireNonNull(world.image.topic("single")).id();
        int only = partition().leader();
        TopicId replaced = new TopicId(only, 77);

        fence(only, true);
        register(only, 2, replaced);
        assign(only, replaced);
        fence(only, false);

        assertThat(partition().leader()).isEqualTo(only);
    }

    private int aloneWithAClaim() {
        return aloneWithAClaim(partition().replicas().get(2));
    }

    /// Makes `broker` the only one that is in sync or eligible; it is fenced by now, as all others are.
    private int aloneWithAClaim(int broker) {
        partition().replicas().stream().filter(id -> id != broker).forEach(id -> fence(id, true));
        world.run(new AlterConfigs(List.of(new AlterConfigs.Alteration(ConfigTarget.topic("orders"),
                List.of(new AlterConfigs.Operation(AlterConfigs.Kind.SET, "min.insync.replicas", "1")))), false));
        fence(broker, true);
        assertThat(partition().elr()).containsExactly(broker);
        return broker;
    }

    private Result<Integer> electUnclean() {
        PartitionName name = new PartitionName("orders", 0);
        return Objects.requireNonNull(
                world.run(new ElectLeaders(ElectLeaders.Kind.UNCLEAN, List.of(name))).get(name));
    }

    /// The only one in sync, after which all others may have missed something.
    private int lastStanding() {
        List<Integer> replicas = partition().replicas();
        fence(replicas.get(0), true);
        fence(replicas.get(1), true);
        assertThat(partition().isr()).containsExactly(replicas.get(2));
        return replicas.get(2);
    }

    @Test
    void aReplicaThatIsMovedBetweenDirectoriesStaysInSync() {
        PartitionImage before = partition();
        int leader = before.leader();

        assertThat(assign(leader, directory(leader, SECOND))).isEqualTo(Result.of(directory(leader, SECOND)));

        assertThat(partition())
                .isEqualTo(before.withDirectory(leader, directory(leader, SECOND)));
        fail(leader, directory(leader, FIRST));
        assertThat(partition().leader()).isEqualTo(leader);
        fail(leader, directory(leader, SECOND));
        assertThat(partition().leader()).isNotEqualTo(leader);
    }

    @Test
    void aReplicaThatIsNowhereDoesNotLead() {
        int leader = partition().leader();

        assign(leader, BrokerImage.LOST_DIRECTORY);

        assertThat(partition().leader()).isNotEqualTo(leader).isNotEqualTo(NO_LEADER);
        assertThat(partition().isr()).doesNotContain(leader);
    }

    @Test
    void aReplicaThatWasLostAndIsThereAgainCatchesUpFirst() {
        int lost = partition().leader();
        fence(partition().replicas().get(1), true);
        assign(lost, BrokerImage.LOST_DIRECTORY);
        int leader = partition().leader();
        assertThat(leader).isEqualTo(partition().replicas().get(2));
        assertThat(partition().elr()).as("it may begin anew").doesNotContain(lost);

        register(lost, 2, directory(lost, FIRST), directory(lost, SECOND));
        assign(lost, directory(lost, FIRST));
        fence(lost, false);

        assertThat(partition().leader()).isEqualTo(leader);
        assertThat(partition().isr()).containsExactly(leader);
        assertThat(partition().elr()).as("it may have been cut").doesNotContain(lost);
    }

    @Test
    void whoMayLackRecordsLeadsWhereAllOthersAreLost() {
        int last = partition().replicas().get(2);
        int lost = partition().replicas().get(1);
        fence(partition().replicas().get(0), true);
        assign(lost, BrokerImage.LOST_DIRECTORY);
        assertThat(partition().isr()).containsExactly(last);
        assertThat(partition().elr()).isEmpty();

        registerAfterLossOfPower(last, 2);
        assign(lost, directory(lost, FIRST));
        assertThat(partition().leader()).as("it may have begun anew meanwhile, with nothing").isEqualTo(NO_LEADER);
        fence(last, false);

        assertThat(partition().leader()).isEqualTo(last);
        assertThat(partition().elr()).isEmpty();
    }

    @Test
    void theLastOneStandingLeadsAgainWhenItsLogIsRepaired() {
        int last = lastStanding();
        partition().elr().stream().filter(id -> id != last).forEach(id -> register(id, 2, new TopicId(id, 9)));
        assign(last, BrokerImage.LOST_DIRECTORY);
        assertThat(partition().leader()).isEqualTo(NO_LEADER);

        assign(last, directory(last, FIRST));

        assertThat(partition().leader()).isEqualTo(last);
    }

    @Test
    void assignmentsOfWhatIsNotThereAreRefused() {
        world.run(new CreateTopics(List.of(new NewTopic("small", 1, 1, List.of(), Map.of())), false));
        TopicId small = Objects.requireNonNull(world.image.topic("small")).id();
        int leader = Objects.requireNonNull(world.image.topic(small)).partitions().getFirst().leader();
        int other = leader % 3 + 1;
        PartitionId noTopic = new PartitionId(new TopicId(9, 9), 0);
        PartitionId noPartition = new PartitionId(topic, 1);
        PartitionId notHere = new PartitionId(small, 0);
        TopicId directory = directory(other, FIRST);

        Map<PartitionId, Result<TopicId>> answers = world.run(new AssignDirectories(other, epoch(other),
                Map.of(noTopic, directory, noPartition, directory, notHere, directory))).get();

        assertThat(Objects.requireNonNull(answers.get(noTopic)).error()).isEqualTo(ControllerError.UNKNOWN_TOPIC_ID);
        assertThat(Objects.requireNonNull(answers.get(noPartition)).error())
                .isEqualTo(ControllerError.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(Objects.requireNonNull(answers.get(notHere)).error())
                .isEqualTo(ControllerError.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void theOnlyDirectoryOfABrokerIsKnownFromTheStart() {
        register(4, 1, directory(4, FIRST));
        fence(4, false);

        world.run(new CreateTopics(List.of(new NewTopic("placed", -1, -1,
                List.of(new CreateTopics.Assignment(0, List.of(4, 1))), Map.of())), false));

        assertThat(Objects.requireNonNull(world.image.topic("placed")).partitions().getFirst().directories())
                .containsExactly(directory(4, FIRST), TopicId.ZERO);
    }
}
