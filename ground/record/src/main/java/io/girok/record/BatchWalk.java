package io.girok.record;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Walks the batches that lie one after the other in a buffer, between its position and its limit, and never reads
/// past the limit. Checks what is needed to find the next batch (size and format), not the content. Not thread-safe.
///
/// ```java
/// BatchWalk walk = BatchWalk.of(buffer);
/// for (RecordBatch batch = walk.next(); batch != null; batch = walk.next()) { … }
/// switch (walk.ending()) { … }
/// ```
public final class BatchWalk {
    /// Why a walk stopped, and at which position of the buffer.
    public sealed interface Ending {
        int position();

        /// The buffer ended where a batch did.
        record Whole(int position) implements Ending {}

        /// The buffer ended inside a batch: the rest may be elsewhere, or was never written.
        ///
        /// @param availableBytes what there is of the batch
        /// @param neededBytes what must be there to go on: the batch's size, or less where that is not there either
        record Torn(int position, int availableBytes, int neededBytes) implements Ending {}

        /// What follows is no batch of this format.
        record Invalid(int position, InvalidReason reason, String message) implements Ending {}
    }

    /// Base offset, size, CRC or leader epoch, and magic: what all formats have in common.
    private static final int COMMON_BYTES = 17;

    private final ByteBuffer buffer;
    private int position;
    private @Nullable Ending ending;

    private BatchWalk(ByteBuffer buffer) {
        this.buffer = buffer;
        this.position = buffer.position();
    }

    public static BatchWalk of(ByteBuffer buffer) {
        return new BatchWalk(buffer);
    }

    /// The next batch, all of which is in the buffer; null once there is none, for the reason in [#ending].
    public @Nullable RecordBatch next() {
        if (ending == null) {
            ending = findEnding();
        }
        if (ending != null) {
            return null;
        }
        RecordBatch batch = RecordBatch.at(buffer, position);
        position += batch.sizeInBytes();
        return batch;
    }

    /// Why [#next] answered null.
    public Ending ending() {
        Ending known = ending;
        if (known == null) {
            throw new IllegalStateException("the walk has not ended");
        }
        return known;
    }

    private @Nullable Ending findEnding() {
        int available = buffer.limit() - position;
        if (available == 0) {
            return new Ending.Whole(position);
        }
        if (available < COMMON_BYTES) {
            return new Ending.Torn(position, available, COMMON_BYTES);
        }
        byte magic = buffer.get(position + RecordBatch.MAGIC_POSITION);
        if (magic == 0 || magic == 1) {
            String message = "message set of format v" + magic + ", where only record batches of format v2 are taken";
            return new Ending.Invalid(position, InvalidReason.OLD_FORMAT, message);
        }
        if (magic != RecordBatch.MAGIC) {
            return new Ending.Invalid(position, InvalidReason.UNKNOWN_FORMAT, "unknown record format " + magic);
        }
        int size = buffer.getInt(position + RecordBatch.SIZE);
        if (size < RecordBatch.HEADER_BYTES - RecordBatch.LOG_OVERHEAD
                || Integer.MAX_VALUE - RecordBatch.LOG_OVERHEAD < size) {
            String message = "batch says it has " + size + " bytes, less than its header or more than can be";
            return new Ending.Invalid(position, InvalidReason.CORRUPT, message);
        }
        int needed = RecordBatch.LOG_OVERHEAD + size;
        return available < needed ? new Ending.Torn(position, available, needed) : null;
    }
}
