package io.girok.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.girok.base.Shard;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Many partitions, with cuts, releases, full disks and crashes at any place: each log is whole again, from what its
/// segments had and the journal has.
///
/// A failure prints its seed; `-Dseed=` plays that one alone.
class RandomJournalTest {
    private static final int RUNS = 300;
    private static final int STEPS = 400;
    private static final int PARTITIONS = 4;

    @Test
    void whatWasJournaledIsThereAfterACrashAtAnyPlace() throws IOException {
        Long fixed = Long.getLong("seed");
        long first = fixed == null ? 1 : fixed;
        int runs = fixed == null ? Integer.getInteger("runs", RUNS) : 1;
        for (long seed = first; seed < first + runs; seed++) {
            try {
                new Play(seed).run();
            } catch (RuntimeException | AssertionError e) {
                fail("seed " + seed + " (again: -Dseed=" + seed + "): " + e, e);
            }
        }
    }

    /// A log: a value for each offset, the first `saved` of which are in its segments for good.
    private static final class Log implements JournalClient {
        private final JournalWorld world;
        private final JournalKey key;
        private List<String> values = new ArrayList<>();
        private int saved;
        private long journaled;
        /// Until it is saved up to here, what the journal has beyond does not count.
        private int gapEnd;

        Log(JournalWorld world, int index) {
            this.world = world;
            this.key = JournalWorld.key(index);
        }

        @Override
        public Shard shard() {
            return world.shard;
        }

        @Override
        public void journaled(long endOffset) {
            if (gapEnd <= saved) {
                journaled = Math.max(journaled, Math.min(endOffset, values.size()));
            }
        }

        @Override
        public void notJournaled() {
            gapEnd = values.size();
        }

        /// What a deep flush does.
        void save() {
            saved = values.size();
        }

        void recover() throws IOException {
            List<String> whole = new ArrayList<>(values.subList(0, saved));
            List<JournalEntry> entries = world.journal.left(key);
            for (JournalEntry entry : entries) {
                if (whole.size() < entry.baseOffset() && isInGap(entries, whole.size())) {
                    break;
                }
                if (!entry.isGap() && whole.size() < entry.endOffset()) {
                    assertThat(entry.baseOffset()).as("%s has no hole", key).isLessThanOrEqualTo(whole.size());
                    String[] read = StandardCharsets.UTF_8.decode(entry.read()).toString().split(" ");
                    for (int i = (int) (whole.size() - entry.baseOffset()); i < entry.endOffset()
                            - entry.baseOffset(); i++) {
                        whole.add(read[i]);
                    }
                }
            }
            assertThat((long) whole.size()).as("%s", key).isBetween(Math.max(saved, journaled), (long) values.size());
            assertThat(whole).isEqualTo(values.subList(0, whole.size()));
            values = whole;
            saved = whole.size();
            journaled = whole.size();
            gapEnd = 0;
            if (!entries.isEmpty() && whole.size() < entries.getLast().endOffset()) {
                // Does not count, and must not count behind what is appended from now on.
                world.journal.cut(key, whole.size());
                world.journal.flushNow();
            }
            world.journal.replayed(key);
        }

        private static boolean isInGap(List<JournalEntry> entries, int offset) {
            return entries.stream()
                    .anyMatch(entry -> entry.isGap() && entry.baseOffset() <= offset && offset < entry.endOffset());
        }
    }

    private static final class Play {
        private final SplittableRandom random;
        private final JournalWorld world = new JournalWorld();
        private final List<Log> logs = new ArrayList<>();
        private long count;

        Play(long seed) {
            random = new SplittableRandom(seed);
            world.fileBytes = 512 + random.nextInt(6_000);
            for (int i = 0; i < PARTITIONS; i++) {
                logs.add(new Log(world, i));
            }
        }

        void run() throws IOException {
            world.open();
            for (int step = 0; step < STEPS; step++) {
                Log log = logs.get(random.nextInt(PARTITIONS));
                switch (random.nextInt(15)) {
                    case 0, 1, 2, 3, 4 -> append(log);
                    case 5, 6 -> world.journal.flush();
                    case 7 -> world.settle();
                    case 8, 9 -> runABit();
                    case 10 -> log.save();
                    case 11 -> release();
                    case 12 -> cut(log);
                    case 13 -> fillUp();
                    default -> {
                        if (random.nextInt(6) == 0) {
                            crash();
                        }
                    }
                }
            }
            crash();
            assertThat(world.failures).isEmpty();
        }

        private void append(Log log) {
            int size = random.nextInt(40) == 0 ? 300 : 1 + random.nextInt(3);
            List<String> added = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                count++;
                added.add(count + "x".repeat(random.nextInt(400)));
            }
            long base = log.values.size();
            log.values.addAll(added);
            boolean isTaken = world.journal.append(log.key, log, base, log.values.size(),
                    StandardCharsets.UTF_8.encode(String.join(" ", added)));
            if (!isTaken) {
                log.notJournaled();
            }
        }

        /// The disk fills up, or there is room again.
        private void fillUp() {
            if (random.nextInt(3) == 0) {
                world.fillDisk();
            } else {
                world.makeRoom();
            }
        }

        /// Rarely, so that many files become free at once, more than are kept.
        private void release() {
            if (random.nextInt(8) == 0) {
                world.journal.release(key -> logs.get(key.name().index()).saved);
            }
        }

        private void runABit() {
            for (int i = random.nextInt(4); 0 < i; i--) {
                if (random.nextBoolean()) {
                    world.shard.runOne();
                } else {
                    world.pool.runOne();
                }
            }
        }

        /// The segments are cut, and that is durable, before the journal is told.
        private void cut(Log log) throws IOException {
            if (random.nextInt(3) == 0 && !log.values.isEmpty()) {
                world.settle();
                int end = random.nextInt(log.values.size() + 1);
                log.values.subList(end, log.values.size()).clear();
                log.saved = end;
                log.journaled = Math.min(log.journaled, end);
                log.gapEnd = 0;
                world.journal.cut(log.key, end);
                runABit();
                try {
                    world.journal.flushNow();
                } catch (IOException e) {
                    assertThat(world.isFull).isTrue();
                    world.makeRoom();
                    world.journal.flushNow();
                }
                world.settle();
            }
        }

        private void crash() throws IOException {
            world.journal.close();
            world.disk.crash(random.split());
            world.settle();
            world.makeRoom();
            world.open();
            assertThat(world.journal.isDamaged()).isFalse();
            for (Log log : logs) {
                log.recover();
            }
        }
    }
}
