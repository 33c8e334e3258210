package io.girok.journal;

import io.girok.base.DiskFull;
import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.MemoryDisk;
import io.girok.base.simulated.SimulatedShard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/// A journal on a disk in memory, with a shard and a pool that run when told. Owned by the test's thread.
final class JournalWorld {
    static final Path PATH = Path.of("/data");

    final ManualClock clock = new ManualClock();
    final MemoryDisk disk = new MemoryDisk(clock);
    final SimulatedShard shard = new SimulatedShard(clock);
    final SimulatedShard pool = new SimulatedShard(clock);
    final List<IOException> failures = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(1);
    long fileBytes = 4_096;
    boolean isFull;
    int fullCount;
    Journal journal;

    static JournalKey key(int index) {
        return new JournalKey(new TopicId(7, 7), new PartitionName("orders", index));
    }

    /// What a partition is told.
    class Client implements JournalClient {
        long journaled;
        int refusals;

        @Override
        public Shard shard() {
            return shard;
        }

        @Override
        public void journaled(long endOffset) {
            journaled = endOffset;
        }

        @Override
        public void notJournaled() {
            refusals++;
        }
    }

    JournalWorld open() {
        return open(true);
    }

    JournalWorld open(boolean isNeeded) {
        try {
            if (!disk.isDirectory(PATH)) {
                disk.createDirectories(PATH);
                disk.syncDirectory(Path.of("/"));
            }
            journal = Journal.open(environment(), PATH, disk.list(PATH), isNeeded,
                    new Journal.Listener(() -> fullCount++, failures::add));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A new journal whose memory is what `memory` gives.
    JournalWorld openWith(IntFunction<ByteBuffer> memory) {
        open();
        journal.close();
        journal = Journal.create(environment(), PATH, new Journal.Listener(() -> fullCount++, failures::add), memory);
        return this;
    }

    private Journal.Environment environment() {
        return new Journal.Environment(disk, pool, random::nextLong,
                failure -> isFull || failure instanceof DiskFull, fileBytes);
    }

    boolean append(JournalKey key, JournalClient client, long offset, String text) {
        return journal.append(key, client, offset, offset + 1, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    void fillDisk() {
        isFull = true;
        disk.setCapacity(disk.usedBytes());
    }

    void makeRoom() {
        isFull = false;
        disk.setCapacity(Long.MAX_VALUE);
    }

    void flush() {
        journal.flush();
        settle();
    }

    void settle() {
        boolean isBusy = true;
        while (isBusy) {
            isBusy = 0 < shard.runAll() + pool.runAll();
        }
    }

    void crash(long seed) {
        journal.close();
        disk.crash(new SplittableRandom(seed));
        shard.runAll();
        pool.runAll();
    }

    /// What was left of the partition, as `base-end:text`.
    List<String> left(JournalKey key) {
        return journal.left(key).stream().map(entry -> {
            try {
                return entry.baseOffset() + "-" + entry.endOffset() + ":"
                        + StandardCharsets.UTF_8.decode(entry.read());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }).toList();
    }
}
