package io.girok.controller;

import io.girok.base.TopicId;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/// What the controller's decisions depend on besides the image. Immutable, but its sources give ever new values.
///
/// @param topicIds a fresh random id each time, of delegation tokens as well
/// @param startPosition for a bound, a number from 0 to below it: where the placement of a topic begins
/// @param founding what a new cluster begins with beside itself
public record ControllerRules(TopicDefaults topicDefaults, ConfigValidator configs, Supplier<TopicId> topicIds,
        IntUnaryOperator startPosition, List<MetadataRecord> founding) {
    static final String MIN_IN_SYNC_REPLICAS = "min.insync.replicas";
    static final String UNCLEAN_LEADER_ELECTION = "unclean.leader.election.enable";

    public ControllerRules {
        founding = List.copyOf(founding);
    }

    public ControllerRules(TopicDefaults topicDefaults, ConfigValidator configs, Supplier<TopicId> topicIds,
            IntUnaryOperator startPosition) {
        this(topicDefaults, configs, topicIds, startPosition, List.of());
    }

    /// Of topics that do not say it themselves.
    public record TopicDefaults(int partitionCount, int replicationFactor) {}

    int minInSyncReplicas(MetadataImage image, String topic) {
        return Integer.parseInt(topicSetting(image, topic, MIN_IN_SYNC_REPLICAS));
    }

    boolean isUncleanAllowed(MetadataImage image, String topic) {
        return Boolean.parseBoolean(topicSetting(image, topic, UNCLEAN_LEADER_ELECTION));
    }

    private String topicSetting(MetadataImage image, String topic, String name) {
        ConfigTarget target = ConfigTarget.topic(topic);
        String own = image.config(target).get(name);
        return own == null ? configs.inheritedValue(image, target, name) : own;
    }
}
