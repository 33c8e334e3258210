package io.girok.broker.group;

import io.girok.base.TopicId;
import io.girok.broker.data.LeaderHints;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What groups ask of the cluster, answered from the newest metadata image. Thread-safe.
public interface GroupCluster extends LeaderHints {
    /// Zero when there is no such topic.
    TopicId idOf(String topic);

    /// Null when there is no such topic.
    @Nullable
    String nameOf(TopicId id);

    /// 0 when there is no such topic.
    int partitionCount(String topic);

    /// The broker that leads the partition; -1 when there is none, or no such partition.
    int leaderOf(String topic, int partition);

    /// Has `__consumer_offsets` created (compacted, `offsets.topic.num.partitions`, `offsets.topic.segment.bytes`,
    /// `offsets.topic.replication.factor`) unless it is there. Done when this broker's image has it; never fails: when
    /// it can't be created, that is logged and the next client tries again, as when it waits for more brokers.
    CompletableFuture<Void> createOffsetsTopic();
}
