package io.girok.node;

import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataDelta;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord.ConfigChanged;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.Setting;
import io.girok.metadata.setting.Settings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `min.insync.replicas` is the cluster's, not a file's: a leader that commits with fewer replicas than the active
/// controller thinks loses what it acknowledged, once one is elected that has missed it (KIP-966). So the founder's
/// value is the cluster's from the beginning, and is changed at run time. Whoever has another one in a node's settings
/// is told that it counts for nothing. Owned by the thread that delivers the metadata.
final class SharedSettings implements MetadataStore.Subscriber {
    private static final Logger LOG = LoggerFactory.getLogger(SharedSettings.class);
    private static final Setting<Integer> SHARED = BrokerSettings.MIN_INSYNC_REPLICAS;

    private final @Nullable String own;
    private @Nullable String told;

    /// @param settings the node's own
    SharedSettings(Settings settings) {
        this.own = settings.givenText(SHARED);
    }

    /// What a cluster begins with that a node with these settings founds.
    static ConfigChanged founding(Settings settings) {
        return new ConfigChanged(ConfigTarget.ALL_BROKERS, SHARED.name(), settings.get(SHARED).toString());
    }

    @Override
    public void onImage(MetadataImage image, MetadataDelta delta) {
        String clusters = image.config(ConfigTarget.ALL_BROKERS).get(SHARED.name());
        if (own != null && clusters != null && !clusters.equals(own) && !clusters.equals(told)) {
            told = clusters;
            LOG.warn("this node's settings have {}={}, which counts for nothing: the cluster goes by {}; "
                    + "kafka-configs --alter --entity-type brokers --entity-default changes that", SHARED.name(), own,
                    clusters);
        }
    }
}
