package io.girok.record;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/// Packs the records of a batch by another codec. Stateless.
///
/// Records do not know how they are packed, so their bytes are moved as they are: offsets, times, producer and flags
/// stay what they were.
final class Repacking {
    private Repacking() {}

    /// A batch like `batch` but packed by `codec`, at position 0 of a buffer on the heap, its CRC set.
    static ByteBuffer repack(RecordBatch batch, Compression codec, int level, BatchRules rules) {
        long maxUnpackedBytes = codec == Compression.NONE
                ? Math.min(rules.maxUnpackedBytes(), rules.maxBatchBytes())
                : rules.maxUnpackedBytes();
        GrowingBytes target = new GrowingBytes(batch.sizeInBytes());
        target.write(batch.slice().limit(RecordBatch.HEADER_BYTES));
        try (PayloadReader payload = batch.payloadReader(maxUnpackedBytes);
                OutputStream packing = codec.pack(target, level)) {
            payload.drainTo(packing);
        } catch (IOException e) {
            throw new UncheckedIOException("packing by " + codec.label() + " in memory failed", e);
        }
        ByteBuffer bytes = target.toBuffer().slice();
        bytes.putInt(RecordBatch.SIZE, bytes.limit() - RecordBatch.LOG_OVERHEAD);
        int attributes = (batch.attributes() & ~RecordBatch.COMPRESSION_MASK) | codec.id();
        bytes.putShort(RecordBatch.ATTRIBUTES, (short) attributes);
        RecordBatch.at(bytes, 0).assignCrc();
        return bytes;
    }
}
