package io.girok.quorum.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.SystemClock;
import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.PassingListener;
import io.girok.metadata.RecordingListener;
import io.girok.quorum.ratis.RatisSettings.SnapshotTrigger;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RatisStartTest {
    @TempDir
    Path directory;
    private final RecordingListener listener = new RecordingListener(() -> {});

    @Test
    void aSecondProcessOnTheSameDirectoryIsRefused() {
        try (RatisMetadataLog first = open()) {
            first.start(listener);
            listener.awaitLeadership();

            assertThatStartFails();
        }
    }

    @Test
    void aDirectoryThatIsAFileEndsTheStart() throws IOException {
        Files.createFile(directory.resolve("__cluster_metadata"));

        assertThatStartFails();
    }

    @Test
    void aDamagedEntryEndsTheStart() throws IOException {
        appendSome(5);
        Path segment = files("log_").getFirst();

        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(file.length() / 2);
            file.write(file.read() ^ 0xFF);
        }

        assertThatStartFails();
    }

    @Test
    void aDamagedSnapshotEndsTheStart() throws IOException {
        appendSome(5);
        try (RatisMetadataLog log = open()) {
            log.start(listener);
            listener.awaitLeadership();
            log.snapshot().join();
        }
        Path snapshot = files("snapshot.").stream()
                .filter(file -> !file.toString().endsWith("md5"))
                .findFirst()
                .orElseThrow();

        Files.writeString(snapshot, "damaged");

        assertThatStartFails();
    }

    @Test
    void snapshotsComeByThemselvesAndLetTheLogGo() throws IOException {
        SnapshotTrigger everyThirty = new SnapshotTrigger(30, Long.MAX_VALUE, Long.MAX_VALUE);
        try (RatisMetadataLog log = new RatisMetadataLog(
                RatisSettings.alone(directory, 1).withSnapshots(everyThirty), new SystemClock())) {
            log.start(listener);
            long epoch = listener.awaitLeadership();
            for (int i = 0; i < 60; i++) {
                assertThat(log.append(epoch, i, List.of(new byte[100])).join()).isEqualTo(new Appended(i, i));
            }
            listener.await("a snapshot", heard -> 0 < heard.snapshotsTaken());
        }

        RecordingListener replayed = new RecordingListener(() -> {});
        try (RatisMetadataLog log = open()) {
            log.start(replayed);
            replayed.awaitLeadership();
        }
        assertThat(replayed.records()).hasSize(60);
        assertThat(replayed.events().getFirst()).startsWith("snapshot ");
    }

    @Test
    void afterASnapshotThatFailedThereIsAnotherOne() {
        SnapshotTrigger everyThirty = new SnapshotTrigger(30, Long.MAX_VALUE, Long.MAX_VALUE);
        try (RatisMetadataLog log = new RatisMetadataLog(
                RatisSettings.alone(directory, 1).withSnapshots(everyThirty), new SystemClock())) {
            log.start(new FirstSnapshotFails(listener));
            long epoch = listener.awaitLeadership();
            for (int i = 0; i < 90; i++) {
                assertThat(log.append(epoch, i, List.of(new byte[100])).join()).isEqualTo(new Appended(i, i));
            }
            listener.await("a second snapshot", heard -> 1 < heard.snapshotsTaken());

            assertThat(log.snapshot().join()).isEqualTo(89);
        }
        assertThat(listener.events()).doesNotContain("fatal");
    }

    @Test
    void whileItIsOpenedItSaysThatItHasALog() throws Exception {
        appendSome(5);
        try (RatisMetadataLog log = open()) {
            log.start(listener);
            listener.awaitLeadership();
            log.snapshot().join();
        }
        CompletableFuture<byte[]> standing = new CompletableFuture<>();
        RecordingListener reopened = new RecordingListener(() -> {});
        try (RatisMetadataLog log = open()) {
            log.start(new PassingListener(reopened) {
                @Override
                public void onSnapshot(long lastOffset, long epoch, InputStream in) throws IOException {
                    log.onRequest(Voters.question(2)).whenComplete((answer, failure) -> {
                        if (failure == null) {
                            standing.complete(answer);
                        } else {
                            standing.completeExceptionally(failure);
                        }
                    });
                    super.onSnapshot(lastOffset, epoch, in);
                }
            });
            reopened.awaitLeadership();
        }

        assertThat(Founding.Answer.decode(standing.get()).standing()).isEqualTo(Founding.Standing.KNOWN);
    }

    @Test
    void whoAsksForASnapshotIsToldWhyThereIsNone() {
        try (RatisMetadataLog log = open()) {
            log.start(new FirstSnapshotFails(listener));
            long epoch = listener.awaitLeadership();
            log.append(epoch, 0, List.of(new byte[100])).join();

            assertThatThrownBy(() -> log.snapshot().join()).hasRootCauseMessage("planted");
            assertThat(log.snapshot().join()).isZero();
        }
    }

    private static final class FirstSnapshotFails extends PassingListener {
        private final RecordingListener listener;

        FirstSnapshotFails(RecordingListener listener) {
            super(listener);
            this.listener = listener;
        }

        @Override
        public SnapshotWriter captureSnapshot() {
            SnapshotWriter writer = listener.captureSnapshot();
            boolean isFirst = listener.snapshotsTaken() == 1;
            return out -> {
                if (isFirst) {
                    throw new IOException("planted");
                }
                writer.writeTo(out);
            };
        }
    }

    @Test
    void nothingOfItRunsAfterItIsClosed() {
        RatisMetadataLog log = open();
        log.start(listener);
        listener.awaitLeadership();

        log.close();

        assertThat(log.threads()).isEmpty();
        assertThat(listener.events()).doesNotContain("fatal");
    }

    private RatisMetadataLog open() {
        return new RatisMetadataLog(RatisSettings.alone(directory, 1), new SystemClock());
    }

    private void assertThatStartFails() {
        RecordingListener unheard = new RecordingListener(() -> {});
        RatisMetadataLog log = open();

        assertThatThrownBy(() -> log.start(unheard)).isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("__cluster_metadata");

        assertThat(log.threads()).isEmpty();
        assertThat(unheard.epoch()).isEqualTo(-1);
    }

    private void appendSome(int count) {
        try (RatisMetadataLog log = open()) {
            log.start(listener);
            long epoch = listener.awaitLeadership();
            for (int i = 0; i < count; i++) {
                log.append(epoch, i, List.of(new byte[1000])).join();
            }
        }
    }

    private List<Path> files(String prefix) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            return tree.filter(file -> file.getFileName().toString().startsWith(prefix)).sorted().toList();
        }
    }
}
