package io.girok.admin;

import io.girok.controller.ActiveController;
import io.girok.controller.CommandFailed;
import io.girok.controller.ControllerError;
import io.girok.controller.CreateTopics;
import io.girok.controller.CreateTopics.NewTopic;
import io.girok.controller.Result;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.Settings;
import io.girok.metadata.setting.TopicSettings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.internals.Topic;

/// Has the topic of the groups' offsets created. Thread-safe.
public final class OffsetsTopic {
    private final Settings settings;
    private final ActiveController controller;

    public OffsetsTopic(Settings settings, ActiveController controller) {
        this.settings = settings;
        this.controller = controller;
    }

    /// Done when the topic is in this broker's image, whoever created it; fails when it can't be had now.
    public CompletableFuture<Void> create() {
        Map<String, String> config = Map.of(TopicSettings.CLEANUP_POLICY.name(), "compact",
                // Clients choose the codec of their records; those of the coordinator stay as they are.
                TopicSettings.COMPRESSION_TYPE.name(), "producer",
                TopicSettings.SEGMENT_BYTES.name(),
                Integer.toString(settings.get(BrokerSettings.OFFSETS_TOPIC_SEGMENT_BYTES)));
        NewTopic topic = new NewTopic(Topic.GROUP_METADATA_TOPIC_NAME,
                settings.get(BrokerSettings.OFFSETS_TOPIC_NUM_PARTITIONS), CreateTopics.DEFAULT, List.of(), config);
        return controller.submit(new CreateTopics(List.of(topic), false))
                .thenAccept(results -> results.values().forEach(OffsetsTopic::check));
    }

    private static void check(Result<?> result) {
        if (!result.isOk() && result.error() != ControllerError.TOPIC_ALREADY_EXISTS) {
            throw new CommandFailed(result.error(), String.valueOf(result.message()));
        }
    }
}
