package io.girok.admin;

import io.girok.base.Clock;
import io.girok.membership.ControllerChannel;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.Settings;
import io.girok.metadata.setting.TopicSettings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfigCollection;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the topic of the groups' offsets created. Thread-safe.
///
/// It gets as many copies as are wished for, or as there are brokers to have them, and keeps that number. At a first
/// start brokers become ready one by one, and somebody may ask for a group when only one of them is. How many will come
/// nobody knows: who votes need not be a broker, and brokers need not vote. So where there may be other nodes, the
/// topic waits for as many as are wished for. There may never be so many, so it waits for [#WAIT_MS] since it was first
/// asked for here.
public final class OffsetsTopic {
    static final long WAIT_MS = 60_000;
    private static final long SECOND_MS = 1_000;
    private static final long NOT_WAITING = Long.MIN_VALUE;
    private static final Logger LOG = LoggerFactory.getLogger(OffsetsTopic.class);

    private final Settings settings;
    private final NewTopics newTopics;
    private final Supplier<MetadataImage> images;
    private final Clock clock;
    private final AtomicLong waitingSinceMs = new AtomicLong(NOT_WAITING);

    public OffsetsTopic(Settings settings, ControllerChannel controller, Supplier<MetadataImage> images, Clock clock) {
        this.settings = settings;
        this.newTopics = new NewTopics(controller);
        this.images = images;
        this.clock = clock;
    }

    /// Done when the topic is there, whoever created it, or when it waits for brokers; fails when it can't be had now.
    public CompletableFuture<Void> create() {
        int wished = settings.get(BrokerSettings.OFFSETS_TOPIC_REPLICATION_FACTOR);
        int ready = (int) images.get().brokers().stream().filter(BrokerImage::canLead).count();
        if (ready < wished && mayOthersCome() && isToWait(ready, wished)) {
            return CompletableFuture.completedFuture(null);
        }
        return create((short) Math.max(1, Math.min(wished, ready)));
    }

    private boolean mayOthersCome() {
        return !settings.get(BrokerSettings.CONTROLLER_QUORUM_VOTERS).isEmpty()
                || !settings.get(BrokerSettings.ZOOKEEPER_CONNECT).isEmpty();
    }

    private boolean isToWait(int ready, int wished) {
        long nowMs = clock.monotonicMs();
        if (waitingSinceMs.compareAndSet(NOT_WAITING, nowMs)) {
            LOG.info(
                    "the topic '{}' is to have {} copies and {} brokers are ready: no group is served before there are "
                            + "enough, for {} s at most",
                    Topic.GROUP_METADATA_TOPIC_NAME, wished, ready, WAIT_MS / SECOND_MS);
            return true;
        }
        return nowMs - waitingSinceMs.get() < WAIT_MS;
    }

    private CompletableFuture<Void> create(short replicationFactor) {
        Map<String, String> config = Map.of(TopicSettings.CLEANUP_POLICY.name(), "compact",
                // Clients choose the codec of their records; those of the coordinator stay as they are.
                TopicSettings.COMPRESSION_TYPE.name(), "producer",
                TopicSettings.SEGMENT_BYTES.name(),
                Integer.toString(settings.get(BrokerSettings.OFFSETS_TOPIC_SEGMENT_BYTES)));
        CreatableTopicConfigCollection configs = new CreatableTopicConfigCollection(config.size() + 1);
        config.forEach((name, value) -> configs.add(new CreatableTopicConfig().setName(name).setValue(value)));
        CreatableTopic topic = new CreatableTopic().setName(Topic.GROUP_METADATA_TOPIC_NAME)
                .setNumPartitions(settings.get(BrokerSettings.OFFSETS_TOPIC_NUM_PARTITIONS))
                .setReplicationFactor(replicationFactor)
                .setConfigs(configs);
        return newTopics.create(List.of(topic)).thenAccept(errors -> {
            errors.values().forEach(OffsetsTopic::check);
            waitingSinceMs.set(NOT_WAITING);
        });
    }

    private static void check(Errors error) {
        if (error != Errors.NONE && error != Errors.TOPIC_ALREADY_EXISTS) {
            throw error.exception();
        }
    }
}
