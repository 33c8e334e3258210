package io.girok.benchmark;

import io.girok.base.SystemClock;
import io.girok.log.LogSettings;
import io.girok.record.BatchValidator;
import io.girok.record.BatchVerdict;
import io.girok.record.BatchWalk;
import io.girok.record.Compression;
import io.girok.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What it takes to validate a client's batch of 100 records of 1,000 bytes: microseconds a batch. Owned by JMH's
/// thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ValidationBenchmark {
    private static final int RECORDS = 100;

    @Param({"NONE", "GZIP", "SNAPPY", "LZ4", "ZSTD"})
    public Compression codec = Compression.NONE;

    private ByteBuffer batch = ByteBuffer.allocate(0);
    private long nowMs;

    @Setup
    public void build() {
        batch = BenchmarkLog.batch(RECORDS, codec);
        nowMs = new SystemClock().wallMs();
        if (!(validate() instanceof BatchVerdict.Accepted)) {
            throw new IllegalStateException("the batch is refused: " + validate());
        }
    }

    @Benchmark
    public BatchVerdict validate() {
        RecordBatch next = Objects.requireNonNull(BatchWalk.of(batch).next());
        return BatchValidator.validate(next, LogSettings.DEFAULT.batches(), nowMs);
    }
}
