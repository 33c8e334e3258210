package io.girok.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Packed streams may be joined; a batch of a MiB holds tens of thousands of empty ones, which unpack to nothing and so
/// never reach the limit of what is unpacked.
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EmptyPiecesTest {
    private static final BatchRules RULES = new BatchRules(TimestampType.CREATE_TIME, Long.MAX_VALUE, Long.MAX_VALUE,
            false, 1 << 20, 1 << 20, CompressionTarget.AS_PRODUCED);
    private static final int PIECES = 20_000;

    /// The JDK's reader calls itself for each.
    @Test
    void emptyGzipMembersDoNotEatTheStack() throws IOException {
        BatchVerdict verdict = validate(Compression.GZIP, PIECES);

        assertThat(verdict).isInstanceOf(BatchVerdict.Refused.class);
    }

    /// The library's reader reserves two blocks for each.
    @Test
    void emptyLz4FramesDoNotEatMemory() throws IOException {
        var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();

        BatchVerdict verdict = validate(Compression.LZ4, PIECES);

        assertThat(verdict).isInstanceOf(BatchVerdict.Refused.class);
        assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(32L << 20);
    }

    /// As Apache Kafka takes them.
    @Test
    void aFewJoinedGzipMembersAreTaken() throws IOException {
        assertThat(validate(Compression.GZIP, 3)).isInstanceOf(BatchVerdict.Accepted.class);
    }

    /// Apache Kafka's consumers read the first frame and no further: what follows would be a batch of another size to
    /// them.
    @Test
    void nothingFollowsTheFirstLz4Frame() throws IOException {
        assertThat(validate(Compression.LZ4, 1)).isInstanceOf(BatchVerdict.Refused.class);
        assertThat(validate(Compression.LZ4, 0)).isInstanceOf(BatchVerdict.Accepted.class);
    }

    @Test
    void emptyZstdFramesTakeNoTime() throws IOException {
        assertThat(validate(Compression.ZSTD, PIECES)).isNotNull();
    }

    /// Of a batch with a record whose payload is followed by empty ones.
    private static BatchVerdict validate(Compression compression, int emptyPieces) throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        byte[] record = {14, 0, 0, 0, 1, 2, 'x', 0};
        try (OutputStream packing = compression.pack(payload, compression.defaultLevel())) {
            packing.write(record);
        }
        ByteArrayOutputStream empty = new ByteArrayOutputStream();
        compression.pack(empty, compression.defaultLevel()).close();
        for (int i = 0; i < emptyPieces; i++) {
            empty.writeTo(payload);
        }
        return BatchValidator.validate(BatchEdits.ofRawPayload(1, compression, payload.toByteArray()), RULES, 1_000);
    }
}
