package io.girok.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.girok.base.simulated.DiskFault;
import io.girok.base.simulated.DiskOperation;
import io.girok.files.DirectoryMarks;
import io.girok.files.StopMark;
import io.girok.files.StorageFailed;
import io.girok.journal.JournalCopy;
import io.girok.repair.RepairPlan.Lost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Damage of every kind, planted in files: it is found and named, and after a repair a broker starts on what is left.
class RepairTest {
    private static final int BATCHES = 60;

    private final RepairWorld world = new RepairWorld();

    @Test
    void aSoundDirectoryNeedsNothing() {
        world.open().fill(BATCHES).close();

        DirectoryInspection inspection = world.inspect();

        assertThat(inspection.damages()).isEmpty();
        assertThat(RepairPlan.of(inspection, false).isEmpty()).isTrue();
        assertThat(world.segments()).hasSizeGreaterThan(5);
    }

    @Test
    void whatACrashLeavesNeedsNothingButItsTornEnd() {
        world.open().fill(BATCHES);
        world.flush();
        world.checkpoint();
        world.kill();

        assertThat(world.inspect().damages()).isEmpty();
    }

    @Test
    void everythingBeforeADamagedBatchIsKept() {
        world.open().fill(BATCHES).close();
        Path damaged = world.segments().get(2);
        world.flip(damaged, world.size(damaged) / 2);

        List<Damage> found = world.inspect().damages();
        RepairPlan plan = world.repair(false);
        world.open();

        assertThat(found).anySatisfy(damage -> {
            assertThat(damage.kind()).isEqualTo(Damage.Kind.BATCHES);
            assertThat(damage.file()).isEqualTo(damaged);
            assertThat(damage.position()).isPositive();
            assertThat(damage.what()).contains("CRC");
        });
        RepairPlan.Partition partition = plan.partitions().getFirst();
        assertThat(partition.keptTo()).isBetween(20L, 60L);
        assertThat(partition.lost()).containsExactly(new Lost(partition.keptTo(), 2 * BATCHES));
        assertThat(world.offsets()).isEqualTo(LongStream.range(0, partition.keptTo()).boxed().toList());
        assertThat(world.store.endOffset()).isEqualTo(partition.keptTo());
        world.close();
        assertThat(world.inspect().damages()).isEmpty();
    }

    @Test
    void aBrokerThatLacksWhatARepairTookOutSaysSoUntilItIsKnown() {
        world.open().fill(BATCHES).close();
        Path damaged = world.segments().get(2);
        world.flip(damaged, world.size(damaged) / 2);

        world.repair(false);

        assertThat(world.open().directory.isWhole()).isFalse();
        world.kill();
        assertThat(world.open().directory.isWhole()).as("after a crash").isFalse();
        world.close();
        assertThat(world.open().directory.isWhole()).as("after a stop").isFalse();
        world.directory.notWholeIsKnown();
        world.close();
        assertThat(world.open().directory.isWhole()).isTrue();
    }

    @Test
    void thatIsNotedBeforeAnythingIsTakenOut() {
        world.open().fill(BATCHES).close();
        world.flip(world.segments().get(2), 100);
        world.disk.plant(DiskFault.nth(DiskOperation.RENAME, 2).lasting());

        assertThatThrownBy(() -> world.repair(false)).isInstanceOf(UncheckedIOException.class);

        world.disk.removeFaults();
        world.disk.crash(new SplittableRandom(1));
        var _ = catchThrowable(world::open);
        assertThat(world.directory.isWhole()).isFalse();
    }

    @Test
    void aRepairThatLosesNothingIsNotToldOf() {
        world.open().fill(BATCHES).close();
        Path index = world.files(RepairWorld.PARTITION)
                .stream()
                .filter(file -> file.toString().endsWith(".index"))
                .findFirst()
                .orElseThrow();
        world.flip(index, 1);

        assertThat(world.repair(false).partitions()).isNotEmpty();

        assertThat(world.open().directory.isWhole()).isTrue();
    }

    @Test
    void aLogWhoseDirectoryIsGoneGoesOnWithoutItsRecordsInAnEmptyOne() throws IOException {
        world.open().fill(BATCHES).close();
        for (Path file : world.files(RepairWorld.PARTITION)) {
            world.disk.delete(file);
        }
        world.disk.delete(RepairWorld.PARTITION);
        assertThatThrownBy(world::open).isInstanceOf(StorageFailed.class).hasMessageContaining("make an empty one");
        world.kill();

        world.disk.createDirectories(RepairWorld.PARTITION);
        RepairPlan plan = world.repair(false);
        world.open();

        assertThat(plan.partitions().getFirst().lost()).containsExactly(new Lost(0, 2 * BATCHES));
        assertThat(world.offsets()).isEmpty();
        assertThat(world.directory.isWhole()).isFalse();
        world.fill(1);
        world.close();
        assertThat(world.open().offsets()).containsExactly(0L, 1L);
    }

    @Test
    void whatTheJournalHasOfALogThatIsCutIsSetAside() {
        world.open().fill(BATCHES);
        world.checkpoint();
        world.fill(1);
        world.flush();
        world.kill();
        world.flip(world.segments().get(2), 100);

        RepairPlan plan = world.repair(false);
        world.open();

        RepairPlan.Partition partition = plan.partitions().getFirst();
        assertThat(partition.steps())
                .anySatisfy(step -> assertThat(step).isInstanceOfSatisfying(RepairPlan.Step.CutJournal.class, cut -> {
                    assertThat(cut.offset()).isEqualTo(partition.keptTo());
                    assertThat(cut.entries().getLast().endOffset()).isEqualTo(2 * BATCHES + 2);
                }));
        assertThat(world.files(RepairWorld.PATH)).anyMatch(file -> file.toString().endsWith(".journal"));
        assertThat(world.store.endOffset()).isEqualTo(partition.keptTo());
    }

    @Test
    void whatTheLogsOwnFileHasOfTheJournalIsSetAsideToo() throws IOException {
        world.open().fill(BATCHES);
        world.checkpoint();
        world.fill(1);
        world.flush();
        world.kill();
        world.flip(world.segments().get(2), 100);
        world.moveJournalOut();
        Path copy = RepairWorld.PARTITION.resolve(JournalCopy.FILE);
        assertThat(world.disk.exists(copy)).isTrue();

        RepairPlan plan = world.repair(false);
        world.open();

        RepairPlan.Partition partition = plan.partitions().getFirst();
        assertThat(partition.steps())
                .anySatisfy(step -> assertThat(step).isInstanceOfSatisfying(RepairPlan.Step.CutJournal.class, cut -> {
                    assertThat(cut.offset()).isEqualTo(partition.keptTo());
                    assertThat(cut.entries().getLast().endOffset()).isEqualTo(2 * BATCHES + 2);
                }));
        assertThat(world.disk.exists(copy)).isFalse();
        assertThat(world.files(RepairWorld.PATH)).anyMatch(file -> file.endsWith(JournalCopy.FILE))
                .anyMatch(file -> file.toString().endsWith(".journal"));
        assertThat(world.store.endOffset()).isEqualTo(partition.keptTo());
    }

    @Test
    void aCopyOfTheJournalThatIsDamagedKeepsNobodyFromRepairingTheRest() throws IOException {
        world.open().fill(BATCHES);
        world.checkpoint();
        world.fill(1);
        world.flush();
        world.kill();
        world.moveJournalOut();
        Path copy = RepairWorld.PARTITION.resolve(JournalCopy.FILE);
        world.flip(copy, 100);

        RepairPlan plan = world.repair(false);

        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.unrepaired()).extracting(Damage::kind).containsExactly(Damage.Kind.JOURNAL_COPY);
        assertThat(plan.unrepaired()).extracting(Damage::file).containsExactly(copy);
        assertThat(world.disk.exists(copy)).isTrue();
    }

    @Test
    void whatTheLogsOwnFileHasOfTheJournalComesBackWhereNoRecordIsLost() throws IOException {
        world.open().fill(BATCHES);
        world.checkpoint();
        world.fill(1);
        world.flush();
        world.kill();
        world.disk.crash(new SplittableRandom(1));
        Path metadata = RepairWorld.PARTITION.resolve("partition.metadata");
        world.disk.corrupt(metadata, world.size(metadata) - 4, 0x60);
        assertThatThrownBy(world::open).isInstanceOf(StorageFailed.class);
        world.kill();
        world.moveJournalOut();
        for (Path file : world.files(RepairWorld.PATH)) {
            if (file.getFileName().toString().startsWith("girok-journal.")) {
                world.disk.delete(file);
            }
        }

        world.repair(false);
        world.open();

        assertThat(world.offsets()).isEqualTo(LongStream.range(0, 2 * BATCHES + 2).boxed().toList());
    }

    @Test
    void whatWasCleanedOfARecordThatIsGoneIsForgotten() throws IOException {
        world.open().fill(BATCHES).close();
        Path cleaned = RepairWorld.PATH.resolve("cleaner-offset-checkpoint");
        io.girok.files.TextFile.replace(world.disk, cleaned, List.of("0", "1", "orders 3 100"));
        world.flip(world.segments().get(2), 100);

        world.repair(false);

        assertThat(world.disk.exists(cleaned)).isFalse();
        assertThat(world.files(RepairWorld.PATH)).anyMatch(file -> file.endsWith("cleaner-offset-checkpoint"));
    }

    @Test
    void whatComesAfterTheDamageIsKeptWithAGapIfAskedFor() {
        world.open().fill(BATCHES).close();
        Path damaged = world.segments().get(2);
        world.flip(damaged, world.size(damaged) / 2);

        RepairPlan plan = world.repair(true);
        world.open();

        Lost lost = plan.partitions().getFirst().lost().getFirst();
        assertThat(world.offsets()).hasSize((int) (2 * BATCHES - lost.to() + lost.from()))
                .endsWith(2L * BATCHES - 1)
                .doesNotContain(lost.from(), lost.to() - 1);
        assertThat(world.store.endOffset()).isEqualTo(2 * BATCHES);
        world.kill();
        world.open();
        assertThat(world.offsets()).as("after a crash too").endsWith(2L * BATCHES - 1);
    }

    @Test
    void aSegmentWithNothingSoundIsSetAsideAndTheFirstOneIsEmptied() {
        world.open().fill(BATCHES).close();
        world.flip(world.segments().getFirst(), 30);

        RepairPlan plan = world.repair(false);
        world.open();

        assertThat(plan.partitions().getFirst().keptTo()).isZero();
        assertThat(world.offsets()).isEmpty();
        assertThat(world.store.endOffset()).isZero();
        world.close();
        assertThat(world.inspect().damages()).isEmpty();
    }

    @Test
    void aSegmentThatIsShorterThanItWasIsNamedAndTheLossIsTaken() {
        world.open().fill(BATCHES).close();
        Path last = world.segments().getLast();
        world.cut(last, world.size(last) - 10);

        assertThat(world.inspect().damages()).extracting(Damage::kind)
                .contains(Damage.Kind.BATCHES, Damage.Kind.CHECKPOINT);
        world.repair(false);
        world.open();

        assertThat(world.offsets()).isEqualTo(LongStream.range(0, 2 * BATCHES - 2).boxed().toList());
    }

    @Test
    void indexesAreRebuilt() {
        world.open().fill(BATCHES).close();
        List<Path> indexes = world.files(RepairWorld.PARTITION)
                .stream()
                .filter(file -> file.toString().matches(".*(index)") && 20 < world.size(file))
                .toList();
        indexes.forEach(index -> world.flip(index, 2));
        indexes.forEach(index -> world.flip(index, 13));

        assertThat(world.inspect().damages()).extracting(Damage::kind).containsOnly(Damage.Kind.INDEX);
        assertThat(world.inspect().damages()).extracting(Damage::file).containsExactlyInAnyOrderElementsOf(indexes);
        world.repair(false);
        world.open();

        assertThat(world.offsets()).hasSize(2 * BATCHES);
        for (int i = 0; i < BATCHES; i++) {
            long timestamp = world.clock.wallMs() + i;
            assertThat(world.store.offsetForTimestamp(timestamp).orElseThrow().offset()).isEqualTo(2L * i);
        }
        world.close();
        assertThat(world.inspect().damages()).isEmpty();
        assertThat(indexes).allMatch(world.disk::exists);
    }

    @Test
    void epochsAreWrittenAnewAsTheBatchesSay() {
        world.open().fill(BATCHES).close();
        Path epochs = RepairWorld.PARTITION.resolve("leader-epoch-checkpoint");
        world.cut(epochs, world.size(epochs) - 3);

        assertThat(world.inspect().damages()).extracting(Damage::kind).containsOnly(Damage.Kind.EPOCHS);
        world.repair(false);
        world.open();

        assertThat(world.store.latestEpoch()).isEqualTo(5);
        assertThat(world.store.endOffsetFor(2).endOffset()).isEqualTo(60);
        assertThat(world.offsets()).hasSize(2 * BATCHES);
    }

    @Test
    void anEpochThatNoCrcCoversIsToldAndChangesNothing() {
        for (int bit = 15; 12 <= bit; bit--) {
            RepairWorld damaged = new RepairWorld();
            damaged.open().fill(BATCHES).close();
            damaged.flip(damaged.segments().get(3), bit);

            assertThat(damaged.inspect().damages()).extracting(Damage::kind).containsOnly(Damage.Kind.RECORDS);
            assertThat(RepairPlan.of(damaged.inspect(), false).isEmpty()).isTrue();
        }
    }

    @Test
    void aBadSnapshotIsSetAsideAndTheProducersAreKnown() {
        world.open().fill(BATCHES).close();
        world.files(RepairWorld.PARTITION)
                .stream()
                .filter(file -> file.toString().endsWith(".snapshot"))
                .forEach(file -> world.flip(file, 20));

        assertThat(world.inspect().damages()).extracting(Damage::kind).containsOnly(Damage.Kind.SNAPSHOT);
        world.repair(false);
        world.open();

        assertThat(world.store.producers()).hasSize(1);
        assertThat(world.offsets()).hasSize(2 * BATCHES);
    }

    @Test
    void aTopicIdThatMakesNoSenseIsSetAside() {
        world.open().fill(BATCHES).close();
        Path metadata = RepairWorld.PARTITION.resolve("partition.metadata");
        world.cut(metadata, 15);

        assertThat(world.inspect().damages()).extracting(Damage::kind).containsOnly(Damage.Kind.PARTITION_METADATA);
        world.repair(false);
        world.open();

        assertThat(world.offsets()).hasSize(2 * BATCHES);
    }

    @Test
    void checkpointsThatMakeNoSenseKeepNoBrokerFromStarting() {
        for (String name : List.of(DirectoryMarks.RECOVERY_POINTS, DirectoryMarks.HIGH_WATERMARKS)) {
            RepairWorld damaged = new RepairWorld();
            damaged.open().fill(BATCHES).close();
            Path file = RepairWorld.PATH.resolve(name);
            damaged.cut(file, damaged.size(file) - 4);
            assertThatThrownBy(damaged::open).isInstanceOf(StorageFailed.class);

            assertThat(damaged.inspect().damages()).extracting(Damage::file).contains(file);
            damaged.repair(false);
            damaged.open();

            assertThat(damaged.offsets()).hasSize(2 * BATCHES);
            assertThat(damaged.store.latestEpoch()).isEqualTo(5);
        }
    }

    @Test
    void aMarkOfACleanStopThatIsNotTrueIsSetAside() {
        world.open().fill(BATCHES);
        world.flush();
        world.checkpoint();
        world.fill(1);
        world.flush();
        world.kill();
        try {
            world.disk.open(RepairWorld.PATH.resolve(StopMark.CLEAN), io.girok.base.Disk.Access.CREATE)
                    .close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }

        assertThat(world.inspect().damages()).extracting(Damage::kind).containsOnly(Damage.Kind.CHECKPOINT);
        world.repair(false);
        world.open();

        assertThat(world.store.endOffset()).isEqualTo(2 * BATCHES + 2);
    }

    @Test
    void anOffsetThatNoCrcCoversIsFoundByWhatFollows() {
        for (int segment : new int[]{1, 6}) {
            RepairWorld damaged = new RepairWorld();
            damaged.open().fill(BATCHES).close();
            damaged.flip(damaged.segments().get(segment), 5);
            long base = segment == 1 ? 0 : -1;

            RepairPlan plan = damaged.repair(false);
            damaged.open();

            assertThat(plan.partitions()).hasSize(1);
            assertThat(damaged.offsets()).hasSize((int) damaged.store.endOffset()).hasSizeGreaterThan((int) base);
        }
    }

    @Test
    void aDirectoryInUseIsNotTouched() throws IOException {
        world.open();

        assertThat(Repair.lock(world.disk, RepairWorld.PATH)).isEmpty();
    }

    @Test
    void aPlanChangesNothing() {
        world.open().fill(BATCHES).close();
        world.flip(world.segments().get(1), 200);
        List<String> before = contents(RepairWorld.PATH);

        RepairPlan.of(world.inspect(), false);
        RepairPlan.of(world.inspect(), true);

        assertThat(contents(RepairWorld.PATH)).isEqualTo(before);
    }

    /// Whatever is damaged: a broker starts, serves a part of what was there in its order, and not a byte is lost.
    @Test
    void anyDamageIsRepairedAndNothingIsDeleted() {
        for (long seed = 0; seed < 400; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RepairWorld damaged = new RepairWorld();
            damaged.open().fill(10 + random.nextInt(BATCHES));
            boolean isClean = random.nextBoolean();
            if (isClean) {
                damaged.close();
            } else {
                damaged.flush();
                damaged.checkpoint();
                damaged.kill();
            }
            for (int i = 1 + random.nextInt(3); 0 < i; i--) {
                damage(damaged, random, isClean);
            }
            long bytes = totalBytes(damaged);

            RepairPlan plan = damaged.repair(random.nextBoolean());

            assertThat(totalBytes(damaged)).as("seed %d: nothing is deleted", seed).isGreaterThanOrEqualTo(bytes);
            assertThat(damaged.inspect().damages().stream().filter(it -> it.kind() != Damage.Kind.RECORDS))
                    .as("seed %d: %s", seed, plan)
                    .isEmpty();
            damaged.open();
            List<Long> offsets = damaged.offsets();
            assertThat(offsets).as("seed %d", seed).isSorted().doesNotHaveDuplicates();
            if (!plan.partitions().isEmpty()) {
                assertThat(damaged.store.endOffset()).as("seed %d: %s", seed, plan)
                        .isEqualTo(plan.partitions().getFirst().keptTo());
            }
            damaged.close();
            assertThat(damaged.inspect().damages().stream().filter(it -> it.kind() != Damage.Kind.RECORDS))
                    .as("seed %d", seed)
                    .isEmpty();
        }
    }

    /// After a crash nobody knows where the last segment ended: its offsets, which no CRC covers, are left alone; and
    /// so is the topic's id, which would be another topic's.
    private static void damage(RepairWorld world, SplittableRandom random, boolean isClean) {
        List<Path> files = new ArrayList<>(world.files(RepairWorld.PATH));
        Path last = world.segments().getLast();
        files.removeIf(file -> file.endsWith("meta.properties") || file.endsWith("partition.metadata")
                || file.endsWith(".lock") || world.size(file) == 0
                || (!isClean && file.equals(last)));
        Path file = files.get(random.nextInt(files.size()));
        if (random.nextInt(3) == 0) {
            world.cut(file, random.nextLong(world.size(file)));
        } else {
            world.flip(file, random.nextLong(world.size(file)));
        }
    }

    private static long totalBytes(RepairWorld world) {
        return world.files(RepairWorld.PATH).stream().mapToLong(world::size).sum();
    }

    private List<String> contents(Path path) {
        return world.files(path).stream().map(file -> file + " " + world.size(file)).toList();
    }
}
