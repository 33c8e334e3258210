package io.girok.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionName;
import io.girok.controller.AlterPartitions.Member;
import io.girok.controller.AlterPartitions.Proposal;
import io.girok.controller.AlterReassignments.Reassignment;
import io.girok.controller.CreateTopics.Assignment;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A partition with its logs, as simple as they can be, under every order of commands: what was committed stays with
/// everyone who may lead.
class RandomReassignmentTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int RUNS = Integer.getInteger("runs", 60);
    private static final int STEPS = 200;
    private static final int BROKERS = 5;
    private static final PartitionName MOVED = new PartitionName("moved", 0);

    @Test
    void whateverIsAskedNothingThatWasCommittedIsLost() {
        System.out.println("RandomReassignmentTest -Dseed=" + SEED);
        int completed = 0;
        for (int run = 0; run < RUNS; run++) {
            completed += new Life(SEED + run).play();
        }
        assertThat(completed).as("reassignments that came to their end").isGreaterThan(RUNS / 2);
    }

    /// One partition's life. A record is its number in the order of all that were ever written.
    private static final class Life {
        private final long seed;
        private final Random random;
        private final World world = World.withBrokers("", "", "", "", "");
        private final int minInSync;
        private final Map<Integer, List<Integer>> logs = new HashMap<>();
        private final Map<Integer, Integer> epochStarts = new HashMap<>();
        private List<Integer> committed = List.of();
        private int written;
        private int completed;

        Life(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.minInSync = 1 + random.nextInt(3);
            world.settings.put("min.insync.replicas", "" + minInSync);
            world.settings.put("unclean.leader.election.enable", "false");
            NewTopic topic = new NewTopic(MOVED.topic(), -1, -1, List.of(new Assignment(0, someBrokers())), Map.of());
            assertThat(world.run(new CreateTopics(List.of(topic), false)).values()).allMatch(Result::isOk);
        }

        private List<Integer> someBrokers() {
            List<Integer> all = new ArrayList<>(List.of(1, 2, 3, 4, 5));
            Collections.shuffle(all, random);
            return List.copyOf(all.subList(0, 1 + random.nextInt(3)));
        }

        private PartitionImage partition() {
            return Objects.requireNonNull(world.image.topic(MOVED.topic())).partitions().getFirst();
        }

        private List<Integer> log(int broker) {
            return logs.computeIfAbsent(broker, id -> new ArrayList<>());
        }

        private BrokerImage broker(int id) {
            return Objects.requireNonNull(world.image.broker(id));
        }

        private boolean hasLeader() {
            return partition().leader() != PartitionImage.NO_LEADER && !broker(partition().leader()).isFenced();
        }

        int play() {
            for (int step = 0; step < STEPS; step++) {
                PartitionImage before = partition();
                String what = step();
                check(before, partition(), "seed " + seed + ", step " + step + ": " + what + ": " + before + " -> "
                        + partition());
            }
            return completed;
        }

        private String step() {
            int broker = 1 + random.nextInt(BROKERS);
            switch (random.nextInt(12)) {
                case 0 -> {
                    decide(new FenceBroker(broker, broker(broker).epoch(), random.nextBoolean()));
                    return "fenced or not";
                }
                case 1 -> {
                    decide(new LeaveCluster(broker, broker(broker).epoch()));
                    return "leaving";
                }
                case 2 -> {
                    decide(new AlterReassignments(
                            List.of(new Reassignment(MOVED, random.nextInt(3) == 0 ? null : someBrokers())), true));
                    return "reassigned";
                }
                case 3 -> {
                    decide(new ElectLeaders(ElectLeaders.Kind.PREFERRED, null));
                    return "preferred";
                }
                case 4, 5, 6 -> {
                    append();
                    return "written";
                }
                case 7, 8, 9 -> {
                    partition().replicas().forEach(this::follow);
                    return "followed";
                }
                default -> {
                    propose();
                    return "proposed";
                }
            }
        }

        /// Whoever is no replica any more deletes its log; a new leader's epoch begins with what it has.
        private void decide(Command<?> command) {
            PartitionImage before = partition();
            world.run(command);
            PartitionImage after = partition();
            if (before.isReassigning() && after.replicas().equals(before.targetReplicas())) {
                completed++;
            }
            logs.keySet().removeIf(id -> !after.replicas().contains(id));
            if (after.leaderEpoch() != before.leaderEpoch() && after.leader() != PartitionImage.NO_LEADER) {
                epochStarts.put(after.leaderEpoch(), log(after.leader()).size());
            }
        }

        private void append() {
            if (hasLeader()) {
                log(partition().leader()).add(written++);
                commit();
            }
        }

        /// The follower's log becomes that of its leader, or the beginning of it.
        private void follow(int id) {
            int leader = partition().leader();
            if (hasLeader() && id != leader && !broker(id).isFenced() && random.nextBoolean()) {
                int same = sameAs(leader, id);
                int end = same + random.nextInt(log(leader).size() - same + 1);
                logs.put(id, new ArrayList<>(log(leader).subList(0, end)));
                commit();
            }
        }

        /// How much of a replica's log is the leader's as well: what a fetch in the leader's epoch shows.
        private int sameAs(int leader, int id) {
            int same = 0;
            while (same < log(id).size() && same < log(leader).size()
                    && log(id).get(same).equals(log(leader).get(same))) {
                same++;
            }
            return same;
        }

        private void commit() {
            PartitionImage now = partition();
            if (hasLeader() && Math.min(minInSync, now.replicas().size()) <= now.isr().size()) {
                int end = now.isr().stream().mapToInt(id -> sameAs(now.leader(), id)).min().orElse(0);
                if (committed.size() < end) {
                    committed = List.copyOf(log(now.leader()).subList(0, end));
                }
            }
        }

        private void propose() {
            if (!hasLeader()) {
                return;
            }
            PartitionImage now = partition();
            int needed = Math.max(committed.size(), epochStarts.getOrDefault(now.leaderEpoch(), 0));
            List<Member> isr = now.replicas()
                    .stream()
                    .filter(id -> id == now.leader() || (now.isr().contains(id)
                            ? random.nextInt(5) != 0
                            : needed <= log(id).size() && isBeginning(log(id), log(now.leader()))))
                    .map(id -> new Member(id, broker(id).epoch()))
                    .toList();
            decide(new AlterPartitions(now.leader(), broker(now.leader()).epoch(),
                    List.of(new Proposal(Objects.requireNonNull(world.image.topic(MOVED.topic())).id(), 0,
                            now.leaderEpoch(), now.partitionEpoch(), isr))));
            commit();
        }

        private static boolean isBeginning(List<Integer> part, List<Integer> whole) {
            return part.size() <= whole.size() && whole.subList(0, part.size()).equals(part);
        }

        private void check(PartitionImage before, PartitionImage after, String what) {
            List<Integer> whole = new ArrayList<>(after.isr());
            whole.addAll(after.elr());
            assertThat(whole).as(what).isNotEmpty().allMatch(id -> isBeginning(committed, log(id)));
            assertThat(after.replicas()).as(what).doesNotHaveDuplicates().containsAll(whole);
            assertThat(after.leader() == PartitionImage.NO_LEADER || after.isr().contains(after.leader())).as(what)
                    .isTrue();
            assertThat(after.addingReplicas()).as(what).noneMatch(after.removingReplicas()::contains);
            if (!after.equals(before)) {
                assertThat(after.partitionEpoch()).as(what).isGreaterThan(before.partitionEpoch());
            }
            boolean isNewEpoch = after.leader() != before.leader() || !after.replicas().containsAll(before.replicas());
            assertThat(after.leaderEpoch() - before.leaderEpoch()).as(what).isEqualTo(isNewEpoch ? 1 : 0);
        }
    }
}
