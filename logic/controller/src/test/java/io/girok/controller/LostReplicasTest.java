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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who leads a partition after logs of it were lost. What is found again, where it was lost, may have been repaired, or
/// begun anew with nothing, which a broker does once another one leads.
class LostReplicasTest {
    private static final TopicId[] DIRECTORIES = {new TopicId(9, 0), new TopicId(9, 1), new TopicId(9, 2),
        new TopicId(9, 3)};
    private static final TopicId SECOND = new TopicId(9, 4);

    private final World world = new World(7);
    private TopicId topic = TopicId.ZERO;
    private long incarnation;

    private void create(List<Integer> replicas) {
        world.settings.put("min.insync.replicas", "2");
        for (int id : replicas) {
            register(id, true);
            fence(id, false);
        }
        topic = createTopic("orders", replicas);
        replicas.forEach(id -> assign(id, DIRECTORIES[id]));
    }

    private TopicId createTopic(String name, List<Integer> replicas) {
        world.run(new CreateTopics(List.of(new NewTopic(name, -1, -1,
                List.of(new CreateTopics.Assignment(0, replicas)), Map.of())), false));
        return Objects.requireNonNull(world.image.topic(name)).id();
    }

    private void happen(String event) {
        int broker = Integer.parseInt(event.substring(event.length() - 1));
        switch (event.substring(0, event.length() - 2)) {
            case "down" -> fence(broker, true);
            case "up" -> fence(broker, false);
            case "power" -> register(broker, false);
            case "gone" -> world.run(new FailDirectories(broker, epoch(broker), List.of(DIRECTORIES[broker]))).get();
            case "back" -> register(broker, true);
            case "second" -> register(broker, true, List.of(SECOND));
            case "power all" -> register(broker, false, List.of(DIRECTORIES[broker], SECOND));
            case "whole" -> register(broker, true, List.of(DIRECTORIES[broker], SECOND));
            case "else" -> assign(broker, SECOND);
            case "lost" -> assign(broker, BrokerImage.LOST_DIRECTORY);
            case "full" -> assign(broker, BrokerImage.unopened(DIRECTORIES[broker]));
            case "found" -> assign(broker, DIRECTORIES[broker]);
            case "min" -> requireInSync(broker);
            default -> throw new AssertionError(event);
        }
    }

    private void requireInSync(int count) {
        world.settings.put("min.insync.replicas", "" + count);
        world.run(new RepairPartitions());
    }

    private void register(int broker, boolean areLogsWhole) {
        register(broker, areLogsWhole, List.of(DIRECTORIES[broker]));
    }

    private void register(int broker, boolean areLogsWhole, List<TopicId> directories) {
        assertThat(world.run(new RegisterBroker("cluster", broker, new TopicId(broker, ++incarnation),
                List.of(new Endpoint("PLAINTEXT", "", 9092)), null, directories, areLogsWhole)).isOk()).isTrue();
    }

    private void fence(int broker, boolean isFenced) {
        assertThat(world.run(new FenceBroker(broker, epoch(broker), isFenced)).isOk()).isTrue();
    }

    private void assign(int broker, TopicId directory) {
        assign(broker, topic, directory);
    }

    private void assign(int broker, TopicId ofTopic, TopicId directory) {
        world.run(new AssignDirectories(broker, epoch(broker), Map.of(new PartitionId(ofTopic, 0), directory))).get();
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
        checkOutcome(events, isr, elr, leader);
    }

    private void checkOutcome(String events, String isr, String elr, int leader) {
        List.of(events.split(", ")).forEach(this::happen);

        PartitionImage partition = partition();
        assertThat(partition.isr()).isEqualTo(ids(isr));
        assertThat(partition.elr()).isEqualTo(ids(elr));
        assertThat(partition.leader()).isEqualTo(leader);
    }

    /// Of two directories one had failed when the broker started. `other`: where it has another replica.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            other  | comes back with | what happens   | directory | leader
            second | first, second   |                | nobody's  | -1
            second | first, second   | found 2, up 2  | first     | 2
            second | first, second   | lost 2, up 2   | lost      | -1
            second | first           | up 2           | lost      | -1
            first  | first, second   | up 2           | lost      | -1
            """, useHeadersInDisplayName = true)
    void whatWasLostWithADirectoryIsLookedForWhenItIsBack(String other, String directories, String events,
            String directory, int leader) {
        create(List.of(1, 2));
        register(2, true, List.of(DIRECTORIES[2], SECOND));
        fence(2, false);
        assign(2, createTopic("others", List.of(1, 2)), named(2, other));
        fence(1, true);
        register(1, false);
        register(2, true, List.of(DIRECTORIES[2]));
        assign(2, BrokerImage.LOST_DIRECTORY);
        assertThat(partition().elr()).containsExactly(2);

        register(2, true, List.of(directories.split(", ")).stream().map(name -> named(2, name)).toList());
        if (events != null) {
            List.of(events.split(", ")).forEach(this::happen);
        }

        assertThat(partition().directoryOf(2)).isEqualTo(named(2, directory));
        assertThat(partition().leader()).isEqualTo(leader);
    }

    /// A directory of each had failed when it started, so that both have lost it, and both are counted on.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            what happens                         | in sync | eligible | leader
            up 1, up 2                           | -       | 1 2      | -1
            whole 1                              | -       | 1 2      | -1
            whole 1, up 1                        | 1       | -        | 1
            whole 1, found 1, up 1               | 1       | -        | 1
            whole 1, lost 1, up 1                | -       | 1 2      | -1
            whole 1, lost 1, up 1, whole 2, up 2 | 2       | -        | 2
            whole 1, whole 2, up 2, up 1         | 1       | -        | 1
            power 1, up 1                        | -       | 2        | -1
            power all 1, up 1                    | -       | 2        | -1
            power all 1, whole 2, up 2           | 2       | -        | 2
            """, useHeadersInDisplayName = true)
    void whoHasAllDirectoriesBackWaitsForNobodyWhoHasLostIt(String events, String isr, String elr, int leader) {
        create(List.of(1, 2));
        TopicId others = createTopic("others", List.of(1, 2));
        for (int broker : List.of(1, 2)) {
            register(broker, true, List.of(DIRECTORIES[broker], SECOND));
            assign(broker, others, SECOND);
        }
        for (int broker : List.of(1, 2)) {
            register(broker, true);
            assign(broker, BrokerImage.LOST_DIRECTORY);
        }

        checkOutcome(events, isr, elr, leader);
    }

    /// `full`: a disk has no room to open the log, which lacks nothing. `gone`: its directory fails. `else`: it is
    /// found in another one.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            replicas | what happens                                         | in sync | eligible | leader
            1 2      | full 1                                               | 2       | 1        | 2
            1 2      | full 1, found 1                                      | 2       | 1        | 2
            1 2      | full 1, full 2                                       | -       | 1 2      | -1
            1 2      | full 1, full 2, found 1                              | 1       | 2        | 1
            1 2      | full 1, down 1, down 2, power 1, found 1, up 1       | -       | 2        | -1
            1 2      | full 1, down 1, whole 1, found 1, down 2, up 1       | 1       | 2        | 1
            1 2      | full 1, down 1, whole 1, else 1, down 2, up 1        | -       | 2        | -1
            1 2      | full 1, lost 1, down 2                               | -       | 2        | -1
            1 2      | down 2, full 1, gone 1, found 1                      | -       | 1 2      | -1
            1 2 3    | full 1                                               | 2 3     | -        | 2
            1 2 3    | down 2, full 1, power 3, up 3, found 1               | 1       | -        | 1
            """, useHeadersInDisplayName = true)
    void whoHasNoRoomToOpenItsLogStaysEligible(String replicas, String events, String isr, String elr, int leader) {
        create(ids(replicas));
        checkOutcome(events, isr, elr, leader);
    }

    /// `gone`: the only directory of a broker fails at work. `back`: it starts with it again.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            replicas | what happens                                | in sync | eligible | leader
            1 2      | down 2, gone 1, back 1                      | -       | 1 2      | -1
            1 2      | down 2, gone 1, back 1, up 1                | 1       | 2        | 1
            1 2      | down 2, gone 1, back 1, power 2, up 2, up 1 | 1       | -        | 1
            1 2      | down 2, gone 1, power 1, up 1               | -       | 2        | -1
            1 2      | gone 1, back 1                              | 2       | 1        | 2
            1 2 3    | gone 1, back 1, up 1                        | 2 3     | -        | 2
            """, useHeadersInDisplayName = true)
    void whoseOnlyDirectoryHadFailedLacksNothingWithIt(String replicas, String events, String isr, String elr,
            int leader) {
        create(ids(replicas));
        checkOutcome(events, isr, elr, leader);
    }

    /// A broker comes back whole without the directory that it had, but with another one that had failed before.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            known to be in | eligible
            first          | 1 2
            nobody's       | 2
            lost           | 2
            """, useHeadersInDisplayName = true)
    void whoComesBackWithAnOldDirectoryMayLackWhatWasSomewhereElse(String place, String elr) {
        create(List.of(1, 2));
        register(1, true, List.of(DIRECTORIES[1], SECOND));
        assign(1, createTopic("others", List.of(1, 2)), SECOND);
        register(1, true);
        fence(1, false);
        fence(2, true);
        assign(1, named(1, place));
        fence(1, true);
        assertThat(partition().elr()).containsExactly(1, 2);

        register(1, true, List.of(SECOND));

        assertThat(partition().elr()).isEqualTo(ids(elr));
    }

    /// `else`: a replica is in the other directory of its broker, at work because it was moved there. `second`: its
    /// broker starts with that one only. `min`: that many must be in sync.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            replicas | what happens                                          | in sync | eligible | leader
            1 2      | down 2, min 1, gone 1, else 1                         | 1       | -        | 1
            1 2      | down 2, min 1, else 1, gone 1                         | 1       | -        | 1
            1 2      | down 2, gone 1, else 1, power 2, up 2                 | 1       | -        | 1
            1 2      | gone 1, else 1, down 2                                | 1       | 2        | 1
            1 2      | down 2, min 1, gone 1, lost 1                         | -       | 1        | -1
            1 2      | down 2, min 1, gone 1, down 1, second 1, else 1, up 1 | -       | -        | -1
            """, useHeadersInDisplayName = true)
    void whatWasMovedBeforeItsDirectoryFailedLacksNothing(String replicas, String events, String isr, String elr,
            int leader) {
        create(ids(replicas));
        fence(1, true);
        register(1, true, List.of(DIRECTORIES[1], SECOND));
        fence(1, false);
        checkOutcome(events, isr, elr, leader);
    }

    /// Of two directories one had failed when broker 1 started, which alone is counted on. `power all`: it starts with
    /// both after a loss of power.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            what happens                     | in sync | eligible | leader
            whole 1, up 1                    | 1       | -        | 1
            power all 1                      | -       | 1        | -1
            power all 1, up 1                | 1       | -        | 1
            power all 1, found 1, up 1       | 1       | -        | 1
            power all 1, lost 1, up 1        | -       | 1        | -1
            power all 1, power all 1, up 1   | 1       | -        | 1
            power 1, up 1                    | -       | 1        | -1
            """, useHeadersInDisplayName = true)
    void whatWasLostIsLookedForAfterALossOfPowerToo(String events, String isr, String elr, int leader) {
        createLeftWithOne();
        assign(1, createTopic("others", List.of(1, 2)), SECOND);
        register(1, true);
        assign(1, BrokerImage.LOST_DIRECTORY);

        checkOutcome(events, isr, elr, leader);
    }

    /// On 1, which has both directories, and on 2, which may lack records.
    private void createLeftWithOne() {
        create(List.of(1, 2));
        register(1, true, List.of(DIRECTORIES[1], SECOND));
        fence(1, false);
        fence(2, true);
        register(2, false);
        assertThat(partition().isr()).containsExactly(1);
        assertThat(partition().elr()).isEmpty();
    }

    @Test
    void whatWasLostIsNotLookedForWhereNobodyKnowsWhichDirectoriesThereWere() {
        createLeftWithOne();
        assign(1, createTopic("others", List.of(1, 2)), DIRECTORIES[1]);
        assign(1, SECOND);
        assign(1, BrokerImage.LOST_DIRECTORY);
        world.run(new FailDirectories(1, epoch(1), List.of(DIRECTORIES[1], SECOND))).get();

        register(1, true);

        assertThat(partition().isLost(1)).as("it may be in the other directory").isTrue();
        assertThat(partition().elr()).containsExactly(1);
    }

    private PartitionImage partition() {
        return Objects.requireNonNull(world.image.topic(topic)).partitions().getFirst();
    }

    private static TopicId named(int broker, String directory) {
        return switch (directory) {
            case "first" -> DIRECTORIES[broker];
            case "second" -> SECOND;
            case "nobody's" -> TopicId.ZERO;
            case "lost" -> BrokerImage.LOST_DIRECTORY;
            default -> throw new AssertionError(directory);
        };
    }

    private static List<Integer> ids(String text) {
        return text.equals("-") ? List.of() : List.of(text.split(" ")).stream().map(Integer::valueOf).toList();
    }
}
