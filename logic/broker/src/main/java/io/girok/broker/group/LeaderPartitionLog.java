package io.girok.broker.group;

import io.girok.base.Clock;
import io.girok.base.FileSlice;
import io.girok.broker.LedPartition;
import io.girok.coordinator.CoordinatorRecord;
import io.girok.coordinator.PartitionLog;
import io.girok.files.StorageFailed;
import io.girok.log.AppendOrigin;
import io.girok.log.ReadResult;
import io.girok.record.BatchBuilder;
import io.girok.record.BatchWalk;
import io.girok.record.InvalidBatch;
import io.girok.record.Record;
import io.girok.record.RecordBatch;
import io.girok.record.RecordIterator;
import io.girok.replication.PartitionLeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The log of a partition that this broker leads, as a coordinator wants it. Owned by the partition's shard; reads run
/// on the blocking pool, because what a new leader replays has often left the page cache.
final class LeaderPartitionLog implements PartitionLog {
    private static final short ACKS_ALL = -1;
    /// Of a batch that unpacks to more something is wrong: coordinators write theirs unpacked.
    private static final long MAX_UNPACKED_BYTES = 64L * 1024 * 1024;

    private final LedPartition partition;
    private final PartitionLeader leader;
    private final Clock clock;
    private final Executor blockingPool;
    private final int maxBatchBytes;

    LeaderPartitionLog(LedPartition partition, Clock clock, Executor blockingPool, int maxBatchBytes) {
        this.partition = partition;
        this.leader = partition.leader();
        this.clock = clock;
        this.blockingPool = blockingPool;
        this.maxBatchBytes = maxBatchBytes;
    }

    @Override
    public CompletableFuture<AppendOutcome> append(List<CoordinatorRecord> records) {
        long nowMs = clock.wallMs();
        BatchBuilder batch = new BatchBuilder();
        for (CoordinatorRecord record : records) {
            batch.append(nowMs, record.key(), record.value());
        }
        return switch (leader.append(batch.build(), AppendOrigin.COORDINATOR, ACKS_ALL)) {
            case io.girok.replication.AppendOutcome.Written written -> committed(written.endOffset());
            case io.girok.replication.AppendOutcome.Refused(Errors error, String message, _) -> CompletableFuture
                    .completedFuture(failed(error, message));
        };
    }

    /// One that does not lead takes nothing either, but is to say so itself.
    @Override
    public boolean mayAppend() {
        return !leader.isLeading() || leader.hasEnoughInSync();
    }

    @Override
    public CompletableFuture<AppendOutcome> barrier() {
        return committed(endOffset());
    }

    /// That too few replicas are in sync by then takes nothing back: a coordinator knows what is committed.
    private CompletableFuture<AppendOutcome> committed(long endOffset) {
        CompletableFuture<AppendOutcome> future = new CompletableFuture<>();
        leader.awaitCommitted(
                endOffset,
                error -> future.complete(switch (error) {
                    case NONE, NOT_ENOUGH_REPLICAS_AFTER_APPEND -> new AppendOutcome.Committed(endOffset);
                    default -> failed(error, null);
                }));
        return future;
    }

    @Override
    public CompletableFuture<ReadOutcome> read(long offset, int maxBytes) {
        Errors error = leader.check(-1);
        if (error != Errors.NONE) {
            return CompletableFuture.completedFuture(new ReadOutcome.Failed(reason(error), error.name()));
        }
        try {
            return switch (leader.store().read(offset, leader.store().endOffset(), maxBytes, true)) {
                case ReadResult.Data data -> CompletableFuture.supplyAsync(() -> decode(offset, data), blockingPool);
                case ReadResult.OutOfRange(long startOffset, long endOffset) -> CompletableFuture.completedFuture(
                        new ReadOutcome.Failed(FailureReason.UNAVAILABLE, "offset " + offset + " is not within "
                                + startOffset + " and " + endOffset));
            };
        } catch (StorageFailed failure) {
            return CompletableFuture.completedFuture(storageFailed(failure.getMessage()));
        }
    }

    private ReadOutcome decode(long offset, ReadResult.Data data) {
        ByteBuffer bytes = ByteBuffer.allocate(data.sizeInBytes());
        try {
            for (FileSlice slice : data.slices()) {
                int end = bytes.position() + slice.size();
                for (int from = 0; bytes.position() < end; from = slice.size() - (end - bytes.position())) {
                    if (slice.read(bytes, from) <= 0) {
                        return storageFailed("the file ends at position " + (slice.position() + from));
                    }
                }
            }
            return decode(offset, bytes.flip());
        } catch (IOException | InvalidBatch failure) {
            return storageFailed("offset " + offset + " can't be read: " + failure.getMessage());
        } finally {
            data.release();
        }
    }

    /// Records of open or aborted transactions would have to be told apart here; nothing writes them yet.
    private static ReadOutcome decode(long offset, ByteBuffer bytes) {
        List<CoordinatorRecord> records = new ArrayList<>();
        long nextOffset = offset;
        BatchWalk walk = BatchWalk.of(bytes);
        for (RecordBatch batch = walk.next(); batch != null; batch = walk.next()) {
            nextOffset = Math.max(nextOffset, batch.endOffset());
            if (!batch.isControl()) {
                addRecords(batch, offset, records);
            }
        }
        return new ReadOutcome.Slice(records, nextOffset);
    }

    private static void addRecords(RecordBatch batch, long fromOffset, List<CoordinatorRecord> records) {
        try (RecordIterator each = batch.records(MAX_UNPACKED_BYTES)) {
            while (each.hasNext()) {
                Record record = each.next();
                ByteBuffer key = record.key();
                if (fromOffset <= record.offset() && key != null) {
                    records.add(new CoordinatorRecord(key, record.value()));
                }
            }
        }
    }

    private ReadOutcome storageFailed(@Nullable String detail) {
        return new ReadOutcome.Failed(FailureReason.STORAGE_FAILED, "log '" + partition.name() + "': " + detail);
    }

    /// A log that has failed begins and ends where a read will find out.
    @Override
    public long startOffset() {
        try {
            return leader.store().startOffset();
        } catch (StorageFailed failure) {
            return 0;
        }
    }

    @Override
    public long endOffset() {
        try {
            return leader.store().endOffset();
        } catch (StorageFailed failure) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public int maxBatchBytes() {
        return maxBatchBytes;
    }

    private static AppendOutcome failed(Errors error, @Nullable String message) {
        return new AppendOutcome.Failed(reason(error), message == null ? error.name() : message);
    }

    private static FailureReason reason(Errors error) {
        return switch (error) {
            case NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PARTITION -> FailureReason.NOT_LEADER;
            case KAFKA_STORAGE_ERROR -> FailureReason.STORAGE_FAILED;
            default -> FailureReason.UNAVAILABLE;
        };
    }
}
