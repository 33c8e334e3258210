package io.girok.broker.data;

import static io.girok.broker.data.Messages.add;
import static io.girok.broker.data.Messages.allValues;
import static io.girok.broker.data.Messages.batch;
import static io.girok.broker.data.Messages.fetch;
import static io.girok.broker.data.Messages.only;
import static io.girok.broker.data.Messages.produce;
import static io.girok.broker.data.Messages.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.broker.LedPartition;
import io.girok.broker.TestAnswer;
import io.girok.broker.TestNode;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchTest {
    private static final int LATEST = 18;

    private final TestNode node = new TestNode();
    private final TopicId orders = node.createTopic("orders", 4);

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18})
    void everyVersionReadsFromItsOffset(int version) {
        append(0, "zero");
        append(0, "one");

        PartitionData data = only(read(fetch("orders", orders, 0, 1), version));

        assertThat(data.errorCode()).isZero();
        assertThat(data.highWatermark()).isEqualTo(2);
        assertThat(data.lastStableOffset()).isEqualTo(2);
        assertThat(values(data)).containsExactly("one");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 11, 12, 15, 16, 18})
    void errorsCanBeSaidInEveryVersion(int version) {
        TopicId far = node.createRemoteTopic("far");

        FetchResponseData response = read(fetch("far", far, 0, 0), version);

        assertThat(only(response).errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(response.nodeEndpoints()).hasSize(version < 16 ? 0 : 1);
    }

    @Test
    void recordsThatAreNotDurableAreNotVisible() {
        node.sendOnly(produce("orders", orders, 0, Messages.LEADER, batch("one")), 13);
        node.runShards();

        TestAnswer answer = node.sendOnly(fetch("orders", orders, 0, 0), LATEST);
        node.runShards();

        assertThat(allValues(answer.as(FetchResponseData.class))).isEmpty();
    }

    @Test
    void anEmptyPartitionMakesTheFetchWaitItsTime() {
        TestAnswer answer = node.send(fetch("orders", orders, 0, 0).setMaxWaitMs(500), LATEST);

        node.advance(499);
        assertThat(answer.isThere()).isFalse();
        node.advance(1);
        assertThat(allValues(answer.as(FetchResponseData.class))).isEmpty();
        assertThat(only(answer.as(FetchResponseData.class)).errorCode()).isZero();
    }

    @Test
    void anAppendWakesTheFetchThatWaits() {
        TestAnswer answer = node.send(fetch("orders", orders, 0, 0).setMaxWaitMs(500), LATEST);

        append(0, "one");

        assertThat(allValues(answer.as(FetchResponseData.class))).containsExactly("one");
    }

    @Test
    void aFetchOverSeveralShardsIsWokenByAnyOfThem() {
        for (int partition = 0; partition < 4; partition++) {
            FetchRequestData request = fetch("orders", orders, 0, partition == 0 ? 0 : 1).setMaxWaitMs(500);
            for (int other = 1; other < 4; other++) {
                add(request, "orders", orders, other, other < partition ? 1 : 0);
            }
            request.topics().getFirst().partitions().getFirst().setFetchOffset(0 < partition ? 1 : 0);
            TestAnswer answer = node.send(request, LATEST);
            assertThat(answer.isThere()).isFalse();

            append(partition, "p" + partition);

            assertThat(allValues(answer.as(FetchResponseData.class))).containsExactly("p" + partition);
        }
    }

    @Test
    void aShardThatIsBusyHoldsUpNoFetchThatHasEnoughFromAnother() {
        TestAnswer answer = node.send(overBothShards().setMaxWaitMs(500), LATEST);
        assertThat(answer.isThere()).isFalse();

        node.sendOnly(produce("orders", orders, partitionOf(0), Messages.ALL, batch("one")), 13);
        runOnly(0);

        assertThat(allValues(answer.as(FetchResponseData.class))).containsExactly("one");
    }

    @Test
    void aShardThatIsBusyHoldsUpNoFetchWhoseTimeIsOver() {
        TestAnswer answer = node.send(overBothShards().setMaxWaitMs(500), LATEST);

        node.clock.advance(500);
        runOnly(0);

        assertThat(allValues(answer.as(FetchResponseData.class))).isEmpty();
    }

    @Test
    void whatBecomesVisibleBeforeAllShardsHaveReadIsInTheAnswer() {
        TestAnswer answer = node.sendOnly(overBothShards().setMaxWaitMs(500), LATEST);
        runOnly(0);
        node.sendOnly(produce("orders", orders, partitionOf(0), Messages.ALL, batch("one")), 13);
        runOnly(0);

        node.runAll();

        assertThat(allValues(answer.as(FetchResponseData.class))).containsExactly("one");
    }

    @Test
    void theLeastBytesMayComeFromSeveralShards() {
        TestAnswer answer = node.send(overBothShards().setMinBytes(2 * batch("one").limit()).setMaxWaitMs(500), LATEST);

        append(partitionOf(1), "one");
        assertThat(answer.isThere()).isFalse();
        append(partitionOf(0), "two");

        assertThat(allValues(answer.as(FetchResponseData.class))).containsExactlyInAnyOrder("one", "two");
    }

    private FetchRequestData overBothShards() {
        return add(fetch("orders", orders, partitionOf(0), 0), "orders", orders, partitionOf(1), 0);
    }

    private int partitionOf(int shard) {
        return IntStream.range(0, 4)
                .filter(partition -> node.broker.partitions().find(orders, partition) instanceof LedPartition led
                        && led.shard().equals(node.shards.get(shard)))
                .findFirst()
                .orElseThrow();
    }

    /// The other shard is busy.
    private void runOnly(int shard) {
        while (0 < node.shards.get(shard).runAll() + node.pool.runAll() + node.journalPool.runAll()) {
            continue;
        }
    }

    @Test
    void aFetchWaitsUntilItsLeastBytesAreThere() {
        int batchSize = batch("one").limit();
        TestAnswer answer = node.send(fetch("orders", orders, 0, 0).setMinBytes(2 * batchSize + 1).setMaxWaitMs(500),
                LATEST);

        append(0, "one");
        append(0, "two");
        assertThat(answer.isThere()).isFalse();
        append(0, "six");

        assertThat(allValues(answer.as(FetchResponseData.class))).containsExactly("one", "two", "six");
    }

    @Test
    void theFirstBatchIsGivenWholeWhateverTheLimits() {
        append(0, "a rather long value");
        append(0, "another");
        FetchRequestData request = fetch("orders", orders, 0, 0).setMaxBytes(1);
        request.topics().getFirst().partitions().getFirst().setPartitionMaxBytes(1);

        PartitionData data = only(read(request, LATEST));

        assertThat(values(data)).containsExactly("a rather long value");
    }

    @Test
    void anAnswerOverSeveralShardsKeepsItsLimit() {
        FetchRequestData request = fetch("orders", orders, 0, 0);
        for (int partition = 0; partition < 4; partition++) {
            append(partition, "p" + partition);
            if (0 < partition) {
                add(request, "orders", orders, partition, 0);
            }
        }
        int batchSize = batch("p0").limit();

        FetchResponseData response = read(request.setMaxBytes(2 * batchSize), LATEST);

        assertThat(allValues(response)).hasSize(2).startsWith("p0");
        assertThat(response.responses().getFirst().partitions()).hasSize(4)
                .allSatisfy(data -> assertThat(data.highWatermark()).isEqualTo(1));
    }

    @Test
    void anOffsetOutsideTheLogIsOutOfRange() {
        append(0, "zero");

        assertThat(error(fetch("orders", orders, 0, 2))).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        assertThat(error(fetch("orders", orders, 0, -1))).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        assertThat(error(fetch("orders", orders, 0, 1))).isEqualTo(Errors.NONE);
    }

    @Test
    void staleAndFutureLeaderEpochsAreRefused() {
        assertThat(error(withEpoch(TestNode.LEADER_EPOCH - 1))).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(error(withEpoch(TestNode.LEADER_EPOCH + 1))).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
        assertThat(error(withEpoch(TestNode.LEADER_EPOCH))).isEqualTo(Errors.NONE);
    }

    @Test
    void aReaderWhoseLogLeavesTheLeadersIsToldWhere() {
        append(0, "zero");
        FetchRequestData request = fetch("orders", orders, 0, 5);
        request.topics().getFirst().partitions().getFirst().setLastFetchedEpoch(TestNode.LEADER_EPOCH);

        PartitionData data = only(read(request, LATEST));

        assertThat(data.errorCode()).isZero();
        assertThat(data.divergingEpoch().epoch()).isEqualTo(TestNode.LEADER_EPOCH);
        assertThat(data.divergingEpoch().endOffset()).isEqualTo(1);
    }

    @Test
    void unknownPartitionsAreAnsweredAtOnce() {
        FetchRequestData request = fetch("orders", orders, 0, 0).setMaxWaitMs(500);

        FetchResponseData response = read(add(request, "", new TopicId(8, 8), 0, 0), LATEST);

        assertThat(response.responses().getLast().partitions().getFirst().errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void readCommittedAnswersListAbortedTransactions() {
        append(0, "zero");

        PartitionData data = only(read(fetch("orders", orders, 0, 0).setIsolationLevel((byte) 1), LATEST));

        assertThat(values(data)).containsExactly("zero");
        assertThat(data.abortedTransactions()).isEmpty();
        assertThat(only(read(fetch("orders", orders, 0, 0), LATEST)).abortedTransactions()).isNull();
    }

    @Test
    void aDeletedTopicEndsTheWait() {
        TestAnswer answer = node.send(fetch("orders", orders, 0, 0).setMaxWaitMs(500), LATEST);

        node.deleteTopic(orders);
        node.runAll();

        assertThat(only(answer.as(FetchResponseData.class)).errorCode())
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
    }

    @Test
    void aSessionRemembersWhatIsWantedAndTellsOnlyNews() {
        append(0, "zero");
        FetchRequestData first = add(fetch("orders", orders, 0, 0), "orders", orders, 1, 0).setSessionEpoch(0);
        FetchResponseData opened = read(first, LATEST);
        assertThat(opened.sessionId()).isPositive();
        assertThat(opened.responses().getFirst().partitions()).hasSize(2);

        append(1, "other");
        FetchRequestData next = add(incremental(opened.sessionId(), 1), "orders", orders, 0, 1);
        FetchResponseData news = read(next, LATEST);

        assertThat(news.responses()).hasSize(1);
        assertThat(only(news).partitionIndex()).isEqualTo(1);
        assertThat(allValues(news)).containsExactly("other");

        FetchRequestData third = add(incremental(opened.sessionId(), 2), "orders", orders, 1, 1);
        assertThat(read(third, LATEST).responses()).isEmpty();
    }

    @Test
    void aSessionForgets() {
        FetchResponseData opened = read(
                add(fetch("orders", orders, 0, 0), "orders", orders, 1, 0).setSessionEpoch(0), LATEST);
        append(0, "zero");
        append(1, "one");
        FetchRequestData next = incremental(opened.sessionId(), 1);
        next.forgottenTopicsData()
                .add(new ForgottenTopic().setTopicId(Messages.uuid(orders)).setPartitions(List.of(0)));

        assertThat(allValues(read(next, LATEST))).containsExactly("one");
    }

    @Test
    void noPartitionOfASessionStarves() {
        FetchRequestData first = fetch("orders", orders, 0, 0).setSessionEpoch(0).setMaxBytes(1);
        for (int partition = 0; partition < 3; partition++) {
            append(partition, "p" + partition + " first");
            append(partition, "p" + partition + " second");
            if (0 < partition) {
                add(first, "orders", orders, partition, 0);
            }
        }
        FetchResponseData answer = read(first, LATEST);
        int id = answer.sessionId();
        assertThat(allValues(answer)).containsExactly("p0 first");

        assertThat(allValues(read(incremental(id, 1).setMaxBytes(1), LATEST))).containsExactly("p1 first");
        assertThat(allValues(read(incremental(id, 2).setMaxBytes(1), LATEST))).containsExactly("p2 first");
    }

    @Test
    void lostSessionsAndWrongEpochsAreToldAtTheTop() {
        int id = read(fetch("orders", orders, 0, 0).setSessionEpoch(0), LATEST).sessionId();

        assertThat(read(incremental(id + 2, 1), LATEST).errorCode())
                .isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND.code());
        assertThat(read(incremental(id, 3), LATEST).errorCode())
                .isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH.code());
        assertThat(read(incremental(id, 1), 12).errorCode())
                .isEqualTo(Errors.FETCH_SESSION_TOPIC_ID_ERROR.code());
    }

    @Test
    void everyFileHandleIsGivenBack() {
        append(0, "zero");
        int before = node.disk.openHandles();

        for (int i = 0; i < 10; i++) {
            read(fetch("orders", orders, 0, 0), LATEST);
        }

        assertThat(node.disk.openHandles()).isLessThanOrEqualTo(before + 1);
    }

    private FetchRequestData withEpoch(int epoch) {
        FetchRequestData request = fetch("orders", orders, 0, 0);
        request.topics().getFirst().partitions().getFirst().setCurrentLeaderEpoch(epoch);
        return request;
    }

    private static FetchRequestData incremental(int sessionId, int epoch) {
        return new FetchRequestData().setReplicaId(-1)
                .setMaxWaitMs(0)
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setSessionId(sessionId)
                .setSessionEpoch(epoch);
    }

    private void append(int partition, String value) {
        node.send(produce("orders", orders, partition, Messages.ALL, batch(value)), 13);
    }

    private Errors error(FetchRequestData request) {
        return Errors.forCode(only(read(request, LATEST)).errorCode());
    }

    private FetchResponseData read(FetchRequestData request, int version) {
        return node.send(request, version).as(FetchResponseData.class);
    }
}
