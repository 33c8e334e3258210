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
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResourceCollection;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfigCollection;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Moves partitions to two or three of the brokers, has another go before that is done, or calls it off, asking any
/// broker. At the end each partition is to be on all brokers, in an order that this client says. Owned by the world's
/// thread.
final class ReassignmentClient implements Client {
    private static final short VERSION = 1;
    private static final short CONFIGS_VERSION = 1;
    private static final int MAX_REST_MS = 2_000;
    private static final int MAX_BALANCED_REST_MS = 20_000;
    private static final int LIMIT_MS = 3_000;
    private static final double CANCELS = 0.25;

    private final ClientLink link;
    private final List<PartitionName> partitions;
    private final Map<PartitionName, List<Integer>> settled = new HashMap<>();
    private final Set<PartitionName> absent = new HashSet<>();
    private final boolean isBalanced;
    private boolean isFinishing;
    /// Among so many brokers, the first ones, partitions come to rest.
    private int lastCount = SimulatedCluster.REPLICAS;

    /// @param isBalanced whether the controller moves partitions as well: then it is to get its turn, and is turned off
    ///         in the end
    ReassignmentClient(ClientLink link, List<PartitionName> partitions, boolean isBalanced) {
        this.link = link;
        this.partitions = List.copyOf(partitions);
        this.isBalanced = isBalanced;
    }

    @Override
    public void start() {
        link.now(this::next);
    }

    @Override
    public void finish() {
        isFinishing = true;
        if (isBalanced) {
            turnBalanceOff();
        } else {
            settleLater();
        }
    }

    private void turnBalanceOff() {
        AlterableConfigCollection off = new AlterableConfigCollection(
                List.of(new AlterableConfig().setName("auto.balance.enable").setValue("false")).iterator());
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData().setResources(
                new AlterConfigsResourceCollection(List.of(new AlterConfigsResource()
                        .setResourceType(ConfigResource.Type.BROKER.id())
                        .setResourceName("")
                        .setConfigs(off)).iterator()));
        var _ = link.ask(link.anyBroker(), ApiKeys.INCREMENTAL_ALTER_CONFIGS, CONFIGS_VERSION, request)
                .handle((body, failure) -> {
                    if (body instanceof IncrementalAlterConfigsResponseData answer
                            && answer.responses().getFirst().errorCode() == Errors.NONE.code()) {
                        settleLater();
                    } else {
                        link.later(1, 100, this::turnBalanceOff);
                    }
                    return true;
                });
    }

    private void settleLater() {
        link.later(ClientLink.CERTAIN_AFTER_MS, ClientLink.CERTAIN_AFTER_MS + 1, this::settleNext);
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
                : brokers(link.world().between(SimulatedCluster.MIN_IN_SYNC, SimulatedCluster.REPLICAS),
                        SimulatedCluster.REPLICAS);
        var _ = alter(partition, target).handle((error, failure) -> {
            link.later(20, isBalanced ? MAX_BALANCED_REST_MS : MAX_REST_MS, this::next);
            return true;
        });
    }

    /// One partition after the other, each until it is acknowledged.
    private void settleNext() {
        for (PartitionName partition : partitions) {
            if (!settled.containsKey(partition) && !absent.contains(partition)) {
                settle(partition, brokers(SimulatedCluster.REPLICAS, lastCount));
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
            } else if (error == Errors.INVALID_REPLICA_ASSIGNMENT) {
                // One that is in sync now may be none of the first ones, of which one may stay without power.
                lastCount = link.brokerCount();
            }
            link.later(1, 100, this::settleNext);
            return true;
        });
    }

    private List<Integer> brokers(int count, int of) {
        List<Integer> all = new ArrayList<>(IntStream.rangeClosed(1, of).boxed().toList());
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
