package io.girok.cli;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `girok topic list`.
@Command(name = "list", description = "List the topics.")
final class TopicList implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Option(names = "--internal", description = "List the broker's own topics, too.")
    boolean internal;

    @Option(names = "--json", description = "Print a JSON array.")
    boolean json;

    @Override
    public void run() {
        try (Admin admin = client.admin(); Output output = Output.standard()) {
            Collection<String> names = Answers.of(
                    admin.listTopics(new ListTopicsOptions().listInternal(internal)).names());
            Collection<TopicDescription> topics = Topics.describe(admin, new TreeSet<>(names)).values();
            if (json) {
                output.line(Json.of(topics.stream().map(TopicList::toJson).toList()));
            } else {
                Table table = Table.of("TOPIC", "PARTITIONS", "REPLICATION");
                topics.forEach(
                        topic -> table.row(topic.name(), topic.partitions().size(), replicationFactor(topic)));
                table.print(output);
            }
        }
    }

    private static Object toJson(TopicDescription topic) {
        return Json.object("name", topic.name(), "id", topic.topicId().toString(), "internal", topic.isInternal(),
                "partitions", topic.partitions().size(), "replicationFactor", replicationFactor(topic));
    }

    static int replicationFactor(TopicDescription topic) {
        return topic.partitions()
                .stream()
                .map(partition -> partition.replicas())
                .mapToInt(List::size)
                .max()
                .orElse(0);
    }
}
