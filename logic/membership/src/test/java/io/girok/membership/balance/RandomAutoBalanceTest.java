package io.girok.membership.balance;

import static io.girok.membership.balance.BalancedCluster.INTERVAL_MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionName;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Clusters in which brokers come and go, someone else moves partitions, and the controller changes.
class RandomAutoBalanceTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int RUNS = Integer.getInteger("runs", 30);
    private static final int STEPS = 40;
    private static final long MIB = 1024 * 1024;
    private static final int MAX_ROUNDS = 20;

    private final List<String> violations = new ArrayList<>();

    @Test
    void itBeginsNothingUntilAllIsQuietAndComesToRest() {
        System.out.println("RandomAutoBalanceTest -Dseed=" + SEED);
        Random seeds = new Random(SEED);
        for (int run = 0; run < RUNS; run++) {
            long seed = seeds.nextLong();
            try {
                play(new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("run " + run + " of -Dseed=" + SEED, e);
            }
        }
    }

    private void play(Random random) {
        BalancedCluster cluster = new BalancedCluster();
        cluster.setMaxMoves(1 + random.nextInt(5));
        Watch watch = new Watch(cluster.store.image());
        cluster.store.subscribe((image, delta) -> watch.onImage(image));
        int brokers = 1 + random.nextInt(5);
        IntStream.rangeClosed(1, brokers).forEach(cluster::register);
        IntStream.range(0, 1 + random.nextInt(4)).forEach(topic -> create(cluster, random, "topic-" + topic, brokers));

        for (int step = 0; step < STEPS; step++) {
            watch.isSomebodyElse = true;
            disturb(cluster, random);
            watch.isSomebodyElse = false;
            cluster.shard.advance(random.nextInt((int) (INTERVAL_MS / 2)));
        }
        watch.isSomebodyElse = true;
        down(cluster).forEach(cluster::register);
        watch.isSomebodyElse = false;

        assertThat(violations).isEmpty();
        assertThatItComesToRest(cluster);
        assertThat(cluster.store.image().configs()).as("no throttle is left").isEmpty();
        assertThat(violations).isEmpty();
    }

    private static void create(BalancedCluster cluster, Random random, String topic, int brokers) {
        List<List<Integer>> assignments = new ArrayList<>();
        int factor = 1 + random.nextInt(Math.min(3, brokers));
        for (int index = 1 + random.nextInt(10); 0 < index; index--) {
            assignments.add(replicas(random, brokers, factor));
        }
        cluster.create(topic, assignments);
        for (int index = 0; index < assignments.size(); index++) {
            cluster.sizes.put(new PartitionName(topic, index), random.nextInt(100) * MIB);
        }
    }

    /// Mostly on the first ones.
    private static List<Integer> replicas(Random random, int brokers, int factor) {
        List<Integer> all = new ArrayList<>(IntStream.rangeClosed(1, brokers).boxed().toList());
        Collections.shuffle(all.subList(0, Math.min(factor, all.size())), random);
        if (random.nextInt(4) == 0) {
            Collections.shuffle(all, random);
        }
        return List.copyOf(all.subList(0, factor));
    }

    private static List<Integer> down(BalancedCluster cluster) {
        return cluster.store.image().brokers().stream().filter(BrokerImage::isFenced).map(BrokerImage::id).toList();
    }

    private static void disturb(BalancedCluster cluster, Random random) {
        List<BrokerImage> brokers = cluster.store.image().brokers();
        int broker = brokers.get(random.nextInt(brokers.size())).id();
        switch (random.nextInt(10)) {
            case 0 -> cluster.fence(broker, true);
            case 1, 2 -> down(cluster).forEach(cluster::register);
            case 3 -> cluster.changeController();
            case 4 -> cluster.setEnabled(random.nextInt(4) != 0);
            case 5 -> {
                if (brokers.size() < 6) {
                    cluster.register(brokers.size() + 1);
                }
            }
            case 6 -> reassign(cluster, random);
            default -> cluster.copy();
        }
    }

    private static void reassign(BalancedCluster cluster, Random random) {
        List<TopicImage> topics = List.copyOf(cluster.store.image().topics());
        TopicImage topic = topics.get(random.nextInt(topics.size()));
        int index = random.nextInt(topic.partitions().size());
        List<Integer> target = random.nextInt(3) == 0
                ? null
                : replicas(random, cluster.store.image().brokers().size(),
                        topic.partitions().get(index).targetReplicas().size());
        cluster.reassign(topic.name(), index, target);
    }

    private static void assertThatItComesToRest(BalancedCluster cluster) {
        cluster.setEnabled(true);
        long before = -1;
        int rounds = 0;
        while (before != cluster.store.image().endOffset()) {
            before = cluster.store.image().endOffset();
            for (int copied = 0; copied < MAX_ROUNDS; copied++) {
                cluster.copy();
                cluster.shard.advance(INTERVAL_MS / 10);
            }
            rounds++;
            assertThat(rounds).as("it goes on moving").isLessThan(MAX_ROUNDS);
        }
        long end = cluster.store.image().endOffset();
        cluster.shard.advance(20 * INTERVAL_MS);
        assertThat(cluster.store.image().endOffset()).as("nothing is left to do").isEqualTo(end);
    }

    /// Sees what begins to move, and what was under way before.
    private final class Watch {
        private MetadataImage before;
        private final Set<PartitionName> itsOwn = new HashSet<>();
        private boolean isSomebodyElse;

        Watch(MetadataImage image) {
            this.before = image;
        }

        void onImage(MetadataImage image) {
            Set<PartitionName> movingBefore = ImageLayout.moving(before).keySet();
            Set<PartitionName> moving = ImageLayout.moving(image).keySet();
            itsOwn.retainAll(moving);
            if (!isSomebodyElse) {
                for (PartitionName name : moving) {
                    if (!movingBefore.contains(name)) {
                        check(movingBefore, name);
                        itsOwn.add(name);
                    }
                }
            }
            before = image;
        }

        private void check(Set<PartitionName> movingBefore, PartitionName name) {
            if (!before.brokers().stream().allMatch(BrokerImage::canLead)) {
                violations.add(name + " begins to move while a broker is down: " + before.brokers());
            }
            List<PartitionName> others = movingBefore.stream().filter(each -> !itsOwn.contains(each)).toList();
            if (!others.isEmpty()) {
                violations.add(name + " begins to move while somebody else moves " + others);
            }
        }
    }
}
