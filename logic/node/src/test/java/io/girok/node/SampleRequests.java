package io.girok.node;

import io.girok.broker.ApiRow;
import io.girok.record.BatchBuilder;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.CreateDelegationTokenRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.ExpireDelegationTokenRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.RenewDelegationTokenRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// For each API that is authorized thing by thing, a request that names one thing, in a version that names it by name.
/// Stateless.
final class SampleRequests {
    private SampleRequests() {}

    /// The highest version in which topics have names, or the latest.
    static short version(ApiKeys api) {
        return switch (api) {
            case PRODUCE -> 12;
            case FETCH -> 12;
            case OFFSET_COMMIT, OFFSET_FETCH -> 9;
            default -> api.latestVersion(false);
        };
    }

    /// Whether a request of the API can be said in every version.
    static boolean isOfEveryVersion(ApiRow row) {
        return row.isCheckedWhole() || switch (row.api()) {
            case JOIN_GROUP, SYNC_GROUP, HEARTBEAT, LEAVE_GROUP, OFFSET_COMMIT, DESCRIBE_GROUPS, DELETE_GROUPS,
                    INIT_PRODUCER_ID, CREATE_PARTITIONS, DELETE_RECORDS, OFFSET_FOR_LEADER_EPOCH ->
                true;
            default -> false;
        };
    }

    /// Null for an API that this list does not know.
    static ApiMessage of(ApiKeys api) {
        return switch (api) {
            case PRODUCE -> produce();
            case FETCH -> fetch();
            case LIST_OFFSETS -> listOffsets();
            case METADATA -> new MetadataRequestData().setTopics(
                    List.of(new MetadataRequestData.MetadataRequestTopic().setName("orders")));
            case OFFSET_FOR_LEADER_EPOCH -> offsetForLeaderEpoch();
            case DELETE_RECORDS -> new DeleteRecordsRequestData().setTopics(
                    List.of(new DeleteRecordsRequestData.DeleteRecordsTopic().setName("orders")
                            .setPartitions(List.of(new DeleteRecordsRequestData.DeleteRecordsPartition()))));
            case CREATE_TOPICS -> createTopics();
            case DELETE_TOPICS -> new DeleteTopicsRequestData().setTopics(
                    List.of(new DeleteTopicsRequestData.DeleteTopicState().setName("orders")));
            case CREATE_PARTITIONS -> createPartitions();
            case DESCRIBE_TOPIC_PARTITIONS -> new DescribeTopicPartitionsRequestData().setTopics(
                    List.of(new DescribeTopicPartitionsRequestData.TopicRequest().setName("orders")));
            case DESCRIBE_CONFIGS -> new DescribeConfigsRequestData().setResources(
                    List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                            .setResourceType(ConfigResource.Type.TOPIC.id())
                            .setResourceName("orders")));
            case INCREMENTAL_ALTER_CONFIGS -> incrementalAlterConfigs();
            case ALTER_CONFIGS -> alterConfigs();
            case CREATE_DELEGATION_TOKEN -> new CreateDelegationTokenRequestData().setOwnerPrincipalType("User")
                    .setOwnerPrincipalName("root");
            case RENEW_DELEGATION_TOKEN -> new RenewDelegationTokenRequestData();
            case EXPIRE_DELEGATION_TOKEN -> new ExpireDelegationTokenRequestData();
            default -> ofGroup(api);
        };
    }

    private static ApiMessage ofGroup(ApiKeys api) {
        return switch (api) {
            case FIND_COORDINATOR -> new FindCoordinatorRequestData().setCoordinatorKeys(List.of("g"));
            case JOIN_GROUP -> new JoinGroupRequestData().setGroupId("g");
            case SYNC_GROUP -> new SyncGroupRequestData().setGroupId("g");
            case HEARTBEAT -> new HeartbeatRequestData().setGroupId("g");
            case LEAVE_GROUP -> new LeaveGroupRequestData().setGroupId("g");
            case OFFSET_COMMIT -> new OffsetCommitRequestData().setGroupId("g")
                    .setTopics(List.of(new OffsetCommitRequestData.OffsetCommitRequestTopic().setName("orders")
                            .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()))));
            case OFFSET_FETCH -> new OffsetFetchRequestData().setGroups(
                    List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup().setGroupId("g").setTopics(null)));
            case OFFSET_DELETE -> new OffsetDeleteRequestData().setGroupId("g");
            case DESCRIBE_GROUPS -> new DescribeGroupsRequestData().setGroups(List.of("g"));
            case DELETE_GROUPS -> new DeleteGroupsRequestData().setGroupsNames(List.of("g"));
            default -> null;
        };
    }

    private static ApiMessage produce() {
        ByteBuffer batch = new BatchBuilder().append(1, null, ByteBuffer.wrap(new byte[]{1})).build();
        ProduceRequestData request = new ProduceRequestData().setAcks((short) 1).setTimeoutMs(1_000);
        request.topicData()
                .add(new ProduceRequestData.TopicProduceData().setName("orders")
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setRecords(MemoryRecords.readableRecords(batch)))));
        return request;
    }

    private static ApiMessage fetch() {
        return new FetchRequestData().setMaxBytes(1_000)
                .setSessionEpoch(-1)
                .setTopics(List.of(new FetchRequestData.FetchTopic().setTopic("orders")
                        .setPartitions(List.of(new FetchRequestData.FetchPartition().setPartitionMaxBytes(1_000)))));
    }

    private static ApiMessage listOffsets() {
        return new ListOffsetsRequestData().setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic().setName("orders")
                        .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition().setTimestamp(-1)))));
    }

    private static ApiMessage offsetForLeaderEpoch() {
        OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData();
        request.topics()
                .add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic().setTopic("orders")
                        .setPartitions(List.of(new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition())));
        return request;
    }

    private static ApiMessage createTopics() {
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        request.topics()
                .add(new CreateTopicsRequestData.CreatableTopic().setName("orders")
                        .setNumPartitions(1)
                        .setReplicationFactor((short) 1));
        return request;
    }

    private static ApiMessage createPartitions() {
        CreatePartitionsRequestData request = new CreatePartitionsRequestData();
        request.topics()
                .add(new CreatePartitionsRequestData.CreatePartitionsTopic().setName("orders")
                        .setCount(2)
                        .setAssignments(null));
        return request;
    }

    private static ApiMessage incrementalAlterConfigs() {
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources()
                .add(new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(ConfigResource.Type.TOPIC.id())
                        .setResourceName("orders"));
        return request;
    }

    private static ApiMessage alterConfigs() {
        AlterConfigsRequestData request = new AlterConfigsRequestData();
        request.resources()
                .add(new AlterConfigsRequestData.AlterConfigsResource().setResourceType(ConfigResource.Type.TOPIC.id())
                        .setResourceName("orders"));
        return request;
    }
}
