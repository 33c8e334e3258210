package io.girok.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// What was journaled is found again, whatever the disk does, and nothing else is.
class JournalTest {
    private static final JournalKey KEY = JournalWorld.key(1);
    private static final JournalKey OTHER = JournalWorld.key(2);
    private static final Path FIRST = JournalWorld.PATH.resolve("girok-journal.1");

    private static final int GROUPS = 3;

    private JournalWorld world = new JournalWorld();
    private final JournalWorld.Client client = world.new Client();
    private final JournalWorld.Client other = world.new Client();

    @Test
    void whatWasFlushedIsFoundAfterACrashInItsOrder() {
        world.open();
        world.append(KEY, client, 0, "a");
        world.append(OTHER, other, 5, "x");
        world.append(KEY, client, 1, "b");
        world.flush();
        world.append(KEY, client, 2, "never flushed");

        world.crash(1);
        world.open();

        assertThat(client.journaled).isEqualTo(2);
        assertThat(other.journaled).isEqualTo(6);
        assertThat(world.left(KEY)).containsExactly("0-1:a", "1-2:b");
        assertThat(world.left(OTHER)).containsExactly("5-6:x");
        world.journal.replayed(KEY);
        assertThat(world.journal.leftKeys()).containsExactly(OTHER);
    }

    @Test
    void oneSyncIsForAllThatCameBeforeIt() {
        world.open();
        world.flush();
        for (int i = 0; i < 50; i++) {
            world.append(JournalWorld.key(i), client, 0, "a");
            world.journal.flush();
        }

        world.settle();

        assertThat(world.disk.count(DiskOperation.SYNC)).isEqualTo(1);
    }

    @Test
    void whatComesWhileAFlushRunsMakesTheNextOne() {
        world.open();
        world.append(KEY, client, 0, "a");
        world.journal.flush();
        world.pool.runOne();
        world.append(KEY, client, 1, "b");
        world.journal.flush();

        world.shard.runAll();
        assertThat(client.journaled).isEqualTo(1);
        world.settle();
        assertThat(client.journaled).isEqualTo(2);
    }

    @Test
    void whatIsDismissedStaysSoWhereTheFilesWereNotRead() throws IOException {
        world.open();
        world.append(KEY, client, 0, "a");
        world.flush();
        world.journal.close();
        world.open(false);

        world.journal.dismiss(KEY::equals);

        world.crash(1);
        assertThat(world.open().left(KEY)).isEmpty();
    }

    @Test
    void nothingIsLeftOfALogThatWasCutToItsBeginning() throws IOException {
        world.open();
        world.append(KEY, client, 0, "a");
        world.append(OTHER, other, 0, "x");
        world.journal.cut(KEY, 0);
        world.flush();

        world.crash(1);

        assertThat(world.open().journal.leftKeys()).containsExactly(OTHER);
    }

    @Test
    void aLogThatBeginsAnewIsNotTakenForTheOneInFilesThatWereNotRead() throws IOException {
        world.open();
        world.append(KEY, client, 5, "a");
        world.flush();
        world.journal.close();
        world.open(false);

        world.journal.begin(KEY);
        world.append(KEY, client, 0, "b");
        world.flush();

        world.crash(1);
        assertThat(world.open().left(KEY)).containsExactly("0-1:b");
    }

    @Test
    void norForTheOneInAGroupThatIsNotWrittenYet() throws IOException {
        world.open();
        world.append(KEY, client, 0, "old a");
        world.append(KEY, client, 1, "old b");

        world.journal.dismiss(KEY::equals);
        world.append(KEY, client, 0, "gone too");
        world.journal.begin(KEY);
        world.append(KEY, client, 0, "new a");
        world.flush();

        world.crash(1);
        assertThat(world.open().left(KEY)).containsExactly("0-1:new a");
    }

    @Test
    void aGroupThatIsTornEndsTheJournalAndTellsNobody() {
        for (long seed = 0; seed < 50; seed++) {
            JournalWorld torn = new JournalWorld();
            JournalWorld.Client told = torn.new Client();
            torn.open();
            torn.append(KEY, told, 0, "a");
            torn.flush();
            torn.append(KEY, told, 1, "b".repeat(3_000));
            torn.disk.plant(DiskFault.next(DiskOperation.SYNC));
            torn.flush();

            torn.crash(seed);
            torn.open();

            assertThat(told.journaled).isEqualTo(1);
            assertThat(torn.failures).hasSize(1);
            assertThat(torn.left(KEY).getFirst()).isEqualTo("0-1:a");
            assertThat(torn.left(KEY).size()).isBetween(1, 2);
        }
    }

    @Test
    void bytesThatLookLikeAGroupAreNotTakenForOne() throws IOException {
        Group forged = new Group(Integer.MAX_VALUE, ByteBuffer::allocate);
        forged.add(OTHER, other, 0, 1, ByteBuffer.wrap(new byte[]{'!'}));
        forged.complete();
        ByteBuffer bytes = forged.seal(new JournalFile.Use(1, 42), 1, 0);
        world.open();
        world.append(KEY, client, 0, "a");
        world.flush();
        int entryBegin = Group.HEADER_BYTES + Group.ENTRY_HEADER_BYTES + "orders".length();
        ByteBuffer record = ByteBuffer.allocate(3 * Group.BLOCK_BYTES);
        record.put(Group.BLOCK_BYTES - entryBegin, bytes, 0, bytes.remaining());
        world.journal.append(KEY, client, 1, 2, record);
        world.flush();
        world.crash(1);
        // The group that holds them is torn where it begins.
        world.disk.corrupt(FIRST, Group.BLOCK_BYTES, 1);

        world.open();

        assertThat(world.journal.leftKeys()).containsExactly(KEY);
        assertThat(world.left(KEY)).containsExactly("0-1:a");
    }

    @Test
    void aCutTakesWhatCameBeforeItOnly() throws IOException {
        world.open();
        for (int offset = 0; offset < 5; offset++) {
            world.append(KEY, client, offset, "old " + offset);
        }
        world.append(OTHER, other, 4, "other");
        world.journal.cut(KEY, 2);
        world.append(KEY, client, 2, "new");
        world.flush();

        world.crash(1);
        world.open();

        assertThat(world.left(KEY)).containsExactly("0-1:old 0", "1-2:old 1", "2-3:new");
        assertThat(world.left(OTHER)).containsExactly("4-5:other");
    }

    @Test
    void filesAreUsedAgainInTheirOrderOnceTheirPartitionsAreSaved() throws IOException {
        world.fileBytes = GROUPS * 2 * Group.BLOCK_BYTES;
        world.open();
        long offset = 0;
        for (; world.fullCount == 0; offset++) {
            world.append(KEY, client, offset, "a".repeat(900));
            world.flush();
        }
        world.append(OTHER, other, 0, "x");
        world.flush();
        int files = world.disk.list(JournalWorld.PATH).size();

        world.journal.release(key -> key.equals(KEY) ? GROUPS : 0);
        assertThat(world.journal.fullFiles()).as("one file is full").isEqualTo(files - 2);
        long end = offset;
        world.journal.release(key -> key.equals(KEY) ? end : 0);
        assertThat(world.journal.fullFiles()).isZero();
        for (int i = 0; i < GROUPS * (files - 2); i++, offset++) {
            world.append(KEY, client, offset, "b".repeat(900));
            world.flush();
        }

        assertThat(world.disk.list(JournalWorld.PATH)).hasSize(files);
        world.crash(1);
        world.open();
        assertThat(world.left(KEY).getLast()).startsWith((offset - 1) + "-" + offset + ":b");
        assertThat(world.left(KEY).stream().filter(entry -> entry.contains(":b"))).hasSize(GROUPS * (files - 2));
        assertThat(world.left(OTHER)).containsExactly("0-1:x");
    }

    @Test
    void aPartitionThatIsGoneHoldsNoFile() throws IOException {
        world.open();
        for (long offset = 0; world.fullCount == 0; offset++) {
            world.append(KEY, client, offset, "a".repeat(1_000));
            world.flush();
        }

        world.journal.release(key -> 0);
        assertThat(world.journal.fullFiles()).isPositive();
        world.journal.forget(KEY.name());
        world.journal.release(key -> 0);

        assertThat(world.journal.fullFiles()).isZero();
    }

    @Test
    void noFileIsHeldForWhatWasCut() throws IOException {
        world.open();
        for (long offset = 0; world.journal.fullFiles() < 2; offset++) {
            world.append(KEY, client, offset, "a".repeat(1_000));
            world.flush();
        }
        world.journal.cut(KEY, 2);
        world.append(KEY, client, 2, "b");
        world.journal.flushNow();

        world.journal.release(key -> 1);
        assertThat(world.journal.fullFiles()).isEqualTo(2);
        world.journal.release(key -> 2);

        assertThat(world.journal.fullFiles()).isZero();
        world.crash(1);
        world.open();
        assertThat(world.left(KEY)).endsWith("2-3:b");
    }

    @Test
    void aTopicOfTheSameNameIsAnotherOne() {
        JournalKey again = new JournalKey(new TopicId(8, 8), new PartitionName("orders", 1));
        world.open();
        world.append(KEY, client, 0, "old");
        world.append(again, client, 0, "new");
        world.flush();

        world.crash(1);
        world.open();

        assertThat(world.left(again)).containsExactly("0-1:new");
        assertThat(world.left(KEY)).containsExactly("0-1:old");
    }

    @Test
    void afterACleanStopNothingIsLeft() {
        world.open();
        world.append(KEY, client, 0, "a");
        world.flush();
        world.journal.close();

        world.open(false);
        world.append(KEY, client, 1, "b");
        world.flush();
        assertThat(world.journal.leftKeys()).isEmpty();
        world.crash(1);
        world.open();

        assertThat(world.left(KEY)).containsExactly("1-2:b");
    }

    @Test
    void aFullDiskIsToldAndTheJournalGoesOnWhenThereIsRoom() {
        world.open();
        world.append(KEY, client, 0, "a");
        world.flush();
        world.isFull = true;
        world.disk.setCapacity(world.disk.usedBytes());
        world.append(KEY, client, 1, "b".repeat(5_000));
        world.flush();

        assertThat(client.refusals).isEqualTo(1);
        assertThat(client.journaled).isEqualTo(1);
        assertThatThrownBy(() -> {
            world.append(KEY, client, 2, "c".repeat(5_000));
            world.journal.flushNow();
        }).isInstanceOf(IOException.class);
        world.isFull = false;
        world.disk.setCapacity(Long.MAX_VALUE);
        world.append(KEY, client, 3, "d");
        world.flush();
        world.crash(1);
        world.open();

        assertThat(client.journaled).isEqualTo(4);
        assertThat(world.failures).isEmpty();
        assertThat(world.left(KEY).getFirst()).isEqualTo("0-1:a");
        assertThat(world.left(KEY).getLast()).isEqualTo("3-4:d");
    }

    @Test
    void aCutThatFoundNoRoomIsNotReportedAsDone() throws IOException {
        world.open();
        world.append(KEY, client, 0, "a");
        world.append(KEY, client, 1, "old b");
        world.append(KEY, client, 2, "old c");
        world.flush();
        world.journal.cut(KEY, 1);
        world.append(OTHER, other, 0, "x".repeat(5_000));
        world.fillDisk();
        world.flush();

        assertThatThrownBy(world.journal::flushNow).isInstanceOf(IOException.class);

        world.makeRoom();
        world.append(OTHER, other, 1, "y");
        world.flush();
        world.crash(1);
        world.open();
        assertThat(world.left(KEY)).containsExactly("0-1:a");
        assertThat(world.left(OTHER)).containsExactly("0-1:", "1-2:y");
        assertThat(world.journal.left(OTHER).getFirst().isGap()).isTrue();
    }

    @Test
    void aCutThatFoundNoRoomIsDoneOnceThereIsSome() throws IOException {
        world.open();
        world.append(KEY, client, 0, "a");
        world.append(KEY, client, 1, "old b");
        world.flush();
        world.journal.cut(KEY, 1);
        world.fillDisk();
        world.flush();
        world.makeRoom();
        world.append(KEY, client, 1, "new b");

        world.journal.flushNow();

        world.crash(1);
        world.open();
        assertThat(world.left(KEY)).containsExactly("0-1:a", "1-2:new b");
    }

    @Test
    void whoWaitsIsToldOfTheGroupThatHasWhatHeSaid() throws Exception {
        world.open();
        AtomicReference<Thread> waiting = new AtomicReference<>();
        CompletableFuture<Boolean> isDone = new CompletableFuture<>();
        AtomicInteger groups = new AtomicInteger();
        // Each group that is written finds the next one waiting; in the first, somebody comes who has to wait.
        JournalClient busy = world.new Client() {
            @Override
            public Shard shard() {
                int group = groups.incrementAndGet();
                if (group == 1) {
                    waiting.set(Thread.ofPlatform().start(() -> isDone.complete(begin())));
                    awaitBlocked(waiting.get());
                }
                if (group < 5) {
                    world.append(KEY, this, group, "a");
                } else {
                    assertThat(isDone.orTimeout(5, TimeUnit.MINUTES).join()).as("while others go on").isTrue();
                }
                return super.shard();
            }
        };
        world.append(KEY, busy, 0, "a");

        world.journal.flush();
        world.pool.runAll();
        // He may have written a group himself, whose successor nobody has asked for yet.
        waiting.get().join();
        world.flush();

        assertThat(groups).hasValue(5);
    }

    private boolean begin() {
        try {
            world.journal.begin(KEY);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void awaitBlocked(Thread thread) {
        while (thread.getState() == Thread.State.RUNNABLE || thread.getState() == Thread.State.NEW) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whatIsAppendedFasterThanTheDiskTakesItHasABound() {
        world.open();
        int most = 4 * 16 * 1024;
        long appended = 0;
        for (long offset = 0; appended < 10 * most; offset++) {
            String text = "a".repeat(1_000);
            if (!world.append(KEY, client, offset, text)) {
                client.refusals++;
            }
            appended += text.length();
        }
        assertThat(client.refusals).isPositive();

        world.append(OTHER, other, 0, "x".repeat(2 * most));
        world.flush();

        assertThat(world.disk.usedBytes()).isBetween(most / 2L, 2L * most);
        world.append(KEY, client, appended / 1_000, "b");
        world.append(OTHER, other, 1, "y");
        world.flush();
        world.crash(1);
        world.open();
        List<JournalEntry> left = world.journal.left(KEY);
        assertThat(left.get(left.size() - 2).isGap()).isTrue();
        assertThat(left.get(left.size() - 2).baseOffset()).isEqualTo(left.get(left.size() - 3).endOffset());
        assertThat(left.get(left.size() - 2).endOffset()).isEqualTo(left.getLast().baseOffset());
        assertThat(world.left(KEY).getLast()).endsWith(":b");
        assertThat(world.left(OTHER)).containsExactly("0-1:", "1-2:y");
    }

    @Test
    void aDiskThatFailsIsToldOnceAndNothingIsJournaledAnyMore() {
        world.open();
        world.append(KEY, client, 0, "a");
        world.disk.plant(DiskFault.next(DiskOperation.SYNC));

        world.flush();
        world.append(KEY, client, 1, "b");
        world.flush();

        assertThat(world.failures).hasSize(1);
        assertThat(client.journaled).isZero();
        assertThat(client.refusals).isZero();
    }

    @Test
    void damageIsToldFromWhatACrashTears() throws IOException {
        fillFiles();
        world.crash(1);
        assertThat(world.open().journal.isDamaged()).isFalse();

        long lastGroup = world.disk.size(FIRST) - 400;
        assertDamagedAfter("where a file ends that is not the newest", 1, lastGroup);
        assertDamagedAfter("where the oldest begins", 1, 50);
        assertDamagedAfter("where one in the middle begins", 2, 50);
        assertDamagedAfter("where the newest begins", 3, 50);
        Path newest = JournalWorld.PATH.resolve("girok-journal.3");
        world.disk.corrupt(newest, world.disk.size(newest) - 400, 1);
        assertThat(world.open().journal.isDamaged()).as("where the newest ends").isFalse();
    }

    private void assertDamagedAfter(String where, int file, long position) throws IOException {
        Path path = JournalWorld.PATH.resolve("girok-journal." + file);
        world.disk.corrupt(path, position, 1);
        assertThat(world.open().journal.isDamaged()).as(where).isTrue();
        world.disk.corrupt(path, position, 1);
        assertThat(world.open().journal.isDamaged()).as("what is whole again").isFalse();
    }

    @Test
    void aFileThatIsGoneIsDamage() throws IOException {
        for (int file = 1; file < 3; file++) {
            JournalWorld gone = world = new JournalWorld();
            fillFiles();
            gone.crash(1);
            gone.disk.delete(JournalWorld.PATH.resolve("girok-journal." + file));

            assertThat(gone.open().journal.isDamaged()).as("file %d", file).isTrue();
        }
    }

    @Test
    void aFileThatIsUsedAgainIsNotMissedWhereACrashTearsIt() throws IOException {
        for (long seed = 0; seed < 500; seed++) {
            world = new JournalWorld();
            fillFiles();
            SplittableRandom random = new SplittableRandom(seed);
            int last = 100 + random.nextInt(30);
            for (int offset = 100; offset <= last; offset++) {
                world.journal.release(key -> Long.MAX_VALUE);
                world.append(KEY, client, offset, "a".repeat(random.nextInt(2_000)));
                if (offset == last) {
                    DiskFault written = DiskFault.next(DiskOperation.WRITE).after(4_000);
                    world.disk.plant(random.nextBoolean() ? written : DiskFault.next(DiskOperation.SYNC));
                }
                world.flush();
            }
            world.crash(seed);

            assertThat(world.open().journal.isDamaged()).as("seed %d", seed).isFalse();
        }
    }

    @Test
    void whatAKilledProcessHadWrittenAndNotSyncedIsDurableOnceItWasRead() {
        world.open();
        world.append(KEY, client, 0, "a");
        world.flush();
        world.append(KEY, client, 1, "b");
        world.disk.plant(DiskFault.next(DiskOperation.WRITE).after(4_000));
        world.flush();
        world.journal.close();
        world.disk.endProcess();
        assertThat(world.open().left(KEY)).containsExactly("0-1:a", "1-2:b");

        world.crash(1);

        assertThat(world.open().left(KEY)).containsExactly("0-1:a", "1-2:b");
    }

    /// Three of them, with groups of two blocks and more.
    private void fillFiles() throws IOException {
        world.open();
        for (int offset = 0; world.disk.list(JournalWorld.PATH).size() < 3; offset++) {
            world.append(KEY, client, offset, "a".repeat(600));
            world.flush();
        }
        world.append(KEY, client, 50, "b".repeat(600));
        world.flush();
        world.append(KEY, client, 51, "c".repeat(600));
        world.flush();
    }

    @Test
    void damageInTheMiddleHidesNothingBehindIt() throws IOException {
        world.open();
        for (long offset = 0; offset < 3; offset++) {
            world.append(KEY, client, offset, "abc".substring((int) offset, (int) offset + 1));
            world.flush();
        }
        world.crash(1);

        world.disk.corrupt(FIRST, Group.BLOCK_BYTES + 50, 1);
        world.open();

        assertThat(world.journal.isDamaged()).isTrue();

        assertThat(world.left(KEY)).as("a hole, which its log sees").containsExactly("0-1:a", "2-3:c");
        assertThat(List.copyOf(Journal.read(world.disk, JournalWorld.PATH).get(KEY))).hasSize(2);
    }
}
