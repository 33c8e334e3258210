package io.girok.benchmark;

import io.girok.base.FileSlice;
import io.girok.log.ReadResult;
import io.girok.record.Compression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What it takes to find where an offset lies in a log of 256 MB that is in the page cache, and to read from there:
/// microseconds a read. Owned by JMH's thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReadBenchmark {
    private static final int RECORDS_IN_A_BATCH = 16;
    private static final int BATCHES = 16_000;

    @Param({"16384", "1048576"})
    public int maxBytes;

    private final Random random = new Random(42);
    private ByteBuffer target = ByteBuffer.allocate(0);
    private @Nullable BenchmarkLog log;

    @Setup
    public void fill() throws IOException {
        target = ByteBuffer.allocateDirect(maxBytes);
        log = BenchmarkLog.open();
        ByteBuffer batch = BenchmarkLog.batch(RECORDS_IN_A_BATCH, Compression.NONE);
        for (int i = 0; i < BATCHES; i++) {
            log.append(batch);
        }
    }

    /// Finds the region of the file, as a fetch does that is answered by `sendfile`.
    @Benchmark
    public int find() {
        ReadResult.Data data = readAnywhere();
        int size = data.sizeInBytes();
        data.release();
        return size;
    }

    /// Copies the region into memory as well.
    @Benchmark
    public int copy() throws IOException {
        ReadResult.Data data = readAnywhere();
        target.clear();
        for (FileSlice slice : data.slices()) {
            slice.read(target, 0);
        }
        data.release();
        return target.position();
    }

    @TearDown
    public void close() throws IOException {
        opened().close();
    }

    private ReadResult.Data readAnywhere() {
        var store = opened().store();
        long end = store.endOffset();
        return (ReadResult.Data) store.read(random.nextLong(end), end, maxBytes, true);
    }

    private BenchmarkLog opened() {
        if (log == null) {
            throw new IllegalStateException("not set up");
        }
        return log;
    }
}
