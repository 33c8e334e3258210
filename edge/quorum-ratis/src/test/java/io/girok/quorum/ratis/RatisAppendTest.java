package io.girok.quorum.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.SystemClock;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog.AppendOutcome;
import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.MetadataLog.AppendOutcome.NotWritten;
import io.girok.metadata.MetadataLog.AppendOutcome.Unknown;
import io.girok.metadata.MetadataLog.Reason;
import io.girok.quorum.ratis.RatisSettings.Timing;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RatisAppendTest {
    private static final List<byte[]> ONE_RECORD = List.of(new byte[]{1});

    @TempDir
    Path directory;
    private final Stuck listener = new Stuck();

    @Test
    void anAppendPastItsDeadlineIsUnknown() {
        try (RatisMetadataLog log = open(50, 10)) {
            AppendOutcome outcome = log.append(listener.epoch.join(), 0, ONE_RECORD).join();

            assertThat(outcome).isInstanceOf(Unknown.class);
            listener.mayGoOn.countDown();
        }
    }

    @Test
    void onlySoManyAppendsAreUnderWay() {
        try (RatisMetadataLog log = open(30_000, 2)) {
            long epoch = listener.epoch.join();
            CompletableFuture<AppendOutcome> first = log.append(epoch, 0, ONE_RECORD);
            CompletableFuture<AppendOutcome> second = log.append(epoch, 1, ONE_RECORD);

            AppendOutcome third = log.append(epoch, 2, ONE_RECORD).join();
            listener.mayGoOn.countDown();

            assertThat(third).isInstanceOfSatisfying(NotWritten.class,
                    refused -> assertThat(refused.reason()).isEqualTo(Reason.UNAVAILABLE));
            assertThat(first.join()).isEqualTo(new Appended(0, 0));
            assertThat(second.join()).isEqualTo(new Appended(1, 1));
        }
    }

    @Test
    void aListenerThatThrowsIsFatal() {
        listener.mayGoOn.countDown();
        listener.failure = new IllegalStateException("planted");
        try (RatisMetadataLog log = open(30_000, 2)) {
            AppendOutcome outcome = log.append(listener.epoch.join(), 0, ONE_RECORD).join();

            assertThat(outcome).isInstanceOf(Unknown.class);
            assertThat(listener.fatal.join()).hasMessage("planted");
        }
    }

    private RatisMetadataLog open(long appendDeadlineMs, int maxAppendsInFlight) {
        RatisMetadataLog log = new RatisMetadataLog(RatisSettings.alone(directory, 1)
                .withTiming(new Timing(100, 200, 50, appendDeadlineMs))
                .withMaxAppendsInFlight(maxAppendsInFlight),
                new SystemClock());
        log.start(listener);
        return log;
    }

    /// Takes no commit until it may, and then throws if it is to. Its fields are set before it is used.
    private static final class Stuck implements MetadataListener {
        final CompletableFuture<Long> epoch = new CompletableFuture<>();
        final CompletableFuture<Throwable> fatal = new CompletableFuture<>();
        final CountDownLatch mayGoOn = new CountDownLatch(1);
        volatile RuntimeException failure;

        @Override
        public void onCommit(long batchEpoch, long firstOffset, List<byte[]> records) {
            try {
                assertThat(mayGoOn.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public void onSnapshot(long lastOffset, long snapshotEpoch, InputStream in) {}

        @Override
        public SnapshotWriter captureSnapshot() {
            return out -> out.write(0);
        }

        @Override
        public void onLeader(long newEpoch) {
            epoch.complete(newEpoch);
        }

        @Override
        public void onNotLeader(long oldEpoch) {}

        @Override
        public void onFatal(Throwable cause) {
            fatal.complete(cause);
        }
    }
}
