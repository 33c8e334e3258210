package io.girok.broker.data;

import static io.girok.broker.data.Messages.batch;
import static io.girok.broker.data.Messages.fetch;
import static io.girok.broker.data.Messages.only;
import static io.girok.broker.data.Messages.produce;
import static io.girok.broker.data.Messages.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.broker.TestNode;
import io.girok.log.Durability;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataRecord;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// A broker whose disk fills up, and one that starts on a full disk.
class FullDiskTest {
    private static final int FLOOR = 1_000_000;

    private TestNode node = new TestNode();
    private final TopicId orders = node.createTopic("orders", 1);

    @Test
    void producersAreAskedToTryAgainUntilThereIsRoom() {
        keepFree(FLOOR);
        assertThat(send("one").errorCode()).isZero();
        leave(FLOOR - 1);

        PartitionProduceResponse refused = send("two");
        List<String> read = read();
        leave(2 * FLOOR);
        waitForALook();
        PartitionProduceResponse taken = send("three");

        assertThat(refused.errorCode()).isEqualTo(Errors.NOT_ENOUGH_REPLICAS.code());
        assertThat(refused.errorMessage()).contains("orders-0", "log.dir.min.free.bytes", FLOOR + " bytes");
        assertThat(read).containsExactly("one");
        assertThat(taken.errorCode()).isZero();
        assertThat(read()).containsExactly("one", "three");
    }

    @Test
    void deletionsGoOnBelowTheFloor() throws Exception {
        TopicId other = node.createTopic("other", 1);
        keepFree(FLOOR);
        send("one");
        leave(FLOOR - 1);

        DeleteRecordsResponseData deleted = node.send(deleteRecords(1), 2).as(DeleteRecordsResponseData.class);
        node.deleteTopic(other);
        node.runAll();

        assertThat(deleted.topics().iterator().next().partitions().iterator().next().lowWatermark()).isEqualTo(1);
        assertThat(node.disk.list(Path.of("/data"))).doesNotContain("other-0");
    }

    @Test
    void aBrokerStartsOnAFullDiskAndServesWhatItHas() {
        send("one");
        send("two");
        // The process dies, the machine does not.
        node.disk.syncAll();
        node.disk.crash(new java.util.Random(1));
        node.disk.setCapacity(node.disk.usedBytes());

        node = new TestNode(node.clock, node.disk, Durability.FSYNC);
        node.createTopic(orders, "orders", 1);
        keepFree(FLOOR);

        assertThat(read()).containsExactly("one", "two");
        assertThat(send("three").errorCode()).isEqualTo(Errors.NOT_ENOUGH_REPLICAS.code());
        DeleteRecordsResponseData deleted = node.send(deleteRecords(1), 2).as(DeleteRecordsResponseData.class);
        assertThat(deleted.topics().iterator().next().partitions().iterator().next().errorCode()).isZero();
        leave(2 * FLOOR);
        waitForALook();
        assertThat(send("three").errorCode()).isZero();
        assertThat(node.directory().failure()).isEmpty();
    }

    @Test
    void aLogThatNeededRoomToBeOpenedIsThereAsSoonAsThereIsSome() {
        send("one");
        send("two");
        // What only the journal has goes into the files when the log is opened.
        node.disk.crash(new java.util.Random(1));
        node.disk.setCapacity(node.disk.usedBytes());
        node = new TestNode(node.clock, node.disk, Durability.FSYNC);
        node.createTopic(orders, "orders", 1);

        FetchResponseData.PartitionData refused = only(
                node.send(fetch("orders", orders, 0, 0), 18).as(FetchResponseData.class));
        waitForALook();
        FetchResponseData.PartitionData stillRefused = only(
                node.send(fetch("orders", orders, 0, 0), 18).as(FetchResponseData.class));
        leave(2 * FLOOR);
        waitForALook();
        waitForALook();

        assertThat(refused.errorCode()).isEqualTo(Errors.KAFKA_STORAGE_ERROR.code());
        assertThat(stillRefused.errorCode()).isEqualTo(Errors.KAFKA_STORAGE_ERROR.code());
        assertThat(read()).containsExactly("one", "two");
        assertThat(send("three").errorCode()).isZero();
    }

    @Test
    void theFloorFollowsTheBrokersSettings() {
        leave(FLOOR - 1);
        keepFree(FLOOR);
        PartitionProduceResponse refused = send("one");

        node.commit(new MetadataRecord.ConfigChanged(ConfigTarget.broker(TestNode.BROKER_ID), "log.dir.min.free.bytes",
                "0"));

        assertThat(refused.errorCode()).isEqualTo(Errors.NOT_ENOUGH_REPLICAS.code());
        assertThat(send("one").errorCode()).isZero();
    }

    private void keepFree(long bytes) {
        node.commit(new MetadataRecord.ConfigChanged(ConfigTarget.ALL_BROKERS, "log.dir.min.free.bytes",
                Long.toString(bytes)));
    }

    private void leave(long bytes) {
        node.disk.setCapacity(node.disk.usedBytes() + bytes);
        waitForALook();
    }

    private void waitForALook() {
        node.clock.advance(1_000);
        node.directory().checkpoint();
        node.runAll();
    }

    private PartitionProduceResponse send(String value) {
        return only(node.send(produce("orders", orders, 0, Messages.ALL, batch(value)), 13)
                .as(ProduceResponseData.class));
    }

    private List<String> read() {
        return values(only(node.send(fetch("orders", orders, 0, 0), 18).as(FetchResponseData.class)));
    }

    private static DeleteRecordsRequestData deleteRecords(long offset) {
        DeleteRecordsRequestData request = new DeleteRecordsRequestData().setTimeoutMs(1000);
        request.topics()
                .add(new DeleteRecordsRequestData.DeleteRecordsTopic().setName("orders")
                        .setPartitions(List.of(new DeleteRecordsRequestData.DeleteRecordsPartition()
                                .setPartitionIndex(0)
                                .setOffset(offset))));
        return request;
    }
}
