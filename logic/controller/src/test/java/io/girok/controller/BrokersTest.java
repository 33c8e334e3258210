package io.girok.controller;

import static io.girok.controller.ControllerError.BROKER_ID_NOT_REGISTERED;
import static io.girok.controller.ControllerError.INCONSISTENT_CLUSTER_ID;
import static io.girok.controller.ControllerError.INVALID_REQUEST;
import static io.girok.controller.ControllerError.STALE_BROKER_EPOCH;
import static io.girok.controller.ControllerError.UNSUPPORTED_VERSION;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.metadata.BrokerImage;
import io.girok.metadata.Endpoint;
import io.girok.metadata.Feature;
import io.girok.metadata.MetadataRecord.FeatureLevelSet;
import io.girok.metadata.SupportedFeatures;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BrokersTest {
    private final World world = new World(7);

    private BrokerImage broker() {
        return Objects.requireNonNull(world.image.broker(1));
    }

    @Test
    void aRegistrationIsFencedAndItsEpochIsItsOffset() {
        Result<Long> epoch = world.run(World.registration(1, 1, "rack"));

        assertThat(epoch).isEqualTo(Result.of(1L));
        assertThat(broker()).isEqualTo(
                BrokerImage.registered(1, new TopicId(1, 1), 1, List.of(new Endpoint("PLAINTEXT", "", 9092)), "rack",
                        List.of(new TopicId(50, 1))).with(SupportedFeatures.OURS));
    }

    @Test
    void aClusterIsFoundedWithAllThatThisGirokCanDo() {
        world.run(World.registration(1, 1, ""));

        assertThat(world.image.features()).isEqualTo(Map.of("metadata.version", Feature.METADATA_VERSION.maxLevel(),
                "eligible.leader.replicas.version", 1));
    }

    @Test
    void aRepeatedRegistrationChangesNothingAndALaterOneReplaces() {
        long first = world.run(World.registration(1, 1, "")).get();
        world.run(new FenceBroker(1, first, false));

        assertThat(world.run(World.registration(1, 1, "")).get()).isEqualTo(first);
        assertThat(broker().isFenced()).isFalse();

        long second = world.run(World.registration(1, 2, "")).get();
        assertThat(second).isGreaterThan(first);
        assertThat(broker().isFenced()).isTrue();
        assertThat(world.run(new FenceBroker(1, first, false)).error()).isEqualTo(STALE_BROKER_EPOCH);
        assertThat(world.run(new FenceBroker(1, second, false))).isEqualTo(Result.of(false));
        assertThat(broker().isFenced()).isFalse();
    }

    @Test
    void aRegistrationIsConfirmedForAsLongAsItIsInForce() {
        long first = world.run(World.registration(1, 1, "")).get();

        assertThat(world.decide(new ConfirmBroker(1, first)).records()).isEmpty();
        assertThat(world.run(new ConfirmBroker(1, first))).isEqualTo(Result.of(true));
        world.run(new FenceBroker(1, first, false));
        assertThat(world.run(new ConfirmBroker(1, first))).isEqualTo(Result.of(false));

        world.run(World.registration(1, 2, ""));
        assertThat(world.run(new ConfirmBroker(1, first)).error()).isEqualTo(STALE_BROKER_EPOCH);
        assertThat(world.run(new ConfirmBroker(9, first)).error()).isEqualTo(BROKER_ID_NOT_REGISTERED);
    }

    @Test
    void whatIsNoBrokerIsRefused() {
        assertThat(world.run(new FenceBroker(1, 0, false)).error()).isEqualTo(BROKER_ID_NOT_REGISTERED);
        assertThat(world.run(World.registration(-1, 1, "")).error()).isEqualTo(INVALID_REQUEST);
        assertThat(world.run(new RegisterBroker("cluster", 1, TopicId.ZERO, List.of(), null, List.of(), true)).error())
                .isEqualTo(INVALID_REQUEST);
    }

    @Test
    void producerIdsAreGivenAwayOnce() {
        assertThat(world.run(new AllocateProducerIds())).isEqualTo(Result.of(new AllocateProducerIds.Block(0, 1000)));
        assertThat(world.run(new AllocateProducerIds()).get().firstId()).isEqualTo(1000);
    }

    @Test
    void theFirstRegistrationFoundsTheCluster() {
        assertThat(world.run(of(" ", 1)).error()).isEqualTo(INVALID_REQUEST);
        assertThat(world.image.brokers()).isEmpty();

        assertThat(world.run(of("first", 1))).isEqualTo(Result.of(1L));

        assertThat(world.image.clusterId()).isEqualTo("first");
        assertThat(world.run(of("second", 2)).error()).isEqualTo(INCONSISTENT_CLUSTER_ID);
        assertThat(world.image.broker(2)).isNull();
    }

    @Test
    void aBrokerThatDoesNotSupportALevelOfTheClusterIsRefused() {
        world.run(of("first", 1));
        SupportedFeatures ours = SupportedFeatures.OURS;
        int level = Feature.METADATA_VERSION.maxLevel();

        assertThat(world.run(with(supporting(level, level + 1))).isOk()).isTrue();
        for (SupportedFeatures wrong : List.of(supporting(1, level - 1), supporting(level + 1, level + 2),
                new SupportedFeatures(List.of(Feature.METADATA_VERSION)), SupportedFeatures.UNKNOWN)) {
            Result<Long> answer = world.run(with(wrong));
            assertThat(answer.error()).isEqualTo(UNSUPPORTED_VERSION);
            assertThat(answer.message()).contains("broker 2", "is at level");
        }
        assertThat(world.run(with(supporting(1, level - 1))).message())
                .contains("'metadata.version'", "level " + level, "levels 1 to " + (level - 1));

        world.apply(List.of(new FeatureLevelSet("unheard.of", 1)));
        assertThat(world.run(with(ours)).error()).isEqualTo(UNSUPPORTED_VERSION);
        world.apply(List.of(new FeatureLevelSet("unheard.of", 0)));
        assertThat(world.run(with(ours)).isOk()).isTrue();
    }

    @Test
    void aBrokerThatDoesNotSupportWhatAClusterBeginsWithDoesNotFoundIt() {
        assertThat(world.run(with(SupportedFeatures.UNKNOWN)).error()).isEqualTo(UNSUPPORTED_VERSION);
        assertThat(world.image.endOffset()).isZero();
    }

    @Test
    void aBrokerThatSupportsOtherLevelsThanBeforeRegistersAnew() {
        world.run(of("first", 1));
        int level = Feature.METADATA_VERSION.maxLevel();
        long first = world.run(with(SupportedFeatures.OURS)).get();

        assertThat(world.run(with(SupportedFeatures.OURS)).get()).isEqualTo(first);
        assertThat(world.run(with(supporting(level, level + 1))).get()).isGreaterThan(first);
    }

    private static SupportedFeatures supporting(int minLevel, int maxLevel) {
        return new SupportedFeatures(List.of(Feature.ELIGIBLE_LEADER_REPLICAS,
                new Feature(Feature.METADATA_VERSION.name(), minLevel, maxLevel)));
    }

    private static RegisterBroker with(SupportedFeatures features) {
        return new RegisterBroker("first", 2, new TopicId(2, 2), List.of(), null, List.of(), true, features);
    }

    private static RegisterBroker of(String clusterId, int brokerId) {
        return new RegisterBroker(clusterId, brokerId, new TopicId(1, 1), List.of(), null, List.of(), true);
    }
}
