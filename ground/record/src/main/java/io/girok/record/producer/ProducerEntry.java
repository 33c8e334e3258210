package io.girok.record.producer;

import io.girok.record.RecordBatch;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a log knows of one idempotent producer: its epoch, its last batches, its open transaction. Owned by the
/// partition's shard.
public final class ProducerEntry {
    /// As many batches as a producer may have in flight: an older one cannot come again.
    public static final int REMEMBERED_BATCHES = 5;
    public static final long NO_OFFSET = -1;

    /// A batch that was appended.
    public record Batch(int lastSequence, long lastOffset, int offsetDelta, long timestamp) {
        int firstSequence() {
            return (lastSequence - offsetDelta) & Integer.MAX_VALUE;
        }

        public long firstOffset() {
            return lastOffset - offsetDelta;
        }
    }

    private final long producerId;
    private final Batch[] batches = new Batch[REMEMBERED_BATCHES];
    private int batchCount;
    private short epoch;
    private int coordinatorEpoch = -1;
    private long lastTimestamp;
    private long transactionFirstOffset = NO_OFFSET;

    public ProducerEntry(long producerId, short epoch) {
        this.producerId = producerId;
        this.epoch = epoch;
    }

    public long producerId() {
        return producerId;
    }

    public short epoch() {
        return epoch;
    }

    /// Of the last transaction marker; -1 for none.
    public int coordinatorEpoch() {
        return coordinatorEpoch;
    }

    public long lastTimestamp() {
        return lastTimestamp;
    }

    /// Of the open transaction; -1 for none.
    public long transactionFirstOffset() {
        return transactionFirstOffset;
    }

    /// -1 when no batch of this epoch is known.
    public int lastSequence() {
        return batchCount == 0 ? RecordBatch.NO_SEQUENCE : batches[batchCount - 1].lastSequence;
    }

    public long lastOffset() {
        return batchCount == 0 ? NO_OFFSET : batches[batchCount - 1].lastOffset;
    }

    /// The remembered batches, the oldest first.
    public List<Batch> batches() {
        return Arrays.asList(batches).subList(0, batchCount);
    }

    /// The remembered batch that `batch` repeats.
    @Nullable
    public Batch findDuplicate(RecordBatch batch) {
        if (batch.producerEpoch() != epoch) {
            return null;
        }
        for (int i = 0; i < batchCount; i++) {
            if (batches[i].firstSequence() == batch.baseSequence()
                    && batches[i].lastSequence == batch.lastSequence()) {
                return batches[i];
            }
        }
        return null;
    }

    public void addBatch(short batchEpoch, Batch batch) {
        beginEpoch(batchEpoch);
        if (batchCount == REMEMBERED_BATCHES) {
            System.arraycopy(batches, 1, batches, 0, REMEMBERED_BATCHES - 1);
            batchCount--;
        }
        batches[batchCount++] = batch;
        lastTimestamp = batch.timestamp;
    }

    public void beginEpoch(short newEpoch) {
        if (newEpoch != epoch) {
            epoch = newEpoch;
            batchCount = 0;
        }
    }

    public void setTransactionFirstOffset(long offset) {
        transactionFirstOffset = offset;
    }

    public void setMarker(int markerCoordinatorEpoch, long timestamp) {
        coordinatorEpoch = markerCoordinatorEpoch;
        lastTimestamp = timestamp;
    }

    public ProducerState toState() {
        return new ProducerState(producerId, epoch, lastSequence(), lastOffset(), lastTimestamp, coordinatorEpoch,
                transactionFirstOffset);
    }
}
