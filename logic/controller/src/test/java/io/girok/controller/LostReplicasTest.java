package io.girok.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionId;
import io.girok.base.TopicId;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.Endpoint;
import io.girok.metadata.PartitionImage;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who leads a partition after logs of it were lost. What is found again, where it was lost, may have been repaired, or
/// begun anew with nothing, which a broker does once another one leads.
class LostReplicasTest {
    private static final TopicId[] DIRECTORIES = {new TopicId(9, 0), new TopicId(9, 1), new TopicId(9, 2),
        new TopicId(9, 3)};

    private final World world = new World(7);
    private TopicId topic = TopicId.ZERO;
    private long incarnation;

    private void create(List<Integer> replicas) {
        world.settings.put("min.insync.replicas", "2");
        for (int id : replicas) {
            register(id, true);
            fence(id, false);
        }
        world.run(new CreateTopics(List.of(new NewTopic("orders", -1, -1,
                List.of(new CreateTopics.Assignment(0, replicas)), Map.of())), false));
        topic = Objects.requireNonNull(world.image.topic("orders")).id();
        replicas.forEach(id -> assign(id, DIRECTORIES[id]));
    }

    private void happen(String event) {
        int broker = Integer.parseInt(event.substring(event.length() - 1));
        switch (event.substring(0, event.length() - 2)) {
            case "down" -> fence(broker, true);
            case "up" -> fence(broker, false);
            case "power" -> register(broker, false);
            case "lost" -> assign(broker, BrokerImage.LOST_DIRECTORY);
            case "found" -> assign(broker, DIRECTORIES[broker]);
            default -> throw new AssertionError(event);
        }
    }

    private void register(int broker, boolean areLogsWhole) {
        assertThat(world.run(new RegisterBroker("cluster", broker, new TopicId(broker, ++incarnation),
                List.of(new Endpoint("PLAINTEXT", "", 9092)), null, List.of(DIRECTORIES[broker]), areLogsWhole)).isOk())
                .isTrue();
    }

    private void fence(int broker, boolean isFenced) {
        assertThat(world.run(new FenceBroker(broker, epoch(broker), isFenced)).isOk()).isTrue();
    }

    private void assign(int broker, TopicId directory) {
        world.run(new AssignDirectories(broker, epoch(broker), Map.of(new PartitionId(topic, 0), directory))).get();
    }

    private long epoch(int broker) {
        return Objects.requireNonNull(world.image.broker(broker)).epoch();
    }

    /// `power`: it comes back after a loss of power, and may lack what it acknowledged.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            replicas | what happens                                              | in sync | eligible | leader
            1 2      | lost 2                                                    | 1       | -        | 1
            1 2      | lost 2, lost 1                                            | -       | 1        | -1
            1 2      | lost 2, lost 1, found 2                                   | -       | 1        | -1
            1 2      | lost 2, lost 1, found 1                                   | 1       | -        | 1
            1 2      | lost 2, lost 1, found 2, found 1                          | 1       | -        | 1
            1 2      | lost 2, lost 1, found 1, found 2                          | 1       | -        | 1
            1 2      | lost 2, power 1, up 1                                     | 1       | -        | 1
            1 2      | lost 2, power 1, found 2, up 1                            | 1       | -        | 1
            1 2      | lost 2, lost 1, power 1, found 2, found 1, up 1           | 1       | -        | 1
            1 2      | down 1, down 2, lost 2                                    | -       | 1 2      | -1
            1 2      | down 1, down 2, lost 2, up 1                              | 1       | -        | 1
            1 2      | down 1, down 2, lost 2, up 1, lost 1, up 2, found 2       | -       | 1        | -1
            1 2      | down 1, down 2, lost 2, power 1, up 1                     | -       | 2        | -1
            1 2      | down 1, down 2, lost 2, power 1, up 1, up 2, found 2      | 2       | -        | 2
            1 2      | down 1, down 2, lost 2, lost 1, found 1, up 1             | -       | 2        | -1
            1 2      | down 1, down 2, lost 2, lost 1, found 1, up 1, found 2    | -       | 2        | -1
            1 2      | down 1, down 2, lost 2, lost 1, up 1, up 2, found 1       | -       | 2        | -1
            1 2      | down 1, down 2, lost 2, lost 1, up 1, up 2, found 2       | -       | 1        | -1
            1 2 3    | lost 3                                                    | 1 2     | -        | 1
            1 2 3    | lost 3, lost 2, lost 1                                    | -       | 1        | -1
            1 2 3    | lost 3, lost 2, lost 1, found 3, found 2                  | -       | 1        | -1
            1 2 3    | lost 3, lost 2, lost 1, found 3, found 2, found 1         | 1       | -        | 1
            1 2 3    | down 3, down 2                                            | 1       | 2        | 1
            1 2 3    | down 3, down 2, lost 2                                    | 1       | -        | 1
            1 2 3    | down 3, down 2, lost 2, power 1, up 2, found 2, up 1      | 1       | -        | 1
            1 2 3    | down 3, down 2, down 1, lost 2                            | -       | 1 2      | -1
            1 2 3    | down 3, down 2, down 1, lost 2, up 3, up 1                | 1       | -        | 1
            1 2 3    | down 3, down 2, lost 1, up 3, up 2                        | 2       | -        | 2
            1 2 3    | down 3, down 2, lost 1, lost 2, up 3, up 2, found 2       | -       | 1        | -1
            """, useHeadersInDisplayName = true)
    void nobodyLeadsWhoMayHaveBegunAnewWhereAnotherOneHasMore(String replicas, String events, String isr, String elr,
            int leader) {
        create(ids(replicas));

        List.of(events.split(", ")).forEach(this::happen);

        PartitionImage partition = Objects.requireNonNull(world.image.topic(topic)).partitions().getFirst();
        assertThat(partition.isr()).isEqualTo(ids(isr));
        assertThat(partition.elr()).isEqualTo(ids(elr));
        assertThat(partition.leader()).isEqualTo(leader);
    }

    private static List<Integer> ids(String text) {
        return text.equals("-") ? List.of() : List.of(text.split(" ")).stream().map(Integer::valueOf).toList();
    }
}
