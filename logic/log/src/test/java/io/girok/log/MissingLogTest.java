package io.girok.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.files.StorageFailed;
import io.girok.journal.JournalCopy;
import io.girok.journal.JournalKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// A partition whose directory is gone, while the rest of the log directory is there: empty, it would make the replicas
/// that follow it cut what they have.
class MissingLogTest {
    private static final Path LOG = LogWorld.PATH.resolve("orders-3");
    private static final Path AWAY = Path.of("/away");
    private static final PartitionName OTHER = new PartitionName("other", 0);
    private static final TopicId OTHER_TOPIC = new TopicId(8, 8);

    private final LogWorld world = new LogWorld();

    @Test
    void aLogWhoseDirectoryIsGoneIsNotBegunAnew() throws IOException {
        world.open();
        world.append(1, "a");
        world.closeClean();
        loseDirectory();

        world.openDirectory();

        assertThatItIsMissed();
        assertThat(world.directory.failure()).isEmpty();
        world.closeClean();
        world.openDirectory();
        assertThatItIsMissed();
    }

    @Test
    void aDirectoryThatIsGoneWhileTheBrokerRunsIsMissedToo() throws IOException {
        world.open();
        world.append(1, "a");
        assertThat(world.store.close()).isTrue();
        loseDirectory();

        assertThatItIsMissed();
    }

    @Test
    void afterACrashItIsMissedToo() throws IOException {
        world.journalFileBytes = 1;
        world.open();
        world.append(1, "a");
        world.flush();
        world.append(1, "b");
        world.flush();
        checkpointTwice();
        world.append(1, "c");
        world.flush();
        world.directory.close();
        loseDirectory();

        world.openDirectory();

        assertThatItIsMissed();
    }

    @Test
    void whatTheJournalHasOfItKeepsNoFileAndComesBackWithTheDirectory() throws IOException {
        openAndLoseInPart();

        writeMuchElsewhere();

        assertThat(world.directory.journal().fullFiles()).isLessThan(10);
        assertThat(copies()).hasSize(1);
        assertThat(world.directory.isMissing(LogWorld.NAME)).isTrue();
        bringDirectoryBack();
        world.open();
        assertThat(world.read(0)).containsExactly("0:a", "1:b", "2:c");
        assertThat(copies()).isEmpty();
    }

    @Test
    void aStartSetsNothingOfItAside() throws IOException {
        openAndLoseInPart();
        writeMuchElsewhere();
        world.directory.close();
        world.openDirectory();
        List<PartitionName> hosted = List.of(LogWorld.NAME, OTHER);

        world.directory.strays()
                .setAsideUnless(name -> Optional.of(LogWorld.TOPIC).filter(topic -> hosted.contains(name)),
                        name -> true);

        assertThat(world.directory.partitionsOnDisk()).containsExactly(OTHER);
        assertThat(copies()).hasSize(1);
        bringDirectoryBack();
        world.open();
        assertThat(world.read(0)).containsExactly("0:a", "1:b", "2:c");
    }

    private void bringDirectoryBack() throws IOException {
        world.directory.close();
        world.disk.rename(AWAY, LOG);
        world.disk.syncDirectory(LogWorld.PATH);
        world.disk.crash(new SplittableRandom(2));
    }

    @Test
    void nothingOfItComesBackOnceItWasTakenAway() throws IOException {
        openAndLoseInPart();
        writeMuchElsewhere();
        assertThat(copies()).hasSize(1);

        world.takeAway();

        assertThat(copies()).isEmpty();
        world.openPartition();
        assertThat(world.store.endOffset()).isZero();
    }

    @Test
    void copiesThatCannotBeReadKeepNoneOfIt() throws IOException {
        openAndLoseInPart();
        List<String> unreadable = List.of(putUnreadableCopy(TopicId.ZERO), putUnreadableCopy(new TopicId(-1, -1)));
        writeMuchElsewhere();
        assertThat(copies()).hasSize(3);

        world.delete();

        assertThat(copies()).containsExactlyInAnyOrderElementsOf(unreadable);
    }

    @Test
    void aCopyThatCannotBeReadIsTakenAwayWithIt() throws IOException {
        openAndLoseInPart();
        writeMuchElsewhere();
        world.disk.corrupt(LogWorld.PATH.resolve(copies().getFirst()), 20, 1);

        world.takeAway();

        assertThat(copies()).isEmpty();
    }

    @Test
    void norIsItThereOnceNobodyCountsOnTheLog() throws IOException {
        openAndLoseInPart();
        writeMuchElsewhere();
        world.disk.corrupt(LogWorld.PATH.resolve(copies().getFirst()), 20, 1);
        world.directory.close();
        world.openDirectory();

        world.directory.strays().setAsideUnless(name -> Optional.of(LogWorld.TOPIC), name -> false);

        assertThat(copies()).isEmpty();
    }

    private String putUnreadableCopy(TopicId topic) throws IOException {
        Path copy = JournalCopy.beside(LogWorld.PATH, new JournalKey(topic, LogWorld.NAME));
        try (DiskFile file = world.disk.open(copy, Disk.Access.CREATE)) {
            file.write(LogWorld.bytes("nothing"), 0);
        }
        return String.valueOf(copy.getFileName());
    }

    /// The journal has the last of three records, and what was there is [#AWAY].
    private void openAndLoseInPart() throws IOException {
        world.journalFileBytes = 1;
        world.open();
        world.append(1, "a");
        world.flush();
        world.append(1, "b");
        world.flush();
        checkpointTwice();
        world.append(1, "c");
        world.flush();
        world.directory.close();
        world.disk.rename(LOG, AWAY);
        world.disk.syncDirectory(LogWorld.PATH);
        world.disk.syncDirectory(Path.of("/"));
        world.journalFileBytes = 4_096;
        world.openDirectory();
        assertThatItIsMissed();
    }

    private void writeMuchElsewhere() {
        PartitionStore other = world.directory.openPartition(OTHER, LogWorld.TOPIC, world.settings,
                world.shard);
        world.store = other;
        for (int i = 0; i < 1_000; i++) {
            world.append(1, "x".repeat(1_000));
            world.flush();
        }
        world.directory.abandon(other);
    }

    private List<String> copies() throws IOException {
        return world.disk.list(LogWorld.PATH).stream().filter(JournalCopy::isBeside).toList();
    }

    @Test
    void onceItWasTakenAwayItBeginsAnew() throws IOException {
        world.open();
        world.append(1, "a");
        world.closeClean();
        loseDirectory();
        world.openDirectory();
        assertThatItIsMissed();

        world.takeAway();
        world.openPartition();

        assertThat(world.store.endOffset()).isZero();
        world.append(1, "b");
        world.flush();
        world.disk.crash(new SplittableRandom(1));
        assertThat(world.open().read(0)).containsExactly("0:b");
    }

    @Test
    void whatTheJournalHasAllOfIsRestored() throws IOException {
        world.open();
        world.append(1, "a");
        world.append(1, "b");
        world.flush();
        checkpointTwice();
        world.append(1, "c");
        world.flush();
        world.directory.close();
        loseDirectory();

        world.open();

        assertThat(world.read(0)).containsExactly("0:a", "1:b", "2:c");
        assertThat(world.directory.isMissing(LogWorld.NAME)).isFalse();
    }

    @Test
    void withoutSyncsALossOfPowerMayTakeWhatWasNotSavedYet() throws IOException {
        world.durability = Durability.OS;
        world.open();
        world.append(1, "a");
        world.store.noteHighWatermark(1);
        world.directory.marks().write();
        world.disk.crash(new SplittableRandom(1));
        if (world.disk.isDirectory(LOG)) {
            loseDirectory();
        }

        world.open();

        assertThat(world.store.endOffset()).isZero();
    }

    @Test
    void aLogThatWasDeletedIsNotMissedAfterACrash() throws IOException {
        world.open();
        world.append(1, "a");
        world.flush();
        checkpointTwice();

        world.delete();
        world.disk.crash(new SplittableRandom(1));

        assertThatTheNextTopicIsEmpty();
    }

    /// What is left of the earlier log says nothing about the later one.
    @Test
    void aLogIsMissedWhoseNameADeletedOneHad() throws IOException {
        world.open();
        world.append(1, "a");
        world.delete();
        world.openPartition();
        world.append(1, "b");
        world.closeClean();
        assertThat(world.disk.list(LogWorld.PATH)).anyMatch(file -> file.endsWith("-delete"));
        loseDirectory();

        world.openDirectory();

        assertThatItIsMissed();
    }

    @Test
    void norAfterItsFilesAreGone() throws IOException {
        world.open();
        world.append(1, "a");
        world.flush();
        checkpointTwice();
        world.delete();
        world.shard.advance(1_000);
        world.settle();
        assertThat(world.disk.list(LogWorld.PATH)).noneMatch(file -> file.startsWith("orders-3"));

        world.disk.syncAll();
        world.disk.crash(new SplittableRandom(1));

        assertThatTheNextTopicIsEmpty();
    }

    @Test
    void norIfTheDiskWasFull() throws IOException {
        world.open();
        world.append(1, "a");
        world.flush();
        checkpointTwice();
        world.disk.setCapacity(world.disk.usedBytes());
        world.delete();
        world.disk.setCapacity(0);
        world.shard.advance(1_000);
        world.settle();

        world.disk.setCapacity(Long.MAX_VALUE);
        world.disk.syncAll();
        world.disk.crash(new SplittableRandom(1));

        assertThatTheNextTopicIsEmpty();
        world.settle();
        assertThat(world.disk.list(LogWorld.PATH)).noneMatch(file -> file.startsWith("orders-3"));
    }

    @Test
    void theNextTopicOfItsNameMissesNothing() throws IOException {
        world.open();
        world.append(1, "a");
        world.closeClean();
        world.openDirectory();
        world.store = world.directory.openPartition(LogWorld.NAME, OTHER_TOPIC, world.settings, world.shard);

        world.disk.crash(new SplittableRandom(1));

        assertThatTheNextTopicIsEmpty();
    }

    @Test
    void whatWasSetAsideIsNotMissed() throws IOException {
        world.open();
        world.append(1, "a");
        world.closeClean();
        world.openDirectory();

        world.directory.strays().setAsideUnless(name -> Optional.empty(), name -> true);
        world.disk.crash(new SplittableRandom(1));

        assertThat(world.open().store.endOffset()).isZero();
    }

    @Test
    void aReplicaThatNobodyCountsOnBeginsAnewAtTheStart() throws IOException {
        world.open();
        world.append(1, "a");
        world.closeClean();
        loseDirectory();
        world.openDirectory();

        world.directory.strays().setAsideUnless(name -> Optional.of(LogWorld.TOPIC), name -> false);
        world.openPartition();

        assertThat(world.store.endOffset()).isZero();
    }

    @Test
    void aReplicaThatIsCountedOnDoesNot() throws IOException {
        world.open();
        world.append(1, "a");
        world.closeClean();
        loseDirectory();
        world.openDirectory();

        world.directory.strays().setAsideUnless(name -> Optional.of(LogWorld.TOPIC), name -> true);

        assertThatItIsMissed();
    }

    private void assertThatItIsMissed() {
        assertThatThrownBy(world::openPartition).isInstanceOfSatisfying(StorageFailed.class,
                failed -> assertThat(failed.scope()).isEqualTo(StorageFailed.Scope.PARTITION))
                .hasMessageContaining("'orders-3'")
                .hasMessageContaining("'/data/orders-3'")
                .hasMessageContaining("girok log repair");
        assertThat(world.directory.isMissing(LogWorld.NAME)).isTrue();
        assertThat(world.directory.partitionsOnDisk()).isEmpty();
        assertThat(world.disk.exists(LOG)).isFalse();
    }

    private void assertThatTheNextTopicIsEmpty() {
        world.openDirectory();
        assertThat(world.directory.openPartition(LogWorld.NAME, OTHER_TOPIC, world.settings, world.shard).endOffset())
                .isZero();
    }

    private void loseDirectory() throws IOException {
        for (String file : List.copyOf(world.disk.list(LOG))) {
            world.disk.delete(LOG.resolve(file));
        }
        world.disk.delete(LOG);
        world.disk.syncDirectory(LogWorld.PATH);
    }

    private void checkpointTwice() {
        for (int i = 0; i < 2; i++) {
            world.directory.checkpoint();
            world.settle();
        }
    }
}
