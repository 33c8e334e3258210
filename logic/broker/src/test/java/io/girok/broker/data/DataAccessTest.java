package io.girok.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.broker.TestNode;
import io.girok.metadata.MetadataRecord.AclAdded;
import io.girok.metadata.MetadataRecord.AclRemoved;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclResource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// The data plane with authorization: what Alice, who is nobody in particular, gets to know and to do.
class DataAccessTest {
    private static final AclPattern ORDERS = AclPattern.literal(AclResource.TOPIC, "orders");

    private final TestNode node = new TestNode(
            Map.of("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "super.users",
                    "User:root"));
    private final TopicId orders = node.createTopic("orders", 1);

    private void allow(AclPattern pattern, AclOperation operation) {
        node.commit(new AclAdded(Acl.allow(pattern, "User:alice", operation)));
    }

    private Errors produced(String topic, TopicId id, int version) {
        ProduceRequestData request = Messages.produce(topic, id, 0, Messages.LEADER, Messages.batch("a"));
        return Errors.forCode(Messages.only(node.sendAs("alice", request, version).as(ProduceResponseData.class))
                .errorCode());
    }

    private Errors fetched(FetchRequestData request, int version) {
        return Errors.forCode(
                Messages.only(node.sendAs("alice", request, version).as(FetchResponseData.class)).errorCode());
    }

    private long endOffset() {
        ListOffsetsRequestData request = listOffsets("orders");
        return node.sendAs("root", request, 7)
                .as(ListOffsetsResponseData.class)
                .topics()
                .getFirst()
                .partitions()
                .getFirst()
                .offset();
    }

    private static ListOffsetsRequestData listOffsets(String topic) {
        return new ListOffsetsRequestData().setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsTopic().setName(topic)
                        .setPartitions(List.of(new ListOffsetsPartition().setPartitionIndex(0).setTimestamp(-1)))));
    }

    @Test
    void aTopicThatMayNotBeWrittenLooksTheSameWhetherItExistsOrNot() {
        assertThat(produced("orders", TopicId.ZERO, 9)).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        assertThat(produced("nothing", TopicId.ZERO, 9)).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        assertThat(produced("", orders, 13)).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        assertThat(produced("", new TopicId(1, 1), 13)).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        assertThat(endOffset()).isZero();
    }

    @Test
    void onlyWhatMayBeWrittenIsWritten() {
        node.createTopic("payments", 1);
        allow(ORDERS, AclOperation.WRITE);
        ProduceRequestData request = Messages.produce("payments", TopicId.ZERO, 0, Messages.LEADER,
                Messages.batch("a"));
        Messages.addRecords(request, "orders", TopicId.ZERO, 0, Messages.batch("b"));

        ProduceResponseData response = node.sendAs("alice", request, 9).as(ProduceResponseData.class);

        assertThat(response.responses()).extracting(topic -> topic.name() + " "
                + Errors.forCode(topic.partitionResponses().getFirst().errorCode()))
                .containsExactlyInAnyOrder("payments TOPIC_AUTHORIZATION_FAILED", "orders NONE");
        assertThat(endOffset()).isEqualTo(1);
    }

    @Test
    void whoMayWriteEverywhereDoesNotWriteToInternalTopics() {
        TopicId offsets = node.createTopic("__consumer_offsets", 1);
        assertThat(produced("__consumer_offsets", TopicId.ZERO, 9)).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);

        allow(AclPattern.literal(AclResource.TOPIC, "*"), AclOperation.WRITE);

        assertThat(produced("__consumer_offsets", TopicId.ZERO, 9)).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(produced("", offsets, 13)).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
    }

    @Test
    void aTransactionalIdIsAskedForBeforeAnythingIsSaid() {
        allow(ORDERS, AclOperation.WRITE);
        ProduceRequestData request = Messages.produce("orders", TopicId.ZERO, 0, Messages.LEADER, Messages.batch("a"))
                .setTransactionalId("t");

        assertThat(Messages.only(node.sendAs("alice", request, 9).as(ProduceResponseData.class)).errorCode())
                .isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code());
    }

    @Test
    void aTopicThatMayNotBeReadLooksTheSameWhetherItExistsOrNot() {
        allow(ORDERS, AclOperation.WRITE);
        produced("orders", TopicId.ZERO, 9);

        assertThat(fetched(Messages.fetch("orders", TopicId.ZERO, 0, 0), 12))
                .isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        assertThat(fetched(Messages.fetch("nothing", TopicId.ZERO, 0, 0), 12))
                .isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        assertThat(fetched(Messages.fetch("", orders, 0, 0), 13)).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        assertThat(fetched(Messages.fetch("", new TopicId(1, 1), 0, 0), 13)).isEqualTo(Errors.UNKNOWN_TOPIC_ID);

        allow(ORDERS, AclOperation.READ);

        assertThat(fetched(Messages.fetch("", orders, 0, 0), 13)).isEqualTo(Errors.NONE);
    }

    @Test
    void aSessionEndsToReadWithTheAclThatAllowedIt() {
        allow(ORDERS, AclOperation.READ);
        FetchRequestData first = Messages.fetch("", orders, 0, 0).setSessionEpoch(0);
        int session = node.sendAs("alice", first, 13).as(FetchResponseData.class).sessionId();
        assertThat(session).isPositive();

        node.commit(new AclRemoved(Acl.allow(ORDERS, "User:alice", AclOperation.READ)));

        FetchRequestData next = new FetchRequestData().setReplicaId(-1)
                .setMaxWaitMs(0)
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setSessionId(session)
                .setSessionEpoch(1);
        assertThat(fetched(next, 13)).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
    }

    @Test
    void onlyThePartsOfTheClusterFollow() {
        TopicId replicated = node.createReplicatedTopic("replicated");
        allow(AclPattern.literal(AclResource.TOPIC, "*"), AclOperation.ALL);
        FetchRequestData request = Messages.fetch("", replicated, 0, 0).setReplicaId(2);

        assertThat(fetched(request, 13)).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);

        allow(AclPattern.cluster(), AclOperation.CLUSTER_ACTION);

        assertThat(fetched(request, 13)).isEqualTo(Errors.NONE);
    }

    @Test
    void offsetsAreForThoseWhoMayDescribeTheTopic() {
        assertThat(listed("orders")).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        assertThat(listed("nothing")).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        assertThat(epochEnd("orders")).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        assertThat(epochEnd("nothing")).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);

        allow(ORDERS, AclOperation.DESCRIBE);

        assertThat(listed("orders")).isEqualTo(Errors.NONE);
        assertThat(epochEnd("orders")).isEqualTo(Errors.NONE);
        assertThat(epochEnd("nothing")).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);

        allow(AclPattern.cluster(), AclOperation.CLUSTER_ACTION);

        assertThat(epochEnd("nothing")).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private Errors listed(String topic) {
        return Errors.forCode(node.sendAs("alice", listOffsets(topic), 7)
                .as(ListOffsetsResponseData.class)
                .topics()
                .getFirst()
                .partitions()
                .getFirst()
                .errorCode());
    }

    private Errors epochEnd(String topic) {
        OffsetForLeaderTopicCollection topics = new OffsetForLeaderTopicCollection();
        topics.add(new OffsetForLeaderTopic().setTopic(topic)
                .setPartitions(List.of(new OffsetForLeaderPartition().setPartition(0)
                        .setCurrentLeaderEpoch(-1)
                        .setLeaderEpoch(TestNode.LEADER_EPOCH))));
        return Errors.forCode(node.sendAs("alice", new OffsetForLeaderEpochRequestData().setTopics(topics), 4)
                .as(OffsetForLeaderEpochResponseData.class)
                .topics()
                .iterator()
                .next()
                .partitions()
                .getFirst()
                .errorCode());
    }

    @Test
    void recordsAreDeletedByThoseWhoMay() {
        allow(ORDERS, AclOperation.WRITE);
        produced("orders", TopicId.ZERO, 9);

        assertThat(deleted("orders")).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        assertThat(deleted("nothing")).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);

        allow(ORDERS, AclOperation.DELETE);

        assertThat(deleted("orders")).isEqualTo(Errors.NONE);
    }

    private Errors deleted(String topic) {
        DeleteRecordsRequestData request = new DeleteRecordsRequestData().setTopics(List.of(
                new DeleteRecordsTopic().setName(topic)
                        .setPartitions(List.of(new DeleteRecordsPartition().setPartitionIndex(0).setOffset(1)))));
        return Errors.forCode(node.sendAs("alice", request, 2)
                .as(DeleteRecordsResponseData.class)
                .topics()
                .find(topic)
                .partitions()
                .find(0)
                .errorCode());
    }

    @Test
    void whoMayWriteSomewhereMayDoSoWithSequenceNumbers() {
        assertThat(initialized(null)).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED);
        assertThat(initialized("t")).isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);

        allow(AclPattern.prefixed(AclResource.TOPIC, "or"), AclOperation.WRITE);

        assertThat(initialized(null)).isEqualTo(Errors.NONE);
    }

    @Test
    void orWhoMayDoItAnywhere() {
        allow(AclPattern.cluster(), AclOperation.IDEMPOTENT_WRITE);

        assertThat(initialized(null)).isEqualTo(Errors.NONE);
    }

    private Errors initialized(String transactionalId) {
        InitProducerIdRequestData request = new InitProducerIdRequestData().setTransactionalId(transactionalId)
                .setTransactionTimeoutMs(1_000);
        return Errors.forCode(
                node.sendAs("alice", request, 4).as(InitProducerIdResponseData.class).errorCode());
    }

    @Test
    void theClustersOwnAreAskedForBeforeTheHandler() {
        DescribeLogDirsRequestData request = new DescribeLogDirsRequestData().setTopics(null);

        assertThat(node.sendAs("alice", request, 4).as(DescribeLogDirsResponseData.class).errorCode())
                .isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED.code());

        allow(AclPattern.cluster(), AclOperation.DESCRIBE);

        assertThat(node.sendAs("alice", request, 4).as(DescribeLogDirsResponseData.class).results()).hasSize(1);
    }
}
