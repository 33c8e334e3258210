package io.girok.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SupportedFeaturesTest {
    private static final SupportedFeatures SOME = new SupportedFeatures(
            List.of(new Feature("a", 1, 1), new Feature("b", 4, 6)));

    @Test
    void aLevelIsSupportedWithinTheRange() {
        assertThat(SOME.supports("b", 3)).isFalse();
        assertThat(SOME.supports("b", 4)).isTrue();
        assertThat(SOME.supports("b", 6)).isTrue();
        assertThat(SOME.supports("b", 7)).isFalse();
        assertThat(SOME.unsupported(Map.of("a", 1, "b", 5))).isEmpty();
        assertThat(SOME.unsupported(Map.of("b", 7, "a", 2))).containsExactly("a", "b");
    }

    @Test
    void whatIsNotNamedIsSupportedAtLevelZeroOnly() {
        assertThat(SOME.supports("c", 0)).isTrue();
        assertThat(SOME.supports("c", 1)).isFalse();
        assertThat(SupportedFeatures.UNKNOWN.unsupported(Map.of("a", 1))).containsExactly("a");
    }

    @Test
    void whetherSupportEndsBelowALevelOrBeginsAboveItIsTold() {
        assertThat(SOME.isBelow("b", 7)).isTrue();
        assertThat(SOME.isBelow("c", 1)).isTrue();
        assertThat(SOME.isBelow("b", 3)).isFalse();
        assertThat(SOME).hasToString("level 1 only of 'a', levels 4 to 6 of 'b'");
    }

    @Test
    void thisGirokServesTheLevelThatItWrites() {
        assertThat(Feature.METADATA_VERSION.minLevel()).isEqualTo(MetadataCodec.VERSION);
        assertThat(MetadataCodec.encode(new MetadataRecord.BrokerFenced(1, true))[1]).isEqualTo(MetadataCodec.VERSION);
    }
}
