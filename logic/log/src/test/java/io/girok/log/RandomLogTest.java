package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.girok.files.StorageFailed;
import io.girok.record.BatchBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Any sequence of operations agrees with a list in memory; and after a crash at any place, what was durable is there.
///
/// A failure prints its seed; `-Dseed=` plays that one alone.
class RandomLogTest {
    private static final int RUNS = 150;
    private static final int STEPS = 120;

    @Test
    void anySequenceOfOperationsAgreesWithAModel() {
        play(false);
    }

    @Test
    void whatWasDurableSurvivesACrashAtAnyPlace() {
        play(true);
    }

    private static void play(boolean crashes) {
        Long fixed = Long.getLong("seed");
        long first = fixed != null ? fixed : crashes ? 1_000_000 : 1;
        int runs = fixed != null ? 1 : Integer.getInteger("runs", RUNS);
        for (long seed = first; seed < first + runs; seed++) {
            try {
                new Play(seed, crashes).run();
            } catch (RuntimeException | AssertionError e) {
                fail("seed " + seed + (crashes ? " with crashes" : "") + " (again: -Dseed=" + seed + "): " + e, e);
            }
        }
    }

    /// A record that is in the log.
    private record Entry(long offset, long timestamp, String value, int epoch, long batch) {
        String shown() {
            return offset + ":" + value;
        }
    }

    private static final class Play {
        private final SplittableRandom random;
        private final boolean crashes;
        private final LogWorld world = new LogWorld();
        private final List<Entry> model = new ArrayList<>();
        private long start;
        private long end;
        private int epoch;
        private long batch;
        private long durable;

        Play(long seed, boolean crashes) {
            this.random = new SplittableRandom(seed);
            this.crashes = crashes;
            world.settings = LogWorld.settings(500 + random.nextInt(3_000), 1 + random.nextInt(500));
            // Many of them are filled, and used again.
            world.journalFileBytes = 512 + random.nextInt(4_000);
        }

        void run() {
            world.open();
            for (int step = 0; step < STEPS; step++) {
                step();
                assertThat(world.store.endOffset()).isEqualTo(end);
                assertThat(world.store.durableOffset()).isBetween(durable, end);
                durable = world.store.durableOffset();
            }
            checkAll();
            restart();
            checkAll();
            assertThat(SegmentCheck.problems(world)).isEmpty();
        }

        private void step() {
            switch (random.nextInt(17)) {
                case 0, 1, 2, 3, 4, 5 -> append();
                case 6 -> read();
                case 7 -> world.store.requestFlush();
                case 8 -> world.settle();
                case 9 -> runABit();
                case 10 -> findByTime();
                case 11 -> truncate();
                case 12 -> advanceStart();
                case 13 -> {
                    if (random.nextInt(4) == 0) {
                        world.store.roll();
                    } else {
                        world.directory.checkpoint();
                    }
                }
                case 14 -> retain();
                case 15 -> fillUp();
                default -> {
                    if (random.nextInt(4) == 0) {
                        if (crashes) {
                            crash();
                        } else {
                            restart();
                        }
                    }
                }
            }
        }

        /// The disk fills up, or there is room again.
        private void fillUp() {
            boolean isFull = random.nextInt(3) == 0;
            world.disk.setCapacity(isFull ? world.disk.usedBytes() + random.nextInt(300) : Long.MAX_VALUE);
        }

        private void append() {
            if (random.nextInt(5) == 0) {
                epoch++;
            }
            int count = 1 + random.nextInt(5);
            List<Entry> entries = new ArrayList<>();
            BatchBuilder builder = new BatchBuilder();
            batch++;
            for (int i = 0; i < count; i++) {
                world.clock.advance(random.nextInt(3));
                long timestamp = world.clock.wallMs() - random.nextInt(20);
                String value = "v" + end + "-" + batch + "x".repeat(random.nextInt(60));
                builder.append(timestamp, null, LogWorld.bytes(value));
                entries.add(new Entry(end + i, timestamp, value, epoch, batch));
            }
            AppendResult result = world.append(builder, epoch);
            if (result instanceof AppendResult.Rejected(RejectReason reason, _, _)) {
                assertThat(reason).isEqualTo(RejectReason.DISK_FULL);
                return;
            }
            model.addAll(entries);
            assertThat(result).isInstanceOf(AppendResult.Appended.class);
            assertThat(((AppendResult.Appended) result).baseOffset()).isEqualTo(end);
            end += count;
        }

        private void read() {
            long from = start + random.nextLong(end - start + 1);
            long upTo = from + random.nextLong(end - from + 1);
            List<String> expected = model.stream()
                    .filter(entry -> from <= entry.offset && wholeBatchBelow(entry, upTo))
                    .map(Entry::shown)
                    .toList();
            assertThat(world.read(from, upTo, 1 + random.nextInt(3_000))).isEqualTo(expected);
        }

        private boolean wholeBatchBelow(Entry entry, long upTo) {
            return model.stream().filter(other -> other.batch == entry.batch).allMatch(other -> other.offset < upTo);
        }

        private void runABit() {
            for (int i = random.nextInt(6); 0 < i; i--) {
                if (random.nextBoolean()) {
                    world.shard.runOne();
                } else {
                    world.pool.runOne();
                }
            }
        }

        private void findByTime() {
            long timestamp = world.clock.wallMs() - random.nextInt(200);
            Optional<Long> expected = model.stream()
                    .filter(entry -> start <= entry.offset && timestamp <= entry.timestamp)
                    .map(Entry::offset)
                    .findFirst();
            assertThat(world.store.offsetForTimestamp(timestamp).map(TimestampOffset::offset)).isEqualTo(expected);
            Optional<Entry> largest = model.stream()
                    .filter(entry -> start <= entry.offset)
                    .reduce((best, entry) -> best.timestamp < entry.timestamp ? entry : best);
            assertThat(world.store.maxTimestampOffset())
                    .isEqualTo(largest
                            .map(entry -> new TimestampOffset(entry.timestamp, entry.offset, entry.epoch)));
        }

        private void truncate() {
            if (random.nextInt(3) != 0 || end == start) {
                return;
            }
            if (random.nextInt(5) == 0) {
                truncateBelowStart();
                return;
            }
            long to = Math.max(start, end - random.nextInt(20));
            long cutBatch = model.stream()
                    .filter(entry -> to <= entry.offset)
                    .mapToLong(Entry::batch)
                    .min()
                    .orElse(Long.MAX_VALUE);
            world.disk.setCapacity(Long.MAX_VALUE);
            world.store.truncateTo(to);
            model.removeIf(entry -> cutBatch <= entry.batch);
            end = model.isEmpty() ? world.store.endOffset() : model.getLast().offset + 1;
            start = Math.min(start, end);
            durable = Math.min(durable, end);
        }

        private void truncateBelowStart() {
            if (start == 0) {
                return;
            }
            long to = random.nextLong(start);
            world.disk.setCapacity(Long.MAX_VALUE);
            world.store.truncateTo(to);
            end = world.store.endOffset();
            assertThat(end).isLessThanOrEqualTo(to);
            assertThat(world.store.startOffset()).isEqualTo(end);
            model.clear();
            start = end;
            durable = end;
        }

        private void advanceStart() {
            if (random.nextInt(3) == 0) {
                start += random.nextLong(Math.min(20, end - start) + 1);
                world.store.advanceStartOffset(start);
            }
        }

        private void retain() {
            world.store.deleteOldSegments(world.clock.wallMs(), world.store.durableOffset());
            assertThat(world.store.startOffset()).isEqualTo(start);
        }

        private void restart() {
            world.closeClean();
            world.open();
            durable = end;
            if (world.directory.wasClosedClean()) {
                assertThat(world.store.startOffset()).isEqualTo(start);
            } else {
                // On a full disk there is no room to write down what DeleteRecords has hidden.
                assertThat(world.store.startOffset()).isLessThanOrEqualTo(start);
                start = world.store.startOffset();
            }
        }

        private void crash() {
            long durableBefore = world.store.durableOffset();
            world.directory.close();
            if (random.nextInt(3) != 0) {
                world.disk.crash(random.split());
            }
            world.shard.runAll();
            world.pool.runAll();
            world.shard.runAll();
            openOnceThereIsRoom();
            end = world.store.endOffset();
            assertThat(end).as("end offset").isBetween(durableBefore, model.isEmpty() ? end : lastOffset() + 1);
            start = world.store.startOffset();
            model.removeIf(entry -> end <= entry.offset);
            durable = end;
            assertThat(world.store.durableOffset()).isEqualTo(end);
            checkAll();
            assertThat(SegmentCheck.problems(world)).isEmpty();
        }

        /// What only the journal has must find room in the segments.
        private void openOnceThereIsRoom() {
            world.openDirectory();
            try {
                world.openPartition();
            } catch (StorageFailed e) {
                assertThat(e).hasMessageContaining("full disk");
                world.disk.setCapacity(Long.MAX_VALUE);
                world.openPartition();
            }
        }

        private long lastOffset() {
            return model.getLast().offset;
        }

        private void checkAll() {
            List<String> expected = model.stream().filter(entry -> start <= entry.offset).map(Entry::shown).toList();
            assertThat(world.read(start)).isEqualTo(expected);
        }
    }
}
