package io.girok.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.PartitionId;
import io.girok.base.TopicId;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.broker.Placement.NotHere;
import io.girok.log.AppendOrigin;
import io.girok.log.Durability;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import io.girok.record.BatchBuilder;
import io.girok.replication.AppendOutcome.Refused;
import io.girok.replication.AppendOutcome.Written;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class BrokerTest {
    private static final long CHECKPOINT_MS = 60_000;
    private static final long DAY_MS = 86_400_000;

    private TestNode node = new TestNode();

    @Test
    void partitionsOfATopicAreSpreadOverTheShards() {
        TopicId orders = node.createTopic("orders", 4);

        Set<Object> shards = new HashSet<>();
        for (int index = 0; index < 4; index++) {
            shards.add(led(orders, index).shard());
        }

        assertThat(shards).hasSize(2);
        assertThat(led(orders, 1).shard()).isSameAs(node.broker.partitions().shardOf(led(orders, 1).id()));
    }

    @Test
    void aPartitionSleepsUntilItIsNeeded() throws Exception {
        TopicId orders = node.createTopic("orders", 2);

        assertThat(sleeping(orders, 0).isAwake()).isFalse();
        assertThat(node.disk.list(Path.of("/data"))).doesNotContain("orders-0");
        append(orders, "one");

        assertThat(led(orders, 0).leader().leaderEpoch()).isEqualTo(TestNode.LEADER_EPOCH);
        assertThat(node.disk.list(Path.of("/data"))).contains("orders-0").doesNotContain("orders-1");
        assertThat(sleeping(orders, 1).isAwake()).isFalse();
    }

    private TopicId topicWithMuchToRecover() {
        TopicId orders = node.createTopic("orders", 1);
        for (int i = 0; i < 20; i++) {
            append(orders, "x".repeat(100_000));
        }
        crash();
        node.createTopicOnly(orders, "orders", 1);
        return orders;
    }

    @Test
    void aPartitionThatHasMuchToRecoverAsksToComeBack() {
        TopicId orders = topicWithMuchToRecover();

        assertThat(wake(orders, 0)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        node.runAll();

        assertThat(led(orders, 0).leader().highWatermark()).isEqualTo(20);
    }

    @Test
    void aSettingThatChangesWhileALogIsRecoveredHoldsForItsLog() {
        TopicId orders = topicWithMuchToRecover();
        wake(orders, 0);

        node.configure("orders", "max.message.bytes", "1000");
        node.runAll();

        LedPartition led = led(orders, 0);
        ByteBuffer batch = new BatchBuilder().append(node.clock.wallMs(), null, ByteBuffer.wrap(new byte[2_000]))
                .build();
        assertThat(node.shards.get(node.shards.indexOf(led.shard()))
                .call(() -> led.leader().append(batch, AppendOrigin.CLIENT, (short) -1)))
                .isInstanceOfSatisfying(Refused.class,
                        refused -> assertThat(refused.error()).isEqualTo(Errors.MESSAGE_TOO_LARGE));
    }

    @Test
    void aTopicThatIsDeletedWhileItIsRecoveredGoes() throws Exception {
        TopicId orders = topicWithMuchToRecover();
        wake(orders, 0);

        node.deleteTopic(orders);
        node.runAll();

        assertThat(node.directory().failure()).isEmpty();
        assertThat(node.disk.list(Path.of("/data"))).doesNotContain("orders-0");
    }

    @Test
    void afterACrashWhatNobodyAsksForIsRecoveredTooAndSleepsAgain() {
        TopicId orders = node.createTopic("orders", 1);
        append(orders, "one");
        crash();
        node.createTopicOnly(orders, "orders", 1);

        node.broker.recoverRest();
        node.runAll();

        assertThat(sleeping(orders, 0).isAwake()).isFalse();
        var stopped = node.broker.stop();
        node.runAll();
        assertThat(stopped).isCompleted();
        node = new TestNode(node.clock, node.disk, Durability.FSYNC);
        assertThat(node.directory().wasClosedClean()).isTrue();
    }

    @Test
    void aLogThatNobodyUsesSleepsAndWakesWithAllItKnew() {
        TopicId orders = node.createTopic("orders", 1);
        append(orders, "one");
        LedPartition partition = led(orders, 0);

        node.advance(3 * CHECKPOINT_MS);

        assertThat(partition.isAwake()).isFalse();
        append(orders, "two");
        assertThat(partition.leader().store().endOffset()).isEqualTo(2);
        node.advance(CHECKPOINT_MS / 2);
        wake(orders, 0);
        node.advance(CHECKPOINT_MS / 2 + 1);
        assertThat(partition.isAwake()).isTrue();
    }

    @Test
    void retentionWakesWhoHasSomethingToDelete() {
        TopicId orders = node.createTopic("orders", 1);
        append(orders, "old");
        var stopped = node.broker.stop();
        node.runAll();
        assertThat(stopped).isCompleted();
        restart(orders);

        node.advance(6 * DAY_MS);
        assertThat(node.directory().sizeOnDisk(sleeping(orders, 0).name())).isPositive();
        node.advance(2 * DAY_MS);

        assertThat(sleeping(orders, 0).isAwake()).isFalse();
        assertThat(node.directory().sizeOnDisk(sleeping(orders, 0).name())).isZero();
        assertThat(led(orders, 0).leader().store().startOffset()).isEqualTo(1);
    }

    @Test
    void addedPartitionsAreOpenedAndTheOthersStay() {
        TopicId orders = node.createTopic("orders", 1);
        LedPartition first = led(orders, 0);

        node.commit(new MetadataRecord.PartitionsAdded(orders, 1, List.of(TestNode.partition(1, 0))));
        node.runAll();

        assertThat(led(orders, 0)).isSameAs(first);
        assertThat(led(orders, 1).leader().leaderEpoch()).isZero();
    }

    @Test
    void aLeaderThatIsDeposedAndComesBackGoesOnWithItsLog() {
        TopicId orders = node.createTopic("orders", 1);
        append(orders, "one");
        PartitionImage none = new PartitionImage(List.of(1), List.of(TopicId.ZERO), List.of(1), -1, 6, 1);

        node.commit(new MetadataRecord.PartitionsChanged(orders, 0, none));
        Placement deposed = node.broker.partitions().find(orders, 0);
        node.commit(new MetadataRecord.PartitionsChanged(orders, 0, TestNode.partition(1, 7)));

        assertThat(deposed).isEqualTo(new NotHere(Errors.NOT_LEADER_OR_FOLLOWER, -1, 6));
        assertThat(led(orders, 0).leader().leaderEpoch()).isEqualTo(7);
        assertThat(append(orders, "two").baseOffset()).isEqualTo(1);
    }

    @Test
    void listenersHearOfPartitionsOnTheirShardInOrder() {
        List<String> heard = new ArrayList<>();
        node.broker.partitions().addListener(new PartitionListener() {
            @Override
            public void onLed(LedPartition partition) {
                heard.add("led " + partition.name() + " " + partition.shard().isCurrent());
            }

            @Override
            public void onLeft(LedPartition partition) {
                heard.add("left " + partition.name() + " " + partition.shard().isCurrent());
            }
        });

        TopicId orders = node.createTopic("orders", 1);
        led(orders, 0);
        node.deleteTopic(orders);
        node.runAll();

        assertThat(heard).containsExactly("led orders-0 true", "left orders-0 true");
    }

    @Test
    void theLogOfADeletedTopicGoes() throws Exception {
        TopicId orders = node.createTopic("orders", 1);
        append(orders, "one");
        assertThat(node.disk.list(Path.of("/data"))).contains("orders-0");

        node.deleteTopic(orders);
        node.runAll();

        assertThat(node.disk.list(Path.of("/data"))).doesNotContain("orders-0");
    }

    @Test
    void aDirectoryThatFailsTakesItsPartitionsOffline() {
        node.disk.plant(DiskFault.next(DiskOperation.OPEN).on(path -> path.toString().contains("orders-0")).lasting());

        TopicId orders = node.createTopic("orders", 2);
        LedPartition led = led(orders, 0);
        Errors error = node.shards.get(node.shards.indexOf(led.shard()))
                .call(() -> ((Refused) led.leader().append(batch("one"), AppendOrigin.CLIENT, (short) 1)).error());
        node.runAll();

        assertThat(error).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(led.leader().check(-1)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(node.broker.partitions().find(orders, 1))
                .isEqualTo(new NotHere(Errors.KAFKA_STORAGE_ERROR, 1, TestNode.LEADER_EPOCH));
    }

    @Test
    void whatAnotherBrokerLeadsByThenIsAskedForThere() {
        TopicId orders = node.createTopic("orders", 1);
        append(orders, "one");
        node.broker.partitions().storageFailed(node.directory());
        node.runAll();
        Placement failed = node.broker.partitions().find(orders, 0);

        node.commit(new MetadataRecord.PartitionsChanged(orders, 0, new PartitionImage(List.of(1, 2),
                List.of(TopicId.ZERO, TopicId.ZERO), List.of(2), 2, 6, 1)));
        node.runAll();
        Placement moved = node.broker.partitions().find(orders, 0);
        node.commit(new MetadataRecord.PartitionsChanged(orders, 0, new PartitionImage(List.of(1, 2),
                List.of(TopicId.ZERO, TopicId.ZERO), List.of(1), 1, 7, 2)));
        node.runAll();

        assertThat(failed).isEqualTo(new NotHere(Errors.KAFKA_STORAGE_ERROR, 1, TestNode.LEADER_EPOCH));
        assertThat(moved).isEqualTo(new NotHere(Errors.NOT_LEADER_OR_FOLLOWER, 2, 6));
        assertThat(node.broker.partitions().find(orders, 0))
                .isEqualTo(new NotHere(Errors.KAFKA_STORAGE_ERROR, 1, 7));
    }

    @Test
    void theControllerHearsWhereReplicasAreThatOthersHaveAsWell() {
        TopicId alone = node.createTopic("alone", 1);
        TopicId orders = new TopicId(4, 100);
        TopicId here = node.directory().directoryId();
        PartitionImage unknown = new PartitionImage(List.of(1, 2), List.of(TopicId.ZERO, TopicId.ZERO), List.of(1, 2),
                1, 0, 0);
        node.commit(new MetadataRecord.TopicCreated(orders, "orders"),
                new MetadataRecord.PartitionsAdded(orders, 0, List.of(unknown, unknown.withDirectory(1, here))));

        assertThat(node.broker.partitions().find(alone, 0)).isInstanceOf(LedPartition.class);
        assertThat(node.directoryReports).containsExactly(Map.entry(new PartitionId(orders, 0), here));
    }

    @Test
    void whatWasAcknowledgedIsThereAfterAStop() {
        TopicId orders = node.createTopic("orders", 1);
        append(orders, "one");
        append(orders, "two");
        var stopped = node.broker.stop();
        node.runAll();
        assertThat(stopped).isCompleted();

        restart(orders);

        assertThat(led(orders, 0).leader().highWatermark()).isEqualTo(2);
        assertThat(node.directory().wasClosedClean()).isTrue();
    }

    @Test
    void whatWasAcknowledgedIsThereAfterACrash() {
        TopicId orders = node.createTopic("orders", 1);
        append(orders, "one");
        append(orders, "two");
        node.disk.crash(new Random(1));

        restart(orders);

        assertThat(led(orders, 0).leader().highWatermark()).isEqualTo(2);
        assertThat(append(orders, "three").baseOffset()).isEqualTo(2);
    }

    @Test
    void whatTheOperatingSystemHasCountsWhereTheOperatorSaysSo() {
        node = new TestNode(Durability.OS);
        TopicId orders = node.createTopic("orders", 1);
        List<Errors> done = new ArrayList<>();

        LedPartition led = led(orders, 0);
        node.shards.get(node.shards.indexOf(led.shard())).enter(() -> {
            Written written = (Written) led.leader().append(batch("one"), AppendOrigin.CLIENT, (short) -1);
            led.leader().awaitCommitted(written.endOffset(), done::add);
        });

        assertThat(done).containsExactly(Errors.NONE);
    }

    @Test
    void segmentsPastTheirRetentionGoUnasked() {
        TopicId orders = node.createTopic("orders", 1);
        node.configure("orders", "retention.ms", Long.toString(DAY_MS));
        node.runAll();
        append(orders, "old");
        led(orders, 0).leader().store().roll();
        append(orders, "new");

        node.advance(DAY_MS / 2);
        append(orders, "newer");
        assertThat(led(orders, 0).leader().store().startOffset()).isZero();
        node.advance(DAY_MS);

        assertThat(led(orders, 0).leader().store().startOffset()).isPositive();
    }

    @Test
    void checkpointsAreWrittenFromTimeToTime() throws Exception {
        TopicId orders = node.createTopic("orders", 1);
        append(orders, "one");

        node.advance(60_000);

        assertThat(node.disk.list(Path.of("/data"))).contains("replication-offset-checkpoint",
                "recovery-point-offset-checkpoint");
    }

    private void crash() {
        node.disk.crash(new Random(1));
        node = new TestNode(node.clock, node.disk, Durability.FSYNC);
    }

    private void restart(TopicId orders) {
        node = new TestNode(node.clock, node.disk, Durability.FSYNC);
        node.createTopic(orders, "orders", 1);
    }

    private LedPartition led(TopicId topic, int index) {
        return node.awake(topic, index);
    }

    private LedPartition sleeping(TopicId topic, int index) {
        return (LedPartition) node.broker.partitions().find(topic, index);
    }

    private Errors wake(TopicId topic, int index) {
        LedPartition led = sleeping(topic, index);
        return node.shards.get(node.shards.indexOf(led.shard())).call(led::wake);
    }

    private Written append(TopicId topic, String value) {
        LedPartition led = led(topic, 0);
        Written written = node.shards.get(node.shards.indexOf(led.shard()))
                .call(() -> (Written) led.leader().append(batch(value), AppendOrigin.CLIENT, (short) -1));
        node.runAll();
        return written;
    }

    private ByteBuffer batch(String value) {
        return new BatchBuilder().append(node.clock.wallMs(), null, ByteBuffer.wrap(value.getBytes())).build();
    }
}
