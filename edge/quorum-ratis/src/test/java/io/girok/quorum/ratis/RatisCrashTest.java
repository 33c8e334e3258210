package io.girok.quorum.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.SystemClock;
import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.RecordingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a loss of power or a kill leaves, made by hand from the files of a voter that stopped.
@Timeout(60)
final class RatisCrashTest {
    private static final int BIG = 10_000;
    private static final int SECTOR_BYTES = 512;
    private static final int PREALLOCATED = 1024 * 1024;

    @TempDir
    Path directory;

    private byte[] whole;

    @BeforeEach
    void appendThreeOfWhichTheLastIsBig() throws IOException {
        try (RatisMetadataLog log = open()) {
            long epoch = start(log).awaitLeadership();
            assertThat(log.append(epoch, 0, List.of(text(100))).join()).isEqualTo(new Appended(0, 0));
            assertThat(log.append(epoch, 1, List.of(text(100))).join()).isEqualTo(new Appended(1, 1));
            assertThat(log.append(epoch, 2, List.of(text(BIG))).join()).isEqualTo(new Appended(2, 2));
        }
        whole = Files.readAllBytes(segment());
    }

    @Test
    void anEntryOfWhichOnlyTheFirstHalfReachedTheDiskIsCut() throws IOException {
        write(hole(whole.length - BIG / 2, whole.length));

        assertThatTwoAreLeftAndItGoesOn();
    }

    @Test
    void anEntryOfWhichOnlyTheSecondHalfReachedTheDiskIsCut() throws IOException {
        write(hole(whole.length - BIG, whole.length - BIG / 2));

        assertThatTwoAreLeftAndItGoesOn();
    }

    @Test
    void anEntryOfWhichOneSectorDidNotReachTheDiskIsCut() throws IOException {
        int sector = whole.length / SECTOR_BYTES / 2 * SECTOR_BYTES;
        write(hole(sector, sector + SECTOR_BYTES));

        assertThatTwoAreLeftAndItGoesOn();
    }

    @Test
    void anEntryThatIsDamagedOtherwiseEndsTheStart() throws IOException {
        byte[] damaged = Arrays.copyOf(whole, PREALLOCATED);
        damaged[whole.length - BIG / 2] ^= 1;
        write(damaged);

        assertThatStartFails("Log entry corrupted");
        assertThat(Files.readAllBytes(segment())).isEqualTo(damaged);
    }

    @Test
    void aHoleWithAWholeEntryBehindItEndsTheStart() throws IOException {
        byte[] behind = hole(whole.length - BIG / 2, whole.length);
        byte[] first = firstEntry();
        System.arraycopy(first, 0, behind, whole.length, first.length);
        write(behind);

        assertThatStartFails("has a whole entry at position " + whole.length);
        assertThat(Files.readAllBytes(segment())).isEqualTo(behind);
    }

    @Test
    void whoWentDownWhileASnapshotTookThePlaceOfAnotherGoesOnWithTheOther() throws IOException {
        takeSnapshot();
        Path snapshots = find("sm");
        Files.move(snapshots, snapshots.resolveSibling("sm.tmp20261129-120000_000"));
        Path halfInstalled = snapshots.resolveSibling("tmp").resolve("snapshot-1234");
        Files.createDirectories(halfInstalled);
        Files.writeString(halfInstalled.resolve("snapshot.1_9"), "half of it");

        RecordingListener listener = new RecordingListener(() -> {});
        try (RatisMetadataLog log = open()) {
            log.start(listener);
            listener.awaitLeadership();
        }

        assertThat(listener.records()).hasSize(3);
        assertThat(listener.events().getFirst()).isEqualTo("snapshot 2");
        assertThat(find("sm")).isDirectory();
        assertThat(halfInstalled).doesNotExist();
    }

    @Test
    void whatIsLeftOfASnapshotThatWasReplacedGoes() throws IOException {
        Path replaced = find("sm").resolveSibling("sm.tmp20261129-120000_000");
        Files.createDirectories(replaced);
        Files.writeString(replaced.resolve("snapshot.1_0"), "old");

        try (RatisMetadataLog log = open()) {
            assertThat(start(log).awaitLeadership()).isNotNegative();
        }

        assertThat(replaced).doesNotExist();
    }

    @Test
    void aLogWhoseBeginningIsLostEndsTheStart() throws IOException {
        takeSnapshot();
        try (RatisMetadataLog log = open()) {
            start(log).awaitLeadership();
        }
        try (Stream<Path> snapshots = Files.list(find("sm"))) {
            for (Path each : snapshots.toList()) {
                Files.delete(each);
            }
        }

        assertThatStartFails("there is no snapshot");
    }

    @Test
    void whatAnotherProcessHasOpenIsLeftAlone() throws IOException {
        try (RatisMetadataLog log = open()) {
            start(log).awaitLeadership();
            Path installing = find("sm").resolveSibling("tmp").resolve("snapshot-1234");
            Files.createDirectories(installing);

            assertThatStartFails("in use");

            assertThat(installing).isDirectory();
        }
    }

    private void assertThatTwoAreLeftAndItGoesOn() {
        RecordingListener listener = new RecordingListener(() -> {});
        try (RatisMetadataLog log = open()) {
            log.start(listener);
            long epoch = listener.awaitLeadership();
            assertThat(listener.records()).hasSize(2);
            assertThat(log.append(epoch, 2, List.of(text(BIG))).join()).isEqualTo(new Appended(2, 2));
        }
        RecordingListener again = new RecordingListener(() -> {});
        try (RatisMetadataLog log = open()) {
            log.start(again);
            again.awaitLeadership();
        }
        assertThat(again.records()).hasSize(3);
    }

    private void assertThatStartFails(String why) {
        try (RatisMetadataLog log = open()) {
            assertThatThrownBy(() -> start(log)).isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("__cluster_metadata")
                    .hasStackTraceContaining(why);
        }
    }

    private void takeSnapshot() {
        try (RatisMetadataLog log = open()) {
            start(log).awaitLeadership();
            assertThat(log.snapshot().join()).isEqualTo(2);
        }
    }

    private RatisMetadataLog open() {
        return new RatisMetadataLog(
                RatisSettings.alone(directory, 1), new SystemClock());
    }

    private static RecordingListener start(RatisMetadataLog log) {
        RecordingListener listener = new RecordingListener(() -> {});
        log.start(listener);
        return listener;
    }

    private byte[] hole(int from, int to) {
        byte[] bytes = Arrays.copyOf(whole, PREALLOCATED);
        Arrays.fill(bytes, from, to, (byte) 0);
        return bytes;
    }

    /// The configuration; it is small.
    private byte[] firstEntry() {
        int header = 8;
        return Arrays.copyOfRange(whole, header, header + 1 + whole[header] + Integer.BYTES);
    }

    private void write(byte[] bytes) throws IOException {
        Files.write(segment(), bytes);
    }

    private Path segment() throws IOException {
        return find("log_inprogress_0");
    }

    private Path find(String name) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            return tree.filter(file -> file.getFileName().toString().equals(name)).findFirst().orElseThrow();
        }
    }

    private static byte[] text(int size) {
        byte[] bytes = new byte[size];
        Random random = new Random(size);
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) ('a' + random.nextInt(26));
        }
        return bytes;
    }
}
