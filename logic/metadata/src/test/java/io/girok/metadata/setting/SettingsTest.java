package io.girok.metadata.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.metadata.ConfigTarget;
import io.girok.metadata.ImageChange;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
    @Test
    void defaultsHoldWhereNothingIsGiven() {
        Settings settings = Settings.parse(Map.of("num.partitions", "7", "broker.id", "4"));

        assertThat(settings.get(BrokerSettings.NUM_PARTITIONS)).isEqualTo(7);
        assertThat(settings.get(BrokerSettings.NODE_ID)).isEqualTo(4);
        assertThat(settings.get(BrokerSettings.DURABILITY)).isEqualTo("fsync");
        assertThat(settings.find(BrokerSettings.LOG_RETENTION_MS)).isEmpty();
        assertThat(settings.givenText(BrokerSettings.DURABILITY)).isNull();
    }

    @Test
    void everyProblemIsNamedWithWhatIsAllowed() {
        assertThatThrownBy(
                () -> Settings.parse(
                        Map.of("num.partition", "3", "num.partitions", "many", "durability", "maybe", "log.dirs", "")))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("'num.partition' (given: '3') is unknown; did you mean 'num.partitions'?")
                .hasMessageContaining("'num.partitions' is 'many'; allowed: a whole number from 1 to 100000")
                .hasMessageContaining("'durability' is 'maybe'; allowed: one of fsync, os")
                .hasMessageContaining("'log.dirs' is ''");
    }

    @Test
    void noOtherReplicaSelectorThanTheRackAwareOneIsTaken() {
        String rackAware = "org.apache.kafka.common.replica.RackAwareReplicaSelector";

        assertThat(Settings.parse(Map.of("replica.selector.class", rackAware))
                .find(BrokerSettings.REPLICA_SELECTOR_CLASS)).contains(rackAware);
        assertThatThrownBy(() -> Settings.parse(Map.of("replica.selector.class", "com.example.Mine")))
                .hasMessageContaining("'replica.selector.class' is 'com.example.Mine'; allowed: one of " + rackAware);
    }

    @Test
    void settingsThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> Settings.parse(Map.of("queued.max.request.bytes", "2000000")))
                .hasMessageContaining("queued.max.request.bytes")
                .hasMessageContaining("209715200");
    }

    @Test
    void theMetadataAreKeptByZookeeperOrByVoters() {
        assertThatThrownBy(() -> Settings.parse(Map.of("zookeeper.connect", "zoo.example:2181",
                "controller.quorum.voters", "1@one.example:9092")))
                .hasMessageContaining("'zookeeper.connect' and 'controller.quorum.voters' are both given");
    }

    @Test
    void everySettingSaysWhatItMeans() {
        assertThat(BrokerSettings.all()).allSatisfy(setting -> assertThat(setting.meaning()).endsWith("."));
        assertThat(TopicSettings.all()).hasSizeGreaterThan(20).allSatisfy(setting -> {
            assertThat(setting.meaning()).isNotBlank();
            assertThat(setting.synonyms().getLast().setting().defaultText()).as(setting.name()).isNotNull();
        });
    }

    @Test
    void aTopicsOwnValueWinsThenTheBrokersStrongestSynonym() {
        Settings given = Settings.parse(Map.of("log.retention.hours", "2", "log.retention.minutes", "5"));
        EffectiveSettings settings = new EffectiveSettings(given, 1);
        MetadataImage image = ImageChange.of(
                MetadataImage.EMPTY,
                List.of(
                        new MetadataRecord.ConfigChanged(ConfigTarget.topic("own"), "retention.ms", "9"),
                        new MetadataRecord.ConfigChanged(ConfigTarget.ALL_BROKERS, "log.segment.bytes", "2000000"),
                        new MetadataRecord.ConfigChanged(ConfigTarget.broker(1), "log.segment.bytes", "3000000")))
                .image();

        assertThat(settings.topic(image, "own", TopicSettings.RETENTION_MS)).isEqualTo(9);
        assertThat(settings.topic(image, "other", TopicSettings.RETENTION_MS)).isEqualTo(300_000);
        assertThat(settings.topic(image, "other", TopicSettings.SEGMENT_BYTES)).isEqualTo(3_000_000);
        assertThat(settings.topicOrigins(image, "other", TopicSettings.SEGMENT_BYTES))
                .extracting(EffectiveSettings.Origin::source)
                .containsExactly(
                        EffectiveSettings.Source.THIS_BROKER,
                        EffectiveSettings.Source.ALL_BROKERS,
                        EffectiveSettings.Source.DEFAULT);
        assertThat(settings.topic(MetadataImage.EMPTY, "x", TopicSettings.SEGMENT_MS)).isEqualTo(168L * 3_600_000);
    }

    @Test
    void aChangeAtRunTimeIsChecked() {
        assertThat(EffectiveSettings.problem(ConfigTarget.topic("orders"), "retention.ms", "10")).isEmpty();
        assertThat(EffectiveSettings.problem(ConfigTarget.topic("orders"), "retention.m", "10")).hasValueSatisfying(
                problem -> assertThat(problem).contains("retention.ms"));
        assertThat(EffectiveSettings.problem(ConfigTarget.topic("orders"), "cleanup.policy", "burn")).isPresent();
        assertThat(EffectiveSettings.problem(ConfigTarget.broker(1), "log.dirs", "/x")).isPresent();
        assertThat(EffectiveSettings.problem(ConfigTarget.broker(1), "log.segment.bytes", "1048576")).isEmpty();
    }

    @Test
    void howManyReplicasMustBeInSyncIsNotForOneBrokerToSay() {
        String name = "min.insync.replicas";
        EffectiveSettings settings = new EffectiveSettings(Settings.parse(Map.of(name, "2")), 1);
        MetadataImage stored = ImageChange.of(MetadataImage.EMPTY,
                List.of(new MetadataRecord.ConfigChanged(ConfigTarget.broker(1), name, "1"))).image();

        assertThat(settings.topic(stored, "orders", TopicSettings.MIN_INSYNC_REPLICAS)).isEqualTo(2);
        assertThat(settings.broker(stored, BrokerSettings.MIN_INSYNC_REPLICAS)).isEqualTo(2);
        assertThat(EffectiveSettings.problem(ConfigTarget.broker(1), name, "3")).hasValueSatisfying(
                problem -> assertThat(problem).contains("'min.insync.replicas'", "broker '1'", "all brokers"));
        assertThat(EffectiveSettings.problem(ConfigTarget.ALL_BROKERS, name, "3")).isEmpty();
        assertThat(EffectiveSettings.problem(ConfigTarget.topic("orders"), name, "3")).isEmpty();
    }
}
