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
import io.girok.broker.TestAnswer;
import io.girok.broker.TestNode;
import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import io.girok.record.BatchBuilder;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProduceTest {
    private static final int LATEST = 13;
    private static final List<Integer> BOTH = List.of(TestNode.BROKER_ID, 2);
    private static final List<TopicId> NO_DIRECTORIES = List.of(TopicId.ZERO, TopicId.ZERO);

    private final TestNode node = new TestNode();
    private final TopicId orders = node.createTopic("orders", 4);

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13})
    void aBatchIsAppendedAndReadBack(int version) {
        node.send(produce("orders", orders, 0, Messages.ALL, batch("zero")), version);

        PartitionProduceResponse answer = send(produce("orders", orders, 0, Messages.ALL, batch("one", "two")),
                version);

        assertThat(answer.errorCode()).isZero();
        assertThat(answer.baseOffset()).isEqualTo(1);
        assertThat(answer.logAppendTimeMs()).isEqualTo(-1);
        assertThat(readAll("orders", orders, 0)).containsExactly("zero", "one", "two");
    }

    @Test
    void allReplicasMeansOnStableStorage() {
        TestAnswer answer = node.sendOnly(produce("orders", orders, 0, Messages.ALL, batch("one")), LATEST);

        node.runShards();
        assertThat(answer.isThere()).isFalse();
        node.runAll();
        assertThat(answer.isThere()).isTrue();
    }

    /// Recoveries, deletions and copies may take the pool for as long as they like.
    @Test
    void allReplicasDoNotWaitForWhatElseBlocks() {
        send(produce("orders", orders, 0, Messages.ALL, batch("zero")), LATEST);
        TestAnswer answer = node.sendOnly(produce("orders", orders, 0, Messages.ALL, batch("one")), LATEST);
        node.runShards();

        assertThat(node.journalPool.runAll()).isPositive();
        node.runShards();

        assertThat(only(answer.as(ProduceResponseData.class)).errorCode()).isZero();
    }

    @Test
    void theLeaderAloneDoesNotWaitForStableStorage() {
        TestAnswer answer = node.sendOnly(produce("orders", orders, 0, Messages.LEADER, batch("one")), LATEST);

        node.runShards();

        assertThat(only(answer.as(ProduceResponseData.class)).errorCode()).isZero();
        assertThat(readAll("orders", orders, 0)).containsExactly("one");
    }

    @Test
    void whatIsNotDurableInTimeTimesOut() {
        TestAnswer answer = node.sendOnly(produce("orders", orders, 0, Messages.ALL, batch("one")), LATEST);
        node.runShards();

        node.clock.advance(1000);
        node.runShards();

        assertThat(only(answer.as(ProduceResponseData.class)).errorCode())
                .isEqualTo(Errors.REQUEST_TIMED_OUT.code());
    }

    @Test
    void aRequestOverSeveralShardsIsAnsweredOnceForAll() {
        ProduceRequestData request = produce("orders", orders, 0, Messages.ALL, batch("p0"));
        for (int partition = 1; partition < 4; partition++) {
            Messages.addRecords(request, "orders", orders, partition, batch("p" + partition));
        }
        Messages.addRecords(request, "nowhere", TopicId.ZERO, 0, batch("lost"));

        ProduceResponseData response = node.send(request, 12).as(ProduceResponseData.class);

        assertThat(response.responses().find("orders", Messages.uuid(TopicId.ZERO)).partitionResponses())
                .extracting(PartitionProduceResponse::errorCode)
                .containsExactly((short) 0, (short) 0, (short) 0, (short) 0);
        assertThat(response.responses().find("nowhere", Messages.uuid(TopicId.ZERO)).partitionResponses())
                .extracting(PartitionProduceResponse::errorCode)
                .containsExactly(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(readAll("orders", orders, 3)).containsExactly("p3");
    }

    @Test
    void withoutAcknowledgementNothingIsAnswered() {
        TestAnswer answer = node.send(produce("orders", orders, 0, Messages.NONE, batch("one")), LATEST);

        assertThat(answer.isNothing()).isTrue();
        assertThat(readAll("orders", orders, 0)).containsExactly("one");
    }

    @Test
    void withoutAcknowledgementAnErrorClosesTheConnection() {
        TestAnswer answer = node.send(produce("nowhere", TopicId.ZERO, 0, Messages.NONE, batch("one")), 12);

        assertThat(answer.closeReason()).contains("UNKNOWN_TOPIC_OR_PARTITION");
    }

    @Test
    void otherAcknowledgementsAreRefused() {
        assertThat(error(produce("orders", orders, 0, (short) 2, batch("one")), LATEST))
                .isEqualTo(Errors.INVALID_REQUIRED_ACKS);
    }

    @Test
    void unknownTopicsAndPartitionsAreToldApart() {
        assertThat(error(produce("nowhere", TopicId.ZERO, 0, Messages.ALL, batch("one")), 12))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(error(produce("", new TopicId(7, 7), 0, Messages.ALL, batch("one")), LATEST))
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        assertThat(error(produce("orders", orders, 4, Messages.ALL, batch("one")), LATEST))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 12, 13})
    void whatGroupsHaveCommittedClientsDoNotSay(int version) {
        TopicId offsets = node.createTopic("__consumer_offsets", 1);

        assertThat(error(produce("__consumer_offsets", offsets, 0, Messages.ALL, batch("forged")), version))
                .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);

        assertThat(readAll("__consumer_offsets", offsets, 0)).isEmpty();
    }

    @Test
    void whoLeadsAPartitionElsewhereIsHinted() {
        TopicId far = node.createRemoteTopic("far");

        ProduceResponseData response = node.send(produce("far", far, 0, Messages.ALL, batch("one")), LATEST)
                .as(ProduceResponseData.class);

        assertThat(only(response).errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(only(response).currentLeader().leaderId()).isEqualTo(2);
        assertThat(only(response).currentLeader().leaderEpoch()).isEqualTo(TestNode.LEADER_EPOCH);
        assertThat(response.nodeEndpoints().find(2).host()).isEqualTo("other.example");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 9, 10, 13})
    void errorsCanBeSaidInEveryVersion(int version) {
        TopicId far = node.createRemoteTopic("far");

        assertThat(error(produce("far", far, 0, Messages.ALL, batch("one")), version))
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(error(produce("orders", orders, 0, Messages.ALL, ByteBuffer.allocate(0)), version))
                .isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void severalBatchesForOnePartitionAreRefused() {
        ByteBuffer first = batch("one");
        ByteBuffer two = ByteBuffer.allocate(first.limit() * 2).put(first.duplicate()).put(first.duplicate()).flip();

        assertThat(error(produce("orders", orders, 0, Messages.ALL, two), LATEST)).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void oldMessageFormatsAreRefused() {
        for (byte magic = 0; magic < 2; magic++) {
            ByteBuffer records = batch("one").put(16, magic);

            assertThat(error(produce("orders", orders, 0, Messages.ALL, records), LATEST))
                    .isEqualTo(Errors.INVALID_RECORD);
        }
    }

    @Test
    void aFlippedBitIsCorrupt() {
        ByteBuffer records = batch("one");
        records.put(records.limit() - 1, (byte) ~records.get(records.limit() - 1));

        assertThat(error(produce("orders", orders, 0, Messages.ALL, records), LATEST))
                .isEqualTo(Errors.CORRUPT_MESSAGE);
    }

    @Test
    void zstdNeedsAVersionThatKnowsIt() {
        ByteBuffer records = batch(new BatchBuilder().compression(io.girok.record.Compression.ZSTD), "one");

        assertThat(error(produce("orders", orders, 0, Messages.ALL, records), 6))
                .isEqualTo(Errors.UNSUPPORTED_COMPRESSION_TYPE);
        assertThat(error(produce("orders", orders, 0, Messages.ALL, records), 7)).isEqualTo(Errors.NONE);
    }

    @Test
    void anEmptyRecordSetIsRefused() {
        assertThat(error(produce("orders", orders, 0, Messages.ALL, ByteBuffer.allocate(0)), LATEST))
                .isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void aRepeatedBatchOfAnIdempotentProducerIsAnsweredWithItsFirstOffset() {
        node.send(produce("orders", orders, 0, Messages.ALL, batch("zero")), LATEST);
        node.send(produce("orders", orders, 0, Messages.ALL, idempotent(0, "one")), LATEST);

        PartitionProduceResponse again = send(produce("orders", orders, 0, Messages.ALL, idempotent(0, "one")),
                LATEST);
        Errors gap = error(produce("orders", orders, 0, Messages.ALL, idempotent(5, "six")), LATEST);

        assertThat(again.errorCode()).isZero();
        assertThat(again.baseOffset()).isEqualTo(1);
        assertThat(gap).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(readAll("orders", orders, 0)).containsExactly("zero", "one");
    }

    @Test
    void aBatchDoesNotOvertakeOneThatWasRefused() {
        alsoOnBroker2(orders, List.of(1));
        node.configure("orders", "min.insync.replicas", "2");
        node.runAll();
        Errors first = error(produce("orders", orders, 0, Messages.ALL, idempotent(0, "one")), LATEST);
        Errors second = error(produce("orders", orders, 0, Messages.ALL, idempotent(1, "two")), LATEST);
        node.configure("orders", "min.insync.replicas", "1");
        node.runAll();

        Errors third = error(produce("orders", orders, 0, Messages.ALL, idempotent(2, "three")), LATEST);

        assertThat(List.of(first, second, third)).containsExactly(Errors.NOT_ENOUGH_REPLICAS,
                Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        for (String value : List.of("0 one", "1 two", "2 three")) {
            int sequence = Integer.parseInt(value.substring(0, 1));
            assertThat(error(produce("orders", orders, 0, Messages.ALL, idempotent(sequence, value)), LATEST))
                    .isEqualTo(Errors.NONE);
        }
        assertThat(readAll("orders", orders, 0)).containsExactly("0 one", "1 two", "2 three");
    }

    @Test
    void anUnknownProducerMayBeginAnywhere() {
        assertThat(error(produce("orders", orders, 0, Messages.ALL, idempotent(5, "six")), LATEST))
                .isEqualTo(Errors.NONE);
    }

    @Test
    void transactionsAreRefusedInSoManyWords() {
        ProduceRequestData request = produce("orders", orders, 0, Messages.ALL, batch("one")).setTransactionalId("t");

        PartitionProduceResponse answer = send(request, LATEST);

        assertThat(answer.errorCode()).isEqualTo(Errors.INVALID_TXN_STATE.code());
        assertThat(answer.errorMessage()).contains("transactions");
    }

    @Test
    void whatMustBeInSyncIsNoMoreThanThereIs() {
        node.configure("orders", "min.insync.replicas", "2");

        assertThat(error(produce("orders", orders, 0, Messages.ALL, batch("one")), LATEST)).isEqualTo(Errors.NONE);
    }

    @Test
    void tooFewInSyncReplicasRefuseTheAppend() {
        TopicId strict = node.createTopic("strict", 1);
        alsoOnBroker2(strict, List.of(1));
        node.configure("strict", "min.insync.replicas", "2");

        assertThat(error(produce("strict", strict, 0, Messages.ALL, batch("one")), LATEST))
                .isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(error(produce("strict", strict, 0, Messages.LEADER, batch("one")), LATEST)).isEqualTo(Errors.NONE);
    }

    /// The first partition gets a second replica, with `isr` in sync.
    private void alsoOnBroker2(TopicId topic, List<Integer> isr) {
        node.commit(new MetadataRecord.PartitionsChanged(topic, 0,
                new PartitionImage(BOTH, NO_DIRECTORIES, isr, List.of(), 1, TestNode.LEADER_EPOCH, 1)));
        node.runAll();
    }

    @Test
    void whileTooFewAreInSyncNothingIsAcknowledged() {
        alsoOnBroker2(orders, List.of(1));
        TestAnswer answer = node.sendOnly(produce("orders", orders, 0, Messages.ALL, batch("one")), LATEST);
        node.runShards();

        node.configure("orders", "min.insync.replicas", "2");
        node.runAll();
        assertThat(answer.isThere()).isFalse();
        node.configure("orders", "min.insync.replicas", "1");
        node.runAll();

        assertThat(only(answer.as(ProduceResponseData.class)).errorCode()).isZero();
    }

    @Test
    void whoHearsAtOnceThatItIsEnoughAloneAndThatItLeadsNoMoreAcknowledgesNothing() {
        TopicId strict = node.createReplicatedTopic("strict");
        node.configure("strict", "min.insync.replicas", "2");
        TestAnswer answer = node.send(produce("strict", strict, 0, Messages.ALL, batch("one")), LATEST);
        node.commit(new MetadataRecord.PartitionsChanged(strict, 0,
                new PartitionImage(BOTH, NO_DIRECTORIES, List.of(1), List.of(2), 1, TestNode.LEADER_EPOCH, 1)));
        assertThat(answer.isThere()).isFalse();

        node.commit(
                new MetadataRecord.ConfigChanged(ConfigTarget.topic("strict"), "min.insync.replicas", "1"),
                new MetadataRecord.PartitionsChanged(strict, 0,
                        new PartitionImage(BOTH, NO_DIRECTORIES, List.of(2), List.of(), 2, TestNode.LEADER_EPOCH + 1,
                                2)));

        assertThat(only(answer.as(ProduceResponseData.class)).errorCode())
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
    }

    @Test
    void aFailedWriteIsAStorageErrorAndTheNextToo() {
        node.disk.plant(DiskFault.next(DiskOperation.WRITE).onEnding(".log"));

        assertThat(error(produce("orders", orders, 0, Messages.ALL, batch("one")), LATEST))
                .isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(error(produce("orders", orders, 0, Messages.ALL, batch("one")), LATEST))
                .isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }

    @Test
    void whatFollowsABatchThatCouldNotBeWrittenIsAStorageErrorToo() {
        node.disk.plant(DiskFault.next(DiskOperation.WRITE).onEnding(".log"));
        TestAnswer first = node.sendOnly(produce("orders", orders, 0, Messages.ALL, idempotent(0, "one")), LATEST);
        TestAnswer second = node.sendOnly(produce("orders", orders, 0, Messages.ALL, idempotent(1, "two")), LATEST);

        node.runAll();

        for (TestAnswer answer : List.of(first, second)) {
            assertThat(only(answer.as(ProduceResponseData.class)).errorCode())
                    .isEqualTo(Errors.KAFKA_STORAGE_ERROR.code());
        }
    }

    @Test
    void aFailedSyncIsAStorageErrorForWhoWaits() {
        node.disk.plant(DiskFault.next(DiskOperation.SYNC));

        assertThat(error(produce("orders", orders, 0, Messages.ALL, batch("one")), LATEST))
                .isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }

    @Test
    void aDeletedTopicAnswersWhoWaitsAndIsUnknownThen() {
        TestAnswer answer = node.sendOnly(produce("orders", orders, 0, Messages.ALL, batch("one")), LATEST);
        node.runShards();

        node.deleteTopic(orders);
        node.runShards();

        assertThat(only(answer.as(ProduceResponseData.class)).errorCode())
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(error(produce("orders", orders, 0, Messages.ALL, batch("one")), LATEST))
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void aTopicOfTheSameNameBeginsAnew() {
        node.send(produce("orders", orders, 0, Messages.ALL, batch("old")), LATEST);
        node.deleteTopic(orders);

        TopicId again = node.createTopic("orders", 4);
        PartitionProduceResponse answer = send(produce("orders", again, 0, Messages.ALL, batch("new")), LATEST);

        assertThat(answer.baseOffset()).isZero();
        assertThat(readAll("orders", again, 0)).containsExactly("new");
    }

    @Test
    void aBatchOverTheTopicsLimitIsTooLarge() {
        node.configure("orders", "max.message.bytes", "100");

        assertThat(error(produce("orders", orders, 0, Messages.ALL, batch("x".repeat(100))), LATEST))
                .isEqualTo(Errors.MESSAGE_TOO_LARGE);
    }

    @Test
    void aRecordFromTheFutureIsNamed() {
        long nowMs = node.clock.wallMs();
        ByteBuffer records = new BatchBuilder().append(nowMs, null, ByteBuffer.wrap(new byte[1]))
                .append(nowMs + 7_200_000, null, ByteBuffer.wrap(new byte[1]))
                .build();

        PartitionProduceResponse answer = send(produce("orders", orders, 0, Messages.ALL, records), LATEST);

        assertThat(answer.errorCode()).isEqualTo(Errors.INVALID_TIMESTAMP.code());
        assertThat(answer.recordErrors()).extracting(BatchIndexAndErrorMessage::batchIndex).containsExactly(1);
    }

    @Test
    void theBrokersClockCountsWhereTheTopicSaysSo() {
        node.configure("orders", "message.timestamp.type", "LogAppendTime");
        node.runAll();

        PartitionProduceResponse answer = send(produce("orders", orders, 0, Messages.ALL, batch("one")), LATEST);

        assertThat(answer.logAppendTimeMs()).isEqualTo(node.clock.wallMs());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "snappy", "lz4", "zstd", "uncompressed"})
    void aBatchIsStoredInTheTopicsCodec(String codec) {
        node.configure("orders", "compression.type", codec);
        node.runAll();

        node.send(produce("orders", orders, 0, Messages.ALL, batch("one", "two")), LATEST);

        assertThat(readAll("orders", orders, 0)).containsExactly("one", "two");
    }

    @Test
    void aCompactedTopicWantsKeys() {
        node.configure("orders", "cleanup.policy", "compact");
        node.runAll();

        assertThat(error(produce("orders", orders, 0, Messages.ALL, batch("one")), LATEST))
                .isEqualTo(Errors.INVALID_RECORD);
    }

    private static ByteBuffer idempotent(int sequence, String value) {
        return batch(new BatchBuilder().producer(7, (short) 0, sequence), value);
    }

    private Errors error(ProduceRequestData request, int version) {
        return Errors.forCode(send(request, version).errorCode());
    }

    private PartitionProduceResponse send(ProduceRequestData request, int version) {
        return only(node.send(request, version).as(ProduceResponseData.class));
    }

    private List<String> readAll(String topic, TopicId id, int partition) {
        node.runAll();
        return values(only(node.send(fetch(topic, id, partition, 0), 18).as(FetchResponseData.class)));
    }
}
