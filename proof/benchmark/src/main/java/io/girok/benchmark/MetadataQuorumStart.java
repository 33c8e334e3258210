package io.girok.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.base.SystemClock;
import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataLog.AppendOutcome;
import io.girok.quorum.ratis.RatisMetadataLog;
import io.girok.quorum.ratis.RatisSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Starts a metadata quorum of one in this process and prints what that costs: milliseconds to leadership and to the
/// first acknowledged append, milliseconds an append, memory and threads, processor time when idle, milliseconds to
/// close. Arguments: a directory, and the seconds to stay idle. Owned by the main thread.
public final class MetadataQuorumStart {
    private static final int APPENDS = 200;
    private static final int TICKS_PER_SECOND = 100;

    private MetadataQuorumStart() {}

    /// Counts what it hears. Owned by the thread that calls it.
    private static final class Counting implements MetadataListener {
        final CompletableFuture<Long> epoch = new CompletableFuture<>();
        volatile long nextOffset;

        @Override
        public void onCommit(long batchEpoch, long firstOffset, List<byte[]> records) {
            nextOffset = firstOffset + records.size();
        }

        @Override
        public void onSnapshot(long lastOffset, long snapshotEpoch, InputStream in) {
            nextOffset = lastOffset + 1;
        }

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
            throw new IllegalStateException(cause);
        }
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Counting listener = new Counting();
        RatisMetadataLog log = new RatisMetadataLog(
                RatisSettings.alone(Path.of(arguments[0]), 1), new SystemClock());
        log.start(listener);
        print("started after ms", msSince(begin));
        long epoch = listener.epoch.join();
        print("leads after ms", msSince(begin));
        append(log, epoch, listener.nextOffset);
        print("first append answered after ms", msSince(begin));
        long appending = System.nanoTime();
        for (int i = 0; i < APPENDS; i++) {
            append(log, epoch, listener.nextOffset);
        }
        print("ms an append, one after the other", msSince(appending) / APPENDS);
        idle(Integer.parseInt(arguments[1]));
        long closing = System.nanoTime();
        log.close();
        print("closed after ms", msSince(closing));
    }

    private static void append(RatisMetadataLog log, long epoch, long offset) {
        AppendOutcome outcome = log.append(epoch, offset, List.of("a record of metadata".getBytes(UTF_8))).join();
        if (!(outcome instanceof AppendOutcome.Appended)) {
            throw new IllegalStateException(outcome.toString());
        }
    }

    /// Measures this process for a while, by what Linux says of it.
    private static void idle(int seconds) throws IOException, InterruptedException {
        if (seconds == 0) {
            return;
        }
        long ticks = processorTicks();
        Thread.sleep(seconds * 1_000L);
        print("percent of a core when idle",
                100.0 * (processorTicks() - ticks) / TICKS_PER_SECOND / seconds);
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS") || line.startsWith("Threads")) {
                System.out.println(line);
            }
        }
        Thread.getAllStackTraces().keySet().stream().map(Thread::getName).sorted().forEach(System.out::println);
    }

    private static long processorTicks() throws IOException {
        String[] fields = Files.readString(Path.of("/proc/self/stat")).split(" ", -1);
        return Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
    }

    private static double msSince(long begin) {
        return (System.nanoTime() - begin) / 1e6;
    }

    private static void print(String what, double value) {
        System.out.printf("%-36s %8.2f%n", what, value);
    }
}
