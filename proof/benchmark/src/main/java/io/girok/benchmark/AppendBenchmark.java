package io.girok.benchmark;

import io.girok.log.AppendResult;
import io.girok.record.Compression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What it takes to validate a batch and append it to a partition's log: microseconds a batch. Owned by JMH's thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AppendBenchmark {
    /// Records of 1,000 bytes.
    @Param({"1", "16", "256"})
    public int records;

    private ByteBuffer batch = ByteBuffer.allocate(0);
    private @Nullable BenchmarkLog log;

    /// A new log each time, so that the disk does not fill up.
    @Setup(Level.Iteration)
    public void open() throws IOException {
        batch = BenchmarkLog.batch(records, Compression.NONE);
        log = BenchmarkLog.open();
    }

    @Benchmark
    public AppendResult append() {
        return opened().append(batch);
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
        opened().close();
    }

    private BenchmarkLog opened() {
        if (log == null) {
            throw new IllegalStateException("not set up");
        }
        return log;
    }
}
