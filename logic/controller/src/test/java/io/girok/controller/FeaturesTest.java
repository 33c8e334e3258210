package io.girok.controller;

import static io.girok.controller.ControllerError.INVALID_REQUEST;
import static io.girok.controller.ControllerError.INVALID_UPDATE_VERSION;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.controller.UpdateFeatures.Update;
import io.girok.metadata.Feature;
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
        assertThat(error(METADATA, LATEST - 1, true)).isEqualTo(ControllerError.NONE);
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
