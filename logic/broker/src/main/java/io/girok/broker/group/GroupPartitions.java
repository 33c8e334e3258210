package io.girok.broker.group;

import io.girok.base.Clock;
import io.girok.broker.LedPartition;
import io.girok.broker.PartitionListener;
import io.girok.group.GroupCoordinator;
import java.util.concurrent.Executor;
import org.apache.kafka.common.internals.Topic;

/// Makes the group coordinator serve those partitions of `__consumer_offsets` that this broker leads. Thread-safe.
final class GroupPartitions implements PartitionListener {
    private final GroupCoordinator groups;
    private final Clock clock;
    private final Executor blockingPool;
    private final int maxBatchBytes;

    GroupPartitions(GroupCoordinator groups, Clock clock, Executor blockingPool, int maxBatchBytes) {
        this.groups = groups;
        this.clock = clock;
        this.blockingPool = blockingPool;
        this.maxBatchBytes = maxBatchBytes;
    }

    @Override
    public void onLed(LedPartition partition) {
        if (isOurs(partition)) {
            groups.lead(
                    partition.name().index(),
                    new LeaderPartitionLog(partition, clock, blockingPool, maxBatchBytes),
                    partition.shard());
        }
    }

    @Override
    public void onLeft(LedPartition partition) {
        if (isOurs(partition)) {
            groups.resign(partition.name().index());
        }
    }

    private static boolean isOurs(LedPartition partition) {
        return partition.name().topic().equals(Topic.GROUP_METADATA_TOPIC_NAME);
    }
}
