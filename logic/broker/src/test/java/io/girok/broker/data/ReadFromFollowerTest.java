package io.girok.broker.data;

import static io.girok.broker.data.Messages.batch;
import static io.girok.broker.data.Messages.fetch;
import static io.girok.broker.data.Messages.only;
import static io.girok.broker.data.Messages.produce;
import static io.girok.broker.data.Messages.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.broker.TestAnswer;
import io.girok.broker.TestNode;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.PartitionImage;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.ReplicaState;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// A consumer that says its rack (KIP-392): broker 1, which is asked, is in rack a, brokers 2 and 3 are in rack b.
class ReadFromFollowerTest {
    private static final int LATEST = 18;
    private static final int FIRST_WITH_RACK = 11;
    private static final Map<String, String> RACK_AWARE = Map.of("replica.selector.class",
            "org.apache.kafka.common.replica.RackAwareReplicaSelector");

    private final TestNode node = nodeWith(RACK_AWARE);
    private final TopicId orders = node.createTopic("orders", 1);
    private int partitionEpoch;

    private static TestNode nodeWith(Map<String, String> settings) {
        TestNode node = new TestNode(settings);
        register(node, 1, "a");
        register(node, 2, "b");
        register(node, 3, "b");
        return node;
    }

    private static void register(TestNode node, int brokerId, String rack) {
        node.commit(new MetadataRecord.BrokerRegistered(brokerId, TopicId.ZERO, List.of(), rack, List.of()),
                new MetadataRecord.BrokerFenced(brokerId, false));
    }

    private void place(List<Integer> replicas, int leader, int leaderEpoch, Integer... isr) {
        partitionEpoch++;
        node.commit(new MetadataRecord.PartitionsChanged(orders, 0, new PartitionImage(replicas,
                Collections.nCopies(replicas.size(), TopicId.ZERO), List.of(isr), leader, leaderEpoch,
                partitionEpoch)));
        node.runAll();
    }

    private void lead(Integer... isr) {
        place(List.of(1, 2, 3), 1, TestNode.LEADER_EPOCH, isr);
    }

    private void send(String value) {
        node.send(produce("orders", orders, 0, Messages.LEADER, batch(value)), 13);
    }

    private FetchRequestData replica(int brokerId, long offset) {
        FetchRequestData request = fetch("orders", orders, 0, offset)
                .setReplicaState(new ReplicaState().setReplicaId(brokerId).setReplicaEpoch(1));
        request.topics().getFirst().partitions().getFirst().setLogStartOffset(0);
        return request;
    }

    private void follow(int brokerId, long offset) {
        node.send(replica(brokerId, offset), LATEST);
    }

    private PartitionData consume(TestNode asked, String rack, long offset) {
        return only(asked.send(fetch("orders", orders, 0, offset).setRackId(rack), LATEST)
                .as(FetchResponseData.class));
    }

    private PartitionData consume(String rack, long offset) {
        return consume(node, rack, offset);
    }

    @Test
    void aConsumerIsSentToTheFollowerInItsRack() {
        lead(1, 2);
        send("one");
        follow(2, 1);

        PartitionData answer = consume("b", 0);

        assertThat(answer.errorCode()).isZero();
        assertThat(answer.preferredReadReplica()).isEqualTo(2);
        assertThat(values(answer)).isEmpty();
        assertThat(answer.highWatermark()).isEqualTo(1);
    }

    @Test
    void whoIsSentElsewhereDoesNotWait() {
        lead(1, 2);
        follow(2, 0);

        TestAnswer answer = node.send(fetch("orders", orders, 0, 0).setRackId("b").setMaxWaitMs(30_000), LATEST);

        assertThat(only(answer.as(FetchResponseData.class)).preferredReadReplica()).isEqualTo(2);
    }

    @Test
    void anIncrementalAnswerSaysSoToo() {
        lead(1, 2);
        FetchRequestData first = fetch("orders", orders, 0, 0).setRackId("b").setSessionEpoch(0);
        FetchResponseData begun = node.send(first, LATEST).as(FetchResponseData.class);
        assertThat(only(begun).preferredReadReplica()).isEqualTo(-1);
        follow(2, 0);

        FetchResponseData next = node.send(first.setTopics(List.of())
                .setSessionId(begun.sessionId())
                .setSessionEpoch(1), LATEST).as(FetchResponseData.class);

        assertThat(only(next).preferredReadReplica()).isEqualTo(2);
    }

    @Test
    void theLeaderServesItsOwnRackAndThoseWithoutAFollowerInTheirs() {
        lead(1, 2);
        send("one");
        follow(2, 1);

        for (String rack : List.of("a", "", "c")) {
            assertThat(consume(rack, 0).preferredReadReplica()).isEqualTo(-1);
            assertThat(values(consume(rack, 0))).containsExactly("one");
        }
    }

    @Test
    void nobodyIsSentToAFollowerThatIsNotInSyncOrBehindOrLeaving() {
        lead(1);
        send("one");
        assertThat(values(consume("b", 0))).as("nobody is in sync").containsExactly("one");

        lead(1, 2, 3);
        follow(2, 0);
        assertThat(consume("b", 0).preferredReadReplica()).isEqualTo(2);
        assertThat(consume("b", 1).preferredReadReplica()).as("it is behind").isEqualTo(-1);

        node.commit(new MetadataRecord.BrokerFenced(2, true));
        assertThat(consume("b", 0).preferredReadReplica()).isEqualTo(-1);
    }

    @Test
    void withoutTheSettingTheLeaderServesAll() {
        TestNode plain = nodeWith(Map.of());
        TopicId id = plain.createReplicatedTopic("orders");
        plain.send(fetch("orders", id, 0, 0).setReplicaState(new ReplicaState().setReplicaId(2)), LATEST);

        PartitionData answer = only(plain.send(fetch("orders", id, 0, 0).setRackId("b"), LATEST)
                .as(FetchResponseData.class));

        assertThat(answer.preferredReadReplica()).isEqualTo(-1);
    }

    @Test
    void whoseEpochOrOffsetIsWrongIsToldSoFirst() {
        lead(1, 2);
        send("one");
        follow(2, 1);

        FetchRequestData fenced = fetch("orders", orders, 0, 0).setRackId("b");
        fenced.topics().getFirst().partitions().getFirst().setCurrentLeaderEpoch(TestNode.LEADER_EPOCH - 1);
        PartitionData answer = only(node.send(fenced, LATEST).as(FetchResponseData.class));

        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(answer.preferredReadReplica()).isEqualTo(-1);
        assertThat(Errors.forCode(consume("b", 2).errorCode())).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void aFollowerThatWaitsIsToldAtOnceWhatIsCommitted() {
        lead(1, 2, 3);
        send("one");
        FetchResponseData begun = node.send(replica(2, 1).setSessionEpoch(0), LATEST).as(FetchResponseData.class);
        assertThat(only(begun).highWatermark()).isZero();
        TestAnswer waiting = node.send(replica(2, 1).setTopics(List.of())
                .setSessionId(begun.sessionId())
                .setSessionEpoch(1)
                .setMaxWaitMs(500), LATEST);
        assertThat(waiting.isThere()).isFalse();

        follow(3, 1);

        assertThat(only(waiting.as(FetchResponseData.class)).highWatermark()).isEqualTo(1);
    }

    @Test
    void theFetchThatCommitsTellsItsFollowerSo() {
        lead(1, 2);
        send("one");
        FetchResponseData begun = node.send(replica(2, 0).setSessionEpoch(0), LATEST).as(FetchResponseData.class);

        TestAnswer committing = node.send(replica(2, 1).setSessionId(begun.sessionId())
                .setSessionEpoch(1)
                .setMaxWaitMs(500), LATEST);

        assertThat(only(committing.as(FetchResponseData.class)).highWatermark()).isEqualTo(1);
        TestAnswer next = node.send(replica(2, 1).setTopics(List.of())
                .setSessionId(begun.sessionId())
                .setSessionEpoch(2)
                .setMaxWaitMs(500), LATEST);
        assertThat(next.isThere()).as("there is nothing new").isFalse();
    }

    /// Broker 1 has two records, one of which is committed, and follows broker 2 from now on.
    private void becomeFollower() {
        lead(1, 2);
        send("one");
        follow(2, 1);
        send("two");
        place(List.of(1, 2, 3), 2, TestNode.LEADER_EPOCH + 1, 2, 1);
    }

    @Test
    void aFollowerServesWhatItKnowsToBeCommitted() {
        becomeFollower();

        assertThat(values(consume("a", 0))).containsExactly("one");
        assertThat(consume("a", 0).highWatermark()).isEqualTo(1);
        assertThat(values(consume("", 0))).as("who does not say its rack, too").containsExactly("one");
        assertThat(values(consume("a", 1))).isEmpty();
        assertThat(Errors.forCode(consume("a", 3).errorCode())).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void aFollowerKeepsSessions() {
        becomeFollower();
        FetchRequestData first = fetch("orders", orders, 0, 0).setRackId("a").setSessionEpoch(0);
        FetchResponseData begun = node.send(first, LATEST).as(FetchResponseData.class);
        assertThat(values(only(begun))).containsExactly("one");

        FetchRequestData second = fetch("orders", orders, 0, 1).setRackId("a")
                .setSessionId(begun.sessionId())
                .setSessionEpoch(1);

        assertThat(node.send(second, LATEST).as(FetchResponseData.class).responses()).isEmpty();
    }

    @Test
    void whoDoesNotKnowFollowersAndWhoWantsMoreThanToReadIsSentToTheLeader() {
        becomeFollower();

        PartitionData old = only(node.send(fetch("orders", orders, 0, 0), FIRST_WITH_RACK - 1)
                .as(FetchResponseData.class));
        PartitionData another = only(node.send(replica(3, 0), LATEST).as(FetchResponseData.class));
        ListOffsetsRequestData list = new ListOffsetsRequestData().setTopics(List.of(new ListOffsetsTopic()
                .setName("orders")
                .setPartitions(List.of(new ListOffsetsPartition().setPartitionIndex(0).setTimestamp(-1)))));

        assertThat(Errors.forCode(old.errorCode())).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(Errors.forCode(another.errorCode())).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(Errors.forCode(node.send(list, 7)
                .as(ListOffsetsResponseData.class)
                .topics()
                .getFirst()
                .partitions()
                .getFirst()
                .errorCode())).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void aFollowerThatIsCutOffOrOutOfSyncSendsAwayThoseWhoComeAndThoseWhoWait() {
        becomeFollower();
        TestAnswer first = waitAtEnd();
        node.cutOff(true);
        assertSentAway(first);
        assertThat(Errors.forCode(consume("a", 0).errorCode())).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        node.cutOff(false);
        assertThat(consume("a", 0).errorCode()).isZero();

        TestAnswer second = waitAtEnd();
        place(List.of(1, 2, 3), 2, TestNode.LEADER_EPOCH + 1, 2);

        assertSentAway(second);
        assertThat(Errors.forCode(consume("a", 0).errorCode())).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void whoWaitsAtAFollowerThatLosesItsReplicaOrItsLeaderIsSentAway() {
        becomeFollower();
        TestAnswer first = waitAtEnd();
        place(List.of(1, 2, 3), 3, TestNode.LEADER_EPOCH + 2, 2, 1);
        assertThat(first.isThere()).isTrue();

        TestAnswer second = waitAtEnd();
        place(List.of(2, 3), 3, TestNode.LEADER_EPOCH + 2, 2, 3);

        assertSentAway(second);
        assertThat(Errors.forCode(consume("a", 0).errorCode())).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void whoWaitsAtAFollowerThatBecomesTheLeaderLearnsOfTheNewEpoch() {
        becomeFollower();
        FetchRequestData request = fetch("orders", orders, 0, 1).setRackId("a").setMaxWaitMs(30_000);
        request.topics().getFirst().partitions().getFirst().setCurrentLeaderEpoch(TestNode.LEADER_EPOCH + 1);
        TestAnswer waiting = node.send(request, LATEST);
        assertThat(waiting.isThere()).isFalse();

        place(List.of(1, 2, 3), 1, TestNode.LEADER_EPOCH + 2, 2, 1);

        assertThat(Errors.forCode(only(waiting.as(FetchResponseData.class)).errorCode()))
                .isEqualTo(Errors.FENCED_LEADER_EPOCH);
    }

    private TestAnswer waitAtEnd() {
        TestAnswer waiting = node.send(fetch("orders", orders, 0, 1).setRackId("a").setMaxWaitMs(30_000), LATEST);
        assertThat(waiting.isThere()).isFalse();
        return waiting;
    }

    private static void assertSentAway(TestAnswer answer) {
        assertThat(Errors.forCode(only(answer.as(FetchResponseData.class)).errorCode()))
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }
}
