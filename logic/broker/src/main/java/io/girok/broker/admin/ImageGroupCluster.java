package io.girok.broker.admin;

import io.girok.base.TopicId;
import io.girok.broker.data.LeaderHints;
import io.girok.broker.group.GroupCluster;
import io.girok.controller.ActiveController;
import io.girok.controller.ControllerError;
import io.girok.controller.CreateTopics;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.metadata.setting.TopicSettings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.internals.Topic;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What groups ask of the cluster, by the present image; creates their topic through the controller. Thread-safe.
public final class ImageGroupCluster implements GroupCluster {
    private static final Logger LOG = LoggerFactory.getLogger(ImageGroupCluster.class);

    private final Supplier<MetadataImage> images;
    private final EffectiveSettings settings;
    private final ActiveController controller;

    public ImageGroupCluster(Supplier<MetadataImage> images, EffectiveSettings settings, ActiveController controller) {
        this.images = images;
        this.settings = settings;
        this.controller = controller;
    }

    @Override
    public TopicId idOf(String name) {
        TopicImage topic = images.get().topic(name);
        return topic == null ? TopicId.ZERO : topic.id();
    }

    @Override
    public @Nullable String nameOf(TopicId id) {
        TopicImage topic = images.get().topic(id);
        return topic == null ? null : topic.name();
    }

    @Override
    public int partitionCount(String name) {
        TopicImage topic = images.get().topic(name);
        return topic == null ? 0 : topic.partitions().size();
    }

    @Override
    public int leaderOf(String name, int partition) {
        TopicImage topic = images.get().topic(name);
        return topic == null || partition < 0 || topic.partitions().size() <= partition
                ? PartitionImage.NO_LEADER
                : topic.partitions().get(partition).leader();
    }

    @Override
    public LeaderHints.@Nullable Endpoint endpoint(int brokerId, String listenerName) {
        BrokerImage broker = images.get().broker(brokerId);
        if (broker == null || broker.isFenced()) {
            return null;
        }
        for (io.girok.metadata.Endpoint endpoint : broker.endpoints()) {
            if (endpoint.listener().equals(listenerName)) {
                return new LeaderHints.Endpoint(endpoint.host(), endpoint.port(), broker.rack());
            }
        }
        return null;
    }

    @Override
    public CompletableFuture<Void> createOffsetsTopic() {
        String name = Topic.GROUP_METADATA_TOPIC_NAME;
        if (images.get().topic(name) != null) {
            return CompletableFuture.completedFuture(null);
        }
        Map<String, String> config = Map.of(
                TopicSettings.CLEANUP_POLICY.name(),
                "compact",
                TopicSettings.COMPRESSION_TYPE.name(),
                "producer",
                TopicSettings.SEGMENT_BYTES.name(),
                Integer.toString(settings.given().get(BrokerSettings.OFFSETS_TOPIC_SEGMENT_BYTES)));
        CreateTopics.NewTopic topic = new CreateTopics.NewTopic(name,
                settings.given().get(BrokerSettings.OFFSETS_TOPIC_NUM_PARTITIONS), CreateTopics.DEFAULT, List.of(),
                config);
        return controller.submit(new CreateTopics(List.of(topic), false)).handle((results, failure) -> {
            if (failure != null) {
                LOG.warn("topic '{}' could not be created; the next client tries again: {}", name,
                        failure.getMessage());
            } else {
                results.values()
                        .stream()
                        .filter(result -> !result.isOk() && result.error() != ControllerError.TOPIC_ALREADY_EXISTS)
                        .forEach(
                                result -> LOG.warn("topic '{}' could not be created; the next client tries again: {}",
                                        name, result.message()));
            }
            return null;
        });
    }
}
