package io.girok.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok cluster elect`.
@Command(name = "elect", description = {"Give partitions their preferred leaders: the first of their replicas.",
    "With --unclean, give a leader to partitions that have none, whatever it lacks."})
final class ClusterElect implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "NAME[:N,N...]", arity = "0..*",
            description = "Topics, or some of their partitions. Default: all that need it.")
    List<String> selections = new ArrayList<>();

    @Option(names = "--unclean", description = "Records that the new leaders lack are lost for ever. "
            + "Does nothing without --execute.")
    boolean unclean;

    @Option(names = "--execute", description = "Do an unclean election.")
    boolean execute;

    @Option(names = "--json", description = "Print a JSON array.")
    boolean json;

    @Override
    public void run() {
        if (unclean && !execute) {
            throw Failure.usage("an unclean election loses every record that the new leader lacks, also acknowledged "
                    + "ones; wait for the brokers that have them, or say --execute");
        }
        try (Admin admin = client.admin(); Output output = Output.standard()) {
            ElectionType type = unclean ? ElectionType.UNCLEAN : ElectionType.PREFERRED;
            Map<TopicPartition, Optional<Throwable>> answers = new TreeMap<>(Topics.PARTITION_ORDER);
            answers.putAll(Answers.of(admin.electLeaders(type, partitions(admin)).partitions()));
            // What has the right leader is as it should be.
            answers.values()
                    .removeIf(answer -> answer.filter(ElectionNotNeededException.class::isInstance).isPresent());
            print(answers, output);
            long failed = answers.values().stream().filter(Optional::isPresent).count();
            if (0 < failed) {
                throw Failure.of(failed + " partitions did not get the leader that was asked for");
            }
        }
    }

    /// Null: all that need it.
    private @Nullable Set<TopicPartition> partitions(Admin admin) {
        if (selections.isEmpty()) {
            return null;
        }
        Set<TopicPartition> partitions = new TreeSet<>(Topics.PARTITION_ORDER);
        selections.forEach(selection -> partitions.addAll(Topics.selected(admin, selection)));
        return partitions;
    }

    private void print(Map<TopicPartition, Optional<Throwable>> answers, Output output) {
        if (json) {
            List<Object> rows = new ArrayList<>();
            answers.forEach((partition, answer) -> rows.add(Json.object("topic", partition.topic(), "partition",
                    partition.partition(), "error", answer.map(Explanation::of).orElse(null))));
            output.line(Json.of(rows));
            return;
        }
        if (answers.isEmpty()) {
            output.line("no election was needed");
            return;
        }
        Table table = Table.of("TOPIC", "PARTITION", "RESULT");
        answers.forEach((partition, answer) -> table.row(partition.topic(), partition.partition(),
                answer.map(Explanation::of).orElse("elected")));
        table.print(output);
    }
}
