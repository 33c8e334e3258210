package io.girok.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.controller.AlterReassignments.Reassignment;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.metadata.MetadataCodec;
import io.girok.metadata.MetadataLog;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataRecord.PartitionChange;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Brokers 1, 2 and 3, and as many partitions as a cluster may have.
class ManyPartitionsTest {
    private static final int COUNT = 10_000;

    private final World world = World.withBrokers("", "", "");

    /// What a command writes, batch by batch, to its end.
    private List<List<MetadataRecord>> batchesOf(Command<?> command) {
        List<List<MetadataRecord>> batches = new ArrayList<>();
        Decision<?> decision = world.decide(command);
        while (true) {
            world.apply(decision.records());
            batches.add(decision.records());
            if (decision.isDone()) {
                return batches;
            }
            decision = world.decide(new RepairPartitions());
        }
    }

    private long epoch(int broker) {
        return Objects.requireNonNull(world.image.broker(broker)).epoch();
    }

    private void create(String name, int partitionCount) {
        // As many as fit into one batch, then more.
        int each = 2_500;
        world.run(new CreateTopics(List.of(new NewTopic(name, Math.min(each, partitionCount), 3, List.of(), Map.of())),
                false));
        for (int count = 2 * each; count <= partitionCount; count += each) {
            assertThat(world.run(new CreatePartitions(
                    List.of(new CreatePartitions.Growth(name, count, List.of())), false)).values())
                    .allMatch(Result::isOk);
        }
    }

    private TopicImage topic(String name) {
        return Objects.requireNonNull(world.image.topic(name));
    }

    private List<PartitionImage> partitions() {
        return world.image.topics().stream().flatMap(topic -> topic.partitions().stream()).toList();
    }

    private static List<Integer> sizes(List<List<MetadataRecord>> batches) {
        return batches.stream()
                .map(batch -> batch.stream().mapToInt(record -> MetadataCodec.encode(record).length).sum())
                .toList();
    }

    private void assertThatAllAreLedWithout(int broker) {
        assertThat(partitions()).hasSize(COUNT)
                .allMatch(partition -> 0 < partition.leader() && partition.leader() != broker
                        && !partition.isr().contains(broker));
    }

    @Test
    void aBrokersDeathIsFewBatchesForOneLargeTopic() {
        create("large", COUNT);

        List<List<MetadataRecord>> batches = batchesOf(new FenceBroker(2, epoch(2), true));

        assertThatAllAreLedWithout(2);
        assertThat(batches).hasSizeLessThanOrEqualTo(4);
        assertThat(batches.stream().mapToInt(List::size).sum()).isLessThanOrEqualTo(COUNT / 500 + 5);
        assertThat(sizes(batches)).allMatch(size -> size <= MetadataLog.MAX_BATCH_BYTES);
    }

    @Test
    void aBrokersDeathIsFewBatchesForManySmallTopics() {
        for (int i = 0; i < COUNT / 10; i++) {
            create("small-" + i, 10);
        }

        List<List<MetadataRecord>> batches = batchesOf(new FenceBroker(2, epoch(2), true));

        assertThatAllAreLedWithout(2);
        assertThat(batches).hasSizeLessThanOrEqualTo(4);
        assertThat(sizes(batches)).allMatch(size -> size <= MetadataLog.MAX_BATCH_BYTES);
    }

    @Test
    void anElectionWritesOneRecordForManyPartitions() {
        create("large", 2_500);
        batchesOf(new FenceBroker(2, epoch(2), true));
        batchesOf(new FenceBroker(2, epoch(2), false));
        comeInSync(2);

        Decision<Map<PartitionName, Result<Integer>>> decision = world
                .decide(new ElectLeaders(ElectLeaders.Kind.PREFERRED, null));

        assertThat(decision.answer()).hasSizeGreaterThan(500).allSatisfy((name, answer) -> {
            assertThat(answer).isEqualTo(Result.of(2));
        });
        assertThat(decision.records()).hasSizeLessThan(5);
    }

    private void comeInSync(int broker) {
        List<MetadataRecord> records = new ArrayList<>();
        TopicImage topic = topic("large");
        for (int index = 0; index < topic.partitions().size(); index++) {
            PartitionImage now = topic.partitions().get(index);
            assertThat(now.replicas()).contains(broker);
            records.add(new MetadataRecord.PartitionsChanged(topic.id(),
                    List.of(new PartitionChange(index, now.with(now.replicas(), List.of(), now.leader())))));
        }
        world.apply(records);
    }

    @Test
    void reassignmentsThatDoNotFitAreAskedForAgain() {
        create("large", COUNT);
        AlterReassignments all = new AlterReassignments(IntStream.range(0, COUNT)
                .mapToObj(index -> new Reassignment(new PartitionName("large", index),
                        topic("large").partitions().get(index).replicas().reversed()))
                .toList(), false);

        List<MetadataRecord> written = new ArrayList<>();
        int rounds = 0;
        AlterReassignments rest = all;
        while (!rest.reassignments().isEmpty()) {
            Decision<Map<PartitionName, Result<PartitionImage>>> decision = world.decide(rest);
            world.apply(decision.records());
            written.addAll(decision.records());
            assertThat(decision.answer().values()).extracting(Result::error)
                    .containsAnyOf(ControllerError.NONE)
                    .isSubsetOf(ControllerError.NONE, ControllerError.THROTTLING_QUOTA_EXCEEDED);
            rest = new AlterReassignments(rest.reassignments()
                    .stream()
                    .filter(each -> !Objects.requireNonNull(decision.answer().get(each.partition())).isOk())
                    .toList(), false);
            rounds++;
        }

        assertThat(rounds).isBetween(2, 4);
        assertThat(written).hasSizeLessThan(COUNT / 500 + 5);
        assertThat(IntStream.range(0, COUNT).mapToObj(index -> topic("large").partitions().get(index).replicas()))
                .isEqualTo(all.reassignments().stream().map(Reassignment::target).toList());
    }

    @Test
    void directoriesThatDoNotFitAreToldAgain() {
        create("large", COUNT);
        TopicId id = topic("large").id();
        TopicId other = new TopicId(77, 1);
        Map<PartitionId, TopicId> all = new LinkedHashMap<>();
        IntStream.range(0, COUNT).forEach(index -> all.put(new PartitionId(id, index), other));

        Map<PartitionId, Result<TopicId>> answers = world.run(new AssignDirectories(1, epoch(1), all)).get();

        assertThat(answers.values()).extracting(Result::error)
                .containsOnly(ControllerError.NONE, ControllerError.THROTTLING_QUOTA_EXCEEDED);
        answers.forEach((partition, answer) -> assertThat(
                topic("large").partitions().get(partition.index()).directoryOf(1).equals(other))
                .isEqualTo(answer.isOk()));
        answers.forEach((partition, answer) -> {
            if (answer.isOk()) {
                all.remove(partition);
            }
        });
        while (!all.isEmpty()) {
            world.run(new AssignDirectories(1, epoch(1), all)).get().forEach((partition, answer) -> {
                if (answer.isOk()) {
                    all.remove(partition);
                }
            });
        }
        assertThat(topic("large").partitions()).allMatch(partition -> partition.directoryOf(1).equals(other));
    }
}
