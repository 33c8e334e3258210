package io.girok.record;

import static io.girok.record.BatchEdits.batch;
import static io.girok.record.BatchEdits.bytes;
import static io.girok.record.BatchEdits.edited;
import static io.girok.record.BatchEdits.ofPayload;
import static io.girok.record.BatchEdits.ofRawPayload;
import static org.assertj.core.api.Assertions.assertThat;

import io.girok.record.BatchVerdict.Accepted;
import io.girok.record.BatchVerdict.RecordFault;
import io.girok.record.BatchVerdict.Refused;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchValidatorTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final int MAX_BATCH_BYTES = 1_000_000;
    private static final long MAX_UNPACKED_BYTES = 4_000_000;

    @ParameterizedTest
    @EnumSource(Compression.class)
    void whatKafkasProducerWritesIsAcceptedAsItIs(Compression compression) {
        SimpleRecord[] records = {new SimpleRecord(NOW, "a".getBytes(), "b".getBytes()),
            new SimpleRecord(NOW + 5, null),
            new SimpleRecord(NOW - 5, "c".getBytes(), null)};
        ByteBuffer sent = MemoryRecords
                .withTransactionalRecords(KafkaBatches.compression(compression), 4, (short) 1, 7, records)
                .buffer();
        ByteBuffer before = ByteBuffer.allocate(sent.limit()).put(0, sent, 0, sent.limit());

        Accepted accepted = accepted(RecordBatch.at(sent, 0), rules());

        assertThat(accepted.maxTimestamp()).isEqualTo(NOW + 5);
        assertThat(accepted.batch().slice()).isEqualTo(before);
        assertThat(accepted.batch().recordCount()).isEqualTo(3);
    }

    @Test
    void aChangedByteIsCorruption() {
        ByteBuffer sent = batch(3, NOW).build();
        sent.put(sent.limit() - 3, (byte) ~sent.get(sent.limit() - 3));

        Refused refused = refused(RecordBatch.at(sent, 0), rules());

        assertThat(refused.reason()).isEqualTo(InvalidReason.CORRUPT);
        assertThat(refused.records()).isEmpty();
    }

    @Test
    void theHeaderMustMakeSense() {
        assertInvalid("wrong count", header -> header.putInt(RecordBatch.RECORD_COUNT, 2));
        assertInvalid("no records", header -> header.putInt(RecordBatch.RECORD_COUNT, 0));
        assertInvalid("negative count", header -> header.putInt(RecordBatch.RECORD_COUNT, -1));
        assertInvalid("wrong last delta", header -> header.putInt(RecordBatch.LAST_OFFSET_DELTA, 5));
        assertInvalid("negative delta", header -> header.putInt(RecordBatch.LAST_OFFSET_DELTA, -4));
        assertInvalid("base offset", header -> header.putLong(0, 12));
        assertInvalid("control", header -> header.putShort(RecordBatch.ATTRIBUTES, (short) 0x20));
        assertInvalid("delete horizon", header -> header.putShort(RecordBatch.ATTRIBUTES, (short) 0x40));
        assertInvalid("transaction of nobody", header -> header.putShort(RecordBatch.ATTRIBUTES, (short) 0x10));
        assertInvalid("no sequence", header -> header.putLong(RecordBatch.PRODUCER_ID, 12));
        assertInvalid("no producer epoch", header -> {
            header.putLong(RecordBatch.PRODUCER_ID, 12);
            header.putInt(RecordBatch.BASE_SEQUENCE, 0);
        });
    }

    @Test
    void countAndLastDeltaThatLieTogetherAreFoundOut() {
        for (int claimed : new int[]{2, 4, 1_000_000, Integer.MAX_VALUE}) {
            assertInvalid("count of " + claimed, header -> {
                header.putInt(RecordBatch.RECORD_COUNT, claimed);
                header.putInt(RecordBatch.LAST_OFFSET_DELTA, claimed - 1);
            });
        }
    }

    @Test
    void anUnknownCompressionIsNamedAsSuch() {
        for (int id = 5; id <= 7; id++) {
            short attributes = (short) id;
            RecordBatch sent = edited(
                    batch(3, NOW).build(),
                    header -> header.putShort(RecordBatch.ATTRIBUTES, attributes));

            assertThat(refused(sent, rules()).reason()).isEqualTo(InvalidReason.UNKNOWN_COMPRESSION);
        }
    }

    @Test
    void anUnknownFormatIsNamedAsSuch() {
        ByteBuffer sent = batch(3, NOW).build();
        sent.put(RecordBatch.MAGIC_POSITION, (byte) 3);

        assertThat(refused(RecordBatch.at(sent, 0), rules()).reason()).isEqualTo(InvalidReason.UNKNOWN_FORMAT);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void recordsMustMakeSense(Compression compression) {
        byte[] good = record(0, 1, 1, 0);

        assertThat(BatchValidator.validate(ofPayload(1, compression, good), rules().rules(), NOW))
                .isInstanceOf(Accepted.class);
        assertInvalidRecords("negative size", compression, new byte[]{1});
        assertInvalidRecords("size past the end", compression, new byte[]{100, 0, 0, 0, 1, 1, 0});
        assertInvalidRecords("size too small", compression, edit(good, 0, 4));
        assertInvalidRecords("size too large", compression, edit(good, 0, 14));
        assertInvalidRecords("key past its record", compression, edit(good, 4, 8));
        assertInvalidRecords("key size -2", compression, edit(good, 4, 3));
        assertInvalidRecords("value past its record", compression, edit(good, 5, 8));
        assertInvalidRecords("value size -2", compression, edit(good, 5, 3));
        assertInvalidRecords("header count -1", compression, edit(good, 6, 1));
        assertInvalidRecords("more headers than bytes", compression, edit(good, 6, 2));
        assertInvalidRecords("another offset", compression, edit(good, 3, 2));
        assertInvalidRecords("bytes behind", compression, join(good, new byte[]{0}));
        assertInvalidRecords("nothing", compression, new byte[0]);
        assertInvalidRecords("endless number", compression, filled(40, 0xFF));
        assertInvalidRecords("number of more than 32 bits", compression, join(filled(6, 0x80), new byte[]{1}));
    }

    @Test
    void offsetsMustBeConsecutive() {
        byte[] first = record(0, 1, 1, 0);
        for (int second : new int[]{0, 4, 1, 3}) {
            Refused refused = refused(
                    ofPayload(2, Compression.NONE, join(first, record(second, 1, 1, 0))),
                    rules());

            assertThat(refused.reason()).isEqualTo(InvalidReason.INVALID_RECORD);
            assertThat(refused.records()).extracting(RecordFault::index).containsExactly(1);
        }
    }

    @Test
    void headersMustMakeSense() {
        byte[] good = {22, 0, 0, 0, 1, 1, 2, 2, 'h', 4, 'v', 'w'};

        assertThat(BatchValidator.validate(ofPayload(1, Compression.NONE, good), rules().rules(), NOW))
                .isInstanceOf(Accepted.class);
        assertInvalidRecords("null name", Compression.NONE, edit(good, 7, 1));
        assertInvalidRecords("name past its record", Compression.NONE, edit(good, 7, 60));
        assertInvalidRecords("value size -2", Compression.NONE, edit(good, 9, 3));
        assertInvalidRecords("value past its record", Compression.NONE, edit(good, 9, 6));
    }

    @Test
    void theSizeLimitHolds() {
        ByteBuffer sent = batch(30, NOW).build();

        assertThat(refused(RecordBatch.at(sent, 0), rules().withMaxBatchBytes(sent.limit() - 1)).reason())
                .isEqualTo(InvalidReason.TOO_LARGE);
        accepted(RecordBatch.at(sent, 0), rules().withMaxBatchBytes(sent.limit()));
    }

    @ParameterizedTest
    @EnumSource(value = Compression.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBombIsGivenUpAtTheLimit(Compression compression) {
        byte[] zeros = new byte[(int) MAX_UNPACKED_BYTES + 1_000];
        GrowingBytes record = new GrowingBytes(100);
        Varints.write(zeros.length - 10, record);
        ByteBuffer head = record.toBuffer();
        head.get(0, zeros, 0, head.limit());
        zeros[head.limit() + 3] = 1;
        GrowingBytes valueSize = new GrowingBytes(10);
        Varints.write(zeros.length - 30, valueSize);
        valueSize.toBuffer().get(0, zeros, head.limit() + 4, valueSize.size());

        Refused refused = refused(ofPayload(1, compression, zeros), rules().withMaxBatchBytes(Integer.MAX_VALUE));

        assertThat(refused.reason()).isEqualTo(InvalidReason.TOO_LARGE);
        assertThat(refused.message()).contains("4000000 bytes");
    }

    @Test
    void aSnappyBlockThatClaimsTooMuchReservesNothing() {
        byte[] hugeClaim = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07, 0, 0, 0};
        byte[] hugeBlock = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1, 0x1F, 0, 0, 0, 1};

        assertThat(refused(ofRawPayload(1, Compression.SNAPPY, hugeClaim), rules()).reason())
                .isEqualTo(InvalidReason.INVALID_RECORD);
        assertThat(refused(ofRawPayload(1, Compression.SNAPPY, hugeBlock), rules()).reason())
                .isEqualTo(InvalidReason.INVALID_RECORD);
    }

    @Test
    void snappyWithoutFramesIsAcceptedAsLibrdkafkaWritesIt() throws Exception {
        byte[] raw = org.xerial.snappy.Snappy.compress(record(0, 1, 1, 0));

        accepted(ofRawPayload(1, Compression.SNAPPY, raw), rules());
    }

    @Test
    void joinedSnappyStreamsAreOneStream() throws Exception {
        byte[] first = org.xerial.snappy.Snappy.compress(record(0, 1, 1, 0));
        java.io.ByteArrayOutputStream target = new java.io.ByteArrayOutputStream();
        for (int i = 0; i < 2; i++) {
            try (java.io.OutputStream stream = Compression.SNAPPY.pack(target, 0)) {
                stream.write(record(2 * i, 1, 1, 0));
            }
        }
        assertThat(target.size()).isGreaterThan(2 * first.length);

        Accepted accepted = accepted(ofRawPayload(2, Compression.SNAPPY, target.toByteArray()), rules());

        assertThat(accepted.batch().recordCount()).isEqualTo(2);
    }

    @Test
    void aCompactedTopicNeedsKeysAndNamesTheRecordsWithout() {
        ByteBuffer sent = new BatchBuilder().append(NOW, bytes("k"), bytes("v"))
                .append(NOW, null, bytes("v"))
                .append(NOW, bytes(""), bytes("v"))
                .append(NOW, null, null)
                .build();

        Refused refused = refused(RecordBatch.at(sent, 0), rules().withKeys());

        assertThat(refused.reason()).isEqualTo(InvalidReason.INVALID_RECORD);
        assertThat(refused.records()).extracting(RecordFault::index).containsExactly(1, 3);
        assertThat(refused.message()).isEqualTo("record 1 has no key, which a compacted topic needs");
    }

    @Test
    void timesOutsideTheLimitsAreRefusedByRecord() {
        Rules limits = rules().withTimestamps(1_000, 500);

        accepted(times(NOW - 1_000, NOW, NOW + 500, -1), limits);
        Refused early = refused(times(NOW, NOW - 1_001), limits);
        Refused late = refused(times(NOW + 501, NOW, NOW + 502), limits);

        assertThat(early.reason()).isEqualTo(InvalidReason.INVALID_TIMESTAMP);
        assertThat(early.records()).extracting(RecordFault::index).containsExactly(1);
        assertThat(late.reason()).isEqualTo(InvalidReason.INVALID_TIMESTAMP);
        assertThat(late.records()).extracting(RecordFault::index).containsExactly(0, 2);
        assertThat(late.message()).contains(String.valueOf(NOW + 501), "500 ms after");
    }

    @Test
    void timesAtTheEdgeOfALongAreJudgedRight() {
        Rules limits = rules().withTimestamps(1_000, 500);

        for (long time : new long[]{Long.MIN_VALUE, Long.MIN_VALUE + 1, -2, 0, Long.MAX_VALUE}) {
            assertThat(refused(times(time), limits).reason()).as("%d", time).isEqualTo(InvalidReason.INVALID_TIMESTAMP);
        }
        for (long time : new long[]{Long.MIN_VALUE + NOW + 1, -2, 0, Long.MAX_VALUE}) {
            accepted(times(time), rules());
        }
    }

    @Test
    void manyFaultsAreToldUpToALimit() {
        BatchBuilder builder = new BatchBuilder();
        for (int i = 0; i < 1_000; i++) {
            builder.append(NOW, null, null);
        }

        Refused refused = refused(RecordBatch.at(builder.build(), 0), rules().withKeys());

        assertThat(refused.records()).hasSize(100);
    }

    @Test
    void logAppendTimeIsNotForClientsToSet() {
        ByteBuffer sent = batch(2, NOW).logAppendTime(NOW).build();

        assertThat(refused(RecordBatch.at(sent, 0), rules()).reason()).isEqualTo(InvalidReason.INVALID_TIMESTAMP);
        accepted(RecordBatch.at(sent, 0), rules().withLogAppendTime());
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void logAppendTimeReplacesWhateverTheProducerSaid(Compression compression) {
        ByteBuffer sent = batch(3, 5).compression(compression).build();

        Accepted accepted = accepted(RecordBatch.at(sent, 0), rules().withTimestamps(10, 10).withLogAppendTime());

        assertThat(accepted.maxTimestamp()).isEqualTo(NOW);
        MutableRecordBatch stored = kafkas(accepted);
        stored.ensureValid();
        assertThat(stored.timestampType()).isEqualTo(org.apache.kafka.common.record.TimestampType.LOG_APPEND_TIME);
        assertThat(stored.maxTimestamp()).isEqualTo(NOW);
        stored.forEach(record -> assertThat(record.timestamp()).isEqualTo(NOW));
    }

    @Test
    void aWrongMaxTimestampIsPutRight() {
        RecordBatch sent = edited(batch(3, NOW).build(), header -> header.putLong(RecordBatch.MAX_TIMESTAMP, -1));

        Accepted accepted = accepted(sent, rules());

        assertThat(accepted.maxTimestamp()).isEqualTo(NOW + 2);
        kafkas(accepted).ensureValid();
        assertThat(kafkas(accepted).maxTimestamp()).isEqualTo(NOW + 2);
    }

    @Test
    void everyCodecBecomesEveryOtherAndNothingElseChanges() {
        for (Compression from : Compression.values()) {
            for (Compression to : Compression.values()) {
                ByteBuffer sent = batch(100, NOW).producer(12, (short) 3, 40).transactional().compression(from).build();
                List<Record> records = records(RecordBatch.at(sent, 0));

                Accepted accepted = accepted(RecordBatch.at(sent, 0), rules().packedBy(to));

                RecordBatch stored = accepted.batch();
                assertThat(stored.compression()).isEqualTo(to);
                assertThat(stored.isCrcValid()).isTrue();
                assertThat(records(stored)).isEqualTo(records);
                assertThat(stored.producerId()).isEqualTo(12);
                assertThat(stored.producerEpoch()).isEqualTo((short) 3);
                assertThat(stored.lastSequence()).isEqualTo(139);
                assertThat(stored.isTransactional()).isTrue();
                assertThat(stored.maxTimestamp()).isEqualTo(NOW + 99);
                assertThat(stored.slice() == sent).isFalse();
                kafkas(accepted).ensureValid();
            }
        }
    }

    @Test
    void repackingAndLogAppendTimeGoTogether() {
        ByteBuffer sent = batch(100, 5).compression(Compression.GZIP).build();

        Accepted accepted = accepted(RecordBatch.at(sent, 0), rules().packedBy(Compression.ZSTD).withLogAppendTime());

        assertThat(accepted.batch().isCrcValid()).isTrue();
        assertThat(records(accepted.batch())).allMatch(record -> record.timestamp() == NOW).hasSize(100);
    }

    @Test
    void aBatchThatGrowsOverTheLimitByUnpackingIsRefused() {
        ByteBuffer sent = new BatchBuilder().append(NOW, null, ByteBuffer.allocate(50_000))
                .compression(Compression.GZIP)
                .build();

        Refused refused = refused(
                RecordBatch.at(sent, 0),
                rules().packedBy(Compression.NONE).withMaxBatchBytes(10_000));

        assertThat(refused.reason()).isEqualTo(InvalidReason.TOO_LARGE);
    }

    @Test
    void anIntactBatchOfABrokerIsLeftAsItIs() {
        ByteBuffer control = new BatchBuilder().baseOffset(50)
                .producer(12, (short) 3, -1)
                .transactional()
                .control()
                .append(NOW, bytes("k"), bytes("v"))
                .build();

        assertThat(BatchValidator.checkIntact(RecordBatch.at(control, 0))).isInstanceOf(Accepted.class);
        control.put(control.limit() - 1, (byte) 9);
        assertThat(BatchValidator.checkIntact(RecordBatch.at(control, 0)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(InvalidReason.CORRUPT));
    }

    private static void assertInvalid(String what, Consumer<ByteBuffer> edit) {
        Refused refused = refused(edited(batch(3, NOW).build(), edit), rules());

        assertThat(refused.reason()).as(what).isEqualTo(InvalidReason.INVALID_RECORD);
    }

    private static void assertInvalidRecords(String what, Compression compression, byte[] unpacked) {
        Refused refused = refused(ofPayload(1, compression, unpacked), rules());

        assertThat(refused.reason()).as(what).isEqualTo(InvalidReason.INVALID_RECORD);
        assertThat(refused.records()).as(what).extracting(RecordFault::index).containsExactly(0);
    }

    /// A record without headers; sizes as the varint bytes themselves.
    private static byte[] record(int offsetDelta, int keySize, int valueSize, int headerCount) {
        return new byte[]{12, 0, 0, (byte) offsetDelta, (byte) keySize, (byte) valueSize, (byte) headerCount};
    }

    private static byte[] edit(byte[] bytes, int index, int value) {
        byte[] edited = bytes.clone();
        edited[index] = (byte) value;
        return edited;
    }

    private static byte[] join(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
    }

    private static byte[] filled(int count, int value) {
        byte[] bytes = new byte[count];
        java.util.Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static RecordBatch times(long... times) {
        BatchBuilder builder = new BatchBuilder();
        for (long time : times) {
            builder.append(time, null, null);
        }
        return RecordBatch.at(builder.build(), 0);
    }

    private static List<Record> records(RecordBatch batch) {
        List<Record> records = new ArrayList<>();
        try (RecordIterator iterator = batch.records(MAX_UNPACKED_BYTES)) {
            iterator.forEachRemaining(records::add);
        }
        return records;
    }

    private static MutableRecordBatch kafkas(Accepted accepted) {
        return MemoryRecords.readableRecords(accepted.batch().slice()).batches().iterator().next();
    }

    private static Accepted accepted(RecordBatch batch, Rules rules) {
        BatchVerdict verdict = BatchValidator.validate(batch, rules.rules, NOW);
        assertThat(verdict).isInstanceOf(Accepted.class);
        return (Accepted) verdict;
    }

    private static Refused refused(RecordBatch batch, Rules rules) {
        ByteBuffer before = ByteBuffer.allocate(batch.sizeInBytes()).put(batch.slice()).flip();
        BatchVerdict verdict = BatchValidator.validate(batch, rules.rules, NOW);
        assertThat(verdict).isInstanceOf(Refused.class);
        assertThat(batch.slice()).isEqualTo(before);
        return (Refused) verdict;
    }

    private static Rules rules() {
        return new Rules(
                new BatchRules(TimestampType.CREATE_TIME, Long.MAX_VALUE, Long.MAX_VALUE, false, MAX_BATCH_BYTES,
                        MAX_UNPACKED_BYTES, CompressionTarget.AS_PRODUCED));
    }

    private record Rules(BatchRules rules) {
        Rules withTimestamps(long beforeMaxMs, long afterMaxMs) {
            return new Rules(
                    new BatchRules(rules.timestampType(), beforeMaxMs, afterMaxMs, rules.needsKeys(),
                            rules.maxBatchBytes(), rules.maxUnpackedBytes(), rules.compression()));
        }

        Rules withLogAppendTime() {
            return new Rules(
                    new BatchRules(TimestampType.LOG_APPEND_TIME, rules.timestampBeforeMaxMs(),
                            rules.timestampAfterMaxMs(), rules.needsKeys(), rules.maxBatchBytes(),
                            rules.maxUnpackedBytes(), rules.compression()));
        }

        Rules withKeys() {
            return new Rules(
                    new BatchRules(rules.timestampType(), rules.timestampBeforeMaxMs(), rules.timestampAfterMaxMs(),
                            true, rules.maxBatchBytes(), rules.maxUnpackedBytes(), rules.compression()));
        }

        Rules withMaxBatchBytes(int bytes) {
            return new Rules(
                    new BatchRules(rules.timestampType(), rules.timestampBeforeMaxMs(), rules.timestampAfterMaxMs(),
                            rules.needsKeys(), bytes, rules.maxUnpackedBytes(), rules.compression()));
        }

        Rules packedBy(Compression compression) {
            return new Rules(
                    new BatchRules(rules.timestampType(), rules.timestampBeforeMaxMs(), rules.timestampAfterMaxMs(),
                            rules.needsKeys(), rules.maxBatchBytes(), rules.maxUnpackedBytes(),
                            new CompressionTarget.Fixed(compression, compression.defaultLevel())));
        }
    }
}
