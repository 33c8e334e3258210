package io.girok.benchmark;

import io.girok.base.FileDisk;
import io.girok.base.PartitionName;
import io.girok.base.SystemClock;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.log.AppendOrigin;
import io.girok.log.AppendResult;
import io.girok.log.Durability;
import io.girok.log.LogDirectory;
import io.girok.log.LogEnvironment;
import io.girok.log.LogSettings;
import io.girok.log.OpenFiles;
import io.girok.log.PartitionStore;
import io.girok.record.BatchBuilder;
import io.girok.record.Compression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// One partition's log in a directory of its own on the real disk, and batches to append. It leaves syncing to the
/// operating system, so that what is measured is our code and the page cache. Owned by the benchmark's thread, which
/// is the partition's shard as well.
final class BenchmarkLog implements AutoCloseable {
    static final int VALUE_BYTES = 1_000;
    private static final int SYMBOLS = 16;
    private static final int MAX_OPEN_FILES = 64;
    private static final long PRODUCER_EXPIRATION_MS = 86_400_000;

    private final Path path;
    private final SimulatedShard shard = new SimulatedShard(new ManualClock());
    private final LogDirectory directory;
    private final PartitionStore store;

    private BenchmarkLog(Path path) {
        this.path = path;
        FileDisk disk = new FileDisk();
        LogEnvironment environment = new LogEnvironment(disk, new SystemClock(), shard,
                new OpenFiles(disk, MAX_OPEN_FILES), shard, () -> new TopicId(1, 1), Durability.OS,
                PRODUCER_EXPIRATION_MS);
        this.directory = LogDirectory.open(path, "benchmark", 1, environment);
        this.store = directory.openPartition(new PartitionName("benchmark", 0), new TopicId(2, 2), LogSettings.DEFAULT,
                shard);
    }

    static BenchmarkLog open() throws IOException {
        return new BenchmarkLog(Files.createTempDirectory("girok-benchmark"));
    }

    PartitionStore store() {
        return store;
    }

    /// A batch as a producer sends it, in direct memory as the network has it. Its text packs to about half.
    static ByteBuffer batch(int records, Compression compression) {
        Random random = new Random(42);
        BatchBuilder builder = new BatchBuilder().compression(compression);
        long nowMs = new SystemClock().wallMs();
        for (int i = 0; i < records; i++) {
            byte[] value = new byte[VALUE_BYTES];
            for (int j = 0; j < value.length; j++) {
                value[j] = (byte) ('a' + random.nextInt(SYMBOLS));
            }
            builder.append(nowMs, null, ByteBuffer.wrap(value));
        }
        ByteBuffer built = builder.build();
        return ByteBuffer.allocateDirect(built.remaining()).put(built).flip();
    }

    /// Appends the batch as if it had just come from its producer.
    AppendResult append(ByteBuffer batch) {
        batch.rewind();
        batch.putLong(0, 0);
        return store.append(batch, AppendOrigin.CLIENT, 0);
    }

    @Override
    public void close() throws IOException {
        shard.runAll();
        directory.close();
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }
}
