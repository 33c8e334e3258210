package io.girok.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.log.AppendOrigin;
import io.girok.log.LogSettings;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataRecord;
import io.girok.record.BatchBuilder;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Which of the settings of a topic and of its broker hold for a log, and from when on.
class RetentionSettingsTest {
    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 60 * MINUTE_MS;

    @Test
    void theFinestUnitGivenWins() {
        assertThat(retention(Map.of()).retentionMs()).isEqualTo(168 * HOUR_MS);
        assertThat(retention(Map.of("log.retention.hours", "2")).retentionMs()).isEqualTo(2 * HOUR_MS);
        assertThat(retention(Map.of("log.retention.hours", "2", "log.retention.minutes", "5")).retentionMs())
                .isEqualTo(5 * MINUTE_MS);
        assertThat(retention(
                Map.of("log.retention.hours", "2", "log.retention.minutes", "5", "log.retention.ms", "70000"))
                .retentionMs()).isEqualTo(70_000);
    }

    @Test
    void minusOneMeansForEverInEveryUnit() {
        assertThat(retention(Map.of("log.retention.hours", "-1")).retentionMs()).isEqualTo(-1);
        assertThat(retention(Map.of("log.retention.minutes", "-1")).retentionMs()).isEqualTo(-1);
        assertThat(retention(Map.of("log.retention.ms", "-1", "log.retention.minutes", "5")).retentionMs())
                .isEqualTo(-1);
        assertThat(retention(Map.of("log.retention.ms", "5000", "log.retention.hours", "-1")).retentionMs())
                .isEqualTo(5_000);
        assertThat(retention(Map.of()).retentionBytes()).isEqualTo(-1);
    }

    @Test
    void theLargestUnitsDoNotOverflow() {
        assertThat(retention(Map.of("log.retention.hours", "2147483647")).retentionMs())
                .isEqualTo(2_147_483_647L * HOUR_MS);
    }

    @Test
    void segmentsEndByTheFinestUnitToo() {
        assertThat(roll(Map.of()).segmentMs()).isEqualTo(168 * HOUR_MS);
        assertThat(roll(Map.of("log.roll.hours", "1")).segmentMs()).isEqualTo(HOUR_MS);
        assertThat(roll(Map.of("log.roll.hours", "1", "log.roll.ms", "5000")).segmentMs()).isEqualTo(5_000);
        assertThat(roll(Map.of("log.roll.jitter.hours", "1")).segmentJitterMs()).isEqualTo(HOUR_MS);
        assertThat(roll(Map.of("log.roll.jitter.hours", "1", "log.roll.jitter.ms", "7")).segmentJitterMs())
                .isEqualTo(7);
        assertThat(roll(Map.of("log.segment.bytes", "2000000")).segmentBytes()).isEqualTo(2_000_000);
    }

    @Test
    void theTopicsOwnWinsAtOnceAndTheBrokersAgainWithoutIt() {
        TestNode node = new TestNode(Map.of("log.retention.hours", "3"));
        TopicId orders = node.createTopic("orders", 1);

        node.configure("orders", "retention.ms", "1000");
        node.runAll();
        long own = settings(node, orders).retention().retentionMs();
        change(node, ConfigTarget.ALL_BROKERS, "log.retention.ms", "7000");
        long stillOwn = settings(node, orders).retention().retentionMs();
        change(node, ConfigTarget.topic("orders"), "retention.ms", null);
        long ofAllBrokers = settings(node, orders).retention().retentionMs();
        change(node, ConfigTarget.broker(TestNode.BROKER_ID), "log.retention.ms", "6000");
        long ofThisBroker = settings(node, orders).retention().retentionMs();
        change(node, ConfigTarget.broker(TestNode.BROKER_ID), "log.retention.ms", null);
        change(node, ConfigTarget.ALL_BROKERS, "log.retention.ms", null);

        assertThat(own).isEqualTo(1_000);
        assertThat(stillOwn).isEqualTo(1_000);
        assertThat(ofAllBrokers).isEqualTo(7_000);
        assertThat(ofThisBroker).isEqualTo(6_000);
        assertThat(settings(node, orders).retention().retentionMs()).isEqualTo(3 * HOUR_MS);
    }

    @Test
    void everySettingOfTheBrokerReachesItsTopicsWhileItRuns() {
        TestNode node = new TestNode();
        TopicId orders = node.createTopic("orders", 1);

        Map.of("log.retention.bytes", "11", "log.roll.ms", "12", "log.roll.jitter.ms", "13", "log.segment.bytes",
                "1400000", "log.segment.delete.delay.ms", "15", "log.cleanup.policy", "compact,delete",
                "log.message.timestamp.after.max.ms", "16", "log.message.timestamp.before.max.ms", "17",
                "log.message.timestamp.type", "LogAppendTime")
                .forEach((name, value) -> change(node, ConfigTarget.ALL_BROKERS, name, value));
        LogSettings settings = settings(node, orders);

        assertThat(settings.retention()).isEqualTo(new LogSettings.Retention(168 * HOUR_MS, 11, 15, true, true));
        assertThat(settings.roll().segmentBytes()).isEqualTo(1_400_000);
        assertThat(settings.roll().segmentMs()).isEqualTo(12);
        assertThat(settings.roll().segmentJitterMs()).isEqualTo(13);
        assertThat(settings.batches().timestampAfterMaxMs()).isEqualTo(16);
        assertThat(settings.batches().timestampBeforeMaxMs()).isEqualTo(17);
        assertThat(settings.batches().needsKeys()).isTrue();
    }

    @Test
    void segmentsAreLookedForAtTheirInterval() {
        TestNode node = new TestNode(Map.of("log.retention.check.interval.ms", "10000"));
        TopicId orders = node.createTopic("orders", 1);
        append(node, orders);
        node.configure("orders", "retention.ms", "5000");
        node.runAll();

        node.advance(9_999);
        long before = led(node, orders).leader().store().startOffset();
        node.advance(1);

        assertThat(before).isZero();
        assertThat(led(node, orders).leader().store().startOffset()).isEqualTo(1);
    }

    private static LogSettings.Retention retention(Map<String, String> given) {
        TestNode node = new TestNode(given);
        return settings(node, node.createTopic("orders", 1)).retention();
    }

    private static LogSettings.Roll roll(Map<String, String> given) {
        TestNode node = new TestNode(given);
        return settings(node, node.createTopic("orders", 1)).roll();
    }

    private static LogSettings settings(TestNode node, TopicId topic) {
        return led(node, topic).leader().settings();
    }

    private static void change(TestNode node, ConfigTarget target, String name, @Nullable String value) {
        node.commit(new MetadataRecord.ConfigChanged(target, name, value));
        node.runAll();
    }

    private static LedPartition led(TestNode node, TopicId topic) {
        return node.awake(topic, 0);
    }

    private static void append(TestNode node, TopicId topic) {
        LedPartition led = led(node, topic);
        ByteBuffer batch = new BatchBuilder().append(node.clock.wallMs(), null, ByteBuffer.wrap(new byte[10])).build();
        node.shards.get(node.shards.indexOf(led.shard()))
                .enter(() -> led.leader().append(batch, AppendOrigin.CLIENT, (short) -1));
        node.runAll();
    }
}
