package io.girok.cleaner;

import io.girok.base.FileSlice;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.base.simulated.SimulatedShard;
import io.girok.files.SegmentFiles;
import io.girok.log.AppendOrigin;
import io.girok.log.AppendResult;
import io.girok.log.Durability;
import io.girok.log.LogDirectory;
import io.girok.log.LogEnvironment;
import io.girok.log.LogSettings;
import io.girok.log.OpenFiles;
import io.girok.log.PartitionStore;
import io.girok.log.ReadResult;
import io.girok.log.SegmentInspector;
import io.girok.record.BatchBuilder;
import io.girok.record.BatchWalk;
import io.girok.record.RecordBatch;
import io.girok.record.producer.AbortedTransaction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A compacted log, its disk and its cleaner, under the test's thumb. Owned by the test's thread.
final class CleanerWorld {
    static final Path PATH = Path.of("/data");
    static final PartitionName NAME = new PartitionName("orders", 0);
    static final TopicId TOPIC = new TopicId(7, 7);
    static final long DELETE_RETENTION_MS = 1_000;

    /// A record that was read.
    record Seen(long offset, long timestamp, @Nullable String key, @Nullable String value) {
        String shown() {
            return offset + ":" + key + "=" + value;
        }
    }

    final ManualClock clock = new ManualClock();
    final MemoryDisk disk = new MemoryDisk(clock);
    final SimulatedShard shard = new SimulatedShard(clock);
    final SimulatedShard pool = new SimulatedShard(clock);
    final SimulatedShard workers = new SimulatedShard(clock);
    private final AtomicLong ids = new AtomicLong();
    CleanerSettings cleanerSettings = new CleanerSettings(true, 1, 1 << 20, 0.9, 4_096, Double.MAX_VALUE, 10);
    LogSettings settings = settings(1_000, 0.0);
    LogDirectory directory;
    PartitionStore store;
    Cleaner cleaner;

    static LogSettings settings(int segmentBytes, double minDirtyRatio) {
        LogSettings defaults = LogSettings.DEFAULT;
        return new LogSettings(new LogSettings.Roll(segmentBytes, Long.MAX_VALUE, 0, 100, 10_000),
                new LogSettings.Retention(-1, -1, 1_000, false, true), defaults.flush(), defaults.batches(),
                new LogSettings.Compaction(minDirtyRatio, 0, Long.MAX_VALUE, DELETE_RETENTION_MS));
    }

    CleanerWorld open() {
        directory = LogDirectory.open(PATH, "cluster", 1,
                new LogEnvironment(disk, clock, shard, new OpenFiles(disk, 64), pool,
                        () -> new TopicId(1, ids.incrementAndGet()), Durability.FSYNC, 86_400_000));
        store = directory.openPartition(NAME, TOPIC, settings, shard);
        PartitionStore opened = store;
        cleaner = new Cleaner(new Cleaner.Surroundings(shard, workers, clock, 1, 2), cleanerSettings,
                () -> List.of(new Cleaner.Target(NAME, shard, () -> Optional.of(opened.cleanable()))));
        cleaner.start();
        return this;
    }

    /// Runs everything until nothing waits but timers.
    void settle() {
        boolean isBusy = true;
        while (isBusy) {
            isBusy = 0 < shard.runAll() + pool.runAll() + workers.runAll();
        }
    }

    /// Makes everything durable and committed.
    void commit() {
        store.requestFlush();
        directory.checkpoint();
        settle();
        store.noteHighWatermark(store.durableOffset());
    }

    /// Lets the cleaner have its time, until it finds no more to do.
    void clean() {
        commit();
        for (int round = 0; round < 20; round++) {
            clock.advance(10);
            settle();
        }
    }

    void restart() {
        cleaner.stop();
        settle();
        directory.closeClean();
        settle();
        open();
    }

    AppendResult append(BatchBuilder batch, AppendOrigin origin) {
        return store.append(batch.build(), origin, 0);
    }

    /// Records given as `key=value`, `key=` for a tombstone.
    void append(String... records) {
        BatchBuilder batch = new BatchBuilder();
        for (String each : records) {
            int at = each.indexOf('=');
            String value = each.substring(at + 1);
            batch.append(clock.wallMs(), bytes(each.substring(0, at)), value.isEmpty() ? null : bytes(value));
        }
        append(batch, AppendOrigin.CLIENT);
    }

    void roll() {
        store.roll();
        commit();
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static @Nullable String text(@Nullable ByteBuffer bytes) {
        return bytes == null ? null : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    static BatchBuilder marker(long producerId, short epoch, boolean isCommit, long timestamp) {
        ByteBuffer key = ByteBuffer.allocate(4).putShort((short) 0).putShort((short) (isCommit ? 1 : 0)).flip();
        ByteBuffer value = ByteBuffer.allocate(6).putShort((short) 0).putInt(0).flip();
        return new BatchBuilder().producer(producerId, epoch, -1)
                .transactional()
                .control()
                .append(timestamp, key, value);
    }

    /// Every record of data in the log.
    List<Seen> read() {
        return records(batches());
    }

    List<String> shown() {
        return read().stream().map(Seen::shown).toList();
    }

    static List<Seen> records(List<RecordBatch> batches) {
        List<Seen> seen = new ArrayList<>();
        for (RecordBatch batch : batches) {
            if (batch.isControl()) {
                continue;
            }
            try (var records = batch.records(1 << 20)) {
                while (records.hasNext()) {
                    var next = records.next();
                    seen.add(new Seen(next.offset(), next.timestamp(), text(next.key()), text(next.value())));
                }
            }
        }
        return seen;
    }

    /// What a consumer of committed records sees.
    List<Seen> readCommitted() {
        long end = store.lastStableOffset(store.checkpointedHighWatermark());
        List<AbortedTransaction> aborted = new ArrayList<>(store.abortedTransactions(store.startOffset(), end));
        Map<Long, Long> open = new HashMap<>();
        List<RecordBatch> visible = new ArrayList<>();
        for (RecordBatch batch : batches()) {
            if (end <= batch.baseOffset()) {
                break;
            }
            aborted.removeIf(each -> {
                boolean begins = each.firstOffset() <= batch.lastOffset();
                if (begins) {
                    open.put(each.producerId(), each.lastOffset());
                }
                return begins;
            });
            if (batch.isControl()) {
                open.remove(batch.producerId());
            } else if (!batch.isTransactional() || !open.containsKey(batch.producerId())) {
                visible.add(batch);
            }
        }
        return records(visible);
    }

    List<RecordBatch> batches() {
        List<RecordBatch> batches = new ArrayList<>();
        long next = store.startOffset();
        Set<Long> seen = new HashSet<>();
        while (next < store.endOffset() && seen.add(next)) {
            for (RecordBatch batch : batches(store.read(next, store.endOffset(), 1 << 20, true))) {
                batches.add(batch);
                next = batch.endOffset();
            }
        }
        return batches;
    }

    private static List<RecordBatch> batches(ReadResult result) {
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

    Path partitionPath() {
        return PATH.resolve(NAME.toString());
    }

    List<String> files() {
        try {
            return disk.isDirectory(partitionPath()) ? disk.list(partitionPath()) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What the files have against each other.
    List<SegmentInspector.Problem> problems() {
        List<SegmentInspector.Problem> problems = new ArrayList<>();
        for (Path segment : disk.isDirectory(partitionPath())
                ? SegmentInspector.segments(disk, partitionPath())
                : List.<Path>of()) {
            problems.addAll(SegmentInspector.of(disk, segment).verify());
        }
        // A log that takes its place comes after its indexes.
        SegmentFiles.indexesWithoutLog(files().stream().map(file -> file.replace(".log.swap", ".log")).toList())
                .forEach(file -> problems.add(new SegmentInspector.Problem(file, 0, "index without a log")));
        return problems;
    }
}
