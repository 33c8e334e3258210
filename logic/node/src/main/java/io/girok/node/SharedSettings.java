package io.girok.node;

import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataDelta;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord.ConfigChanged;
import io.girok.metadata.MetadataStore;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.Setting;
import io.girok.metadata.setting.Settings;
import java.util.Optional;
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
        news(image).ifPresent(LOG::warn);
    }

    /// What the operator is to be told of `image`, once for each value.
    Optional<String> news(MetadataImage image) {
        String clusters = image.config(ConfigTarget.ALL_BROKERS).get(SHARED.name());
        if (own == null || clusters == null || clusters.equals(own) || clusters.equals(told)) {
            return Optional.empty();
        }
        told = clusters;
        return Optional.of("this node's settings have " + SHARED.name() + "=" + own + ", which counts for nothing: the "
                + "cluster goes by " + clusters
                + "; kafka-configs --alter --entity-type brokers --entity-default changes that");
    }
}
