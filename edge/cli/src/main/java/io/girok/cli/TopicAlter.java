package io.girok.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok topic alter`.
@Command(name = "alter", description = "Add partitions to a topic, change its settings.")
final class TopicAlter implements Runnable {
    @Mixin
    ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "NAME", description = "The topic.")
    String name = "";

    @Option(names = "--partitions", paramLabel = "N",
            description = "How many partitions there shall be in all; never fewer than there are.")
    @Nullable
    Integer partitions;

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "Set a setting; may be repeated.")
    List<String> settings = new ArrayList<>();

    @Option(names = "--unset", paramLabel = "NAME", description = "Return a setting to its default; may be repeated.")
    List<String> unset = new ArrayList<>();

    @Override
    public void run() {
        Collection<AlterConfigOp> changes = new ArrayList<>();
        Assignment.parseAll("--set", settings)
                .forEach(
                        (setting, value) -> changes.add(
                                new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET)));
        unset.forEach(
                setting -> changes.add(
                        new AlterConfigOp(new ConfigEntry(setting, null), AlterConfigOp.OpType.DELETE)));
        if (changes.isEmpty() && partitions == null) {
            throw Failure.usage("nothing to alter: give --partitions, --set or --unset");
        }
        try (Admin admin = client.admin()) {
            Topics.describe(admin, List.of(name));
            if (!changes.isEmpty()) {
                ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
                Answers.of(admin.incrementalAlterConfigs(Map.of(resource, changes)).all());
            }
            if (partitions != null) {
                Answers.of(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(partitions))).all());
            }
        }
    }
}
