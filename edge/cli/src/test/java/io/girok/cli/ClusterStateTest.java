package io.girok.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.balance.Layout;
import io.girok.base.PartitionName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.PartitionReassignment;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A cluster as brokers describe it: one is up, one fenced, one forgotten.
class ClusterStateTest {
    private static final long MIB = 1024 * 1024;
    private static final Node UP = new Node(1, "one.example", 9092, "a", false);
    private static final Node FENCED = new Node(2, "two.example", 9092, null, true);
    private static final Node FORGOTTEN = new Node(7, "", -1);
    private static final TopicPartition FIRST = new TopicPartition("orders", 0);

    private final ClusterState state = new ClusterState("abc", 1, List.of(UP, FENCED),
            Map.of("orders", new TopicDescription("orders", false, List.of(
                    partition(0, UP, List.of(UP, FENCED), List.of(UP)),
                    partition(1, null, List.of(FENCED, FORGOTTEN), List.of())))),
            Map.of(1, Map.of("/data", new LogDirDescription(null,
                    Map.of(FIRST, new ReplicaInfo(3 * MIB, 0, false)), 100 * MIB, 40 * MIB))));

    private static TopicPartitionInfo partition(int index, @Nullable Node leader, List<Node> replicas,
            List<Node> inSync) {
        return new TopicPartitionInfo(index, leader, replicas, inSync);
    }

    @Test
    void whatEachNodeCarriesAndWhatIsNotWellIsShown() {
        assertThat(words(ClusterDescribe.lines(state))).containsExactly(
                "cluster abc, controller 1",
                "NODE ADDRESS RACK STATE LEADERS PREFERRED REPLICAS OUT-OF-SYNC MIB",
                "1 one.example:9092 a up 1 1 1 0 3.0",
                "2 two.example:9092 - fenced 0 1 2 2 -",
                "7 - - unregistered 0 0 1 1 -",
                "1 partition without a leader: orders-1",
                "1 partition with fewer copies in sync than there should be: orders-0");
    }

    @Test
    void aPlanIsMadeFromTheSameAnswers() {
        assertThat(
                state.layout(Set.of(), Map.of(FIRST, new PartitionReassignment(List.of(1, 2), List.of(), List.of(1)))))
                .isEqualTo(new Layout(
                        List.of(new Layout.Broker(1, "a", Layout.Role.TAKES, 25 * MIB),
                                new Layout.Broker(2, null, Layout.Role.KEEPS, Long.MAX_VALUE)),
                        List.of(new Layout.Partition(new PartitionName("orders", 0), List.of(2), 3 * MIB, true),
                                new Layout.Partition(new PartitionName("orders", 1), List.of(2, 7), 0, false))));
        assertThat(state.layout(Set.of(2), Map.of()).brokers()).extracting(Layout.Broker::role)
                .containsExactly(Layout.Role.TAKES, Layout.Role.EMPTIES);
    }

    private static List<String> words(List<String> lines) {
        return lines.stream()
                .map(line -> Stream.of(line.strip().split(" +")).reduce((a, b) -> a + " " + b).orElse(""))
                .toList();
    }
}
