package io.girok.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok topic create`.
@Command(name = "create", description = "Create a topic.")
final class TopicCreate implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "NAME", description = "The topic's name.")
    String name = "";

    @Option(names = "--partitions", paramLabel = "N", description = "Default: the broker's num.partitions.")
    @Nullable
    Integer partitions;

    @Option(names = "--replication-factor", paramLabel = "N",
            description = "Copies of each partition. Default: the broker's default.replication.factor.")
    @Nullable
    Short replicationFactor;

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "A setting of the topic; may be repeated.")
    List<String> settings = new ArrayList<>();

    @Option(names = "--if-not-exists", description = "Succeed when the topic is there already.")
    boolean ifNotExists;

    @Override
    public void run() {
        NewTopic topic = new NewTopic(name, Optional.ofNullable(partitions), Optional.ofNullable(replicationFactor))
                .configs(Assignment.parseAll("--set", settings));
        try (Admin admin = client.admin()) {
            Answers.of(admin.createTopics(List.of(topic)).all());
        } catch (TopicExistsException e) {
            if (!ifNotExists) {
                throw Failure.of("topic '" + name + "' already exists");
            }
        }
    }
}
