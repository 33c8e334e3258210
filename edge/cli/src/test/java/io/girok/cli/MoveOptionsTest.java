package io.girok.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.balance.Aims;
import io.girok.balance.BalancePlan;
import io.girok.balance.BalancePlanner;
import io.girok.balance.Layout;
import io.girok.base.PartitionName;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MoveOptionsTest {
    private static final long MIB = 1024 * 1024;

    private static BalancePlan plan(Integer... leaders) {
        List<Layout.Broker> brokers = List.of(new Layout.Broker(1, null, Layout.Role.TAKES, Long.MAX_VALUE),
                new Layout.Broker(2, null, Layout.Role.TAKES, Long.MAX_VALUE));
        List<Layout.Partition> partitions = IntStream.range(0, leaders.length)
                .mapToObj(index -> new Layout.Partition(new PartitionName("orders", index), List.of(leaders[index]),
                        MIB, false))
                .toList();
        return BalancePlanner.plan(new Layout(brokers, partitions), Aims.all(0));
    }

    @Test
    void aPlanShowsEachMoveWithItsReasonAndWhatComesOfIt() {
        assertThat(MoveOptions.lines(plan(1, 1))).containsExactly(
                "PARTITION  FROM  TO  MIB  WHY",
                "orders-0      1   2  1.0  replicas: broker 1 2 -> 1, broker 2 0 -> 1",
                "1 partition changes, 1.0 MiB are to be copied",
                "BROKER  REPLICAS  THEN  LEADERS  THEN  MIB  THEN",
                "     1         2     1        2     1  2.0   1.0",
                "     2         0     1        0     1  0.0   1.0");
    }

    @Test
    void whereAllIsEvenNothingMoves() {
        assertThat(MoveOptions.lines(plan(1, 2))).startsWith("nothing to move");
    }
}
