package io.girok.broker.data;

import io.girok.base.Clock;
import io.girok.broker.ApiOperation;
import io.girok.broker.ApiResource;
import io.girok.broker.ApiRow;
import io.girok.broker.Partitions;
import io.girok.broker.access.Access;
import io.girok.log.LogDirectory;
import io.girok.metadata.MetadataImage;
import io.girok.replication.ByteRate;
import io.girok.replication.FetchSessions;
import io.girok.wire.SupportedApis;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiKeys;

/// The rows of the data plane in the table of APIs. Immutable.
///
/// @param coldReads where fetches wait for the disk
/// @param randomInts for ids that must not be guessed
public record DataApis(int brokerId, Supplier<MetadataImage> images, Partitions partitions,
        List<LogDirectory> directories,
        ProducerIds producerIds, LeaderHints leaderHints, ReplicaSelector replicaSelector, Limits limits, Clock clock,
        Executor blockingPool, Executor coldReads,
        IntSupplier randomInts) {
    private static final int MAX_SESSION_PARTITIONS = 1_000_000;
    private static final long SESSION_EVICTION_MS = 120_000;

    /// @param fetchMaxBytes `fetch.max.bytes`
    /// @param maxFetchSessions `max.incremental.fetch.session.cache.slots`
    /// @param throttle of what leaders here give to replicas that catch up
    public record Limits(int fetchMaxBytes, int maxFetchSessions, ByteRate throttle) {}

    /// @param access what is asked before anything is done
    /// @param supported the whole table's, known once it is complete
    public List<ApiRow> rows(Supplier<SupportedApis> supported, Access access) {
        int shardCount = partitions.shards().size();
        FetchSessions.Limits sessions = new FetchSessions.Limits(
                Math.ceilDiv(limits.maxFetchSessions(), shardCount),
                Math.ceilDiv(MAX_SESSION_PARTITIONS, shardCount), SESSION_EVICTION_MS);
        FetchHandler fetch = new FetchHandler(partitions, access, new FetchAttempt.Surroundings(clock, coldReads),
                new FetchHandler.Limits(limits.fetchMaxBytes(), sessions, limits.throttle()),
                new FetchHandler.Others(leaderHints, replicaSelector), randomInts);
        return access.over(List.of(
                ApiRow.of(ApiKeys.PRODUCE, ApiOperation.WRITE, ApiResource.TOPIC,
                        new ProduceHandler(partitions, access, leaderHints, clock)),
                ApiRow.of(ApiKeys.FETCH, ApiOperation.READ, ApiResource.TOPIC, fetch),
                ApiRow.of(ApiKeys.LIST_OFFSETS, ApiOperation.DESCRIBE, ApiResource.TOPIC,
                        new ListOffsetsHandler(partitions, access)),
                ApiRow.of(ApiKeys.OFFSET_FOR_LEADER_EPOCH, ApiOperation.DESCRIBE, ApiResource.TOPIC,
                        new OffsetForLeaderEpochHandler(partitions, access)),
                ApiRow.of(ApiKeys.DELETE_RECORDS, ApiOperation.DELETE, ApiResource.TOPIC,
                        new DeleteRecordsHandler(partitions, access)),
                ApiRow.of(ApiKeys.INIT_PRODUCER_ID, ApiOperation.IDEMPOTENT_WRITE, ApiResource.CLUSTER,
                        new InitProducerIdHandler(producerIds, access)).checkedByHandler(),
                ApiRow.of(ApiKeys.DESCRIBE_LOG_DIRS, ApiOperation.DESCRIBE, ApiResource.CLUSTER,
                        new DescribeLogDirsHandler(partitions, directories, blockingPool)),
                ApiRow.of(ApiKeys.ALTER_REPLICA_LOG_DIRS, ApiOperation.ALTER, ApiResource.CLUSTER,
                        new AlterReplicaLogDirsHandler(partitions, directories)),
                apiVersions(supported, images, brokerId)));
    }

    /// Of every node, whatever else it answers.
    public static ApiRow apiVersions(Supplier<SupportedApis> supported, Supplier<MetadataImage> images, int nodeId) {
        return ApiRow.of(ApiKeys.API_VERSIONS, ApiOperation.NONE, ApiResource.NONE,
                new ApiVersionsHandler(supported, images, nodeId));
    }
}
