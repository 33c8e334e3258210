package io.girok.membership.balance;

import static io.girok.membership.balance.BalancedCluster.A_WHILE_MS;
import static io.girok.membership.balance.BalancedCluster.INTERVAL_MS;
import static io.girok.membership.balance.BalancedCluster.RATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionName;
import io.girok.controller.AlterConfigs;
import io.girok.controller.UnregisterBroker;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.PartitionImage;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Two brokers, a topic that is on the first one only, and an active controller that is told to even that out.
class AutoBalanceTest {
    private static final int TOPICS_AT_ONCE = 250;

    private final BalancedCluster cluster = new BalancedCluster();

    AutoBalanceTest() {
        cluster.register(1);
        cluster.register(2);
        cluster.create("orders", Collections.nCopies(4, List.of(1)));
    }

    private List<PartitionImage> partitions() {
        return cluster.partitions("orders");
    }

    @Test
    void aBrokerThatIsThereGetsItsShareUnderAThrottleWhichIsTakenAwayAfterwards() {
        cluster.shard.advance(INTERVAL_MS + A_WHILE_MS);

        assertThat(cluster.moving()).hasSize(2).allSatisfy(partition -> {
            assertThat(partition.targetReplicas()).containsExactly(2);
            assertThat(partition.originalReplicas()).containsExactly(1);
        });
        assertThat(cluster.store.image().config(ConfigTarget.broker(1))).isEqualTo(Map.of(
                BalanceCommands.LEADER_RATE, "" + RATE, BalanceCommands.FOLLOWER_RATE, "" + RATE));
        assertThat(cluster.store.image().config(ConfigTarget.topic("orders"))).isEqualTo(Map.of(
                BalanceCommands.LEADER_REPLICAS, "0:1,1:1", BalanceCommands.FOLLOWER_REPLICAS, "0:2,1:2"));

        cluster.copy();
        cluster.shard.advance(A_WHILE_MS);

        assertThat(partitions()).extracting(PartitionImage::leader).containsExactlyInAnyOrder(1, 1, 2, 2);
        assertThat(cluster.store.image().configs()).isEmpty();

        long end = cluster.store.image().endOffset();
        cluster.shard.advance(10 * INTERVAL_MS);
        assertThat(cluster.store.image().endOffset()).as("nothing is left to do").isEqualTo(end);
    }

    @Test
    void asManyMoveAtATimeAsMay() {
        cluster.setMaxMoves(1);

        cluster.shard.advance(INTERVAL_MS + A_WHILE_MS);
        assertThat(cluster.moving()).hasSize(1);

        cluster.copy();
        cluster.shard.advance(A_WHILE_MS);
        assertThat(cluster.moving()).hasSize(1);
        assertThat(partitions()).extracting(PartitionImage::leader).containsOnlyOnce(2);
    }

    @Test
    void aBrokerWhoseDisksAreNearlyFullGetsNothing() {
        cluster.usable.put(2, List.of(BalancedCluster.DISK_BYTES / 10, BalancedCluster.DISK_BYTES / 10));

        cluster.shard.advance(3 * INTERVAL_MS);

        assertThat(cluster.moving()).isEmpty();
    }

    @Test
    void twoDisksThatAreHalfFullHaveNoRoomForWhatFitsOnNeither() {
        long half = BalancedCluster.DISK_BYTES / 2;
        cluster.usable.put(2, List.of(half, half));
        for (int index = 0; index < 4; index++) {
            cluster.sizes.put(new PartitionName("orders", index), half);
        }

        cluster.shard.advance(3 * INTERVAL_MS);
        assertThat(cluster.moving()).isEmpty();

        cluster.usable.clear();
        cluster.shard.advance(INTERVAL_MS + A_WHILE_MS);
        assertThat(cluster.moving()).hasSize(2);
    }

    @Test
    void manyTopicsAreNotMovedInOneGo() {
        for (int i = 0; i < 5_000; i += TOPICS_AT_ONCE) {
            cluster.createAlike("topic" + "-of-some-length".repeat(5) + i, TOPICS_AT_ONCE, List.of(1));
        }
        long before = cluster.store.image().endOffset();

        cluster.shard.advance(INTERVAL_MS + A_WHILE_MS);

        assertThat(cluster.moving()).hasSize(cluster.settings.maxMoves());
        assertThat(cluster.store.image().endOffset() - before).isLessThan(2 * AutoBalance.MAX_COPIES + 50);

        cluster.shard.advance(2 * INTERVAL_MS);
        assertThat(cluster.store.image().endOffset() - before).as("nothing is written while it goes on")
                .isLessThan(2 * AutoBalance.MAX_COPIES + 50);
    }

    @Test
    void anIntervalThatIsShortenedCountsAtOnce() {
        cluster.shard.advance(2 * A_WHILE_MS);
        cluster.setInterval(A_WHILE_MS);

        cluster.shard.advance(A_WHILE_MS);

        assertThat(cluster.moving()).hasSize(2);
    }

    @Test
    void offItDoesNothing() {
        cluster.setEnabled(false);

        cluster.shard.advance(10 * INTERVAL_MS);

        assertThat(cluster.moving()).isEmpty();
    }

    @Test
    void turnedOffItCallsOffWhatIsUnderWay() {
        cluster.shard.advance(INTERVAL_MS + A_WHILE_MS);

        cluster.setEnabled(false);
        cluster.shard.advance(A_WHILE_MS);

        assertThat(partitions()).allSatisfy(partition -> assertThat(partition.replicas()).containsExactly(1));
        assertThat(cluster.store.image().configs()).isEmpty();
    }

    @Test
    void whileSomebodyElseMovesPartitionsNothingBegins() {
        cluster.reassign("orders", 3, List.of(2));

        cluster.shard.advance(10 * INTERVAL_MS);
        assertThat(cluster.moving()).hasSize(1);

        cluster.copy();
        cluster.shard.advance(INTERVAL_MS + A_WHILE_MS);
        assertThat(cluster.moving()).hasSize(1);
        assertThat(partitions().get(3).replicas()).containsExactly(2);
    }

    @Test
    void whileABrokerIsDownNothingBegins() {
        cluster.fence(2, true);

        cluster.shard.advance(10 * INTERVAL_MS);

        assertThat(cluster.moving()).isEmpty();
        assertThat(cluster.store.image().configs()).isEmpty();
    }

    @Test
    void whileABrokerDoesNotSayWhatItHasNothingBegins() {
        cluster.silent.add(2);
        cluster.shard.advance(3 * INTERVAL_MS);
        assertThat(cluster.moving()).isEmpty();

        cluster.silent.clear();
        cluster.shard.advance(INTERVAL_MS + A_WHILE_MS);

        assertThat(cluster.moving()).hasSize(2);
    }

    @Test
    void whenABrokerComesOrGoesThePlanIsNotGoneOnWith() {
        cluster.setMaxMoves(1);
        cluster.shard.advance(INTERVAL_MS + A_WHILE_MS);

        cluster.register(3);
        cluster.copy();
        cluster.shard.advance(A_WHILE_MS);
        assertThat(cluster.moving()).isEmpty();

        cluster.shard.advance(INTERVAL_MS + A_WHILE_MS);
        assertThat(cluster.moving()).extracting(PartitionImage::targetReplicas).containsExactly(List.of(3));
    }

    @Test
    void aThrottleThatSomebodyElseHasSetStays() {
        cluster.run(new AlterConfigs(List.of(new AlterConfigs.Alteration(ConfigTarget.broker(1),
                List.of(new AlterConfigs.Operation(AlterConfigs.Kind.SET, BalanceCommands.LEADER_RATE, "7")))), false));

        cluster.shard.advance(INTERVAL_MS + A_WHILE_MS);
        cluster.copy();
        cluster.shard.advance(A_WHILE_MS);

        assertThat(partitions()).extracting(PartitionImage::leader).containsExactlyInAnyOrder(1, 1, 2, 2);
        assertThat(cluster.store.image().config(ConfigTarget.broker(1)))
                .isEqualTo(Map.of(BalanceCommands.LEADER_RATE, "7"));
        assertThat(cluster.store.image().config(ConfigTarget.broker(2))).isEmpty();
    }

    @Test
    void aThrottleThatIsLeftByAnEarlierControllerGoesWhenNothingMoves() {
        cluster.shard.advance(INTERVAL_MS + A_WHILE_MS);

        cluster.setEnabled(false);
        cluster.changeController();
        cluster.shard.advance(A_WHILE_MS);
        assertThat(cluster.store.image().configs()).as("what was begun goes on, throttled").isNotEmpty();
        cluster.copy();
        cluster.shard.advance(A_WHILE_MS);

        assertThat(cluster.moving()).isEmpty();
        assertThat(cluster.store.image().configs()).isEmpty();
    }

    @Test
    void aThrottleThatCouldNotBeTakenAwayGoesLater() {
        cluster.shard.advance(INTERVAL_MS + A_WHILE_MS);
        cluster.setEnabled(false);
        cluster.changeController();
        cluster.copy();

        cluster.refuseNext();
        cluster.shard.advance(A_WHILE_MS);

        assertThat(cluster.store.image().configs()).isEmpty();
    }

    @Test
    void aBrokerThatWasEmptiedStaysEmptyUntilItIsForgotten() {
        cluster.run(new AlterConfigs(List.of(new AlterConfigs.Alteration(ConfigTarget.broker(2),
                List.of(new AlterConfigs.Operation(AlterConfigs.Kind.SET, "auto.balance.excluded", "true")))), false));
        cluster.shard.advance(3 * INTERVAL_MS);
        assertThat(cluster.moving()).isEmpty();

        cluster.fence(2, true);
        cluster.run(new UnregisterBroker(2));
        cluster.register(2);
        cluster.shard.advance(INTERVAL_MS + A_WHILE_MS);

        assertThat(cluster.moving()).hasSize(2);
    }

    @Test
    void whatSomebodyElseHasSentToAnotherPlaceIsNotCalledOff() {
        cluster.register(3);
        cluster.shard.advance(INTERVAL_MS + A_WHILE_MS);
        int moved = partitions().indexOf(cluster.moving().getFirst());
        int other = cluster.moving().getFirst().targetReplicas().equals(List.of(2)) ? 3 : 2;
        cluster.reassign("orders", moved, List.of(other));

        cluster.setEnabled(false);
        cluster.shard.advance(A_WHILE_MS);

        assertThat(cluster.moving()).extracting(PartitionImage::targetReplicas).containsExactly(List.of(other));
    }

    @Test
    void copiesForABrokerThatIsForgottenAreCalledOff() {
        cluster.shard.advance(INTERVAL_MS + A_WHILE_MS);
        cluster.fence(2, true);
        cluster.shard.advance(10 * INTERVAL_MS);
        assertThat(cluster.moving()).as("it may come back").hasSize(2);

        cluster.run(new UnregisterBroker(2));
        cluster.shard.advance(A_WHILE_MS);

        assertThat(partitions()).allSatisfy(partition -> assertThat(partition.replicas()).containsExactly(1));
        assertThat(cluster.store.image().configs()).as("of brokers that are there")
                .doesNotContainKeys(
                        ConfigTarget.broker(1), ConfigTarget.topic("orders"));
    }
}
