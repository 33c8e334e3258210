package io.girok.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `girok topic delete`.
@Command(name = "delete", description = "Delete topics and all their records.")
final class TopicDelete implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The topics.")
    List<String> names = new ArrayList<>();

    @Override
    public void run() {
        try (Admin admin = client.admin()) {
            Map<String, KafkaFuture<Void>> answers = admin.deleteTopics(new LinkedHashSet<>(names)).topicNameValues();
            answers.forEach(Topics::existing);
        }
    }
}
