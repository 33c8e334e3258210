package io.girok.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Truncated, flipped and oversized input: refused or accepted, but never another exception, and never much memory.
/// Replay a failure with `-Dseed=`.
class WildInputTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final int ROUNDS = 800;
    private static final int MAX_UNPACKED_BYTES = 1_000_000;
    /// What the codecs set up for any input at all: at most two blocks of 4 MiB, the largest an LZ4 header can name.
    private static final long CODEC_BYTES = 9_000_000;
    private static final BatchRules RULES = new BatchRules(TimestampType.CREATE_TIME, Long.MAX_VALUE, Long.MAX_VALUE,
            false, 1_000_000, MAX_UNPACKED_BYTES, CompressionTarget.AS_PRODUCED);

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);

    @ParameterizedTest
    @EnumSource(Compression.class)
    void aWildBatchIsRefusedOrAccepted(Compression compression) {
        ByteBuffer good = good(compression);
        use(RecordBatch.at(good, 0));
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            ByteBuffer wild = wild(good);
            RecordBatch batch = RecordBatch.at(wild, 0);
            batch.assignCrc();

            long before = allocatedBytes();
            boolean isAccepted = use(batch);
            long allocated = allocatedBytes() - before;

            refused += isAccepted ? 0 : 1;
            assertThat(allocated).as("seed %d round %d", seed, round)
                    .isLessThan(CODEC_BYTES + 3L * MAX_UNPACKED_BYTES + 30L * good.limit());
        }
        assertThat(refused).as("seed %d", seed).isPositive();
    }

    @Test
    void noiseAsPackedRecordsIsRefused() {
        for (Compression compression : Compression.values()) {
            for (int round = 0; round < ROUNDS; round++) {
                byte[] noise = new byte[random.nextInt(200)];
                random.nextBytes(noise);

                BatchVerdict verdict = BatchValidator
                        .validate(BatchEdits.ofRawPayload(3, compression, noise), RULES, NOW);

                assertThat(verdict).as("seed %d %s", seed, compression).isInstanceOf(BatchVerdict.Refused.class);
            }
        }
    }

    @Test
    void aWalkOverNoiseEnds() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            if (RecordBatch.MAGIC_POSITION < noise.length) {
                noise[RecordBatch.MAGIC_POSITION] = RecordBatch.MAGIC;
                noise[RecordBatch.SIZE] = 0;
                noise[RecordBatch.SIZE + 1] = 0;
                noise[RecordBatch.SIZE + 2] = 0;
            }
            BatchWalk walk = BatchWalk.of(ByteBuffer.wrap(noise));
            int end = 0;
            for (RecordBatch batch = walk.next(); batch != null; batch = walk.next()) {
                end += batch.sizeInBytes();
                use(batch);
            }

            assertThat(walk.ending().position()).as("seed %d", seed).isEqualTo(end).isLessThanOrEqualTo(noise.length);
        }
    }

    /// Does with the batch what Girok does; true if it is accepted.
    private boolean use(RecordBatch batch) {
        try (RecordIterator records = batch.records(MAX_UNPACKED_BYTES)) {
            int count = 0;
            while (records.hasNext()) {
                records.next();
                count++;
            }
            assertThat(count).isEqualTo(Math.max(0, batch.recordCount()));
        } catch (InvalidBatch expected) {
            assertThat(expected).hasMessageNotContaining("null");
        }
        BatchVerdict.Refused intact = BatchValidator.checkIntact(batch) instanceof BatchVerdict.Refused refused
                ? refused
                : null;
        return switch (BatchValidator.validate(batch, RULES, NOW)) {
            case BatchVerdict.Accepted accepted -> {
                assertThat(intact).isNull();
                yield true;
            }
            case BatchVerdict.Refused refused -> {
                assertThat(refused.message()).isNotBlank();
                yield false;
            }
        };
    }

    private static ByteBuffer good(Compression compression) {
        BatchBuilder builder = new BatchBuilder().compression(compression).producer(5, (short) 1, 0);
        for (int i = 0; i < 20; i++) {
            List<RecordHeader> headers = new ArrayList<>();
            for (int header = 0; header < i % 3; header++) {
                headers.add(new RecordHeader("h" + header, BatchEdits.bytes("x".repeat(i))));
            }
            builder.append(NOW + i, BatchEdits.bytes("key-" + i), BatchEdits.bytes("value ".repeat(i * 10)), headers);
        }
        return builder.build();
    }

    private ByteBuffer wild(ByteBuffer good) {
        int size = good.limit();
        if (random.nextInt(4) == 0) {
            size = random.nextInt(RecordBatch.HEADER_BYTES, good.limit() + 1);
        }
        ByteBuffer wild = ByteBuffer.allocate(size).put(0, good, 0, size);
        wild.putInt(RecordBatch.SIZE, size - RecordBatch.LOG_OVERHEAD);
        int changes = random.nextInt(1, 6);
        for (int change = 0; change < changes && RecordBatch.ATTRIBUTES < size; change++) {
            boolean isNearTheStart = random.nextInt(3) == 0;
            int bound = isNearTheStart ? Math.min(size, RecordBatch.HEADER_BYTES + 32) : size;
            int at = random.nextInt(RecordBatch.ATTRIBUTES, bound);
            wild.put(at, (byte) (random.nextBoolean() ? random.nextInt(256) : wild.get(at) ^ 1 << random.nextInt(8)));
        }
        return wild;
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }
}
