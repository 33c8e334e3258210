package io.girok.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Disk;
import io.girok.base.FileSlice;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.base.simulated.SimulatedShard;
import io.girok.journal.Journal;
import io.girok.journal.JournalCopy;
import io.girok.log.AppendOrigin;
import io.girok.log.Durability;
import io.girok.log.LogDirectory;
import io.girok.log.LogEnvironment;
import io.girok.log.LogSettings;
import io.girok.log.OpenFiles;
import io.girok.log.PartitionStore;
import io.girok.log.ReadResult;
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

/// A log directory with one partition of several segments, on a disk in memory. Owned by the test's thread.
final class RepairWorld {
    static final Path PATH = Path.of("/data");
    static final PartitionName NAME = new PartitionName("orders", 3);
    static final Path PARTITION = PATH.resolve("orders-3");
    private static final TopicId TOPIC = new TopicId(7, 7);

    final ManualClock clock = new ManualClock();
    final MemoryDisk disk = new MemoryDisk(clock);
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final SimulatedShard pool = new SimulatedShard(clock);
    private final AtomicLong ids = new AtomicLong(100);
    LogDirectory directory;
    PartitionStore store;

    RepairWorld open() {
        LogEnvironment environment = new LogEnvironment(disk, clock, shard, new OpenFiles(disk, 16), pool,
                () -> new TopicId(1, ids.incrementAndGet()), Durability.FSYNC, 86_400_000);
        directory = LogDirectory.open(PATH, "cluster", 1, environment);
        LogSettings plain = LogSettings.DEFAULT;
        LogSettings settings = new LogSettings(new LogSettings.Roll(1_000, Long.MAX_VALUE, 0, 100, 10_000),
                new LogSettings.Retention(-1, -1, 0, true, false), plain.flush(), plain.batches());
        store = directory.openPartition(NAME, TOPIC, settings, shard);
        return this;
    }

    /// Batches of two records each, by an idempotent producer, in an epoch that rises now and then.
    RepairWorld fill(int batches) {
        int first = (int) store.endOffset() / 2;
        for (int i = first; i < first + batches; i++) {
            BatchBuilder batch = new BatchBuilder().producer(5, (short) 0, 2 * i);
            for (int record = 0; record < 2; record++) {
                batch.append(clock.wallMs() + i, null, bytes("v" + (2 * i + record) + "x".repeat(30)));
            }
            store.append(batch.build(), AppendOrigin.CLIENT, i / 10);
        }
        return this;
    }

    void flush() {
        store.requestFlush();
        settle();
    }

    void checkpoint() {
        for (int i = 0; i < 2; i++) {
            directory.checkpoint();
            settle();
        }
    }

    void close() {
        directory.closeClean();
        settle();
    }

    /// As a broker does for a log that is offline, so that the journal need not keep its files.
    void moveJournalOut() throws IOException {
        Journal.Environment environment = new Journal.Environment(disk, pool, () -> 5, failure -> false, 1 << 20);
        try (Journal journal = Journal.open(environment, PATH, disk.list(PATH), true,
                new Journal.Listener(() -> {}, failure -> {}))) {
            assertThat(journal.moveOut(NAME, key -> JournalCopy.in(PARTITION))).isTrue();
        }
    }

    /// As a process that is killed leaves it.
    void kill() {
        directory.close();
        settle();
    }

    void settle() {
        boolean isBusy = true;
        while (isBusy) {
            isBusy = 0 < shard.runAll() + pool.runAll();
        }
    }

    DirectoryInspection inspect() {
        return DirectoryInspection.of(disk, PATH, true, segment -> {});
    }

    /// Plans and repairs; answers the plan.
    RepairPlan repair(boolean keepsLater) {
        try (Repair repair = Repair.lock(disk, PATH).orElseThrow()) {
            RepairPlan plan = RepairPlan.of(inspect(), keepsLater);
            repair.execute(plan, "test");
            return plan;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The offset of every record there is.
    List<Long> offsets() {
        List<Long> offsets = new ArrayList<>();
        long next = store.startOffset();
        while (next < store.endOffset()) {
            long before = next;
            ReadResult.Data data = (ReadResult.Data) store.read(next, store.endOffset(), 10_000, true);
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
            BatchWalk walk = BatchWalk.of(bytes.flip());
            for (RecordBatch batch = walk.next(); batch != null; batch = walk.next()) {
                try (var records = batch.records(1 << 20)) {
                    while (records.hasNext()) {
                        var entry = records.next();
                        if (!text(entry.value()).startsWith("v" + entry.offset() + "x")) {
                            throw new AssertionError("offset " + entry.offset() + " has another's value");
                        }
                        offsets.add(entry.offset());
                    }
                }
                next = batch.endOffset();
            }
            if (next == before) {
                throw new AssertionError("nothing is read at offset " + next);
            }
        }
        return offsets;
    }

    /// Every file of the disk's directory, with its path.
    List<Path> files(Path path) {
        List<Path> files = new ArrayList<>();
        try {
            for (String entry : disk.list(path)) {
                Path child = path.resolve(entry);
                if (disk.isDirectory(child)) {
                    files.addAll(files(child));
                } else {
                    files.add(child);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    List<Path> segments() {
        return files(PARTITION).stream().filter(file -> file.toString().endsWith(".log")).toList();
    }

    void flip(Path file, long position) {
        try {
            disk.corrupt(file, position, 0x10);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void cut(Path file, long size) {
        try (var open = disk.open(file, Disk.Access.WRITE)) {
            open.truncate(size);
            open.sync();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long size(Path file) {
        try {
            return disk.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
