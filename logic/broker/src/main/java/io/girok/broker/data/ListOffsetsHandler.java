package io.girok.broker.data;

import io.girok.base.PartitionName;
import io.girok.broker.ApiHandler;
import io.girok.broker.LedPartition;
import io.girok.broker.Partitions;
import io.girok.broker.Placement;
import io.girok.broker.SpanningRequest;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.files.StorageFailed;
import io.girok.log.TimestampOffset;
import io.girok.metadata.acl.AclOperation;
import io.girok.replication.Isolation;
import io.girok.replication.PartitionLeader;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.Errors;

/// ListOffsets, versions 1 to 11: the ends of a partition, or a place in it by time. Immutable.
final class ListOffsetsHandler implements ApiHandler {
    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long MAX_TIMESTAMP = -3;
    private static final long EARLIEST_LOCAL = -4;
    private static final long LATEST_TIERED = -5;
    private static final long EARLIEST_PENDING_UPLOAD = -6;
    private static final long UNKNOWN = -1;
    private static final int NO_EPOCH = -1;
    private static final short FIRST_VERSION_WITH_EPOCH = 4;
    private static final short FIRST_VERSION_WITH_OFFSET_NOT_AVAILABLE = 5;

    private final Partitions partitions;
    private final Access access;

    private record Item(LedPartition partition, ListOffsetsPartition wanted, ListOffsetsPartitionResponse answer) {}

    ListOffsetsHandler(Partitions partitions, Access access) {
        this.partitions = partitions;
        this.access = access;
    }

    @Override
    public void handle(Request request, Responder responder) {
        ListOffsetsRequestData body = (ListOffsetsRequestData) request.body();
        List<ListOffsetsTopicResponse> topics = new ArrayList<>(body.topics().size());
        List<Item> items = new ArrayList<>();
        Set<PartitionName> repeated = repeated(body);
        Permissions permissions = access.of(request);
        for (ListOffsetsTopic topic : body.topics()) {
            List<ListOffsetsPartitionResponse> answers = new ArrayList<>(topic.partitions().size());
            boolean isAllowed = permissions.mayOnTopic(AclOperation.DESCRIBE, topic.name());
            for (ListOffsetsPartition partition : topic.partitions()) {
                ListOffsetsPartitionResponse answer = failed(partition.partitionIndex());
                answers.add(answer);
                if (!isAllowed) {
                    answer.setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code());
                } else if (repeated.contains(new PartitionName(topic.name(), partition.partitionIndex()))) {
                    answer.setErrorCode(Errors.INVALID_REQUEST.code());
                } else if (!isKnown(partition.timestamp(), request.version())) {
                    answer.setErrorCode(Errors.UNSUPPORTED_VERSION.code());
                } else {
                    switch (partitions.find(topic.name(), partition.partitionIndex())) {
                        case LedPartition led -> items.add(new Item(led, partition, answer));
                        case Placement.NotHere notHere -> answer.setErrorCode(notHere.error().code());
                    }
                }
            }
            topics.add(new ListOffsetsTopicResponse().setName(topic.name()).setPartitions(answers));
        }
        Isolation isolation = Isolation.ofId(body.isolationLevel());
        SpanningRequest.run(items, item -> item.partition().shard(), part -> {
            for (Item item : part) {
                answer(item, isolation, request.version());
            }
        }, () -> responder.respond(new ListOffsetsResponseData().setTopics(topics)));
    }

    private static Set<PartitionName> repeated(ListOffsetsRequestData body) {
        Set<PartitionName> seen = new HashSet<>();
        Set<PartitionName> repeated = new HashSet<>();
        for (ListOffsetsTopic topic : body.topics()) {
            for (ListOffsetsPartition partition : topic.partitions()) {
                PartitionName name = new PartitionName(topic.name(), partition.partitionIndex());
                if (!seen.add(name)) {
                    repeated.add(name);
                }
            }
        }
        return repeated;
    }

    private static ListOffsetsPartitionResponse failed(int index) {
        return new ListOffsetsPartitionResponse().setPartitionIndex(index)
                .setErrorCode(Errors.UNKNOWN_SERVER_ERROR.code())
                .setTimestamp(UNKNOWN)
                .setOffset(UNKNOWN)
                .setLeaderEpoch(NO_EPOCH);
    }

    /// The special timestamps came one by one.
    private static boolean isKnown(long timestamp, short version) {
        if (0 <= timestamp || timestamp == LATEST || timestamp == EARLIEST) {
            return true;
        }
        return EARLIEST_PENDING_UPLOAD <= timestamp && firstVersionWith(timestamp) <= version;
    }

    private static int firstVersionWith(long specialTimestamp) {
        if (specialTimestamp == MAX_TIMESTAMP) {
            return 7;
        }
        if (specialTimestamp == EARLIEST_LOCAL) {
            return 8;
        }
        return specialTimestamp == LATEST_TIERED ? 9 : 11;
    }

    private static void answer(Item item, Isolation isolation, short version) {
        Errors error = item.partition().admit();
        if (error == Errors.NONE) {
            error = item.partition().leader().check(item.wanted().currentLeaderEpoch());
        }
        if (error == Errors.NONE) {
            try {
                boolean isKnown = find(item, item.partition().leader(), isolation);
                error = isKnown ? Errors.NONE : notAvailable(version);
            } catch (StorageFailed failure) {
                // The leader has noted and logged it.
                error = Errors.KAFKA_STORAGE_ERROR;
            }
        }
        item.answer().setErrorCode(error.code());
        if (version < FIRST_VERSION_WITH_EPOCH) {
            item.answer().setLeaderEpoch(NO_EPOCH);
        }
    }

    private static Errors notAvailable(short version) {
        return version < FIRST_VERSION_WITH_OFFSET_NOT_AVAILABLE
                ? Errors.LEADER_NOT_AVAILABLE
                : Errors.OFFSET_NOT_AVAILABLE;
    }

    /// Answers whether it is known (KIP-207): a new leader may not yet know of all that is committed, so neither where
    /// that ends, nor whether what it does not find below is there.
    private static boolean find(Item item, PartitionLeader leader, Isolation isolation) {
        ListOffsetsPartitionResponse answer = item.answer();
        long timestamp = item.wanted().timestamp();
        if (timestamp == LATEST) {
            if (leader.isHighWatermarkKnown()) {
                answer.setOffset(leader.visibleEnd(isolation)).setLeaderEpoch(leader.leaderEpoch());
            }
            return leader.isHighWatermarkKnown();
        }
        if (timestamp == EARLIEST || timestamp == EARLIEST_LOCAL) {
            answer.setOffset(leader.store().startOffset()).setLeaderEpoch(leader.earliestEpoch());
            return true;
        }
        if (timestamp == MAX_TIMESTAMP) {
            return isFound(answer, leader.maxTimestampOffset(isolation)) || leader.isHighWatermarkKnown();
        }
        if (0 <= timestamp) {
            return isFound(answer, leader.offsetForTimestamp(timestamp, isolation)) || leader.isHighWatermarkKnown();
        }
        // What is about tiers stays unknown: there is one tier.
        return true;
    }

    private static boolean isFound(ListOffsetsPartitionResponse answer, Optional<TimestampOffset> found) {
        found.ifPresent(place -> answer.setTimestamp(place.timestamp())
                .setOffset(place.offset())
                .setLeaderEpoch(place.leaderEpoch()));
        return found.isPresent();
    }
}
