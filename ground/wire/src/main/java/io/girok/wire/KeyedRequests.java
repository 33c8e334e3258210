package io.girok.wire;

import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/// Reads requests whose elements the protocol library puts into hash tables of its own.
///
/// Such a table grows by taking out and putting back every element, each time walking the chain of those that collide
/// with it: a frame of 120 KiB that names one topic 20,000 times keeps a processor busy for more than ten minutes. The
/// generated code makes a table so that its last element already makes it grow (250 equal elements: 10 ms, 1,000: 0.6
/// s). So requests that are known to be large are read here, into tables that never grow (10,000 equal elements: 0.16
/// s), and the others are held to less.
final class KeyedRequests {
    /// Topics in one of the requests read here.
    static final int MAX_TOPICS = 10_000;

    /// Elements of one array in a request with tables made by the generated code, and of all its arrays together.
    static final int MAX_ARRAY_LENGTH = 250;
    static final int MAX_ELEMENTS = 20_000;

    private static final Set<ApiKeys> WITH_TABLES = EnumSet.of(ApiKeys.ADD_PARTITIONS_TO_TXN, ApiKeys.ADD_RAFT_VOTER,
            ApiKeys.ALTER_CONFIGS, ApiKeys.ALTER_REPLICA_LOG_DIRS, ApiKeys.ALTER_SHARE_GROUP_OFFSETS,
            ApiKeys.BEGIN_QUORUM_EPOCH, ApiKeys.BROKER_REGISTRATION, ApiKeys.CONTROLLER_REGISTRATION,
            ApiKeys.CREATE_PARTITIONS, ApiKeys.CREATE_TOPICS, ApiKeys.DESCRIBE_LOG_DIRS, ApiKeys.DESCRIBE_PRODUCERS,
            ApiKeys.ELECT_LEADERS, ApiKeys.END_QUORUM_EPOCH, ApiKeys.INCREMENTAL_ALTER_CONFIGS, ApiKeys.JOIN_GROUP,
            ApiKeys.OFFSET_DELETE, ApiKeys.SHARE_ACKNOWLEDGE, ApiKeys.SHARE_FETCH, ApiKeys.UPDATE_FEATURES,
            ApiKeys.UPDATE_RAFT_VOTER);

    private KeyedRequests() {}

    /// Elements that the generated code may read into one array of this request.
    static int maxArrayLength(ApiKeys api) {
        return WITH_TABLES.contains(api) ? MAX_ARRAY_LENGTH : Integer.MAX_VALUE;
    }

    /// Elements of all arrays of this request together.
    static int maxElements(ApiKeys api) {
        return WITH_TABLES.contains(api) ? MAX_ELEMENTS : RequestDecoder.MAX_ELEMENTS;
    }

    static ApiMessage read(ApiKeys api, FrameReadable readable, short version) {
        return switch (api) {
            case PRODUCE -> produce(readable, version);
            case OFFSET_FOR_LEADER_EPOCH -> offsetForLeaderEpoch(readable, version);
            case CREATE_TOPICS -> createTopics(readable, version);
            default -> generated(api, readable, version);
        };
    }

    /// The size to ask for, so that a table does not grow when its last element comes.
    private static int roomFor(int count) {
        return count + 1;
    }

    private static ApiMessage generated(ApiKeys api, FrameReadable readable, short version) {
        ApiMessage body = api.messageType.newRequest();
        body.read(readable, version);
        return body;
    }

    private static ApiMessage produce(FrameReadable readable, short version) {
        boolean isFlexible = 9 <= version;
        ProduceRequestData body = new ProduceRequestData();
        body.setTransactionalId(readable.readNullableString(isFlexible));
        body.setAcks(readable.readShort());
        body.setTimeoutMs(readable.readInt());
        int count = readable.readArrayLength(isFlexible, MAX_TOPICS);
        var topics = new ProduceRequestData.TopicProduceDataCollection(roomFor(count));
        for (int i = 0; i < count; i++) {
            topics.add(new ProduceRequestData.TopicProduceData(readable, version));
        }
        readable.skipTaggedFields(isFlexible);
        return body.setTopicData(topics);
    }

    private static ApiMessage offsetForLeaderEpoch(FrameReadable readable, short version) {
        boolean isFlexible = 4 <= version;
        OffsetForLeaderEpochRequestData body = new OffsetForLeaderEpochRequestData();
        if (3 <= version) {
            body.setReplicaId(readable.readInt());
        }
        int count = readable.readArrayLength(isFlexible, MAX_TOPICS);
        var topics = new OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection(roomFor(count));
        for (int i = 0; i < count; i++) {
            topics.add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic(readable, version));
        }
        readable.skipTaggedFields(isFlexible);
        return body.setTopics(topics);
    }

    private static ApiMessage createTopics(FrameReadable readable, short version) {
        boolean isFlexible = 5 <= version;
        CreateTopicsRequestData body = new CreateTopicsRequestData();
        int count = readable.readArrayLength(isFlexible, MAX_TOPICS);
        var topics = new CreateTopicsRequestData.CreatableTopicCollection(roomFor(count));
        for (int i = 0; i < count; i++) {
            topics.add(new CreateTopicsRequestData.CreatableTopic(readable, version));
        }
        body.setTimeoutMs(readable.readInt());
        body.setValidateOnly(readable.readByte() != 0);
        readable.skipTaggedFields(isFlexible);
        return body.setTopics(topics);
    }
}
