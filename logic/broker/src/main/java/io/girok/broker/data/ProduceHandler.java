package io.girok.broker.data;

import io.girok.base.Clock;
import io.girok.broker.ApiHandler;
import io.girok.broker.LedPartition;
import io.girok.broker.Partitions;
import io.girok.broker.Placement;
import io.girok.broker.Placement.NotHere;
import io.girok.broker.access.Access;
import io.girok.metadata.acl.AclOperation;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import io.girok.wire.TopicUuids;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/// Produce, versions 3 to 13: each partition's batch is appended on its shard, straight from the network's buffer.
/// Immutable.
final class ProduceHandler implements ApiHandler {
    private static final short FIRST_VERSION_WITH_ID = 13;
    private static final short FIRST_VERSION_WITH_ZSTD = 7;
    private static final int MAGIC_POSITION = 16;
    private static final int SIZE_POSITION = 8;
    private static final int LOG_OVERHEAD = 12;
    private static final int ATTRIBUTES_LOW_POSITION = 22;
    private static final int COMPRESSION_MASK = 0x07;
    private static final int ZSTD_ID = 4;
    private static final byte MAGIC = 2;
    private static final long NO_OFFSET = -1;
    /// What Apache Kafka's own tools for its internal topics call themselves; they may write to those, as there.
    private static final String ADMIN_CLIENT_ID = "__admin_client";

    private final Partitions partitions;
    private final Access access;
    private final LeaderHints leaderHints;
    private final SkippedSequences sequences;

    ProduceHandler(Partitions partitions, Access access, LeaderHints leaderHints, Clock clock) {
        this.partitions = partitions;
        this.access = access;
        this.leaderHints = leaderHints;
        this.sequences = new SkippedSequences(clock);
    }

    @Override
    public void handle(Request request, Responder responder) {
        ProduceRequestData body = (ProduceRequestData) request.body();
        ProduceAttempt attempt = new ProduceAttempt(request, body, responder, leaderHints, access.of(request));
        List<ProduceItem> items = new ArrayList<>();
        for (TopicProduceData topic : body.topicData()) {
            Errors refusal = refusal(request, attempt, topic);
            List<PartitionProduceResponse> answers = new ArrayList<>(topic.partitionData().size());
            for (PartitionProduceData partition : topic.partitionData()) {
                PartitionProduceResponse answer = new PartitionProduceResponse().setIndex(partition.index())
                        .setErrorCode(Errors.UNKNOWN_SERVER_ERROR.code())
                        .setBaseOffset(NO_OFFSET);
                answers.add(answer);
                if (refusal != Errors.NONE) {
                    answer.setErrorCode(refusal.code());
                    continue;
                }
                ProduceItem item = item(request, attempt, topic, partition, answer);
                if (item != null) {
                    items.add(item);
                }
            }
            attempt.response()
                    .responses()
                    .add(new TopicProduceResponse().setName(topic.name())
                            .setTopicId(topic.topicId())
                            .setPartitionResponses(answers));
        }
        attempt.run(items);
    }

    /// Why the topic is not written to; [Errors#NONE] when it may be. An id that no topic has is let pass: that there
    /// is none of it is no secret. What is in internal topics only their coordinator may say, whatever ACLs allow.
    private Errors refusal(Request request, ProduceAttempt attempt, TopicProduceData topic) {
        if (attempt.refusal() != Errors.NONE) {
            return Errors.NONE;
        }
        String name = request.version() < FIRST_VERSION_WITH_ID
                ? topic.name()
                : partitions.nameOf(TopicUuids.of(topic.topicId()));
        if (name == null) {
            return Errors.NONE;
        }
        if (!attempt.permissions().mayOnTopic(AclOperation.WRITE, name)) {
            return Errors.TOPIC_AUTHORIZATION_FAILED;
        }
        return Topic.isInternal(name) && !ADMIN_CLIENT_ID.equals(request.clientId())
                ? Errors.INVALID_TOPIC_EXCEPTION
                : Errors.NONE;
    }

    /// Null when the answer is clear already.
    private @Nullable ProduceItem item(Request request, ProduceAttempt attempt, TopicProduceData topic,
            PartitionProduceData partition, PartitionProduceResponse answer) {
        if (attempt.refusal() != Errors.NONE) {
            answer.setErrorCode(attempt.refusal().code()).setErrorMessage(attempt.refusalMessage());
            return null;
        }
        boolean isByName = request.version() < FIRST_VERSION_WITH_ID;
        Placement placement = isByName
                ? partitions.find(topic.name(), partition.index())
                : partitions.find(TopicUuids.of(topic.topicId()), partition.index());
        ByteBuffer records = partition.records() instanceof MemoryRecords memory ? memory.buffer() : null;
        ProduceItem.Sequence sequence = new ProduceItem.Sequence(sequences,
                isByName ? topic.name() : topic.topicId(), partition.index(), records);
        return switch (placement) {
            case NotHere notHere -> {
                attempt.refuse(answer, notHere);
                sequence.refused();
                yield null;
            }
            case LedPartition led -> records != null && isOneBatch(records, request.version(), answer)
                    ? new ProduceItem(led, records, answer, attempt.acks(), sequence)
                    : null;
        };
    }

    /// What the protocol, not the log, wants of the records; the rest is the log's to check.
    private static boolean isOneBatch(ByteBuffer records, short version, PartitionProduceResponse answer) {
        int start = records.position();
        int size = records.remaining();
        if (size == 0) {
            return refuse(answer, Errors.INVALID_RECORD, "a produce request holds one record batch per partition");
        }
        if (size <= ATTRIBUTES_LOW_POSITION) {
            return refuse(answer, Errors.CORRUPT_MESSAGE, "a record batch of " + size + " bytes is cut short");
        }
        byte magic = records.get(start + MAGIC_POSITION);
        if (magic != MAGIC) {
            return refuse(answer, Errors.INVALID_RECORD,
                    "records of format " + magic + " are not taken, only batches of format 2");
        }
        long batchSize = (long) LOG_OVERHEAD + records.getInt(start + SIZE_POSITION);
        if (0 < batchSize && batchSize < size) {
            return refuse(answer, Errors.INVALID_RECORD,
                    "a produce request holds exactly one record batch per partition");
        }
        int compression = records.get(start + ATTRIBUTES_LOW_POSITION) & COMPRESSION_MASK;
        if (compression == ZSTD_ID && version < FIRST_VERSION_WITH_ZSTD) {
            return refuse(answer, Errors.UNSUPPORTED_COMPRESSION_TYPE, "zstd needs produce version 7 or later");
        }
        return true;
    }

    private static boolean refuse(PartitionProduceResponse answer, Errors error, String message) {
        answer.setErrorCode(error.code()).setErrorMessage(message);
        return false;
    }
}
