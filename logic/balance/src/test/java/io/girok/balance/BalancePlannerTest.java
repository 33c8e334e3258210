package io.girok.balance;

import static io.girok.balance.Layouts.MIB;
import static io.girok.balance.Layouts.after;
import static io.girok.balance.Layouts.alike;
import static io.girok.balance.Layouts.broker;
import static io.girok.balance.Layouts.brokers;
import static io.girok.balance.Layouts.partition;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.balance.BalancePlan.BrokerLoad;
import io.girok.balance.Layout.Broker;
import io.girok.balance.Layout.Partition;
import io.girok.balance.Layout.Role;
import io.girok.balance.Reason.Loads;
import io.girok.base.PartitionName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BalancePlannerTest {
    @Test
    void whatIsEvenStaysAsItIs() {
        Layout layout = new Layout(brokers(3),
                List.of(partition("orders", 0, 9, 1, 2), partition("orders", 1, 9, 2, 3),
                        partition("orders", 2, 9, 3, 1)));

        assertThat(BalancePlanner.plan(layout, Aims.all(0)).moves()).isEmpty();
    }

    @Test
    void aBrokerThatWasAddedGetsItsShareAndNoMore() {
        Layout layout = new Layout(brokers(4), spread(12, 3));

        BalancePlan plan = BalancePlanner.plan(layout, Aims.all(0));

        assertThat(plan.before()).containsExactly(new BrokerLoad(1, 12, 4, 12 * MIB),
                new BrokerLoad(2, 12, 4, 12 * MIB),
                new BrokerLoad(3, 12, 4, 12 * MIB), new BrokerLoad(4, 0, 0, 0));
        assertThat(plan.after()).containsExactly(new BrokerLoad(1, 9, 3, 9 * MIB), new BrokerLoad(2, 9, 3, 9 * MIB),
                new BrokerLoad(3, 9, 3, 9 * MIB), new BrokerLoad(4, 9, 3, 9 * MIB));
        assertThat(plan.bytesToCopy()).isEqualTo(9 * MIB);
        assertThat(plan.moves().stream().filter(move -> 0 < move.bytesToCopy())).hasSize(9);
    }

    @Test
    void aMoveSaysWhyAndWhatItEvensOut() {
        Layout layout = new Layout(brokers(2), alike("orders", 2, 5, 1));

        BalancePlan plan = BalancePlanner.plan(layout, Aims.all(0));

        assertThat(plan.moves()).containsExactly(
                new Move(new PartitionName("orders", 0), List.of(1), List.of(2), 5,
                        List.of(new Reason(Goal.EVEN_REPLICAS, 1, 2, new Loads(2, 0), new Loads(1, 1)))));
        assertThat(plan.moves().getFirst().reasons().getFirst().text())
                .isEqualTo("replicas: broker 1 2 -> 1, broker 2 0 -> 1");
    }

    @Test
    void leadersAreEvenedOutWithoutCopyingAnything() {
        Layout layout = new Layout(brokers(3), alike("orders", 6, MIB, 1, 2, 3));

        BalancePlan plan = BalancePlanner.plan(layout, Aims.all(0));

        assertThat(plan.after()).extracting(BrokerLoad::leaders).containsExactly(2, 2, 2);
        assertThat(plan.moves()).hasSize(4).allSatisfy(move -> {
            assertThat(move.bytesToCopy()).isZero();
            assertThat(move.changesLeader()).isTrue();
            assertThat(move.to()).containsExactlyInAnyOrder(1, 2, 3);
        });
    }

    @Test
    void leadershipReachesABrokerByWayOfAnotherWhereNoCopyLeadsThereStraight() {
        Layout layout = new Layout(brokers(3),
                List.of(partition("a", 0, 1, 1, 2), partition("b", 0, 1, 1, 2), partition("c", 0, 1, 2, 3)));

        BalancePlan plan = BalancePlanner.plan(layout, new Aims(Set.of(Goal.EVEN_LEADERS), 0));

        assertThat(plan.after()).extracting(BrokerLoad::leaders).containsExactly(1, 1, 1);
    }

    @Test
    void aBrokerThatIsToBeEmptiedLosesEverything() {
        List<Broker> brokers = new ArrayList<>(brokers(3));
        brokers.add(broker(4, null, Role.EMPTIES));
        Layout layout = new Layout(brokers, List.of(partition("a", 0, 3, 4, 1), partition("b", 0, 3, 2, 4)));

        BalancePlan plan = BalancePlanner.plan(layout, Aims.emptying());

        assertThat(plan.after()).extracting(BrokerLoad::replicas).containsExactly(2, 1, 1, 0);
        assertThat(plan.moves()).extracting(Move::to).containsExactly(List.of(3, 1), List.of(2, 1));
        assertThat(plan.moves().getFirst().reasons().getFirst().text())
                .isEqualTo("broker 4 is to be emptied; broker 3 has 0 replicas");
    }

    @Test
    void aBrokerThatNobodyKnowsIsEmptied() {
        Layout layout = new Layout(brokers(2), List.of(partition("a", 0, 3, 9, 1)));

        assertThat(BalancePlanner.plan(layout, Aims.all(10)).moves()).extracting(Move::to)
                .containsExactly(List.of(2, 1));
    }

    @Test
    void whatHasNoOtherPlaceIsNamed() {
        Layout layout = new Layout(List.of(broker(1), broker(2, null, Role.EMPTIES)),
                List.of(partition("a", 0, 3, 1, 2), partition("b", 0, 3, 2)));

        BalancePlan plan = BalancePlanner.plan(layout, Aims.emptying());

        assertThat(plan.stuck()).containsExactly(new PartitionName("a", 0));
        assertThat(plan.moves()).extracting(Move::partition).containsExactly(new PartitionName("b", 0));
    }

    @Test
    void whatIsOnABrokerThatIsAwayForAWhileStaysThere() {
        Layout layout = new Layout(List.of(broker(1), broker(2, null, Role.KEEPS), broker(3)),
                alike("a", 6, MIB, 2, 1));

        BalancePlan plan = BalancePlanner.plan(layout, Aims.all(0));

        assertThat(plan.after()).extracting(BrokerLoad::replicas).containsExactly(3, 6, 3);
        assertThat(plan.moves()).allSatisfy(move -> assertThat(move.to()).startsWith(2));
    }

    @Test
    void whatIsMovingAlreadyIsLeftAlone() {
        Layout layout = new Layout(List.of(broker(1), broker(2), broker(3, null, Role.EMPTIES)),
                List.of(new Partition(new PartitionName("a", 0), List.of(1, 3), 5, true),
                        new Partition(new PartitionName("a", 1), List.of(1), 5, true),
                        new Partition(new PartitionName("a", 2), List.of(1), 5, true)));

        BalancePlan plan = BalancePlanner.plan(layout, Aims.all(0));

        assertThat(plan.moves()).isEmpty();
        assertThat(plan.stuck()).isEmpty();
    }

    @Test
    void copiesOnOneRackAreSpread() {
        Layout layout = new Layout(
                List.of(broker(1, "a", Role.TAKES), broker(2, "a", Role.TAKES), broker(3, "b", Role.TAKES)),
                List.of(partition("orders", 0, 7, 1, 2)));

        BalancePlan plan = BalancePlanner.plan(layout, new Aims(Set.of(Goal.SPREAD_RACKS), 0));

        assertThat(plan.moves()).extracting(Move::to).containsExactly(List.of(3, 2));
    }

    @Test
    void countsAreEvenedOutWithinWhatRacksAllow() {
        Layout layout = new Layout(
                List.of(broker(1, "a", Role.TAKES), broker(2, "b", Role.TAKES), broker(3, "b", Role.TAKES)),
                alike("orders", 8, MIB, 1, 2));

        BalancePlan plan = BalancePlanner.plan(layout, Aims.all(0));

        assertThat(plan.after()).extracting(BrokerLoad::replicas).containsExactly(8, 4, 4);
    }

    @Test
    void largePartitionsAreSwappedForSmallOnes() {
        Layout layout = new Layout(brokers(2),
                List.of(partition("a", 0, 100 * MIB, 1), partition("a", 1, 100 * MIB, 1),
                        partition("a", 2, 10 * MIB, 2), partition("a", 3, 10 * MIB, 2)));

        BalancePlan plan = BalancePlanner.plan(layout, Aims.all(10));

        assertThat(plan.moves()).hasSize(2);
        assertThat(plan.after()).extracting(BrokerLoad::bytes).containsExactly(110 * MIB, 110 * MIB);
        assertThat(plan.after()).extracting(BrokerLoad::replicas).containsExactly(2, 2);
    }

    @Test
    void whatDiffersByLessThanTheThresholdCountsAsEven() {
        List<Partition> partitions = new ArrayList<>(alike("a", 21, MIB, 1));
        partitions.addAll(alike("b", 19, MIB, 2));
        Layout layout = new Layout(brokers(2), partitions);

        assertThat(BalancePlanner.plan(layout, Aims.all(10)).moves()).isEmpty();
        assertThat(BalancePlanner.plan(layout, Aims.all(9)).moves()).hasSize(1);
    }

    @Test
    void fewBytesAreNoReasonToCopyThem() {
        Layout layout = new Layout(brokers(2),
                List.of(partition("a", 0, 16 * MIB, 1), partition("a", 1, 1, 1), partition("a", 2, 1, 2),
                        partition("a", 3, 2, 2)));

        assertThat(BalancePlanner.plan(layout, Aims.all(0)).moves()).isEmpty();
    }

    @Test
    void aDiskIsNotFilled() {
        Layout layout = new Layout(List.of(broker(1), new Broker(2, null, Role.TAKES, 25 * MIB)),
                alike("a", 10, 10 * MIB, 1));

        assertThat(BalancePlanner.plan(layout, Aims.all(0)).after()).extracting(BrokerLoad::replicas)
                .containsExactly(8, 2);
    }

    @Test
    void aBrokerWithoutRoomGetsNeitherCopiesNorLeadersButMayGive() {
        long roomBytes = DiskRoom.of(100 * MIB, 1_000 * MIB, -1);
        assertThat(roomBytes).isNegative();
        List<Broker> brokers = List.of(broker(1), broker(2), new Broker(3, null, Role.TAKES, roomBytes));

        BalancePlan toIt = BalancePlanner.plan(new Layout(brokers, alike("a", 6, 0, 1, 3)), Aims.all(0));
        BalancePlan fromIt = BalancePlanner.plan(new Layout(brokers, alike("a", 6, MIB, 3)), Aims.all(0));

        assertThat(toIt.after()).extracting(BrokerLoad::leaders).containsExactly(3, 3, 0);
        assertThat(toIt.after().getLast().replicas()).isLessThanOrEqualTo(6);
        assertThat(fromIt.after()).extracting(BrokerLoad::replicas).containsExactly(2, 2, 2);
    }

    @Test
    void aDiskIsNotFilledToWhatBrokersKeepFreeNorToTheLastTenth() {
        assertThat(DiskRoom.of(500 * MIB, 2_000 * MIB, -1)).isEqualTo(236 * MIB);
        assertThat(DiskRoom.of(50 * MIB, 100 * MIB, -1)).isEqualTo(35 * MIB);
        assertThat(DiskRoom.of(500 * MIB, 2_000 * MIB, 100 * MIB)).isEqualTo(200 * MIB);
        assertThat(DiskRoom.of(500 * MIB, -1, 0)).isEqualTo(500 * MIB);
    }

    @Test
    void theTopicsSpreadAsWell() {
        List<Partition> partitions = new ArrayList<>(alike("a", 4, MIB, 1));
        partitions.addAll(alike("b", 4, MIB, 1));
        Layout layout = new Layout(brokers(2), partitions);

        BalancePlan plan = BalancePlanner.plan(layout, Aims.all(0));

        assertThat(plan.moves()).extracting(move -> move.partition().topic())
                .containsExactlyInAnyOrder("a", "a", "b",
                        "b");
    }

    @Test
    void tenThousandPartitionsCostFewLooks() {
        List<Partition> partitions = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            partitions.add(partition("topic-" + i % 100, i / 100, i % 977 * MIB, 1 + i % 3, 1 + (i + 1) % 3,
                    1 + (i + 2) % 3));
        }
        BalancePlanner planner = new BalancePlanner(new Layout(brokers(6), partitions), Aims.all(2));

        BalancePlan plan = planner.plan();

        assertThat(plan.after()).extracting(BrokerLoad::replicas).containsOnly(5_000);
        assertThat(plan.moves().stream().filter(move -> 0 < move.bytesToCopy()).count()).isLessThanOrEqualTo(10_000);
        assertThat(planner.looks()).isLessThan(20_000_000);
        assertThat(BalancePlanner.plan(after(new Layout(brokers(6), partitions), plan.moves()), Aims.all(2)).moves())
                .isEmpty();
    }

    /// Partitions of one MiB whose leaders and followers go round the brokers.
    private static List<Partition> spread(int count, int brokerCount) {
        List<Partition> partitions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            partitions.add(partition("orders", i, MIB, 1 + i % brokerCount, 1 + (i + 1) % brokerCount,
                    1 + (i + 2) % brokerCount));
        }
        return partitions;
    }
}
