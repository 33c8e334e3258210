package io.girok.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.controller.AlterPartitions.Member;
import io.girok.controller.AlterPartitions.Proposal;
import io.girok.controller.AlterReassignments.Reassignment;
import io.girok.controller.BalanceLeaders.Balanced;
import io.girok.controller.CreateTopics.Assignment;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Brokers 1 and 2, and a topic whose partitions prefer broker 1.
class LeaderBalanceTest {
    private final World world = World.withBrokers("", "");

    private TopicImage topic() {
        return Objects.requireNonNull(world.image.topic("orders"));
    }

    private long epoch(int broker) {
        return Objects.requireNonNull(world.image.broker(broker)).epoch();
    }

    private long led(int broker) {
        return topic().partitions().stream().filter(partition -> partition.leader() == broker).count();
    }

    /// All partitions are led by broker 2, and those below `inSync` have broker 1 in sync again.
    private void createAndFailOver(int partitions, int inSync) {
        List<Assignment> assignments = IntStream.range(0, partitions)
                .mapToObj(index -> new Assignment(index, List.of(1, 2)))
                .toList();
        world.run(new CreateTopics(List.of(new NewTopic("orders", -1, -1, assignments, Map.of())), false));
        world.run(new FenceBroker(1, epoch(1), true));
        world.run(new FenceBroker(1, epoch(1), false));
        TopicId id = topic().id();
        List<Proposal> proposals = new ArrayList<>();
        for (int index = 0; index < inSync; index++) {
            PartitionImage now = topic().partitions().get(index);
            proposals.add(new Proposal(id, index, now.leaderEpoch(), now.partitionEpoch(),
                    List.of(new Member(1, epoch(1)), new Member(2, epoch(2)))));
        }
        world.run(new AlterPartitions(2, epoch(2), proposals));
        assertThat(led(2)).isEqualTo(partitions);
    }

    private Balanced balance(int percentage) {
        return world.run(new BalanceLeaders(percentage)).get();
    }

    @Test
    void aBrokerThatLeadsTooFewGetsBackWhatItCanLead() {
        createAndFailOver(10, 7);

        assertThat(balance(10)).isEqualTo(new Balanced(7, true));

        assertThat(led(1)).isEqualTo(7);
        assertThat(topic().partitions().subList(0, 7)).allMatch(partition -> partition.leaderEpoch() == 2);
        assertThat(balance(10)).as("the others are not in sync").isEqualTo(new Balanced(0, true));
    }

    @Test
    void asManyAsAreAllowedStayWhereTheyAre() {
        createAndFailOver(10, 10);
        world.run(new ElectLeaders(ElectLeaders.Kind.PREFERRED,
                IntStream.range(0, 9).mapToObj(index -> new PartitionName("orders", index)).toList()));

        assertThat(balance(10).movedCount()).isZero();
        assertThat(balance(9).movedCount()).isEqualTo(1);
    }

    @Test
    void aBrokerThatIsLeavingGetsNothing() {
        createAndFailOver(2, 2);
        world.run(new LeaveCluster(1, epoch(1)));

        assertThat(balance(0).movedCount()).isZero();
    }

    @Test
    void whatIsBeingReassignedIsLeftAlone() {
        createAndFailOver(1, 1);
        world.addBroker(3, "");
        world.run(new AlterReassignments(
                List.of(new Reassignment(new PartitionName("orders", 0), List.of(1, 2, 3))), true));

        assertThat(balance(0).movedCount()).isZero();
    }

    @Test
    void manyMoveStepByStep() {
        createAndFailOver(1_500, 1_500);

        assertThat(balance(10)).isEqualTo(new Balanced(1_000, false));
        assertThat(balance(10)).isEqualTo(new Balanced(500, true));
        assertThat(led(1)).isEqualTo(1_500);
    }
}
