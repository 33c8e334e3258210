package io.girok.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Batches that lie: built well, then changed, with the CRC made to fit again.
final class BatchEdits {
    private BatchEdits() {}

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /// `count` records from `timestamp` on, one millisecond apart, with keys.
    static BatchBuilder batch(int count, long timestamp) {
        BatchBuilder builder = new BatchBuilder();
        for (int i = 0; i < count; i++) {
            builder.append(timestamp + i, bytes("key-" + i), bytes("value-" + i));
        }
        return builder;
    }

    /// The batch at the start of `bytes`, after `edit`, with a CRC that fits.
    static RecordBatch edited(ByteBuffer bytes, Consumer<ByteBuffer> edit) {
        edit.accept(bytes);
        RecordBatch batch = RecordBatch.at(bytes, 0);
        batch.assignCrc();
        return batch;
    }

    /// A batch of `count` records (as the header says) whose records are these bytes, packed.
    static RecordBatch ofPayload(int count, Compression compression, byte[] unpacked) {
        ByteBuffer bytes = BatchBuilder.pack(ByteBuffer.wrap(unpacked), compression, compression.defaultLevel());
        return header(count, compression, bytes);
    }

    /// A batch of `count` records (as the header says) whose payload is these bytes as they are.
    static RecordBatch ofRawPayload(int count, Compression compression, byte[] raw) {
        ByteBuffer bytes = ByteBuffer.allocate(RecordBatch.HEADER_BYTES + raw.length);
        return header(count, compression, bytes.put(RecordBatch.HEADER_BYTES, raw));
    }

    private static RecordBatch header(int count, Compression compression, ByteBuffer bytes) {
        ByteBuffer template = batch(1, 1_000).build();
        bytes.put(0, template, 0, RecordBatch.HEADER_BYTES);
        return edited(bytes, buffer -> {
            buffer.putInt(RecordBatch.SIZE, buffer.limit() - RecordBatch.LOG_OVERHEAD);
            buffer.putShort(RecordBatch.ATTRIBUTES, (short) compression.id());
            buffer.putInt(RecordBatch.RECORD_COUNT, count);
            buffer.putInt(RecordBatch.LAST_OFFSET_DELTA, count - 1);
        });
    }
}
