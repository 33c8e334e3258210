package io.girok.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok topic describe`.
@Command(name = "describe", description = "Show a topic's partitions, offsets and settings.")
final class TopicDescribe implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The topics.")
    List<String> names = new ArrayList<>();

    @Option(names = "--json", description = "Print a JSON array with one object for each topic.")
    boolean json;

    /// What there is to say about one topic.
    ///
    /// @param settings those set for the topic itself
    private record Described(TopicDescription topic, Map<String, String> settings,
            Map<TopicPartition, Long> startOffsets,
            Map<TopicPartition, Long> endOffsets) {}

    @Override
    public void run() {
        try (Admin admin = client.admin(); Output output = Output.standard()) {
            List<Described> topics = Topics.describe(admin, names)
                    .values()
                    .stream()
                    .map(topic -> describe(admin, topic))
                    .toList();
            if (json) {
                output.line(Json.of(topics.stream().map(TopicDescribe::toJson).toList()));
            } else {
                topics.forEach(topic -> print(topic, output));
            }
        }
    }

    private static Described describe(Admin admin, TopicDescription topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        Map<String, String> settings = new TreeMap<>();
        Answers.of(admin.describeConfigs(List.of(resource)).all())
                .values()
                .stream()
                .flatMap(config -> config.entries().stream())
                .filter(entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
                .forEach(entry -> settings.put(entry.name(), String.valueOf(entry.value())));
        List<TopicPartition> led = topic.partitions()
                .stream()
                .filter(partition -> leader(partition) != null)
                .map(partition -> new TopicPartition(topic.name(), partition.partition()))
                .toList();
        return new Described(topic, settings, Topics.offsets(admin, led, OffsetSpec.earliest()),
                Topics.offsets(admin, led, OffsetSpec.latest()));
    }

    private static void print(Described described, Output output) {
        TopicDescription topic = described.topic();
        output.line("topic " + topic.name() + "  id " + topic.topicId());
        described.settings().forEach((name, value) -> output.line("  " + name + "=" + value));
        Table table = Table.of("PARTITION", "LEADER", "REPLICAS", "IN-SYNC", "START", "END");
        for (TopicPartitionInfo partition : topic.partitions()) {
            TopicPartition id = new TopicPartition(topic.name(), partition.partition());
            table.row(partition.partition(), orDash(leader(partition)), ids(partition.replicas()), ids(partition.isr()),
                    orDash(described.startOffsets().get(id)), orDash(described.endOffsets().get(id)));
        }
        table.print(output);
    }

    private static Object toJson(Described described) {
        TopicDescription topic = described.topic();
        List<Object> partitions = new ArrayList<>();
        for (TopicPartitionInfo partition : topic.partitions()) {
            TopicPartition id = new TopicPartition(topic.name(), partition.partition());
            partitions.add(
                    Json.object("partition", partition.partition(), "leader", leader(partition), "replicas",
                            partition.replicas().stream().map(Node::id).toList(), "isr",
                            partition.isr().stream().map(Node::id).toList(), "startOffset",
                            described.startOffsets().get(id), "endOffset", described.endOffsets().get(id)));
        }
        return Json.object("name", topic.name(), "id", topic.topicId().toString(), "internal", topic.isInternal(),
                "settings", described.settings(), "partitions", partitions);
    }

    private static @Nullable Integer leader(TopicPartitionInfo partition) {
        @Nullable
        Node leader = partition.leader();
        return leader == null || leader.isEmpty() ? null : leader.id();
    }

    private static Object orDash(@Nullable Object value) {
        return value == null ? "-" : value;
    }

    private static String ids(List<Node> nodes) {
        return String.join(",", nodes.stream().map(Node::idString).toList());
    }
}
