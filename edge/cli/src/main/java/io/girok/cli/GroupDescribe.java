package io.girok.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok group describe`.
@Command(name = "describe", description = "Show a group's members, offsets and lag.")
final class GroupDescribe implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "ID", description = "The group.")
    String group = "";

    @Option(names = "--json", description = "Print a JSON object.")
    boolean json;

    /// One partition as the group sees it; null where nothing is known.
    private record Row(TopicPartition partition, @Nullable Long committed, @Nullable Long end,
            @Nullable MemberDescription member) {
        @Nullable
        Long lag() {
            return committed == null || end == null ? null : Math.max(0, end - committed);
        }
    }

    @Override
    public void run() {
        try (Admin admin = client.admin(); Output output = Output.standard()) {
            ConsumerGroupDescription description = Groups.describe(admin, group);
            List<Row> rows = rows(admin, description);
            if (json) {
                output.line(Json.of(toJson(description, rows)));
            } else {
                print(description, rows, output);
            }
        }
    }

    private List<Row> rows(Admin admin, ConsumerGroupDescription description) {
        Map<TopicPartition, Long> committed = Groups.committed(admin, group);
        Map<TopicPartition, MemberDescription> owners = new TreeMap<>(Topics.PARTITION_ORDER);
        for (MemberDescription member : description.members()) {
            member.assignment().topicPartitions().forEach(partition -> owners.put(partition, member));
        }
        TreeSet<TopicPartition> partitions = new TreeSet<>(Topics.PARTITION_ORDER);
        partitions.addAll(committed.keySet());
        partitions.addAll(owners.keySet());
        List<Row> rows = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            rows.add(new Row(partition, committed.get(partition), end(admin, partition), owners.get(partition)));
        }
        return rows;
    }

    /// Null for a topic that is gone: a group keeps its offsets for a while.
    private static @Nullable Long end(Admin admin, TopicPartition partition) {
        try {
            return Topics.offsets(admin, List.of(partition), OffsetSpec.latest()).get(partition);
        } catch (UnknownTopicOrPartitionException e) {
            return null;
        }
    }

    private static void print(ConsumerGroupDescription description, List<Row> rows, Output output) {
        output.line(
                "group " + description.groupId() + "  state " + description.groupState() + "  members "
                        + description.members().size()
                        + (description.partitionAssignor().isEmpty()
                                ? ""
                                : "  assignor " + description.partitionAssignor()));
        Table table = Table.of("TOPIC", "PARTITION", "OFFSET", "END", "LAG", "MEMBER", "CLIENT", "HOST");
        for (Row row : rows) {
            MemberDescription member = row.member();
            table.row(row.partition().topic(), row.partition().partition(), orDash(row.committed()), orDash(row.end()),
                    orDash(row.lag()), member == null ? "-" : member.consumerId(),
                    member == null ? "-" : member.clientId(), member == null ? "-" : member.host());
        }
        table.print(output);
    }

    private static Object toJson(ConsumerGroupDescription description, List<Row> rows) {
        List<Object> partitions = new ArrayList<>();
        for (Row row : rows) {
            partitions.add(
                    Json.object("topic", row.partition().topic(), "partition", row.partition().partition(), "offset",
                            row.committed(), "endOffset", row.end(), "lag", row.lag(), "member",
                            row.member() == null ? null : row.member().consumerId()));
        }
        List<Object> members = new ArrayList<>();
        for (MemberDescription member : description.members()) {
            members.add(
                    Json.object("id", member.consumerId(), "clientId", member.clientId(), "host", member.host(),
                            "groupInstanceId", member.groupInstanceId().orElse(null)));
        }
        return Json.object("group", description.groupId(), "state", description.groupState().toString(), "type",
                description.type().toString(), "assignor", description.partitionAssignor(), "members", members,
                "partitions", partitions);
    }

    private static Object orDash(@Nullable Object value) {
        return value == null ? "-" : value;
    }
}
