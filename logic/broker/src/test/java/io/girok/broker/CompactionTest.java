package io.girok.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.cleaner.Cleaner;
import io.girok.log.AppendOrigin;
import io.girok.log.Durability;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.metadata.setting.Settings;
import io.girok.record.BatchBuilder;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompactionTest {
    private static final int SEGMENT_BYTES = 1024 * 1024;
    private static final int VALUE_BYTES = 100_000;
    private static final int RECORDS = 40;
    private static final TopicId ORDERS = new TopicId(4, 4);

    private final ManualClock clock = new ManualClock();
    private final MemoryDisk disk = new MemoryDisk(clock);
    private TestNode node = new TestNode(clock, disk, Durability.FSYNC);

    @Test
    void aLogThatTheLastStopLeftDirtyIsWokenAndCleaned() {
        node.createTopic(ORDERS, "orders", 1);
        fill();
        var stopped = node.broker.stop();
        node.runAll();
        assertThat(stopped).isCompleted();
        node = new TestNode(clock, disk, Durability.FSYNC);
        compacted();
        LedPartition orders = (LedPartition) node.broker.partitions().find(ORDERS, 0);
        assertThat(orders.isAwake()).isFalse();
        long before = node.directory().sizeOnDisk(orders.name());

        Compaction compaction = Compaction.start(node.broker.partitions(), node.metadata,
                new EffectiveSettings(Settings.parse(Map.of()), TestNode.BROKER_ID),
                new Cleaner.Surroundings(node.shards.getFirst(), node.pool, clock, 1, 2));
        node.advance(60_000);

        assertThat(node.directory().sizeOnDisk(orders.name())).isLessThan(before / 2);
        assertThat(orders.isAwake()).isTrue();
        assertThat(orders.leader().store().endOffset()).isEqualTo(RECORDS);
        var ended = compaction.stop();
        node.runAll();
        assertThat(ended).isCompleted();
    }

    @Test
    void logsOfOtherTopicsAreLeftAsleep() {
        node.createTopic(ORDERS, "orders", 1);
        fill();
        var stopped = node.broker.stop();
        node.runAll();
        assertThat(stopped).isCompleted();
        node = new TestNode(clock, disk, Durability.FSYNC);
        node.createTopic(ORDERS, "orders", 1);

        Compaction.start(node.broker.partitions(), node.metadata,
                new EffectiveSettings(Settings.parse(Map.of()), TestNode.BROKER_ID),
                new Cleaner.Surroundings(node.shards.getFirst(), node.pool, clock, 1, 2));
        node.advance(60_000);

        assertThat(((LedPartition) node.broker.partitions().find(ORDERS, 0)).isAwake()).isFalse();
    }

    @Test
    void aLogThatIsFollowedHereIsCleanedAsIfItWereLed() {
        node.createTopic(ORDERS, "orders", 1);
        fill();
        node.configure("orders", "cleanup.policy", "compact");
        LedPartition orders = (LedPartition) node.broker.partitions().find(ORDERS, 0);
        long before = node.directory().sizeOnDisk(orders.name());
        Compaction compaction = Compaction.start(node.broker.partitions(), node.metadata,
                new EffectiveSettings(Settings.parse(Map.of()), TestNode.BROKER_ID),
                new Cleaner.Surroundings(node.shards.getFirst(), node.pool, clock, 1, 2));

        node.commit(new MetadataRecord.PartitionsChanged(ORDERS, 0, new PartitionImage(List.of(2, TestNode.BROKER_ID),
                List.of(TopicId.ZERO, TopicId.ZERO), List.of(2, TestNode.BROKER_ID), 2, TestNode.LEADER_EPOCH + 1,
                1)));
        node.advance(60_000);

        assertThat(node.broker.partitions().find(ORDERS, 0)).isInstanceOf(Placement.NotHere.class);
        assertThat(compaction.status().cleanings()).isPositive();
        assertThat(node.directory().sizeOnDisk(orders.name())).isLessThan(before / 2);
        assertThat(orders.leader().store().endOffset()).isEqualTo(RECORDS);
    }

    private void compacted() {
        node.createTopic(ORDERS, "orders", 1);
        node.configure("orders", "cleanup.policy", "compact");
        node.configure("orders", "segment.bytes", Integer.toString(SEGMENT_BYTES));
        node.runAll();
    }

    /// All of the same key.
    private void fill() {
        node.configure("orders", "segment.bytes", Integer.toString(SEGMENT_BYTES));
        node.runAll();
        LedPartition led = node.awake(ORDERS, 0);
        for (int i = 0; i < RECORDS; i++) {
            ByteBuffer batch = new BatchBuilder()
                    .append(clock.wallMs(), ByteBuffer.wrap(new byte[]{1}), ByteBuffer.allocate(VALUE_BYTES))
                    .build();
            node.shards.get(node.shards.indexOf(led.shard()))
                    .call(() -> led.leader().append(batch, AppendOrigin.CLIENT, (short) -1));
            node.runAll();
        }
    }
}
