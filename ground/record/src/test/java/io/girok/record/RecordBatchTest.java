package io.girok.record;

import static io.girok.record.BatchEdits.batch;
import static io.girok.record.BatchEdits.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordBatchTest {
    private static final long MAX_UNPACKED_BYTES = 1_000_000;

    @ParameterizedTest
    @EnumSource(Compression.class)
    void aRecordIsFoundByItsTime(Compression compression) {
        RecordBatch batch = RecordBatch.at(
                new BatchBuilder().compression(compression)
                        .baseOffset(40)
                        .append(100, bytes("a"), null)
                        .append(300, null, bytes("b"))
                        .append(200, bytes("c"), bytes("d"))
                        .append(300, null, null)
                        .build(),
                0);

        assertThat(batch.firstAtOrAfter(0, 0, MAX_UNPACKED_BYTES)).contains(new TimestampOffset(100, 40));
        assertThat(batch.firstAtOrAfter(101, 0, MAX_UNPACKED_BYTES)).contains(new TimestampOffset(300, 41));
        assertThat(batch.firstAtOrAfter(101, 42, MAX_UNPACKED_BYTES)).contains(new TimestampOffset(200, 42));
        assertThat(batch.firstAtOrAfter(301, 0, MAX_UNPACKED_BYTES)).isEmpty();
        assertThat(batch.firstAtOrAfter(0, 44, MAX_UNPACKED_BYTES)).isEmpty();
        assertThat(batch.firstWithMaxTimestamp(MAX_UNPACKED_BYTES)).contains(new TimestampOffset(300, 41));
    }

    @Test
    void withLogAppendTimeEveryRecordHasTheBatchsTime() {
        RecordBatch batch = RecordBatch.at(batch(3, 100).logAppendTime(500).build(), 0);
        batch.assignOffsets(40, 0);

        assertThat(batch.firstAtOrAfter(400, 0, MAX_UNPACKED_BYTES)).contains(new TimestampOffset(500, 40));
        assertThat(batch.firstWithMaxTimestamp(MAX_UNPACKED_BYTES)).contains(new TimestampOffset(500, 40));
    }

    @Test
    void recordsWithoutTimeHaveNoLargest() {
        RecordBatch batch = RecordBatch.at(new BatchBuilder().append(-1, null, null).build(), 0);

        assertThat(batch.maxTimestamp()).isEqualTo(-1);
        assertThat(batch.firstWithMaxTimestamp(MAX_UNPACKED_BYTES)).isEmpty();
    }

    @Test
    void placingABatchLeavesItsCrcValid() {
        RecordBatch batch = RecordBatch.at(batch(3, 100).build(), 0);
        long crc = batch.crc();

        batch.assignOffsets(70, 9);

        assertThat(batch.baseOffset()).isEqualTo(70);
        assertThat(batch.endOffset()).isEqualTo(73);
        assertThat(batch.leaderEpoch()).isEqualTo(9);
        assertThat(batch.crc()).isEqualTo(crc);
        assertThat(batch.isCrcValid()).isTrue();
    }

    @Test
    void sequencesGoOnAtZeroAfterTheLargest() {
        RecordBatch batch = RecordBatch.at(batch(3, 100).producer(1, (short) 0, Integer.MAX_VALUE - 1).build(), 0);

        assertThat(batch.lastSequence()).isZero();
    }

    @Test
    void aCleanedBatchKeepsItsOffsets() {
        ByteBuffer bytes = new BatchBuilder().baseOffset(10)
                .append(new Record(12, 5, bytes("a"), bytes("b"), List.of()))
                .append(new Record(17, 6, bytes("c"), bytes("d"), List.of()))
                .lastOffset(20)
                .build();

        RecordBatch batch = RecordBatch.at(bytes, 0);

        assertThat(batch.recordCount()).isEqualTo(2);
        assertThat(batch.lastOffset()).isEqualTo(20);
        List<Long> offsets = new ArrayList<>();
        try (RecordIterator records = batch.records(MAX_UNPACKED_BYTES)) {
            records.forEachRemaining(record -> offsets.add(record.offset()));
        }
        assertThat(offsets).containsExactly(12L, 17L);
    }

    @Test
    void aWalkFindsEveryBatchAndSaysWhereItEnded() {
        ByteBuffer first = batch(2, 100).build();
        ByteBuffer second = batch(3, 100).build();
        ByteBuffer both = ByteBuffer.allocate(5 + first.limit() + second.limit()).position(5).put(first).put(second);

        for (int cut = both.limit(); 5 <= cut; cut--) {
            both.position(5).limit(cut);
            BatchWalk walk = BatchWalk.of(both);
            List<Integer> counts = new ArrayList<>();
            for (RecordBatch batch = walk.next(); batch != null; batch = walk.next()) {
                counts.add(batch.recordCount());
            }
            int secondAt = 5 + first.limit();
            assertThat(counts).isEqualTo(
                    cut == both.capacity() ? List.of(2, 3) : secondAt <= cut ? List.of(2) : List.of());
            assertThat(walk.ending().position()).isEqualTo(
                    cut == both.capacity() ? cut : secondAt <= cut ? secondAt : 5);
            assertThat(walk.ending()).isInstanceOf(
                    cut == both.capacity() || cut == secondAt || cut == 5
                            ? BatchWalk.Ending.Whole.class
                            : BatchWalk.Ending.Torn.class);
            assertThat(walk.next()).isNull();
        }
    }

    @Test
    void aWalkTellsOldAndUnknownFormatsAndWildSizesApart() {
        assertThat(reasonAfter(bytes -> bytes.put(RecordBatch.MAGIC_POSITION, (byte) 0)))
                .isEqualTo(InvalidReason.OLD_FORMAT);
        assertThat(reasonAfter(bytes -> bytes.put(RecordBatch.MAGIC_POSITION, (byte) 1)))
                .isEqualTo(InvalidReason.OLD_FORMAT);
        assertThat(reasonAfter(bytes -> bytes.put(RecordBatch.MAGIC_POSITION, (byte) 3)))
                .isEqualTo(InvalidReason.UNKNOWN_FORMAT);
        for (int size : new int[]{-1, Integer.MIN_VALUE, 0, 48, Integer.MAX_VALUE, Integer.MAX_VALUE - 11}) {
            assertThat(reasonAfter(bytes -> bytes.putInt(RecordBatch.SIZE, size))).isEqualTo(InvalidReason.CORRUPT);
        }
    }

    private static InvalidReason reasonAfter(java.util.function.Consumer<ByteBuffer> edit) {
        ByteBuffer bytes = batch(1, 100).build();
        edit.accept(bytes);
        BatchWalk walk = BatchWalk.of(bytes);
        assertThat(walk.next()).isNull();
        return ((BatchWalk.Ending.Invalid) walk.ending()).reason();
    }
}
