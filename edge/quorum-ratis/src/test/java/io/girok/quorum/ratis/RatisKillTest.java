package io.girok.quorum.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.SystemClock;
import io.girok.metadata.RecordingListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class RatisKillTest {
    private static final int ROUNDS = 5;

    @TempDir
    Path directory;

    @Test
    void whatWasAcknowledgedSurvivesAKillAtAnyMoment() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        long lastAcknowledged = -1;

        for (int round = 0; round < ROUNDS; round++) {
            lastAcknowledged = appendUntilKilled(lastAcknowledged + 1 + random.nextInt(400));
        }

        RecordingListener listener = new RecordingListener(() -> {});
        try (RatisMetadataLog log = new RatisMetadataLog(RatisSettings.alone(directory, 1), new SystemClock())) {
            log.start(listener);
            listener.awaitLeadership();
        }
        assertThat(listener.records()).as("seed %d", seed).hasSizeGreaterThan((int) lastAcknowledged);
        for (int offset = 0; offset < listener.records().size(); offset++) {
            assertThat(listener.records().get(offset)).isEqualTo(Integer.toString(offset));
        }
    }

    /// Lets a process append up to `killAt` at least, and kills it; the last offset that it had said was acknowledged.
    private long appendUntilKilled(long killAt) throws IOException, InterruptedException {
        Path errors = directory.resolve("errors");
        Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-Xmx128m",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                RatisAppender.class.getName(), directory.toString()).redirectError(Redirect.to(errors.toFile()))
                .start();
        long last = -1;
        try (BufferedReader acknowledged = process.inputReader()) {
            for (String line = acknowledged.readLine(); line != null; line = acknowledged.readLine()) {
                last = Long.parseLong(line);
                if (last == killAt) {
                    process.toHandle().destroyForcibly(); // Process.destroyForcibly would close the stream, too
                }
            }
        }
        process.waitFor();
        assertThat(last).as(Files.readString(errors)).isGreaterThanOrEqualTo(killAt);
        return last;
    }
}
