package io.girok.broker;

import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.log.LogSettings;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataDelta;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.TopicImage;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.metadata.setting.TopicSettings;
import io.girok.replication.Leadership;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Keeps the partitions in step with the metadata image. Owned by one shard; images come from the metadata thread.
///
/// Until [#start] nothing is opened: while the metadata log is replayed, the image passes through topics that are long
/// gone.
final class ImageFollower implements MetadataStore.Subscriber {
    private final int brokerId;
    private final Shard shard;
    private final Partitions partitions;
    private final EffectiveSettings settings;
    private MetadataImage followed = MetadataImage.EMPTY;
    private boolean isStarted;

    ImageFollower(int brokerId, Shard shard, Partitions partitions, EffectiveSettings settings) {
        this.brokerId = brokerId;
        this.shard = shard;
        this.partitions = partitions;
        this.settings = settings;
    }

    /// Takes over all of `image`, and follows from there.
    void start(MetadataImage image) {
        isStarted = true;
        followed = image;
        for (TopicImage topic : image.topics()) {
            put(topic, true);
        }
    }

    /// The topic of a partition, if `image` places it on this broker.
    Optional<TopicId> hosted(MetadataImage image, PartitionName name) {
        TopicImage topic = image.topic(name.topic());
        return topic != null && placedHere(topic, name) != null ? Optional.of(topic.id()) : Optional.empty();
    }

    /// Where `image` says that this broker has its replica of a partition; zero when it does not.
    TopicId directory(MetadataImage image, PartitionName name) {
        PartitionImage partition = placedHere(image.topic(name.topic()), name);
        return partition == null ? TopicId.ZERO : partition.directoryOf(brokerId);
    }

    /// Null when `topic` places no such partition on this broker, or is not there.
    private @Nullable PartitionImage placedHere(@Nullable TopicImage topic, PartitionName name) {
        if (topic == null || topic.partitions().size() <= name.index()) {
            return null;
        }
        PartitionImage partition = topic.partitions().get(name.index());
        return partition.replicas().contains(brokerId) ? partition : null;
    }

    /// Whether what this broker has of the partition may be all that was acknowledged: it is in sync, or eligible.
    boolean isInSync(MetadataImage image, PartitionName name) {
        PartitionImage partition = placedHere(image.topic(name.topic()), name);
        return partition != null && partition.isClaimedBy(brokerId);
    }

    /// Whether it is on others as well.
    boolean isReplicated(MetadataImage image, PartitionName name) {
        PartitionImage partition = placedHere(image.topic(name.topic()), name);
        return partition != null && 1 < partition.replicas().size();
    }

    void stop() {
        isStarted = false;
    }

    @Override
    public void onImage(MetadataImage image, MetadataDelta delta) {
        shard.execute(() -> follow(image, delta));
    }

    private void follow(MetadataImage image, MetadataDelta delta) {
        if (!isStarted || image.endOffset() <= followed.endOffset()) {
            return;
        }
        followed = image;
        for (TopicId deleted : delta.deletedTopics()) {
            partitions.remove(deleted);
        }
        for (TopicId id : changed(image, delta)) {
            TopicImage topic = image.topic(id);
            if (topic != null) {
                put(topic, false);
            }
        }
    }

    private static Set<TopicId> changed(MetadataImage image, MetadataDelta delta) {
        Set<TopicId> changed = new LinkedHashSet<>(delta.changedTopics());
        for (ConfigTarget target : delta.changedConfigs()) {
            switch (target.kind()) {
                case QUOTA -> {
                    // No log depends on it.
                }
                case BROKER -> image.topics().forEach(topic -> changed.add(topic.id()));
                case TOPIC -> {
                    TopicImage topic = image.topic(target.name());
                    if (topic != null) {
                        changed.add(topic.id());
                    }
                }
            }
        }
        return changed;
    }

    private void put(TopicImage topic, boolean isOld) {
        LogSettings logSettings = TopicLogSettings.of(settings, followed, topic.name());
        int minInSyncReplicas = settings.topic(followed, topic.name(), TopicSettings.MIN_INSYNC_REPLICAS);
        // There may be as many of them as there are partitions.
        Set<String> leaders = Set.copyOf(settings.topic(followed, topic.name(),
                TopicSettings.LEADER_REPLICATION_THROTTLED_REPLICAS));
        Set<String> followers = Set.copyOf(settings.topic(followed, topic.name(),
                TopicSettings.FOLLOWER_REPLICATION_THROTTLED_REPLICAS));
        List<Partitions.Partition> all = new ArrayList<>(topic.partitions().size());
        for (int index = 0; index < topic.partitions().size(); index++) {
            Partitions.Throttled throttled = new Partitions.Throttled(isNamed(leaders, index),
                    isNamed(followers, index));
            all.add(partition(topic.partitions().get(index), logSettings, minInSyncReplicas, throttled));
        }
        partitions.put(new Partitions.Topic(topic.id(), topic.name(), all), isOld);
    }

    private boolean isNamed(Set<String> replicas, int index) {
        return !replicas.isEmpty() && (replicas.contains("*") || replicas.contains(index + ":" + brokerId));
    }

    private Partitions.Partition partition(PartitionImage image, LogSettings logSettings, int minInSyncReplicas,
            Partitions.Throttled throttled) {
        if (!image.replicas().contains(brokerId)) {
            return new Partitions.Partition(image.leader(), image.leaderEpoch(), TopicId.ZERO, false, null);
        }
        Leadership leadership = image.leader() == brokerId
                ? new Leadership(brokerId, image.leaderEpoch(), image.partitionEpoch(), image.replicas(), image.isr())
                : null;
        Placement.NotHere elsewhere = Placement.NotHere.elsewhere(image.leader(), image.leaderEpoch());
        TopicId directory = image.directoryOf(brokerId);
        boolean isInSync = image.isr().contains(brokerId);
        boolean isLost = image.isLost(brokerId);
        boolean isAwaited = isLost && image.isClaimedBy(brokerId);
        // Who begins anew must not be counted on: it may be asked to lead before the controller knows of it.
        boolean isGivenUp = isLost && !isAwaited && 0 <= image.leader();
        return new Partitions.Partition(image.leader(), image.leaderEpoch(), directory, isAwaited,
                new Partitions.Here(leadership, elsewhere, 1 < image.replicas().size(), isInSync, isGivenUp,
                        logSettings, minInSyncReplicas, throttled));
    }
}
