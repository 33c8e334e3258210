package io.girok.broker.data;

import static io.girok.broker.data.Messages.batch;
import static io.girok.broker.data.Messages.fetch;
import static io.girok.broker.data.Messages.only;
import static io.girok.broker.data.Messages.produce;
import static io.girok.broker.data.Messages.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.broker.TestAnswer;
import io.girok.broker.TestNode;
import io.girok.log.Durability;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import java.util.List;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.ReplicaState;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A consumer reads what a broker that was started again has not looked at yet, and the disk does not answer for a
/// while: the pool for cold reads runs when the test says so.
class ColdFetchTest {
    private static final int LATEST = 18;
    private static final TopicId ORDERS = new TopicId(4, 77);
    private static final String LARGE = "x".repeat(700_000);

    private final ManualClock clock = new ManualClock();
    private final MemoryDisk disk = new MemoryDisk(clock);
    private TestNode node = new TestNode(clock, disk, Durability.FSYNC);

    @BeforeEach
    void startAgain() {
        createOrders();
        // Segments of a megabyte: the first one is closed.
        send("one" + LARGE);
        send("two" + LARGE);
        node.broker.stop();
        node.runAll();
        node = new TestNode(clock, disk, Durability.FSYNC);
        createOrders();
        assertThat(read(1, 0)).as("the end of the log was looked at").endsWith("two");
    }

    private void createOrders() {
        node.commit(new MetadataRecord.ConfigChanged(ConfigTarget.topic("orders"), "segment.bytes", "1048576"));
        node.createTopic(ORDERS, "orders", 1);
    }

    private TestAnswer send(String value) {
        return node.send(produce("orders", ORDERS, 0, Messages.ALL, batch(value)), 13);
    }

    private String read(long offset, int maxWaitMs) {
        return text(node.send(fetch("orders", ORDERS, 0, offset).setMaxWaitMs(maxWaitMs), LATEST));
    }

    private static String text(TestAnswer answer) {
        return values(only(answer.as(FetchResponseData.class))).getFirst().replace(LARGE, "");
    }

    /// Runs everything but the cold reads.
    private void runOthers() {
        do {
            node.runShards();
        } while (0 < node.pool.runAll() + node.journalPool.runAll());
    }

    private TestAnswer beginRead(FetchRequestData request) {
        TestAnswer answer = node.sendOnly(request, LATEST);
        runOthers();
        assertThat(answer.isThere()).isFalse();
        return answer;
    }

    private TestAnswer beginRead() {
        return beginRead(fetch("orders", ORDERS, 0, 0));
    }

    private static Errors error(TestAnswer answer) {
        return Errors.forCode(only(answer.as(FetchResponseData.class)).errorCode());
    }

    @Test
    void aProduceToTheSamePartitionIsAnsweredWhileAColdReadHangs() {
        // The shard would fail if it looked, and so would wait if it waited.
        disk.plant(DiskFault.next(DiskOperation.READ)
                .on(path -> path.toString().contains("orders-0/00000000000000000000"))
                .lasting());
        TestAnswer cold = beginRead();

        TestAnswer produced = node.sendOnly(produce("orders", ORDERS, 0, Messages.ALL, batch("three")), 13);
        runOthers();
        TestAnswer warm = node.sendOnly(fetch("orders", ORDERS, 0, 2), LATEST);
        runOthers();

        assertThat(only(produced.as(ProduceResponseData.class)).errorCode()).isZero();
        assertThat(text(warm)).isEqualTo("three");
        assertThat(cold.isThere()).isFalse();
        disk.removeFaults();
        node.runAll();
        assertThat(text(cold)).isEqualTo("one");
    }

    @Test
    void aFollowerThatIsFarBehindHoldsUpNobodyEither() {
        node.commit(new MetadataRecord.PartitionsChanged(ORDERS, 0, new PartitionImage(List.of(1, 2),
                List.of(TopicId.ZERO, TopicId.ZERO), List.of(1), 1, TestNode.LEADER_EPOCH, 1)));
        runOthers();

        TestAnswer cold = beginRead(fetch("orders", ORDERS, 0, 0)
                .setReplicaState(new ReplicaState().setReplicaId(2).setReplicaEpoch(1)));
        TestAnswer produced = node.sendOnly(produce("orders", ORDERS, 0, Messages.ALL, batch("three")), 13);
        runOthers();

        assertThat(only(produced.as(ProduceResponseData.class)).errorCode()).isZero();
        node.runAll();
        assertThat(text(cold)).isEqualTo("one");
    }

    @Test
    void theTimeToWaitMayBeOverBeforeTheDiskAnswers() {
        TestAnswer cold = beginRead(fetch("orders", ORDERS, 0, 0).setMaxWaitMs(500));

        clock.advance(10_000);
        node.runAll();

        assertThat(text(cold)).isEqualTo("one");
    }

    @Test
    void theNextRequestOfItsSessionMayComeBefore() {
        FetchResponseData begun = node.send(fetch("orders", ORDERS, 0, 1).setSessionEpoch(0), LATEST)
                .as(FetchResponseData.class);

        TestAnswer second = beginRead(fetch("orders", ORDERS, 0, 0).setSessionId(begun.sessionId())
                .setSessionEpoch(1)
                .setMaxWaitMs(30_000));
        TestAnswer third = node.sendOnly(fetch("orders", ORDERS, 0, 1).setSessionId(begun.sessionId())
                .setSessionEpoch(2)
                .setMaxWaitMs(30_000), LATEST);
        runOthers();

        assertThat(text(third)).isEqualTo("two");
        assertThat(second.isThere()).isFalse();
        node.runAll();
        assertThat(text(second)).isEqualTo("one");
    }

    @Test
    void aTopicThatIsDeletedMeanwhileIsGone() {
        TestAnswer cold = beginRead();
        node.deleteTopic(ORDERS);
        runOthers();
        int handles = disk.openHandles();

        node.runAll();

        assertThat(error(cold)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(disk.openHandles()).isEqualTo(handles);
        assertThat(disk.exists(node.directory().path().resolve("orders-0"))).isFalse();
    }

    @Test
    void whoIsNotTheLeaderAnyMoreSaysSo() {
        TestAnswer cold = beginRead();

        node.commit(new MetadataRecord.PartitionsChanged(ORDERS, 0, TestNode.partition(2, TestNode.LEADER_EPOCH + 1)));
        node.runAll();

        assertThat(error(cold)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void whatTheDiskCannotReadTheShardFindsOut() {
        TestAnswer cold = beginRead();
        disk.plant(DiskFault.next(DiskOperation.READ)
                .on(path -> path.toString().contains("orders-0/00000000000000000000"))
                .lasting());

        node.runAll();

        assertThat(error(cold)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }
}
