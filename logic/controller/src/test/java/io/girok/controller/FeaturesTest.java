package io.girok.controller;

import static io.girok.controller.ControllerError.INVALID_REQUEST;
import static io.girok.controller.ControllerError.INVALID_UPDATE_VERSION;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.controller.UpdateFeatures.Update;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.Feature;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord.BrokerRegistered;
import io.girok.metadata.MetadataRecord.ClusterCreated;
import io.girok.metadata.MetadataRecord.ConfigChanged;
import io.girok.metadata.MetadataRecord.FeatureLevelSet;
import io.girok.metadata.SupportedFeatures;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class FeaturesTest {
    private static final String METADATA = Feature.METADATA_VERSION.name();
    private static final String ELR = Feature.ELIGIBLE_LEADER_REPLICAS.name();
    private static final int LATEST = Feature.METADATA_VERSION.maxLevel();

    /// As of a Girok that kept no levels.
    private final World world = new World(7);

    private ControllerError error(String feature, int level, boolean isUpgrade) {
        Map<String, Result<Integer>> results = world
                .run(new UpdateFeatures(List.of(new Update(feature, level, isUpgrade)), false));
        return Objects.requireNonNull(results.get(feature)).error();
    }

    @Test
    void aLevelIsRaisedWithinWhatIsServed() {
        world.apply(List.of(new FeatureLevelSet(METADATA, LATEST - 2)));

        assertThat(error(METADATA, LATEST - 1, true)).as("can't be written").isEqualTo(INVALID_UPDATE_VERSION);
        assertThat(error(METADATA, LATEST, true)).isEqualTo(ControllerError.NONE);
        assertThat(error(METADATA, LATEST, true)).isEqualTo(ControllerError.NONE);
        assertThat(error(METADATA, LATEST + 1, true)).isEqualTo(INVALID_UPDATE_VERSION);

        assertThat(world.image.features()).isEqualTo(Map.of(METADATA, LATEST));
    }

    @Test
    void nothingGoesBack() {
        error(METADATA, LATEST, true);
        error(ELR, 1, true);

        assertThat(error(METADATA, LATEST - 1, true)).isEqualTo(INVALID_UPDATE_VERSION);
        assertThat(error(METADATA, LATEST - 1, false)).isEqualTo(INVALID_UPDATE_VERSION);
        assertThat(error(ELR, 0, false)).isEqualTo(INVALID_UPDATE_VERSION);
        assertThat(world.image.features()).isEqualTo(Map.of(METADATA, LATEST, ELR, 1));
    }

    @Test
    void aLevelIsRaisedOnceAllBrokersSupportIt() {
        world.apply(List.of(new ClusterCreated("cluster"), new FeatureLevelSet(METADATA, LATEST - 1),
                broker(1, SupportedFeatures.OURS), broker(2, supporting(LATEST - 1)),
                broker(3, SupportedFeatures.UNKNOWN)));

        Result<Integer> refused = raise();
        assertThat(refused.error()).isEqualTo(INVALID_UPDATE_VERSION);
        assertThat(refused.message()).contains("'" + METADATA + "'", "level " + LATEST, "broker 2",
                "level " + (LATEST - 1) + " only", "1 more", "upgrade it", "girok cluster remove 2",
                "kafka-cluster unregister --id 2");

        assertThat(world.run(new UnregisterBroker(2)).isOk()).isTrue();
        assertThat(raise().message()).contains("broker 3", "did not say");

        world.apply(List.of(broker(3, SupportedFeatures.OURS)));
        assertThat(raise()).isEqualTo(Result.of(LATEST));
        assertThat(world.image.featureLevel(METADATA)).isEqualTo(LATEST);
    }

    private Result<Integer> raise() {
        return Objects.requireNonNull(
                world.run(new UpdateFeatures(List.of(new Update(METADATA, LATEST, true)), false)).get(METADATA));
    }

    private static BrokerRegistered broker(int id, SupportedFeatures features) {
        return new BrokerRegistered(id, new TopicId(id, 1), List.of(), null, List.of(), features);
    }

    private static SupportedFeatures supporting(int metadataVersion) {
        return new SupportedFeatures(List.of(Feature.ELIGIBLE_LEADER_REPLICAS,
                new Feature(METADATA, metadataVersion, metadataVersion)));
    }

    @Test
    void aClusterOfAnEarlierVersionComesUpToWhatIsWritten() {
        world.apply(List.of(new ClusterCreated("cluster"), new FeatureLevelSet(METADATA, LATEST - 1)));

        world.run(new RepairPartitions());

        assertThat(world.image.features()).isEqualTo(Map.of(METADATA, LATEST, ELR, 1));
        assertThat(world.decide(new RepairPartitions()).records()).isEmpty();
    }

    @Test
    void aClusterOfAnEarlierVersionGetsTheMinInSyncReplicasThatANewOneBeginsWith() {
        ConfigChanged two = new ConfigChanged(ConfigTarget.ALL_BROKERS, "min.insync.replicas", "2");
        World founded = new World(7,
                List.of(two, new ConfigChanged(ConfigTarget.ALL_BROKERS, "size", "3"), new ClusterCreated("other")));
        founded.run(new RepairPartitions());
        assertThat(founded.image).as("nobody has founded it").isEqualTo(MetadataImage.EMPTY);
        founded.apply(List.of(new ClusterCreated("cluster"), new FeatureLevelSet(METADATA, LATEST)));

        assertThat(founded.decide(new RepairPartitions()).records()).contains(two);
        founded.run(new RepairPartitions());

        assertThat(founded.image.clusterId()).isEqualTo("cluster");
        assertThat(founded.image.config(ConfigTarget.ALL_BROKERS)).isEqualTo(Map.of("min.insync.replicas", "2"));
    }

    @Test
    void minInSyncReplicasThatWereChangedSinceStayAsTheyAre() {
        World founded = new World(7,
                List.of(new ConfigChanged(ConfigTarget.ALL_BROKERS, "min.insync.replicas", "2")));
        founded.run(World.registration(1, 1, ""));
        assertThat(founded.image.config(ConfigTarget.ALL_BROKERS)).isEqualTo(Map.of("min.insync.replicas", "2"));
        founded.apply(List.of(new ConfigChanged(ConfigTarget.ALL_BROKERS, "min.insync.replicas", "3")));

        assertThat(founded.decide(new RepairPartitions()).records()).isEmpty();
    }

    @Test
    void levelsOfALaterVersionAndOfNoClusterStayAsTheyAre() {
        world.run(new RepairPartitions());
        assertThat(world.image).isEqualTo(MetadataImage.EMPTY);

        world.apply(List.of(new ClusterCreated("cluster"), new FeatureLevelSet(METADATA, LATEST + 1),
                new FeatureLevelSet(ELR, 2)));
        assertThat(world.decide(new RepairPartitions()).records()).isEmpty();
    }

    @Test
    void whatWeDoNotHaveIsRefused() {
        assertThat(error("transaction.version", 2, true)).isEqualTo(INVALID_UPDATE_VERSION);
        assertThat(error("group.version", 1, true)).isEqualTo(INVALID_UPDATE_VERSION);
        assertThat(error(METADATA, 0, true)).isEqualTo(INVALID_UPDATE_VERSION);
        assertThat(error(METADATA, 1, false)).isEqualTo(INVALID_UPDATE_VERSION);
    }

    @Test
    void oneWrongLevelChangesNone() {
        Map<String, Result<Integer>> results = world
                .run(new UpdateFeatures(List.of(new Update(ELR, 1, true), new Update("nothing", 1, true)), false));

        assertThat(Objects.requireNonNull(results.get(ELR)).isOk()).isTrue();
        assertThat(world.image.features()).isEmpty();
    }

    @Test
    void aFeatureNamedTwiceIsRefused() {
        Map<String, Result<Integer>> results = world
                .run(new UpdateFeatures(List.of(new Update(ELR, 1, true), new Update(ELR, 1, true)), false));

        assertThat(Objects.requireNonNull(results.get(ELR)).error()).isEqualTo(INVALID_REQUEST);
    }

    @Test
    void whatIsOnlyValidatedChangesNothing() {
        Map<String, Result<Integer>> results = world
                .run(new UpdateFeatures(List.of(new Update(ELR, 1, true)), true));

        assertThat(Objects.requireNonNull(results.get(ELR)).isOk()).isTrue();
        assertThat(world.image.features()).isEmpty();
    }
}
