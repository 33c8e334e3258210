package io.girok.log;

import io.girok.base.FileSlice;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.base.simulated.SimulatedShard;
import io.girok.record.BatchBuilder;
import io.girok.record.BatchWalk;
import io.girok.record.RecordBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// A log directory on a disk in memory, with a shard and a pool that run when told. Owned by the test's thread.
final class LogWorld {
    static final Path PATH = Path.of("/data");
    static final PartitionName NAME = new PartitionName("orders", 3);
    static final TopicId TOPIC = new TopicId(7, 7);

    final ManualClock clock = new ManualClock();
    final MemoryDisk disk = new MemoryDisk(clock);
    final SimulatedShard shard = new SimulatedShard(clock);
    final SimulatedShard pool = new SimulatedShard(clock);
    private final AtomicLong ids = new AtomicLong(100);
    OpenFiles openFiles = new OpenFiles(disk, 64);
    Durability durability = Durability.FSYNC;
    long journalFileBytes = 1L << 24;
    LogSettings settings = settings(2_000, 100);
    LogDirectory directory;
    PartitionStore store;

    static LogSettings settings(int segmentBytes, int indexIntervalBytes) {
        LogSettings defaults = LogSettings.DEFAULT;
        return new LogSettings(
                new LogSettings.Roll(segmentBytes, Long.MAX_VALUE, 0, indexIntervalBytes, 10_000),
                new LogSettings.Retention(-1, -1, 1_000, true, false), defaults.flush(), defaults.batches());
    }

    LogWorld open() {
        openDirectory();
        openPartition();
        return this;
    }

    void openPartition() {
        store = directory.openPartition(NAME, TOPIC, settings, shard);
    }

    void delete() {
        abandon();
        directory.delete(NAME, settings);
    }

    void takeAway() {
        abandon();
        directory.takeAway(NAME, TOPIC, settings);
    }

    private void abandon() {
        if (directory.openLogs().all().contains(store)) {
            directory.abandon(store);
        }
    }

    LogWorld openDirectory() {
        openFiles = new OpenFiles(disk, 64);
        directory = LogDirectory.open(PATH, "cluster", 1, environment());
        return this;
    }

    LogEnvironment environment() {
        return new LogEnvironment(disk, clock, shard, openFiles, pool, () -> new TopicId(1, ids.incrementAndGet()),
                durability, 86_400_000).withJournalFiles(journalFileBytes);
    }

    /// Runs shard and pool until both are idle.
    void settle() {
        boolean isBusy = true;
        while (isBusy) {
            isBusy = 0 < shard.runAll() + pool.runAll();
        }
    }

    void flush() {
        store.requestFlush();
        settle();
    }

    void closeClean() {
        directory.closeClean();
        settle();
    }

    AppendResult append(BatchBuilder batch, int epoch) {
        return store.append(batch.build(), AppendOrigin.CLIENT, epoch);
    }

    AppendResult.Appended append(long timestamp, String... values) {
        BatchBuilder batch = new BatchBuilder();
        for (String value : values) {
            batch.append(timestamp, null, bytes(value));
        }
        return (AppendResult.Appended) append(batch, 0);
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    /// Every value from `offset` on, as `offset:value`.
    List<String> read(long offset) {
        return read(offset, store.endOffset(), Integer.MAX_VALUE);
    }

    List<String> read(long offset, long upTo, int maxBytes) {
        List<String> values = new ArrayList<>();
        long next = offset;
        while (next < upTo) {
            long before = next;
            for (RecordBatch batch : batches(store.read(next, upTo, maxBytes, true))) {
                try (var records = batch.records(1 << 20)) {
                    while (records.hasNext()) {
                        var entry = records.next();
                        if (next <= entry.offset()) {
                            values.add(entry.offset() + ":" + text(entry.value()));
                        }
                    }
                }
                next = batch.endOffset();
            }
            if (next == before) {
                break;
            }
        }
        return values;
    }

    static List<RecordBatch> batches(ReadResult result) {
        ReadResult.Data data = (ReadResult.Data) result;
        ByteBuffer bytes = ByteBuffer.allocate(data.sizeInBytes());
        try {
            for (FileSlice slice : data.slices()) {
                slice.read(bytes, 0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            data.release();
        }
        List<RecordBatch> batches = new ArrayList<>();
        BatchWalk walk = BatchWalk.of(bytes.flip());
        for (RecordBatch batch = walk.next(); batch != null; batch = walk.next()) {
            batches.add(batch);
        }
        return batches;
    }
}
