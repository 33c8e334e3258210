package io.girok.admin;

import io.girok.membership.ControllerChannel;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.Settings;
import io.girok.metadata.setting.TopicSettings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfigCollection;
import org.apache.kafka.common.protocol.Errors;

/// Has the topic of the groups' offsets created. Thread-safe.
public final class OffsetsTopic {
    private final Settings settings;
    private final NewTopics newTopics;
    private final Supplier<MetadataImage> images;

    public OffsetsTopic(Settings settings, ControllerChannel controller, Supplier<MetadataImage> images) {
        this.settings = settings;
        this.newTopics = new NewTopics(controller);
        this.images = images;
    }

    /// Done when the topic is there, whoever created it; fails when it can't be had now.
    public CompletableFuture<Void> create() {
        Map<String, String> config = Map.of(TopicSettings.CLEANUP_POLICY.name(), "compact",
                // Clients choose the codec of their records; those of the coordinator stay as they are.
                TopicSettings.COMPRESSION_TYPE.name(), "producer",
                TopicSettings.SEGMENT_BYTES.name(),
                Integer.toString(settings.get(BrokerSettings.OFFSETS_TOPIC_SEGMENT_BYTES)));
        CreatableTopicConfigCollection configs = new CreatableTopicConfigCollection(config.size() + 1);
        config.forEach((name, value) -> configs.add(new CreatableTopicConfig().setName(name).setValue(value)));
        CreatableTopic topic = new CreatableTopic().setName(Topic.GROUP_METADATA_TOPIC_NAME)
                .setNumPartitions(settings.get(BrokerSettings.OFFSETS_TOPIC_NUM_PARTITIONS))
                .setReplicationFactor(replicationFactor())
                .setConfigs(configs);
        return newTopics.create(List.of(topic)).thenAccept(errors -> errors.values().forEach(OffsetsTopic::check));
    }

    /// As many as are wished for, or as there are brokers.
    private short replicationFactor() {
        long alive = images.get().brokers().stream().filter(BrokerImage::canLead).count();
        int wished = settings.get(BrokerSettings.OFFSETS_TOPIC_REPLICATION_FACTOR);
        return (short) Math.max(1, Math.min(wished, alive));
    }

    private static void check(Errors error) {
        if (error != Errors.NONE && error != Errors.TOPIC_ALREADY_EXISTS) {
            throw error.exception();
        }
    }
}
