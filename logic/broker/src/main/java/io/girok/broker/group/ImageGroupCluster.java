package io.girok.broker.group;

import io.girok.base.TopicId;
import io.girok.broker.LeaderView;
import io.girok.broker.data.LeaderHints;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.common.internals.Topic;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The cluster as the newest metadata image shows it. Thread-safe.
public final class ImageGroupCluster implements GroupCluster {
    private static final Logger LOG = LoggerFactory.getLogger(ImageGroupCluster.class);

    private final Supplier<MetadataImage> image;
    private final LeaderView leaders;
    private final Supplier<CompletableFuture<Void>> creation;
    /// The creation under way, if any: all who ask at the same time wait for one.
    private final AtomicReference<@Nullable CompletableFuture<Void>> creating = new AtomicReference<>();

    /// @param creation asks the controller for the offsets topic; done when the image has it, fails when it can't be
    /// had
    public ImageGroupCluster(Supplier<MetadataImage> image, LeaderView leaders,
            Supplier<CompletableFuture<Void>> creation) {
        this.image = image;
        this.leaders = leaders;
        this.creation = creation;
    }

    @Override
    public TopicId idOf(String topic) {
        TopicImage found = image.get().topic(topic);
        return found == null ? TopicId.ZERO : found.id();
    }

    @Override
    public @Nullable String nameOf(TopicId id) {
        TopicImage found = image.get().topic(id);
        return found == null ? null : found.name();
    }

    @Override
    public int partitionCount(String topic) {
        TopicImage found = image.get().topic(topic);
        return found == null ? 0 : found.partitions().size();
    }

    @Override
    public int leaderOf(String topic, int partition) {
        TopicImage found = image.get().topic(topic);
        return found == null || partition < 0 || found.partitions().size() <= partition
                ? PartitionImage.NO_LEADER
                : leaders.leader(found.partitions().get(partition));
    }

    /// The host is empty where clients are told the address that they used themselves.
    @Override
    public LeaderHints.@Nullable Endpoint endpoint(int brokerId, String listenerName) {
        BrokerImage broker = image.get().broker(brokerId);
        if (broker == null) {
            return null;
        }
        for (var endpoint : broker.endpoints()) {
            if (endpoint.listener().equals(listenerName)) {
                return new LeaderHints.Endpoint(endpoint.host(), endpoint.port(), broker.rack());
            }
        }
        return null;
    }

    @Override
    public CompletableFuture<Void> createOffsetsTopic() {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> underWay = creating.compareAndExchange(null, mine);
        if (underWay != null) {
            return underWay;
        }
        if (partitionCount(Topic.GROUP_METADATA_TOPIC_NAME) != 0) {
            finish(mine);
            return mine;
        }
        CompletableFuture<Void> _ = creation.get().whenComplete((_, failure) -> {
            if (failure != null) {
                LOG.error("the topic '{}' could not be created, so no group is served; the next client that asks for a "
                        + "group tries again: {}", Topic.GROUP_METADATA_TOPIC_NAME, failure.getMessage());
            }
            finish(mine);
        });
        return mine;
    }

    private void finish(CompletableFuture<Void> mine) {
        creating.set(null);
        mine.complete(null);
    }
}
