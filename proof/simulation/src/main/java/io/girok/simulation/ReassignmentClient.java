package io.girok.simulation;

import io.girok.base.PartitionName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Moves partitions to two or three of the brokers, has another go before that is done, or calls it off, asking any
/// broker. At the end each partition is to be on all brokers, in an order that this client says. Owned by the world's
/// thread.
final class ReassignmentClient implements Client {
    private static final short VERSION = 1;
    private static final int LIMIT_MS = 3_000;
    private static final double CANCELS = 0.25;
    /// After so long, whatever was asked for without an answer has been done, or never will be.
    private static final int CERTAIN_AFTER_MS = 10_000;

    private final ClientLink link;
    private final List<PartitionName> partitions;
    private final Map<PartitionName, List<Integer>> settled = new HashMap<>();
    private final Set<PartitionName> absent = new HashSet<>();
    private boolean isFinishing;

    ReassignmentClient(ClientLink link, List<PartitionName> partitions) {
        this.link = link;
        this.partitions = List.copyOf(partitions);
    }

    @Override
    public void start() {
        link.now(this::next);
    }

    @Override
    public void finish() {
        isFinishing = true;
        link.later(CERTAIN_AFTER_MS, CERTAIN_AFTER_MS + 1, this::settleNext);
    }

    @Override
    public boolean isFinished() {
        return isFinishing && settled.size() + absent.size() == partitions.size();
    }

    /// The replicas of each partition as they are to be in the end; without those that do not exist.
    Map<PartitionName, List<Integer>> settled() {
        return settled;
    }

    private void next() {
        if (isFinishing) {
            return;
        }
        PartitionName partition = partitions.get(link.world().random().nextInt(partitions.size()));
        List<Integer> target = link.world().chance(CANCELS)
                ? null
                : brokers(link.world().between(SimulatedCluster.MIN_IN_SYNC, SimulatedCluster.REPLICAS));
        var _ = alter(partition, target).handle((error, failure) -> {
            link.later(20, 2_000, this::next);
            return true;
        });
    }

    /// One partition after the other, each until it is acknowledged.
    private void settleNext() {
        for (PartitionName partition : partitions) {
            if (!settled.containsKey(partition) && !absent.contains(partition)) {
                settle(partition, brokers(SimulatedCluster.REPLICAS));
                return;
            }
        }
    }

    private void settle(PartitionName partition, List<Integer> target) {
        var _ = alter(partition, target).handle((error, failure) -> {
            if (error == Errors.NONE) {
                settled.put(partition, target);
            } else if (error == Errors.UNKNOWN_TOPIC_OR_PARTITION) {
                absent.add(partition);
            }
            link.later(1, 100, this::settleNext);
            return true;
        });
    }

    private List<Integer> brokers(int count) {
        List<Integer> all = new ArrayList<>(IntStream.rangeClosed(1, SimulatedCluster.REPLICAS).boxed().toList());
        for (int i = all.size() - 1; 0 < i; i--) {
            Collections.swap(all, i, link.world().random().nextInt(i + 1));
        }
        return List.copyOf(all.subList(0, count));
    }

    /// Ends in what the broker says; fails when it says nothing.
    private CompletableFuture<Errors> alter(PartitionName partition, @Nullable List<Integer> target) {
        AlterPartitionReassignmentsRequestData request = new AlterPartitionReassignmentsRequestData()
                .setTimeoutMs(LIMIT_MS)
                .setTopics(List.of(new ReassignableTopic().setName(partition.topic())
                        .setPartitions(List.of(new ReassignablePartition().setPartitionIndex(partition.index())
                                .setReplicas(target)))));
        return link.ask(link.anyBroker(), ApiKeys.ALTER_PARTITION_REASSIGNMENTS, VERSION, request).thenApply(body -> {
            AlterPartitionReassignmentsResponseData answer = (AlterPartitionReassignmentsResponseData) body;
            return Errors.forCode(answer.errorCode() == Errors.NONE.code()
                    ? answer.responses().getFirst().partitions().getFirst().errorCode()
                    : answer.errorCode());
        });
    }
}
