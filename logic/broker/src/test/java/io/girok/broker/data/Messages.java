package io.girok.broker.data;

import io.girok.base.TopicId;
import io.girok.record.BatchBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;

/// Requests as a client makes them, and what is in their answers.
final class Messages {
    static final short ALL = -1;
    static final short LEADER = 1;
    static final short NONE = 0;

    private Messages() {}

    static ByteBuffer batch(String... values) {
        return batch(new BatchBuilder(), values);
    }

    static ByteBuffer batch(BatchBuilder builder, String... values) {
        for (String value : values) {
            builder.append(1_700_000_000_000L, null, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
        }
        return builder.build();
    }

    static Uuid uuid(TopicId id) {
        return new Uuid(id.high(), id.low());
    }

    static ProduceRequestData produce(String topic, TopicId id, int partition, short acks, ByteBuffer records) {
        ProduceRequestData request = new ProduceRequestData().setAcks(acks).setTimeoutMs(1000);
        addRecords(request, topic, id, partition, records);
        return request;
    }

    static void addRecords(ProduceRequestData request, String topic, TopicId id, int partition, ByteBuffer records) {
        ProduceRequestData.TopicProduceData data = request.topicData().find(topic, uuid(id));
        if (data == null) {
            data = new ProduceRequestData.TopicProduceData().setName(topic).setTopicId(uuid(id));
            request.topicData().add(data);
        }
        data.partitionData()
                .add(new ProduceRequestData.PartitionProduceData().setIndex(partition)
                        .setRecords(MemoryRecords.readableRecords(records)));
    }

    static ProduceResponseData.PartitionProduceResponse only(ProduceResponseData response) {
        return response.responses().iterator().next().partitionResponses().getFirst();
    }

    /// A fetch of one partition, without a session and without a wait.
    static FetchRequestData fetch(String topic, TopicId id, int partition, long offset) {
        FetchRequestData request = new FetchRequestData().setReplicaId(-1)
                .setMaxWaitMs(0)
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setSessionEpoch(-1);
        return add(request, topic, id, partition, offset);
    }

    static FetchRequestData add(FetchRequestData request, String topic, TopicId id, int partition, long offset) {
        request.topics()
                .add(new FetchRequestData.FetchTopic().setTopic(topic)
                        .setTopicId(uuid(id))
                        .setPartitions(List.of(new FetchRequestData.FetchPartition().setPartition(partition)
                                .setFetchOffset(offset)
                                .setPartitionMaxBytes(1 << 20))));
        return request;
    }

    static FetchResponseData.PartitionData only(FetchResponseData response) {
        return response.responses().getFirst().partitions().getFirst();
    }

    static List<String> values(FetchResponseData.PartitionData partition) {
        List<String> values = new ArrayList<>();
        if (partition.records() instanceof MemoryRecords records) {
            for (Record record : records.records()) {
                values.add(StandardCharsets.UTF_8.decode(record.value()).toString());
            }
        }
        return values;
    }

    static List<String> allValues(FetchResponseData response) {
        List<String> values = new ArrayList<>();
        for (FetchResponseData.FetchableTopicResponse topic : response.responses()) {
            for (FetchResponseData.PartitionData partition : topic.partitions()) {
                values.addAll(values(partition));
            }
        }
        return values;
    }
}
