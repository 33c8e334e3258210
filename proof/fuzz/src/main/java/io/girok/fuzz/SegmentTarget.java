package io.girok.fuzz;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.FileSlice;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.base.simulated.SimulatedShard;
import io.girok.files.StorageFailed;
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
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/// A partition's files after a crash: a segment, with indexes and producers' snapshot beside it. Its log opens, or its
/// directory says what is wrong, and what it has can be read.
///
/// ```
/// 0  which file: 0 .log   1 .index   2 .timeindex   3 .txnindex   4 .snapshot   5 leader-epoch-checkpoint
///    6 partition.metadata
/// 1  the file; CRCs of batches in a .log are put right
/// ```
final class SegmentTarget implements FuzzTarget {
    private static final Path ROOT = Path.of("/data");
    private static final PartitionName NAME = new PartitionName("orders", 3);
    private static final TopicId TOPIC = new TopicId(7, 7);
    private static final List<String> FILES = List.of("00000000000000000000.log", "00000000000000000000.index",
            "00000000000000000000.timeindex", "00000000000000000000.txnindex", "00000000000000000002.snapshot",
            "leader-epoch-checkpoint", "partition.metadata");
    private static final int CRC = 17;
    private static final int ATTRIBUTES = 21;

    @Override
    public void take(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        int file = Math.floorMod(input[0], FILES.size());
        ManualClock clock = new ManualClock();
        MemoryDisk disk = new MemoryDisk(clock);
        Path directory = ROOT.resolve(NAME.toString());
        disk.createDirectories(directory);
        if (file == 0) {
            putCrcsRight(ByteBuffer.wrap(bytes));
        } else {
            write(disk, directory.resolve(FILES.getFirst()), log());
        }
        write(disk, directory.resolve(FILES.get(file)), bytes);
        SimulatedShard shard = new SimulatedShard(clock);
        SimulatedShard pool = new SimulatedShard(clock);
        LogEnvironment environment = new LogEnvironment(disk, clock, shard, new OpenFiles(disk, 16), pool,
                () -> new TopicId(1, 1), Durability.FSYNC, 86_400_000).withJournalFiles(1L << 16);
        try (LogDirectory opened = LogDirectory.open(ROOT, "cluster", 1, environment)) {
            PartitionStore store = opened.openPartition(NAME, TOPIC, LogSettings.DEFAULT, shard);
            readAll(store);
            store.offsetForTimestamp(0);
            store.maxTimestampOffset();
            store.producers();
            store.abortedTransactions(0, Long.MAX_VALUE);
        } catch (StorageFailed saysWhatIsWrong) {
            // As documented.
        }
    }

    private static void readAll(PartitionStore store) throws IOException {
        if (store.startOffset() == store.endOffset()) {
            return;
        }
        if (!(store.read(store.startOffset(), store.endOffset(), 1 << 20, true) instanceof ReadResult.Data data)) {
            throw new AssertionError("what lies between a log's two ends can't be read");
        }
        try {
            for (FileSlice slice : data.slices()) {
                slice.read(ByteBuffer.allocate(slice.size()), 0);
            }
        } finally {
            data.release();
        }
    }

    private static void write(Disk disk, Path path, byte[] bytes) throws IOException {
        try (DiskFile file = disk.open(path, Disk.Access.WRITE)) {
            file.write(ByteBuffer.wrap(bytes), 0);
            file.sync();
        }
    }

    private static void putCrcsRight(ByteBuffer bytes) {
        BatchWalk walk = BatchWalk.of(bytes);
        for (RecordBatch batch = walk.next(); batch != null; batch = walk.next()) {
            CRC32C crc = new CRC32C();
            crc.update(batch.slice().position(ATTRIBUTES));
            bytes.putInt(batch.position() + CRC, (int) crc.getValue());
        }
    }

    private static byte[] log() {
        ByteBuffer all = ByteBuffer.allocate(1_024);
        for (int i = 0; i < 4; i++) {
            ByteBuffer batch = new BatchBuilder().producer(5, (short) 0, i)
                    .append(1_000 + i, ByteBuffer.allocate(3), ByteBuffer.allocate(8))
                    .build();
            RecordBatch.at(batch, 0).assignOffsets(i, i / 2);
            all.put(batch);
        }
        return RequestTarget.bytes(all.flip());
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        seeds.add(FuzzTarget.input(0, log()));
        seeds.add(FuzzTarget.input(1, new byte[]{0, 0, 0, 1, 0, 0, 0, 90}));
        seeds.add(FuzzTarget.input(2, new byte[]{0, 0, 0, 0, 0, 0, 3, (byte) 0xe9, 0, 0, 0, 1}));
        seeds.add(FuzzTarget.input(3, new byte[34]));
        seeds.add(FuzzTarget.input(4, new byte[60]));
        seeds.add(FuzzTarget.input(5, "0\n2\n0 0\n1 2\n"));
        seeds.add(FuzzTarget.input(6, "version: 0\ntopic_id: AAAAAAAAAAcAAAAAAAAABw\n"));
        return seeds;
    }

    @Override
    public long maxAllocatedBytes(int inputBytes) {
        return 64L * 1024 * 1024 + 1_000L * inputBytes;
    }
}
