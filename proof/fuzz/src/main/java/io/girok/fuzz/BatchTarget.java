package io.girok.fuzz;

import io.girok.record.BatchBuilder;
import io.girok.record.BatchRewrite;
import io.girok.record.BatchRules;
import io.girok.record.BatchValidator;
import io.girok.record.BatchVerdict;
import io.girok.record.BatchWalk;
import io.girok.record.Compression;
import io.girok.record.CompressionTarget;
import io.girok.record.RecordBatch;
import io.girok.record.RecordCursor;
import io.girok.record.RecordHeader;
import io.girok.record.RecordIterator;
import io.girok.record.TimestampType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;

/// Record batches as a produce request brings them. Who has a batch accepted can have it read: record by record, by the
/// cleaner, and by Apache Kafka's consumer.
///
/// ```
/// 0  what is put right: bit 0 the CRC, bit 1 the size, bit 2: the records come unpacked and are packed here
/// 1  what the topic wants: bits 0-2 codec (5 and up: as produced), bit 3 log append time, bit 4 keys
/// 2  batches
/// ```
final class BatchTarget implements FuzzTarget {
    private static final int HEAD_BYTES = 2;
    private static final int CRC = 17;
    private static final int ATTRIBUTES = 21;
    private static final int SIZE = 8;
    private static final long MAX_UNPACKED_BYTES = 256 * 1024;
    private static final long NOW_MS = 1_700_000_000_000L;

    private static BatchRules rules(int wanted) {
        int codec = wanted & 7;
        return new BatchRules((wanted & 8) == 0 ? TimestampType.CREATE_TIME : TimestampType.LOG_APPEND_TIME,
                Long.MAX_VALUE, 3_600_000, (wanted & 16) != 0, 1 << 20, MAX_UNPACKED_BYTES,
                codec < 5
                        ? new CompressionTarget.Fixed(Compression.ofId(codec), Compression.ofId(codec).defaultLevel())
                        : CompressionTarget.AS_PRODUCED);
    }

    @Override
    public void take(byte[] input) {
        if (input.length < HEAD_BYTES) {
            return;
        }
        ByteBuffer batches = putRight(input[0], ByteBuffer.wrap(input, HEAD_BYTES, input.length - HEAD_BYTES).slice());
        BatchWalk walk = BatchWalk.of(batches);
        for (RecordBatch batch = walk.next(); batch != null; batch = walk.next()) {
            BatchVerdict verdict = BatchValidator.validate(batch, rules(input[1]), NOW_MS);
            if (verdict instanceof BatchVerdict.Accepted(RecordBatch accepted, long _)) {
                checkReadable(accepted);
            }
        }
        walk.ending();
    }

    private static ByteBuffer putRight(int what, ByteBuffer bytes) {
        if (bytes.limit() < RecordBatch.HEADER_BYTES) {
            return bytes;
        }
        ByteBuffer batch = bytes;
        if ((what & 4) != 0) {
            batch = packed(bytes);
        }
        if ((what & 2) != 0) {
            batch.putInt(SIZE, batch.limit() - RecordBatch.LOG_OVERHEAD).put(16, RecordBatch.MAGIC);
        }
        if ((what & 1) != 0) {
            BatchWalk walk = BatchWalk.of(batch);
            for (RecordBatch each = walk.next(); each != null; each = walk.next()) {
                CRC32C crc = new CRC32C();
                crc.update(each.slice().position(ATTRIBUTES));
                batch.putInt(each.position() + CRC, (int) crc.getValue());
            }
        }
        return batch;
    }

    private static ByteBuffer packed(ByteBuffer bytes) {
        CompressionType type = CompressionType.forId(Math.floorMod(bytes.getShort(ATTRIBUTES), 8) % 5);
        ByteBufferOutputStream target = new ByteBufferOutputStream(4 * bytes.limit() + 1_024);
        target.write(bytes.duplicate().limit(RecordBatch.HEADER_BYTES));
        var codec = org.apache.kafka.common.compress.Compression.of(type);
        try (var packing = codec.build().wrapForOutput(target, RecordBatch.MAGIC)) {
            packing.write(RequestTarget.bytes(bytes.slice(RecordBatch.HEADER_BYTES,
                    bytes.limit() - RecordBatch.HEADER_BYTES)));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        ByteBuffer batch = ByteBuffer.wrap(RequestTarget.bytes(target.buffer().flip()));
        return batch.putShort(ATTRIBUTES, (short) ((batch.getShort(ATTRIBUTES) & ~7) | type.id));
    }

    static void checkReadable(RecordBatch batch) {
        List<io.girok.record.Record> ours = new ArrayList<>();
        try (RecordIterator records = batch.records(MAX_UNPACKED_BYTES)) {
            while (records.hasNext()) {
                ours.add(records.next());
            }
        }
        BatchRewrite rewrite = new BatchRewrite();
        RecordCursor cursor = new RecordCursor();
        rewrite.begin(batch, BatchRewrite.SAME_BASE);
        cursor.open(batch, MAX_UNPACKED_BYTES);
        int count = 0;
        while (cursor.next()) {
            rewrite.keep(cursor);
            count++;
        }
        check(count == ours.size(), "the cleaner sees another number of records");
        check(BatchValidator.checkIntact(RecordBatch.at(rewrite.build(), 0)) instanceof BatchVerdict.Accepted,
                "the cleaner makes a batch that is not intact");
        checkKafkaReads(batch, ours);
    }

    private static void checkKafkaReads(RecordBatch batch, List<io.girok.record.Record> ours) {
        MutableRecordBatch theirs = MemoryRecords.readableRecords(batch.slice()).batches().iterator().next();
        theirs.ensureValid();
        int index = 0;
        for (Record record : theirs) {
            io.girok.record.Record our = ours.get(index++);
            check(record.offset() == our.offset() && record.timestamp() == our.timestamp(),
                    "Apache Kafka sees another offset or timestamp");
            check(Optional.ofNullable(record.key()).equals(Optional.ofNullable(our.key()))
                    && Optional.ofNullable(record.value()).equals(Optional.ofNullable(our.value())),
                    "Apache Kafka sees another key or value");
            check(record.headers().length == our.headers().size(), "Apache Kafka sees other headers");
            for (int i = 0; i < record.headers().length; i++) {
                RecordHeader header = our.headers().get(i);
                check(record.headers()[i].key().equals(header.key()), "Apache Kafka sees another header");
            }
        }
        check(index == ours.size(), "Apache Kafka sees another number of records");
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (Compression codec : Compression.values()) {
            BatchBuilder builder = new BatchBuilder().compression(codec);
            for (int i = 0; i < 3; i++) {
                builder.append(NOW_MS + i, i == 0 ? null : ByteBuffer.wrap(new byte[]{'k', (byte) i}),
                        i == 1 ? null : ByteBuffer.wrap(new byte[20]),
                        List.of(new RecordHeader("h", null), new RecordHeader("i", ByteBuffer.allocate(2))));
            }
            byte[] batch = RequestTarget.bytes(builder.build());
            for (int wanted : new int[]{5, codec == Compression.ZSTD ? 1 : 4, 0x18}) {
                seeds.add(input(3, wanted, batch));
            }
        }
        byte[] unpacked = RequestTarget.bytes(new BatchBuilder().producer(7, (short) 0, 0)
                .append(NOW_MS, ByteBuffer.allocate(4), ByteBuffer.allocate(40))
                .append(NOW_MS, ByteBuffer.allocate(4), null)
                .build());
        for (int codec = 0; codec < 5; codec++) {
            byte[] batch = unpacked.clone();
            batch[ATTRIBUTES + 1] = (byte) codec;
            seeds.add(input(7, 5, batch));
        }
        return seeds;
    }

    private static byte[] input(int right, int wanted, byte[] batches) {
        return ByteBuffer.allocate(HEAD_BYTES + batches.length)
                .put((byte) right)
                .put((byte) wanted)
                .put(batches)
                .array();
    }

    /// LZ4 asks for two blocks of 4 MiB, and a batch is unpacked up to eight times here.
    @Override
    public long maxAllocatedBytes(int inputBytes) {
        return 128L * 1024 * 1024 + 1_000L * inputBytes;
    }

    @Override
    public int maxInputBytes() {
        return 64 * 1024;
    }
}
