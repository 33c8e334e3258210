package io.girok.broker;

import io.girok.base.Clock;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.broker.data.DataApis;
import io.girok.broker.data.LeaderHints;
import io.girok.broker.data.ProducerIds;
import io.girok.log.LogDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node without its edges: the partitions it hosts, and the table of APIs that answers for them. [#start] and [#stop]
/// are called once; metadata changes come from the metadata thread, requests from anywhere.
public final class Broker {
    /*
     * Start: the log directories are open, the metadata image is known. `start` makes the table; from then on the
     * caller hands over each topic of the image (`put`), which opens its partitions in parallel on the blocking pool;
     * they become available one by one, and until then clients are told to ask again. Only after that the network may
     * let clients in; it need not wait for the partitions.
     *
     * Stop: the network has stopped to take requests, and the metadata log to deliver. Each shard lets go of its
     * partitions (whoever waits there is answered), then the directories are closed and marked clean.
     */

    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);

    /// The world around the node.
    ///
    /// @param directories open; closed by [#stop]
    /// @param blockingPool where opening, deleting and closing of logs run; bounded
    /// @param randomInts for ids that must not be guessed
    public record Surroundings(int brokerId, List<Shard> shards, List<LogDirectory> directories, Clock clock,
            Executor blockingPool, IntSupplier randomInts) {}

    /// What the node knows of its cluster, beside its topics.
    ///
    /// @param clusterId known once the node has joined
    /// @param leaderHints where other brokers are reached
    /// @param producerIdBlocks from the active controller
    public record Cluster(Supplier<String> clusterId, LeaderHints leaderHints, ProducerIds.Source producerIdBlocks) {}

    /// @param fetchMaxBytes `fetch.max.bytes`
    /// @param maxFetchSessions `max.incremental.fetch.session.cache.slots`
    /// @param retentionCheckMs `log.retention.check.interval.ms`
    /// @param checkpointMs `log.flush.offset.checkpoint.interval.ms`
    public record Limits(int fetchMaxBytes, int maxFetchSessions, long retentionCheckMs, long checkpointMs) {
        /// Apache Kafka's defaults.
        public static final Limits DEFAULT = new Limits(55 * 1024 * 1024, 1000, 300_000, 60_000);
    }

    private final Surroundings surroundings;
    private final Partitions partitions;
    private final Upkeep upkeep;
    private final DataApis dataApis;
    private final AtomicReference<@Nullable ApiTable> table = new AtomicReference<>();

    public Broker(Surroundings surroundings, Cluster cluster, Limits limits) {
        this.surroundings = surroundings;
        this.partitions = new Partitions(surroundings.shards(), surroundings.directories(),
                surroundings.blockingPool());
        this.upkeep = new Upkeep(partitions, surroundings.directories(), surroundings.clock(),
                new Upkeep.Intervals(limits.retentionCheckMs(), limits.checkpointMs()));
        ProducerIds producerIds = new ProducerIds(surroundings.shards().getFirst(), cluster.producerIdBlocks());
        this.dataApis = new DataApis(surroundings.brokerId(), cluster.clusterId(), partitions,
                surroundings.directories(), producerIds, cluster.leaderHints(),
                new DataApis.Limits(limits.fetchMaxBytes(), limits.maxFetchSessions()), surroundings.clock(),
                surroundings.blockingPool(), surroundings.randomInts());
    }

    public Partitions partitions() {
        return partitions;
    }

    /// Takes up work. Answers the table, which is complete with it.
    ///
    /// @param otherApis those beside the data plane
    public ApiTable start(List<ApiRow> otherApis) {
        List<ApiRow> rows = new ArrayList<>(otherApis);
        rows.addAll(dataApis.rows(() -> table().supported()));
        ApiTable complete = new ApiTable(rows);
        table.set(complete);
        for (LogDirectory directory : surroundings.directories()) {
            directory.onFailure(failure -> {
                LOG.error("log directory '{}' is offline, and with it every replica in it: {}", directory.path(),
                        failure.getMessage());
                partitions.storageFailed(directory);
            });
        }
        upkeep.start();
        return complete;
    }

    /// A topic appeared or changed. Metadata thread.
    public void put(Partitions.Topic topic) {
        partitions.put(topic);
    }

    /// A topic was deleted. Metadata thread.
    public void remove(TopicId topic) {
        partitions.remove(topic);
    }

    /// Done once every partition that was put so far is open, or known to be offline. Metadata thread.
    public CompletableFuture<Void> settled() {
        return partitions.settled();
    }

    /// Lets go of everything and closes the log directories clean. Neither requests nor metadata may come any more.
    public CompletableFuture<Void> stop() {
        upkeep.stop();
        return partitions.leaveAll().thenRunAsync(() -> {
            for (LogDirectory directory : surroundings.directories()) {
                if (directory.failure().isEmpty()) {
                    directory.closeClean();
                }
            }
        }, surroundings.blockingPool());
    }

    private ApiTable table() {
        ApiTable complete = table.get();
        if (complete == null) {
            throw new IllegalStateException("the broker has not been started");
        }
        return complete;
    }
}
