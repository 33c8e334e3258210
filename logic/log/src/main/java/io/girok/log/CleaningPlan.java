package io.girok.log;

import io.girok.base.PartitionName;
import io.girok.record.RecordBatch;
import io.girok.record.producer.AbortedTransaction;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// What a cleaner needs to know of a log, as it was when the plan was made. Immutable; may be used by any thread.
///
/// @param segments those that may be cleaned, from the log's first on
/// @param dirtyOffset everything below was cleaned before
/// @param aborted the aborted transactions that may have records in the segments, in the order of their markers
/// @param producers by their id, where the last batch of each lies
/// @param generation of the log; another one when it was truncated
public record CleaningPlan(CleanableLog log, List<ClosedSegment> segments, long dirtyOffset,
        List<AbortedTransaction> aborted, Map<Long, LastBatch> producers, LogSettings settings, long generation) {
    /// The last thing known of a producer.
    ///
    /// @param offset the last one of its last batch of data, -1 for none
    public record LastBatch(long offset, short epoch) {}

    public PartitionName name() {
        return log.name();
    }

    /// Whether the batch says where its producer stands: it is kept, if need be without records.
    public boolean isLastOfProducer(RecordBatch batch) {
        LastBatch last = batch.hasProducerId() ? producers.get(batch.producerId()) : null;
        if (last == null) {
            return false;
        }
        return last.offset < 0
                ? batch.isControl() && batch.producerEpoch() == last.epoch
                : batch.lastOffset() == last.offset;
    }

    /// Begins to write what is left of some segments, which follow on each other.
    public SegmentRewrite rewrite(List<ClosedSegment> group) throws IOException {
        return new SegmentRewrite(this, group);
    }

    /// Takes note that everything below `offset` is clean.
    ///
    /// @param onDone told on the partition's shard, once that is durable or has turned out not to be so
    public void noteCleaned(long offset, Runnable onDone) {
        log.store().shard().execute(() -> log.noteCleaned(this, offset, onDone));
    }

    /// Whether what is found wrong with the segments means nothing, because they are not in the log any more.
    ///
    /// @param onKnown told on the partition's shard
    public void whetherObsolete(Consumer<Boolean> onKnown) {
        log.store().shard().execute(() -> onKnown.accept(log.isObsolete(this)));
    }

    /// What to make of a failure of the disk.
    ///
    /// @param onKnown told on the partition's shard: whether there is still a log that the failure is about
    public void failed(IOException failure, Consumer<Outcome> onKnown) {
        log.store().shard().execute(() -> onKnown.accept(log.failed(this, failure)));
    }

    /// How a cleaning that met a failure ends.
    public enum Outcome {
        /// The log is gone, or another one by now: the failure means nothing.
        OBSOLETE,
        /// The disk has no room; nothing is lost.
        FULL_DISK,
        /// The log directory is offline.
        OFFLINE
    }
}
