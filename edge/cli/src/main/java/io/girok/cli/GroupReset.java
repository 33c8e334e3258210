package io.girok.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok group reset`.
@Command(name = "reset", description = {"Move a group to other offsets; the group must have no members.",
    "Shows what would be done; --execute does it."})
final class GroupReset implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "ID", description = "The group.")
    String group = "";

    @ArgGroup(multiplicity = "1")
    Scope scope = new Scope();

    @ArgGroup(multiplicity = "1")
    Target target = new Target();

    @Option(names = "--execute", description = "Do it.")
    boolean execute;

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    /// Which partitions: one of them.
    static final class Scope {
        @Option(names = "--topic", paramLabel = "NAME[:N,N...]",
                description = "A topic, or some of its partitions; may be repeated.")
        List<String> topics = new ArrayList<>();

        @Option(names = "--all-topics", description = "All the topics the group has offsets for.")
        boolean allTopics;
    }

    /// Where to: one of them.
    static final class Target {
        @Option(names = "--to-earliest", description = "To the oldest record.")
        boolean earliest;

        @Option(names = "--to-latest", description = "To the end.")
        boolean latest;

        @Option(names = "--to-offset", paramLabel = "N",
                description = "To this offset, or the nearest one that the partition has.")
        @Nullable
        Long offset;

        @Option(names = "--to-time", paramLabel = "TIME",
                description = "To the first record at or after this time: 2026-01-01T10:00:00Z, "
                        + "milliseconds since 1970, -15m.")
        @Nullable
        String time;
    }

    @Override
    public void run() {
        try (Admin admin = client.admin(); Output output = Output.standard()) {
            Map<TopicPartition, Long> before = Groups.committed(admin, group);
            Collection<TopicPartition> partitions = partitions(admin, before);
            if (partitions.isEmpty()) {
                throw Failure.of("group '" + group + "' has no offsets to reset");
            }
            Map<TopicPartition, Long> after = targets(admin, partitions);
            if (execute) {
                commit(admin, after);
            }
            print(before, after, output);
        }
        if (!execute && !json) {
            System.err.println("nothing was changed: this shows what --execute would do");
        }
    }

    private Collection<TopicPartition> partitions(Admin admin, Map<TopicPartition, Long> committed) {
        if (scope.allTopics) {
            return committed.keySet();
        }
        Collection<TopicPartition> partitions = new TreeSet<>(Topics.PARTITION_ORDER);
        scope.topics.forEach(topic -> partitions.addAll(Topics.selected(admin, topic)));
        return partitions;
    }

    private Map<TopicPartition, Long> targets(Admin admin, Collection<TopicPartition> partitions) {
        if (target.earliest) {
            return Topics.offsets(admin, partitions, OffsetSpec.earliest());
        }
        Map<TopicPartition, Long> ends = Topics.offsets(admin, partitions, OffsetSpec.latest());
        Map<TopicPartition, Long> targets = new TreeMap<>(Topics.PARTITION_ORDER);
        if (target.offset != null) {
            long wanted = target.offset;
            Map<TopicPartition, Long> beginnings = Topics.offsets(admin, partitions, OffsetSpec.earliest());
            beginnings.forEach(
                    (partition, from) -> targets.put(
                            partition,
                            Math.max(from, Math.min(wanted, ends.getOrDefault(partition, from)))));
            return targets;
        }
        if (target.time == null) {
            return ends;
        }
        long timestampMs = TimePoint.parse(target.time);
        Topics.offsets(admin, partitions, OffsetSpec.forTimestamp(timestampMs))
                .forEach(
                        (partition, found) -> targets.put(
                                partition,
                                found < 0 ? ends.getOrDefault(partition, 0L) : found));
        return targets;
    }

    private void commit(Admin admin, Map<TopicPartition, Long> offsets) {
        Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
        offsets.forEach((partition, offset) -> commits.put(partition, new OffsetAndMetadata(offset)));
        try {
            Answers.of(admin.alterConsumerGroupOffsets(group, commits).all());
        } catch (UnknownMemberIdException e) {
            throw Failure.of("group '" + group + "' has members; stop them first");
        }
    }

    private void print(Map<TopicPartition, Long> before, Map<TopicPartition, Long> after, Output output) {
        if (json) {
            List<Object> partitions = new ArrayList<>();
            after.forEach(
                    (partition, offset) -> partitions.add(
                            Json.object("topic", partition.topic(), "partition", partition.partition(), "before",
                                    before.get(partition), "after", offset)));
            output.line(Json.of(Json.object("group", group, "executed", execute, "partitions", partitions)));
            return;
        }
        Table table = Table.of("TOPIC", "PARTITION", "BEFORE", "AFTER");
        after.forEach((partition, offset) -> {
            Object from = before.containsKey(partition) ? before.get(partition) : "-";
            table.row(partition.topic(), partition.partition(), from, offset);
        });
        table.print(output);
    }
}
