package io.girok.cleaner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.girok.cleaner.CleanerWorld.Seen;
import io.girok.log.AppendOrigin;
import io.girok.log.AppendResult;
import io.girok.log.LogSettings;
import io.girok.record.BatchBuilder;
import io.girok.record.Compression;
import io.girok.record.producer.ProducerState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// After any sequence of appends, cleanings, rolls, deletions, crashes and restarts, a full read gives for every key
/// its last record, or its tombstone within its time, with the original offsets and times, in order.
///
/// A failure prints its seed; `-Dseed=` plays that one alone, `-Druns=` plays more.
class RandomCleaningTest {
    private static final int RUNS = 100;
    private static final int STEPS = 150;
    private static final int KEYS = 12;

    @Test
    void everyKeyHasItsLastRecord() {
        play(1, false);
    }

    @Test
    void everyKeyHasItsLastRecordAfterCrashes() {
        play(1_000_000, true);
    }

    private static void play(long firstSeed, boolean crashes) {
        Long fixed = Long.getLong("seed");
        long first = fixed != null ? fixed : firstSeed;
        int runs = fixed != null ? 1 : Integer.getInteger("runs", RUNS);
        for (long seed = first; seed < first + runs; seed++) {
            try {
                new Play(seed, crashes).run();
            } catch (RuntimeException | AssertionError e) {
                fail("seed " + seed + (crashes ? " with crashes" : "") + " (again: -Dseed=" + seed + "): " + e, e);
            }
        }
    }

    /// A record that was written.
    private static final class Written {
        private final long offset;
        private final long timestamp;
        private final @Nullable String key;
        private final @Nullable String value;
        private final long producerId;
        private long endOfTransaction = -1;
        private boolean isAborted;

        Written(long offset, long timestamp, @Nullable String key, @Nullable String value, long producerId) {
            this.offset = offset;
            this.timestamp = timestamp;
            this.key = key;
            this.value = value;
            this.producerId = producerId;
        }

        Seen seen() {
            return new Seen(offset, timestamp, key, value);
        }

        boolean countsBelow(long end) {
            return key != null && offset < end && !isAborted;
        }
    }

    /// A batch of a producer.
    private record Sent(long producerId, int lastSequence, long lastOffset) {}

    private static final class Play {
        private final SplittableRandom random;
        private final boolean crashes;
        private final CleanerWorld world = new CleanerWorld();
        private final TreeMap<Long, Written> model = new TreeMap<>();
        private final List<Sent> sent = new ArrayList<>();
        private final Map<Long, List<Written>> open = new HashMap<>();
        private final Map<Long, Long> markers = new HashMap<>();
        private long start;
        private long durable;

        Play(long seed, boolean crashes) {
            this.random = new SplittableRandom(seed);
            this.crashes = crashes;
            LogSettings base = CleanerWorld.settings(600 + random.nextInt(2_000), random.nextInt(3) * 0.2);
            world.settings = new LogSettings(base.roll(),
                    new LogSettings.Retention(-1, -1, 500, random.nextBoolean(), true), base.flush(), base.batches(),
                    base.compaction());
            long dedupeBytes = random.nextInt(4) == 0 ? 24 * (2 + random.nextInt(8)) : 1 << 20;
            world.cleanerSettings = new CleanerSettings(true, 1 + random.nextInt(2), dedupeBytes, 0.9,
                    200 + random.nextInt(3_000), random.nextInt(3) == 0 ? 20_000 : Double.MAX_VALUE, 10);
        }

        void run() {
            world.open();
            for (int step = 0; step < STEPS; step++) {
                step();
            }
            check();
            world.restart();
            check();
            finishTransactions();
            world.clean();
            check();
            world.restart();
            check();
        }

        private void step() {
            switch (random.nextInt(18)) {
                case 0, 1, 2, 3 -> append();
                case 4 -> appendInTransaction();
                case 5 -> endTransaction();
                case 6 -> world.store.requestFlush();
                case 7 -> world.settle();
                case 8, 9, 10 -> runABit();
                case 11 -> world.commit();
                case 12 -> world.store.roll();
                case 13 -> world.clock.advance(random.nextInt(3) == 0 ? 700 : 11);
                case 14 -> world.directory.checkpoint();
                case 15 -> cut();
                case 16 -> check();
                default -> {
                    if (random.nextInt(4) == 0) {
                        if (crashes) {
                            crash();
                        } else {
                            settleDurable();
                            world.restart();
                        }
                    }
                }
            }
            durable = world.store.durableOffset();
            world.store.noteHighWatermark(Math.max(start, durable));
        }

        private void settleDurable() {
            world.settle();
        }

        private void append() {
            boolean isIdempotent = random.nextInt(3) == 0;
            long producerId = isIdempotent ? 100 + random.nextInt(2) : -1;
            write(batch(producerId), producerId, false);
        }

        private void appendInTransaction() {
            long producerId = 200 + random.nextInt(2);
            BatchBuilder batch = batch(producerId).transactional();
            write(batch, producerId, true);
        }

        private BatchBuilder batch(long producerId) {
            BatchBuilder batch = new BatchBuilder()
                    .compression(Compression.values()[random.nextInt(Compression.values().length)]);
            return producerId < 0 ? batch : batch.producer(producerId, (short) 0, nextSequence(producerId));
        }

        private int nextSequence(long producerId) {
            return sent.stream()
                    .filter(each -> each.producerId == producerId)
                    .mapToInt(each -> each.lastSequence + 1)
                    .max()
                    .orElse(0);
        }

        private void write(BatchBuilder batch, long producerId, boolean isTransactional) {
            long base = world.store.endOffset();
            int count = 1 + random.nextInt(6);
            List<Written> records = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String key = random.nextInt(20) == 0 ? null : "k" + random.nextInt(KEYS);
                String value = random.nextInt(5) == 0 ? null : "v" + (base + i) + "x".repeat(random.nextInt(40));
                long timestamp = world.clock.wallMs() - random.nextInt(50);
                batch.append(timestamp, key == null ? null : CleanerWorld.bytes(key),
                        value == null ? null : CleanerWorld.bytes(value));
                records.add(new Written(base + i, timestamp, key, value, isTransactional ? producerId : -1));
            }
            AppendResult result = world.append(batch, AppendOrigin.CLIENT);
            assertThat(result).isInstanceOf(AppendResult.Appended.class);
            records.forEach(record -> model.put(record.offset, record));
            if (0 <= producerId) {
                sent.add(new Sent(producerId, nextSequence(producerId) + count - 1, base + count - 1));
            }
            if (isTransactional) {
                open.computeIfAbsent(producerId, id -> new ArrayList<>()).addAll(records);
            }
        }

        private void endTransaction() {
            if (!open.isEmpty()) {
                end(open.keySet().iterator().next());
            }
        }

        private void end(long producerId) {
            boolean isCommit = random.nextBoolean();
            long offset = world.store.endOffset();
            world.append(CleanerWorld.marker(producerId, (short) 0, isCommit, world.clock.wallMs()),
                    AppendOrigin.COORDINATOR);
            markers.put(offset, producerId);
            for (Written record : open.remove(producerId)) {
                record.endOfTransaction = offset;
                record.isAborted = !isCommit;
            }
        }

        private void finishTransactions() {
            for (long producerId : List.copyOf(open.keySet())) {
                end(producerId);
            }
        }

        private void runABit() {
            for (int i = random.nextInt(12); 0 < i; i--) {
                switch (random.nextInt(3)) {
                    case 0 -> world.shard.runOne();
                    case 1 -> world.pool.runOne();
                    default -> world.workers.runOne();
                }
            }
        }

        private void cut() {
            switch (random.nextInt(6)) {
                case 0 -> {
                    start = Math.max(start, Math.min(world.store.checkpointedHighWatermark(), start
                            + random.nextInt(10)));
                    world.store.advanceStartOffset(start);
                }
                case 1 -> world.store.deleteOldSegments(world.clock.wallMs(), world.store.durableOffset());
                case 2 -> {
                    // What is committed stays.
                    long committed = Math.max(start, world.store.checkpointedHighWatermark());
                    world.store.truncateTo(Math.max(committed, world.store.endOffset() - random.nextInt(12)));
                    forgetFrom(world.store.endOffset());
                }
                default -> world.store.deleteOldSegments(world.clock.wallMs(), 0);
            }
            start = Math.max(start, world.store.startOffset());
        }

        private void crash() {
            long durableBefore = world.store.durableOffset();
            world.directory.close();
            if (random.nextInt(3) != 0) {
                world.disk.crash(random.split());
            }
            world.cleaner.stop();
            world.settle();
            world.open();
            assertThat(world.store.endOffset()).isGreaterThanOrEqualTo(durableBefore);
            forgetFrom(world.store.endOffset());
            start = world.store.startOffset();
            assertThat(world.files()).noneMatch(name -> name.endsWith(".swap") || name.endsWith(".cleaned"));
            check();
        }

        private void forgetFrom(long end) {
            model.tailMap(end, true).clear();
            sent.removeIf(each -> end <= each.lastOffset);
            start = Math.min(start, end);
            markers.keySet().removeIf(offset -> end <= offset);
            open.values().forEach(records -> records.removeIf(record -> end <= record.offset));
            open.values().removeIf(List::isEmpty);
            for (Written record : model.values()) {
                if (end <= record.endOfTransaction) {
                    record.endOfTransaction = -1;
                    record.isAborted = false;
                    open.computeIfAbsent(record.producerId, id -> new ArrayList<>()).add(record);
                }
            }
        }

        private void check() {
            long from = world.store.startOffset();
            List<Seen> seen = world.read().stream().filter(record -> from <= record.offset()).toList();
            Set<Long> offsets = new HashSet<>();
            long last = -1;
            for (Seen record : seen) {
                assertThat(last).isLessThan(record.offset());
                last = record.offset();
                offsets.add(last);
                assertThat(model).as("offset %s", last).containsKey(last);
                assertThat(record).isEqualTo(model.get(last).seen());
            }
            checkLast(from, offsets);
            checkCommitted(from);
            checkProducers(from);
            assertThat(world.problems()).isEmpty();
        }

        private void checkLast(long from, Set<Long> offsets) {
            long end = world.store.endOffset();
            Map<String, Written> lastOfKey = new HashMap<>();
            model.values().stream().filter(record -> record.countsBelow(end)).forEach(record -> {
                lastOfKey.put(String.valueOf(record.key), record);
            });
            lastOfKey.forEach((key, record) -> {
                if (record.offset < from) {
                    return;
                }
                boolean mayBeGone = record.value == null
                        && record.timestamp + CleanerWorld.DELETE_RETENTION_MS <= world.clock.wallMs();
                if (!offsets.contains(record.offset)) {
                    assertThat(mayBeGone).as("%s at offset %s", key, record.offset).isTrue();
                    assertThat(model.headMap(record.offset).values())
                            .as("older than the tombstone at %s", record.offset)
                            .noneMatch(older -> key.equals(older.key) && !older.isAborted && from <= older.offset
                                    && offsets.contains(older.offset));
                }
            });
        }

        /// What belongs to an aborted transaction is hidden, whatever is left of it.
        private void checkCommitted(long from) {
            long stable = world.store.lastStableOffset(world.store.checkpointedHighWatermark());
            Set<Long> committed = new HashSet<>();
            for (Seen record : world.readCommitted()) {
                assertThat(model.get(record.offset()).isAborted).as("offset %s", record.offset()).isFalse();
                committed.add(record.offset());
            }
            for (Seen record : world.read()) {
                Written written = model.get(record.offset());
                if (from <= record.offset() && record.offset() < stable && !written.isAborted) {
                    assertThat(committed).contains(record.offset());
                }
            }
        }

        private void checkProducers(long from) {
            for (ProducerState state : world.store.producers()) {
                sent.stream()
                        .filter(each -> each.producerId == state.producerId() && from <= each.lastOffset)
                        .reduce((one, next) -> next)
                        .ifPresent(expected -> assertThat(state.lastSequence()).isEqualTo(expected.lastSequence));
            }
            for (Sent each : sent) {
                if (from <= each.lastOffset) {
                    assertThat(world.store.producers()).extracting(ProducerState::producerId)
                            .contains(each.producerId);
                }
            }
        }
    }
}
