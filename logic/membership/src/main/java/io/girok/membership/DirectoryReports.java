package io.girok.membership;

import io.girok.base.PartitionId;
import io.girok.base.TopicId;
import io.girok.wire.TopicUuids;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.DirectoryData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.PartitionData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.TopicData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Tells the active controller in which log directories this broker has its replicas, where that is not what the
/// metadata say: one request at a time, until it is known. [#tell] and [#told] are thread-safe; the rest is owned by
/// the channel's shard.
public final class DirectoryReports {
    private static final short VERSION = 0;
    private static final long ANSWER_LIMIT_MS = 10_000;
    private static final long RETRY_MS = 50;
    private static final int MAX_IN_A_REQUEST = 1_000;

    private final int brokerId;
    private final LongSupplier brokerEpoch;
    private final ControllerChannel channel;
    private final Map<PartitionId, TopicId> waiting = new LinkedHashMap<>();
    private final List<CompletableFuture<Void>> whenTold = new ArrayList<>();
    private boolean isUnderWay;

    public DirectoryReports(int brokerId, LongSupplier brokerEpoch, ControllerChannel channel) {
        this.brokerId = brokerId;
        this.brokerEpoch = brokerEpoch;
        this.channel = channel;
    }

    /// The broker has its replica of a partition in `directory`.
    public void tell(PartitionId partition, TopicId directory) {
        channel.shard().run(() -> {
            waiting.put(partition, directory);
            send();
        });
    }

    /// Done as soon as there is nothing that the controller does not know.
    public CompletableFuture<Void> told() {
        CompletableFuture<Void> told = new CompletableFuture<>();
        channel.shard().run(() -> {
            whenTold.add(told);
            send();
        });
        return told;
    }

    private void send() {
        if (isUnderWay) {
            return;
        }
        if (waiting.isEmpty()) {
            List<CompletableFuture<Void>> done = List.copyOf(whenTold);
            whenTold.clear();
            done.forEach(told -> told.complete(null));
            return;
        }
        isUnderWay = true;
        Map<PartitionId, TopicId> sent = new LinkedHashMap<>();
        waiting.entrySet()
                .stream()
                .limit(MAX_IN_A_REQUEST)
                .forEach(entry -> sent.put(entry.getKey(), entry.getValue()));
        var _ = channel.ask(ApiKeys.ASSIGN_REPLICAS_TO_DIRS, VERSION, request(sent), ANSWER_LIMIT_MS)
                .handle((answer, failure) -> {
                    channel.shard().execute(() -> answered(sent, failure == null ? answer : null));
                    return true;
                });
    }

    private AssignReplicasToDirsRequestData request(Map<PartitionId, TopicId> sent) {
        Map<TopicId, Map<TopicId, TopicData>> directories = new LinkedHashMap<>();
        sent.forEach((partition, directory) -> directories
                .computeIfAbsent(directory, first -> new LinkedHashMap<>())
                .computeIfAbsent(partition.topic(), topic -> new TopicData().setTopicId(TopicUuids.of(topic)))
                .partitions()
                .add(new PartitionData().setPartitionIndex(partition.index())));
        AssignReplicasToDirsRequestData request = new AssignReplicasToDirsRequestData().setBrokerId(brokerId)
                .setBrokerEpoch(brokerEpoch.getAsLong());
        directories.forEach((directory, topics) -> request.directories()
                .add(new DirectoryData().setId(TopicUuids.of(directory)).setTopics(List.copyOf(topics.values()))));
        return request;
    }

    private void answered(Map<PartitionId, TopicId> sent, @Nullable ApiMessage answer) {
        isUnderWay = false;
        Set<PartitionId> open = new HashSet<>(sent.keySet());
        if (answer instanceof AssignReplicasToDirsResponseData assigned
                && assigned.errorCode() == Errors.NONE.code()) {
            assigned.directories()
                    .forEach(directory -> directory.topics()
                            .forEach(topic -> topic.partitions()
                                    .stream()
                                    .filter(partition -> isFinal(Errors.forCode(partition.errorCode())))
                                    .forEach(partition -> open.remove(new PartitionId(TopicUuids.of(topic.topicId()),
                                            partition.partitionIndex())))));
        }
        // What was told again meanwhile stays.
        sent.forEach((partition, directory) -> {
            if (!open.contains(partition)) {
                waiting.remove(partition, directory);
            }
        });
        if (open.isEmpty()) {
            send();
        } else {
            var _ = channel.shard().schedule(RETRY_MS, this::send);
        }
    }

    /// What is not a replica of this broker any more need not be known.
    private static boolean isFinal(Errors error) {
        return switch (error) {
            case NONE, UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER -> true;
            default -> false;
        };
    }
}
