package io.girok.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.metadata.ConfigTarget;
import io.girok.metadata.Endpoint;
import io.girok.metadata.ImageChange;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.setting.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharedSettingsTest {
    /// Not what other nodes have in their files.
    @Test
    void theClusterGoesByWhatItsFounderHas() {
        LoneNode founder = new LoneNode(Settings.parse(Map.of("node.id", "1", "min.insync.replicas", "2")));

        founder.log.start(founder.node.metadataListener());
        var registered = founder.node.register(List.of(new Endpoint("PLAINTEXT", "localhost", 9092)));
        founder.shard.advance(100);

        assertThat(registered).isCompleted();
        assertThat(founder.store.image().config(ConfigTarget.ALL_BROKERS))
                .isEqualTo(Map.of("min.insync.replicas", "2"));
    }

    @Test
    void whoHasAnotherValueInTheFileIsToldSoOnce() {
        SharedSettings shared = new SharedSettings(Settings.parse(Map.of("node.id", "1", "min.insync.replicas", "1")));

        assertThat(shared.news(MetadataImage.EMPTY)).isEmpty();
        assertThat(shared.news(clusterWith("2"))).hasValueSatisfying(
                told -> assertThat(told).contains("min.insync.replicas=1", "goes by 2"));
        assertThat(shared.news(clusterWith("2"))).isEmpty();
        assertThat(shared.news(clusterWith("1"))).isEmpty();
        assertThat(shared.news(clusterWith("3"))).hasValueSatisfying(told -> assertThat(told).contains("goes by 3"));
    }

    @Test
    void whoHasNoValueInTheFileIsToldNothing() {
        SharedSettings shared = new SharedSettings(Settings.parse(Map.of("node.id", "1")));

        assertThat(shared.news(clusterWith("2"))).isEmpty();
    }

    private static MetadataImage clusterWith(String minInSyncReplicas) {
        return ImageChange.of(MetadataImage.EMPTY, List.of(new MetadataRecord.ConfigChanged(ConfigTarget.ALL_BROKERS,
                "min.insync.replicas", minInSyncReplicas))).image();
    }
}
