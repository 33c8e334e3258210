package io.girok.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What Girok builds, kafka-clients reads; what kafka-clients builds, Girok reads.
class KafkaInteroperabilityTest {
    private static final long MAX_UNPACKED_BYTES = 64L * 1024 * 1024;

    @ParameterizedTest
    @EnumSource(Compression.class)
    void kafkaReadsWhatGirokBuilds(Compression compression) {
        List<Record> records = records(200, 7);
        BatchBuilder builder = new BatchBuilder().compression(compression)
                .baseOffset(1_000)
                .leaderEpoch(5)
                .producer(77, (short) 3, 12)
                .transactional();
        records.forEach(builder::append);

        MutableRecordBatch batch = MemoryRecords.readableRecords(builder.build()).batches().iterator().next();

        batch.ensureValid();
        assertThat(batch.compressionType().id).isEqualTo((byte) compression.id());
        assertThat(batch.baseOffset()).isEqualTo(1_000);
        assertThat(batch.lastOffset()).isEqualTo(1_199);
        assertThat(batch.partitionLeaderEpoch()).isEqualTo(5);
        assertThat(batch.producerId()).isEqualTo(77);
        assertThat(batch.producerEpoch()).isEqualTo((short) 3);
        assertThat(batch.baseSequence()).isEqualTo(12);
        assertThat(batch.lastSequence()).isEqualTo(211);
        assertThat(batch.isTransactional()).isTrue();
        assertThat(batch.isControlBatch()).isFalse();
        assertThat(batch.maxTimestamp()).isEqualTo(records.getLast().timestamp());
        List<Record> read = new ArrayList<>();
        batch.forEach(record -> read.add(ofKafka(record)));
        assertThat(read).isEqualTo(records);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void girokReadsWhatKafkaBuilds(Compression compression) {
        List<Record> records = records(200, 8);
        ByteBuffer bytes = MemoryRecords.withRecords(
                1_000,
                KafkaBatches.compression(compression),
                5,
                records.stream().map(KafkaInteroperabilityTest::toKafka).toArray(SimpleRecord[]::new)).buffer();

        BatchWalk walk = BatchWalk.of(bytes);
        RecordBatch batch = walk.next();

        assertThat(batch).isNotNull();
        assertThat(batch.isCrcValid()).isTrue();
        assertThat(batch.compression()).isEqualTo(compression);
        assertThat(batch.recordCount()).isEqualTo(200);
        assertThat(batch.leaderEpoch()).isEqualTo(5);
        assertThat(batch.maxTimestamp()).isEqualTo(records.getLast().timestamp());
        assertThat(recordsOf(batch)).isEqualTo(records);
        assertThat(walk.next()).isNull();
        assertThat(walk.ending()).isEqualTo(new BatchWalk.Ending.Whole(bytes.limit()));
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void girokReadsFromMemoryOffTheHeap(Compression compression) {
        List<Record> records = records(20, 9);
        BatchBuilder builder = new BatchBuilder().baseOffset(1_000).compression(compression);
        records.forEach(builder::append);
        ByteBuffer built = builder.build();
        ByteBuffer direct = ByteBuffer.allocateDirect(built.limit() + 3).put(3, built, 0, built.limit());

        RecordBatch batch = RecordBatch.at(direct, 3);

        assertThat(batch.isCrcValid()).isTrue();
        assertThat(recordsOf(batch)).isEqualTo(records);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void everyLevelIsReadByKafka(Compression compression) {
        for (int level : new int[]{compression.minLevel(), compression.defaultLevel(), compression.maxLevel()}) {
            List<Record> records = records(50, level);
            BatchBuilder builder = new BatchBuilder().baseOffset(1_000).compression(compression, level);
            records.forEach(builder::append);

            List<Record> read = new ArrayList<>();
            MemoryRecords.readableRecords(builder.build()).records().forEach(record -> read.add(ofKafka(record)));

            assertThat(read).as("level %d", level).isEqualTo(records);
        }
    }

    @Test
    void unpackedAndPackedBytesAreTheSameAsKafkas() {
        for (Compression compression : List.of(Compression.NONE, Compression.SNAPPY, Compression.LZ4)) {
            List<Record> records = records(100, 11);
            BatchBuilder builder = new BatchBuilder().baseOffset(1_000).leaderEpoch(5).compression(compression);
            records.forEach(builder::append);

            ByteBuffer kafkas = MemoryRecords.withRecords(
                    1_000,
                    KafkaBatches.compression(compression),
                    5,
                    records.stream().map(KafkaInteroperabilityTest::toKafka).toArray(SimpleRecord[]::new)).buffer();

            assertThat(builder.build()).as(compression.label()).isEqualTo(kafkas);
        }
    }

    private static List<Record> recordsOf(RecordBatch batch) {
        List<Record> records = new ArrayList<>();
        try (RecordIterator iterator = batch.records(MAX_UNPACKED_BYTES)) {
            iterator.forEachRemaining(records::add);
        }
        return records;
    }

    private static List<Record> records(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Record> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ByteBuffer key = i % 7 == 0 ? null : bytes("key-" + i);
            byte[] value = new byte[random.nextInt(2_000)];
            for (int at = 0; at < value.length; at++) {
                value[at] = (byte) random.nextInt(16);
            }
            List<RecordHeader> headers = i % 3 == 0
                    ? List.of(new RecordHeader("trace", bytes("id-" + i)), new RecordHeader("empty", null))
                    : List.of();
            records.add(
                    new Record(1_000 + i, 1_700_000_000_000L + i * 13, key, i % 11 == 0 ? null : ByteBuffer.wrap(value),
                            headers));
        }
        return records;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static SimpleRecord toKafka(Record record) {
        Header[] headers = record.headers().stream().map(KafkaInteroperabilityTest::toKafka).toArray(Header[]::new);
        return new SimpleRecord(record.timestamp(), copy(record.key()), copy(record.value()), headers);
    }

    private static Header toKafka(RecordHeader header) {
        return new org.apache.kafka.common.header.internals.RecordHeader(header.key(), array(header.value()));
    }

    private static Record ofKafka(org.apache.kafka.common.record.internal.Record record) {
        List<RecordHeader> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(
                    new RecordHeader(header.key(), header.value() == null ? null : ByteBuffer.wrap(header.value())));
        }
        return new Record(record.offset(), record.timestamp(), copy(record.key()), copy(record.value()), headers);
    }

    private static @Nullable ByteBuffer copy(@Nullable ByteBuffer bytes) {
        byte[] array = array(bytes);
        return array == null ? null : ByteBuffer.wrap(array);
    }

    private static byte @Nullable [] array(@Nullable ByteBuffer bytes) {
        if (bytes == null) {
            return null;
        }
        byte[] array = new byte[bytes.remaining()];
        bytes.get(bytes.position(), array);
        return array;
    }
}
