package io.girok.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.balance.BalancePlan.BrokerLoad;
import io.girok.balance.Layout.Broker;
import io.girok.balance.Layout.Partition;
import io.girok.balance.Layout.Role;
import io.girok.base.PartitionName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomBalanceTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int RUNS = Integer.getInteger("runs", 100);

    /// What a layout is made of.
    ///
    /// @param racks brokers stand on them in turn; 0: no racks
    private record Shape(int brokers, int racks, int replicationFactor, int topics, int maxPartitions) {}

    @Test
    void plansKeepWhatMustBeKeptAndLeaveNothingToPlan() {
        forEachSeed(random -> {
            Shape shape = new Shape(1 + random.nextInt(8), random.nextInt(4), 1 + random.nextInt(4),
                    1 + random.nextInt(6), 12);
            Layout layout = layout(random, shape, true);
            Aims aims = Aims.all(random.nextInt(3) * 10);

            BalancePlan plan = BalancePlanner.plan(layout, aims);
            Layout after = Layouts.after(layout, plan.moves());

            checkSound(layout, after, plan);
            assertThat(BalancePlanner.plan(after, aims).moves()).as("a plan after the plan").isEmpty();
            assertThat(BalancePlanner.plan(shuffled(layout, random), aims)).as("the order given").isEqualTo(plan);
        });
    }

    @Test
    void withoutRacksCountsDifferByOneAtMostAndNoMoveIsNeedless() {
        forEachSeed(random -> {
            int brokers = 1 + random.nextInt(8);
            Layout layout = layout(random,
                    new Shape(brokers, 0, 1 + random.nextInt(Math.min(4, brokers)), 1 + random.nextInt(6), 20), false);

            BalancePlan plan = BalancePlanner.plan(layout, new Aims(Set.of(Goal.EVEN_REPLICAS), 0));

            assertThat(gap(plan.after(), BrokerLoad::replicas)).isLessThanOrEqualTo(1);
            assertThat(copies(plan)).isEqualTo(excess(plan.before()));
        });
    }

    @Test
    void onEqualRacksCountsDifferByOneAtMost() {
        forEachSeed(random -> {
            int racks = 1 + random.nextInt(4);
            Layout layout = layout(random, new Shape(racks * (1 + random.nextInt(3)), racks, 1 + random.nextInt(racks),
                    1 + random.nextInt(6), 20), false);

            BalancePlan plan = BalancePlanner.plan(layout, Aims.all(0));

            assertThat(gap(plan.after(), BrokerLoad::replicas)).isLessThanOrEqualTo(1);
        });
    }

    @Test
    void whereEveryBrokerHoldsACopyLeadersDifferByOneAtMost() {
        forEachSeed(random -> {
            int brokers = 1 + random.nextInt(5);
            Layout layout = layout(random, new Shape(brokers, 0, brokers, 1 + random.nextInt(6), 20), false);

            BalancePlan plan = BalancePlanner.plan(layout, Aims.all(0));

            assertThat(gap(plan.after(), BrokerLoad::leaders)).isLessThanOrEqualTo(1);
            assertThat(plan.bytesToCopy()).isZero();
        });
    }

    private static void forEachSeed(Consumer<Random> property) {
        System.out.println("RandomBalanceTest -Dseed=" + SEED);
        Random seeds = new Random(SEED);
        for (int run = 0; run < RUNS; run++) {
            long seed = seeds.nextLong();
            try {
                property.accept(new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("run " + run + " of -Dseed=" + SEED, e);
            }
        }
    }

    private static Layout layout(Random random, Shape shape, boolean withOddities) {
        List<Broker> brokers = new ArrayList<>();
        for (int id = 1; id <= shape.brokers(); id++) {
            Role role = withOddities && random.nextInt(6) == 0
                    ? random.nextBoolean() ? Role.KEEPS : Role.EMPTIES
                    : Role.TAKES;
            brokers.add(Layouts.broker(id, shape.racks() == 0 ? null : "rack-" + id % shape.racks(), role));
        }
        int skew = 1 + random.nextInt(shape.brokers());
        List<Partition> partitions = new ArrayList<>();
        for (int topic = 0; topic < shape.topics(); topic++) {
            int count = 1 + random.nextInt(shape.maxPartitions());
            for (int index = 0; index < count; index++) {
                partitions.add(new Partition(new PartitionName("topic-" + topic, index),
                        replicas(random, shape, skew), random.nextInt(200) * Layouts.MIB,
                        withOddities && random.nextInt(20) == 0));
            }
        }
        return new Layout(brokers, partitions);
    }

    /// Mostly on the first `skew` brokers.
    private static List<Integer> replicas(Random random, Shape shape, int skew) {
        List<Integer> first = IntStream.rangeClosed(1, skew).boxed().collect(Collectors.toList());
        List<Integer> rest = IntStream.rangeClosed(skew + 1, shape.brokers()).boxed().collect(Collectors.toList());
        Collections.shuffle(first, random);
        Collections.shuffle(rest, random);
        first.addAll(rest);
        return List.copyOf(first.subList(0, Math.min(shape.replicationFactor(), first.size())));
    }

    private static Layout shuffled(Layout layout, Random random) {
        List<Broker> brokers = new ArrayList<>(layout.brokers());
        List<Partition> partitions = new ArrayList<>(layout.partitions());
        Collections.shuffle(brokers, random);
        Collections.shuffle(partitions, random);
        return new Layout(brokers, partitions);
    }

    private static void checkSound(Layout before, Layout after, BalancePlan plan) {
        Map<Integer, Broker> brokers = before.brokers().stream().collect(Collectors.toMap(Broker::id, b -> b));
        for (int i = 0; i < before.partitions().size(); i++) {
            Partition was = before.partitions().get(i);
            Partition is = after.partitions().get(i);
            assertThat(is.replicas()).as("%s", is.name()).hasSameSizeAs(was.replicas()).doesNotHaveDuplicates();
            assertThat(racks(is, brokers)).as("racks of %s", is.name())
                    .isGreaterThanOrEqualTo(racksThatStay(was, brokers));
            if (was.isMoving()) {
                assertThat(is).isEqualTo(was);
                continue;
            }
            for (int replica : is.replicas()) {
                boolean isNew = !was.replicas().contains(replica);
                Role role = brokers.get(replica).role();
                assertThat(role == Role.TAKES || !isNew).as("%s may get %s", replica, is.name()).isTrue();
                assertThat(role == Role.EMPTIES && !plan.stuck().contains(is.name())).isFalse();
            }
            for (int replica : was.replicas()) {
                boolean isGone = !is.replicas().contains(replica);
                assertThat(isGone && brokers.get(replica).role() == Role.KEEPS).isFalse();
            }
        }
        assertThat(plan.moves()).extracting(Move::partition).doesNotHaveDuplicates();
        assertThat(BalancePlanner.plan(after, Aims.all(0)).before()).isEqualTo(plan.after());
    }

    private static int racks(Partition partition, Map<Integer, Broker> brokers) {
        return racks(partition.replicas(), brokers);
    }

    private static int racksThatStay(Partition partition, Map<Integer, Broker> brokers) {
        return racks(
                partition.replicas().stream().filter(id -> brokers.get(id).role() != Role.EMPTIES).toList(),
                brokers);
    }

    private static int racks(List<Integer> replicas, Map<Integer, Broker> brokers) {
        HashSet<String> racks = new HashSet<>();
        for (int replica : replicas) {
            String rack = brokers.get(replica).rack();
            racks.add(rack == null ? "own-" + replica : rack);
        }
        return racks.size();
    }

    private static int gap(List<BrokerLoad> loads, ToIntFunction<BrokerLoad> measure) {
        return loads.stream().mapToInt(measure).max().orElse(0) - loads.stream().mapToInt(measure).min().orElse(0);
    }

    private static long copies(BalancePlan plan) {
        return plan.moves()
                .stream()
                .mapToLong(move -> move.to().stream().filter(broker -> !move.from().contains(broker)).count())
                .sum();
    }

    /// As many replicas as must move: those beyond a broker's share, or those that others lack.
    private static long excess(List<BrokerLoad> loads) {
        int sum = loads.stream().mapToInt(BrokerLoad::replicas).sum();
        int share = sum / loads.size();
        int shareAtMost = sum % loads.size() == 0 ? share : share + 1;
        long over = loads.stream().mapToLong(load -> Math.max(0, load.replicas() - shareAtMost)).sum();
        long under = loads.stream().mapToLong(load -> Math.max(0, share - load.replicas())).sum();
        return Math.max(over, under);
    }
}
