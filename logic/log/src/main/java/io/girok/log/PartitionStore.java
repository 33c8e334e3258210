package io.girok.log;

import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/// The log of one partition replica. Owned by the partition's shard, which never waits here for a sync.
///
/// Every method throws [StorageFailed] once the partition or its directory is offline.
@SuppressWarnings("DoNotCallSuggester") // signatures first; the bodies follow
public final class PartitionStore {
    PartitionStore() {}

    public PartitionName name() {
        throw new UnsupportedOperationException();
    }

    public TopicId topic() {
        throw new UnsupportedOperationException();
    }

    /// Appends the batches between the buffer's position and limit, all or none, with one write.
    ///
    /// @param batches may be written to: offsets, leader epoch and what the topic wants are put in place
    /// @param leaderEpoch the leader's, put into every batch; ignored for [AppendOrigin#REPLICATION]
    public AppendResult append(ByteBuffer batches, AppendOrigin origin, int leaderEpoch) {
        throw new UnsupportedOperationException(batches.toString() + origin + leaderEpoch);
    }

    /// The first offset that may be read.
    public long startOffset() {
        throw new UnsupportedOperationException();
    }

    /// The next offset to be written.
    public long endOffset() {
        throw new UnsupportedOperationException();
    }

    /// Everything below is durable in the sense of [Durability].
    public long durableOffset() {
        throw new UnsupportedOperationException();
    }

    /// The bytes of all segments.
    public long sizeInBytes() {
        throw new UnsupportedOperationException();
    }

    /// The largest leader epoch that has been assigned an offset, -1 for none.
    public int latestEpoch() {
        throw new UnsupportedOperationException();
    }

    /// Tells `listener` the durable offset, on the shard, whenever it has advanced. Listeners are told in the order they
    /// came and stay for good.
    public void onDurable(LongConsumer listener) {
        throw new UnsupportedOperationException(listener.toString());
    }

    /// Asks for everything appended so far to become durable; [#onDurable] tells when. One sync answers all that came
    /// while the last one ran.
    public void requestFlush() {
        throw new UnsupportedOperationException();
    }

    /// Reads batches from the one that holds `offset` on, up to the batch that holds `upToOffset`, which is out.
    ///
    /// @param maxBytes the last batch is cut short where it is reached
    /// @param atLeastOne whether the first batch is given whole even if it is larger than `maxBytes`
    public ReadResult read(long offset, long upToOffset, int maxBytes, boolean atLeastOne) {
        throw new UnsupportedOperationException("" + offset + upToOffset + maxBytes + atLeastOne);
    }

    /// The first record whose timestamp is `timestamp` or later; empty when there is none.
    public Optional<TimestampOffset> offsetForTimestamp(long timestamp) {
        throw new UnsupportedOperationException("" + timestamp);
    }

    /// The first record of the largest timestamp; empty when no record has one.
    public Optional<TimestampOffset> maxTimestampOffset() {
        throw new UnsupportedOperationException();
    }

    /// Where the epoch ends in this log (KIP-101, KIP-320).
    public EpochEnd endOffsetFor(int leaderEpoch) {
        throw new UnsupportedOperationException("" + leaderEpoch);
    }

    /// Notes that the leader of `epoch` writes from `startOffset` on.
    public void assignEpoch(int epoch, long startOffset) {
        throw new UnsupportedOperationException("" + epoch + startOffset);
    }

    /// The end of what a consumer of committed records may read: the first offset of the earliest open transaction, or
    /// the high watermark.
    public long lastStableOffset(long highWatermark) {
        throw new UnsupportedOperationException("" + highWatermark);
    }

    /// The aborted transactions that have records in `[fromOffset, toOffset)`.
    public List<AbortedTransaction> abortedTransactions(long fromOffset, long toOffset) {
        throw new UnsupportedOperationException("" + fromOffset + toOffset);
    }

    /// The producers known to the log, for DescribeProducers.
    public List<ProducerState> producers() {
        throw new UnsupportedOperationException();
    }

    /// Notes the high watermark for the checkpoint.
    public void noteHighWatermark(long offset) {
        throw new UnsupportedOperationException("" + offset);
    }

    /// The high watermark as it was last checkpointed (or noted), never above the end offset.
    public long checkpointedHighWatermark() {
        throw new UnsupportedOperationException();
    }

    /// Hides everything below `offset` for good (DeleteRecords); its segments go with the next [#deleteOldSegments].
    ///
    /// @param offset at most the end offset; nothing happens when it is not above the start offset
    public void advanceStartOffset(long offset) {
        throw new UnsupportedOperationException("" + offset);
    }

    /// Cuts everything from `offset` on, and the batch that holds it. Blocks; for followers.
    public void truncateTo(long offset) {
        throw new UnsupportedOperationException("" + offset);
    }

    /// Drops everything and goes on at `offset`. Blocks; for followers that fell out of the leader's log.
    public void truncateFullyAndStartAt(long offset) {
        throw new UnsupportedOperationException("" + offset);
    }

    /// Deletes what retention by time, size and start offset allows, up to `highWatermark`; forgets producers that were
    /// silent for too long. Answers the number of segments.
    public int deleteOldSegments(long nowMs, long highWatermark) {
        throw new UnsupportedOperationException("" + nowMs + highWatermark);
    }

    /// Begins a new segment, if the last one holds anything.
    public void roll() {
        throw new UnsupportedOperationException();
    }

    public void updateSettings(LogSettings settings) {
        throw new UnsupportedOperationException(settings.toString());
    }

    /// Makes everything durable and lets go of files and memory. Blocks; the directory's checkpoints still know it.
    public void close() {
        throw new UnsupportedOperationException();
    }
}
