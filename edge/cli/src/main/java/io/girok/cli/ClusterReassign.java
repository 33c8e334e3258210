package io.girok.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.PartitionReassignment;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok cluster reassign`.
@Command(name = "reassign", description = "Show the partitions that are moving, or call their moves off.")
final class ClusterReassign implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "NAME[:N,N...]", arity = "0..*",
            description = "Topics, or some of their partitions. Default: all that are moving.")
    List<String> selections = new ArrayList<>();

    @Option(names = "--cancel", description = "Leave the copies where they were.")
    boolean cancel;

    @Option(names = "--json", description = "Print a JSON array.")
    boolean json;

    /// A move and how far it is.
    private record Row(TopicPartition partition, PartitionReassignment reassignment, long copiedBytes,
            long totalBytes) {}

    @Override
    public void run() {
        try (Admin admin = client.admin(); Output output = Output.standard()) {
            Map<TopicPartition, PartitionReassignment> running = ClusterState.reassignments(admin);
            if (!selections.isEmpty()) {
                Set<TopicPartition> selected = new HashSet<>();
                selections.forEach(selection -> selected.addAll(Topics.selected(admin, selection)));
                running.keySet().retainAll(selected);
            }
            print(rows(admin, running), output);
            if (cancel) {
                cancel(admin, running.keySet());
            }
        }
    }

    private static List<Row> rows(Admin admin, Map<TopicPartition, PartitionReassignment> running) {
        Set<Integer> brokers = new HashSet<>();
        running.values().forEach(reassignment -> brokers.addAll(reassignment.replicas()));
        brokers.retainAll(ClusterState.ids(List.copyOf(Answers.of(admin.describeCluster().nodes()))));
        Map<TopicPartition, Map<Integer, Long>> sizes = ClusterState.sizes(ClusterState.directories(admin, brokers));
        List<Row> rows = new ArrayList<>();
        running.forEach((partition, reassignment) -> {
            Map<Integer, Long> copies = sizes.getOrDefault(partition, Map.of());
            long size = copies.values().stream().mapToLong(bytes -> bytes).max().orElse(0);
            long copied = reassignment.addingReplicas().stream().mapToLong(id -> copies.getOrDefault(id, 0L)).sum();
            rows.add(new Row(partition, reassignment, copied, size * reassignment.addingReplicas().size()));
        });
        return rows;
    }

    /// Calls moves off; one that has come to its end meanwhile is passed over.
    static void cancel(Admin admin, Set<TopicPartition> partitions) {
        Map<TopicPartition, Optional<NewPartitionReassignment>> requests = new HashMap<>();
        partitions.forEach(partition -> requests.put(partition, Optional.empty()));
        Map<TopicPartition, RuntimeException> failures = new TreeMap<>(Topics.PARTITION_ORDER);
        admin.alterPartitionReassignments(requests).values().forEach((partition, answer) -> {
            try {
                Answers.of(answer);
            } catch (NoReassignmentInProgressException e) {
                // It is where it was to go.
            } catch (RuntimeException e) {
                failures.put(partition, e);
            }
        });
        failures.forEach((partition, failure) -> {
            throw Failure.of("the move of '" + partition + "' could not be called off: " + Explanation.of(failure));
        });
    }

    private void print(List<Row> rows, Output output) {
        if (json) {
            output.line(Json.of(rows.stream()
                    .map(row -> Json.object("topic", row.partition.topic(), "partition", row.partition.partition(),
                            "replicas", row.reassignment.replicas(), "adding", row.reassignment.addingReplicas(),
                            "removing", row.reassignment.removingReplicas(), "copiedBytes", row.copiedBytes,
                            "totalBytes", row.totalBytes, "cancelled", cancel))
                    .toList()));
            return;
        }
        if (rows.isEmpty()) {
            output.line("nothing is moving");
            return;
        }
        Table table = Table.of("TOPIC", "PARTITION", "REPLICAS", "ADDING", "REMOVING", "COPIED-MIB", "OF-MIB");
        rows.forEach(row -> table.row(row.partition.topic(), row.partition.partition(),
                ids(row.reassignment.replicas()), ids(row.reassignment.addingReplicas()),
                ids(row.reassignment.removingReplicas()), Sizes.mib(row.copiedBytes), Sizes.mib(row.totalBytes)));
        table.print(output);
    }

    private static String ids(List<Integer> brokers) {
        return brokers.isEmpty() ? "-" : String.join(",", brokers.stream().map(String::valueOf).toList());
    }
}
