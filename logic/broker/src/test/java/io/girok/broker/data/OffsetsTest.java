package io.girok.broker.data;

import static io.girok.broker.data.Messages.batch;
import static io.girok.broker.data.Messages.fetch;
import static io.girok.broker.data.Messages.only;
import static io.girok.broker.data.Messages.produce;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.broker.TestAnswer;
import io.girok.broker.TestNode;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import io.girok.record.BatchBuilder;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.ReplicaState;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetsTest {
    private static final long T0 = 1_700_000_000_000L;

    private final TestNode node = new TestNode();
    private final TopicId orders = node.createTopic("orders", 2);

    @BeforeEach
    void threeRecords() {
        for (long timestamp : new long[]{T0 - 300, T0 - 100, T0 - 200}) {
            ByteBuffer records = new BatchBuilder().append(timestamp, null, ByteBuffer.wrap(new byte[]{1})).build();
            node.send(produce("orders", orders, 0, Messages.ALL, records), 13);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
    void everyVersionFindsTheEndsAndTimes(int version) {
        assertThat(list(-1, version).offset()).isEqualTo(3);
        assertThat(list(-2, version).offset()).isZero();
        assertThat(list(T0 - 250, version).offset()).isEqualTo(1);
        assertThat(list(T0 - 250, version).timestamp()).isEqualTo(T0 - 100);
        assertThat(list(T0, version).offset()).isEqualTo(-1);
    }

    @Test
    void theLargestTimestampIsFound() {
        ListOffsetsPartitionResponse found = list(-3, 7);

        assertThat(found.offset()).isEqualTo(1);
        assertThat(found.timestamp()).isEqualTo(T0 - 100);
        assertThat(list(-3, 6).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
    }

    @Test
    void withoutTiersAllIsLocal() {
        assertThat(list(-4, 8).offset()).isZero();
        assertThat(list(-5, 9).offset()).isEqualTo(-1);
        assertThat(list(-5, 9).errorCode()).isZero();
        assertThat(list(-6, 11).offset()).isEqualTo(-1);
        assertThat(list(-7, 11).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
    }

    @Test
    void offsetsCarryTheirLeaderEpoch() {
        assertThat(list(-1, 11).leaderEpoch()).isEqualTo(TestNode.LEADER_EPOCH);
        assertThat(list(-2, 11).leaderEpoch()).isEqualTo(TestNode.LEADER_EPOCH);
        assertThat(list(T0 - 300, 11).leaderEpoch()).isEqualTo(TestNode.LEADER_EPOCH);
    }

    /// KIP-207.
    @ParameterizedTest
    @ValueSource(ints = {4, 5, 11})
    void aNewLeaderTellsWhatItKnowsBeforeItsHighWatermarkIsKnown(int version) {
        short notAvailable = (version < 5 ? Errors.LEADER_NOT_AVAILABLE : Errors.OFFSET_NOT_AVAILABLE).code();
        TopicId payments = node.createReplicatedTopic("payments");
        for (long timestamp : new long[]{T0 - 300, T0 - 200, T0 - 100}) {
            ByteBuffer records = new BatchBuilder().append(timestamp, null, ByteBuffer.wrap(new byte[]{1})).build();
            node.send(produce("payments", payments, 0, Messages.LEADER, records), 13);
        }
        follow(payments, 1);
        node.commit(new MetadataRecord.PartitionsChanged(payments, 0, new PartitionImage(List.of(1, 2),
                List.of(TopicId.ZERO, TopicId.ZERO), List.of(1, 2), 1, TestNode.LEADER_EPOCH + 1, 1)));

        assertThat(list("payments", -2, version).errorCode()).isZero();
        assertThat(list("payments", -2, version).offset()).isZero();
        assertThat(list("payments", T0 - 300, version).errorCode()).isZero();
        assertThat(list("payments", T0 - 300, version).offset()).isZero();
        assertThat(list("payments", T0 - 250, version).errorCode()).as("not committed, for all it knows")
                .isEqualTo(notAvailable);
        assertThat(list("payments", T0, version).errorCode()).as("no such record").isEqualTo(notAvailable);
        assertThat(list("payments", -1, version).errorCode()).isEqualTo(notAvailable);
        assertThat(list("payments", -1, version).offset()).isEqualTo(-1);
        assertThat(7 <= version ? list("payments", -3, version).errorCode() : notAvailable).isEqualTo(notAvailable);

        follow(payments, 3);
        assertThat(list("payments", -1, version).offset()).isEqualTo(3);
        assertThat(list("payments", T0 - 250, version).offset()).isEqualTo(1);
        assertThat(list("payments", T0, version).errorCode()).isZero();
    }

    private void follow(TopicId topic, long offset) {
        node.send(follower(topic, offset, 0), 18);
    }

    @Test
    void aPartitionAskedForTwiceIsRefused() {
        ListOffsetsRequestData request = request("orders", -1);
        request.topics().getFirst().setPartitions(List.of(partition(-1), partition(-2)));

        ListOffsetsResponseData response = node.send(request, 11).as(ListOffsetsResponseData.class);

        assertThat(response.topics().getFirst().partitions())
                .allSatisfy(answer -> assertThat(answer.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code()));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void anEpochEndsWhereTheNextBegins(int version) {
        node.commit(new MetadataRecord.PartitionsChanged(orders, 0,
                TestNode.partition(TestNode.BROKER_ID, TestNode.LEADER_EPOCH + 2)));
        node.send(produce("orders", orders, 0, Messages.ALL, batch("four")), 13);

        EpochEndOffset old = epochEnd(TestNode.LEADER_EPOCH + 1, version);
        EpochEndOffset present = epochEnd(TestNode.LEADER_EPOCH + 2, version);

        assertThat(old.leaderEpoch()).isEqualTo(TestNode.LEADER_EPOCH);
        assertThat(old.endOffset()).isEqualTo(3);
        assertThat(present.endOffset()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void recordsBelowAnOffsetAreDeleted(int version) {
        DeleteRecordsPartitionResult answer = delete(2, version);

        assertThat(answer.errorCode()).isZero();
        assertThat(answer.lowWatermark()).isEqualTo(2);
        assertThat(list(-2, 11).offset()).isEqualTo(2);
        assertThat(only(node.send(fetch("orders", orders, 0, 1), 18).as(FetchResponseData.class)).errorCode())
                .isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
    }

    @Test
    void recordsAreDeletedOnceTheInSyncFollowersHaveDeletedThem() {
        TopicId payments = twoCommittedPayments();
        TestAnswer waiting = node.send(follower(payments, 2, 0).setMaxWaitMs(500), 18);
        assertThat(waiting.isThere()).isFalse();

        TestAnswer answer = node.send(deleteRequest("payments", 1), 2);
        assertThat(answer.isThere()).isFalse();
        assertThat(only(waiting.as(FetchResponseData.class)).logStartOffset()).as("told at once").isEqualTo(1);
        node.send(follower(payments, 2, 1), 18);

        assertThat(deleted("payments", answer).errorCode()).isZero();
        assertThat(deleted("payments", answer).lowWatermark()).isEqualTo(1);
    }

    @Test
    void aFollowerThatStillHasWhatWasDeletedDoesNotWait() {
        TopicId payments = twoCommittedPayments();
        node.send(deleteRequest("payments", 1), 2);

        TestAnswer told = node.send(follower(payments, 2, 0).setMaxWaitMs(500), 18);
        TestAnswer waiting = node.send(follower(payments, 2, 1).setMaxWaitMs(500), 18);

        assertThat(only(told.as(FetchResponseData.class)).logStartOffset()).isEqualTo(1);
        assertThat(waiting.isThere()).isFalse();
    }

    @Test
    void aDeletionThatAnInSyncFollowerDoesNotHearOfTimesOut() {
        TopicId payments = twoCommittedPayments();

        TestAnswer answer = node.send(deleteRequest("payments", 1), 2);
        node.advance(999);
        assertThat(answer.isThere()).isFalse();
        node.advance(1);

        assertThat(deleted("payments", answer).errorCode()).isEqualTo(Errors.REQUEST_TIMED_OUT.code());
        assertThat(deleted("payments", answer).lowWatermark()).isZero();
        assertThat(only(node.send(fetch("payments", payments, 0, 0), 18).as(FetchResponseData.class)).errorCode())
                .as("it is deleted here")
                .isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
    }

    @Test
    void whoSaysToBeTheLeaderItselfIsNoFollower() {
        TopicId payments = twoCommittedPayments();
        FetchRequestData request = fetch("payments", payments, 0, 0)
                .setReplicaState(new ReplicaState().setReplicaId(TestNode.BROKER_ID).setReplicaEpoch(1));

        assertThat(only(node.send(request, 18).as(FetchResponseData.class)).errorCode())
                .isEqualTo(Errors.UNKNOWN_LEADER_EPOCH.code());
        assertThat(list("payments", -1, 11).errorCode()).isZero();
    }

    private TopicId twoCommittedPayments() {
        TopicId payments = node.createReplicatedTopic("payments");
        node.send(produce("payments", payments, 0, Messages.LEADER, batch("one")), 13);
        node.send(produce("payments", payments, 0, Messages.LEADER, batch("two")), 13);
        node.send(follower(payments, 2, 0), 18);
        return payments;
    }

    private static FetchRequestData follower(TopicId topic, long offset, long startOffset) {
        FetchRequestData request = fetch("payments", topic, 0, offset)
                .setReplicaState(new ReplicaState().setReplicaId(2).setReplicaEpoch(1));
        request.topics().getFirst().partitions().getFirst().setLogStartOffset(startOffset);
        return request;
    }

    @Test
    void deletingUpToTheHighWatermarkEmptiesThePartition() {
        assertThat(delete(-1, 2).lowWatermark()).isEqualTo(3);
        assertThat(delete(4, 2).errorCode()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
        assertThat(delete(-2, 2).errorCode()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
    }

    @Test
    void recordsOfACompactedTopicAreNotDeleted() {
        node.configure("orders", "cleanup.policy", "compact");

        assertThat(delete(2, 2).errorCode()).isEqualTo(Errors.POLICY_VIOLATION.code());
    }

    private ListOffsetsPartitionResponse list(long timestamp, int version) {
        return list("orders", timestamp, version);
    }

    private ListOffsetsPartitionResponse list(String topic, long timestamp, int version) {
        return node.send(request(topic, timestamp), version)
                .as(ListOffsetsResponseData.class)
                .topics()
                .getFirst()
                .partitions()
                .getFirst();
    }

    private static ListOffsetsRequestData request(String topic, long timestamp) {
        ListOffsetsRequestData request = new ListOffsetsRequestData().setReplicaId(-1);
        request.topics()
                .add(new ListOffsetsRequestData.ListOffsetsTopic().setName(topic)
                        .setPartitions(List.of(partition(timestamp))));
        return request;
    }

    private static ListOffsetsRequestData.ListOffsetsPartition partition(long timestamp) {
        return new ListOffsetsRequestData.ListOffsetsPartition().setPartitionIndex(0).setTimestamp(timestamp);
    }

    private EpochEndOffset epochEnd(int epoch, int version) {
        OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData();
        request.topics()
                .add(new OffsetForLeaderTopic().setTopic("orders")
                        .setPartitions(List.of(new OffsetForLeaderPartition().setPartition(0).setLeaderEpoch(epoch))));
        return node.send(request, version)
                .as(OffsetForLeaderEpochResponseData.class)
                .topics()
                .find("orders")
                .partitions()
                .getFirst();
    }

    private DeleteRecordsPartitionResult delete(long offset, int version) {
        return deleted("orders", node.send(deleteRequest("orders", offset), version));
    }

    private static DeleteRecordsRequestData deleteRequest(String topic, long offset) {
        DeleteRecordsRequestData request = new DeleteRecordsRequestData().setTimeoutMs(1000);
        request.topics()
                .add(new DeleteRecordsRequestData.DeleteRecordsTopic().setName(topic)
                        .setPartitions(List.of(new DeleteRecordsRequestData.DeleteRecordsPartition()
                                .setPartitionIndex(0)
                                .setOffset(offset))));
        return request;
    }

    private static DeleteRecordsPartitionResult deleted(String topic, TestAnswer answer) {
        return answer.as(DeleteRecordsResponseData.class).topics().find(topic).partitions().find(0);
    }
}
