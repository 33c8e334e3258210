package io.girok.quorum.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
@Timeout(60)
final class RatisLogFailureTest {
    @TempDir
    Path directory;

    /// The shell's limit on the size of a file stands in for a full disk: the first segment outgrows it.
    @Test
    void aLogThatCannotBeWrittenIsFatal() throws Exception {
        Process process = new ProcessBuilder("bash", "-c", "ulimit -f 2000; exec \"$@\"", "bash",
                ProcessHandle.current().info().command().orElseThrow(), "-Xmx128m", "-XX:TieredStopAtLevel=1",
                "-Xshare:auto", "-XX:-UsePerfData", "-cp", System.getProperty("java.class.path"),
                RatisAppender.class.getName(), directory.resolve("log").toString(), "100000")
                .redirectError(Redirect.DISCARD)
                .start();

        String acknowledged = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(acknowledged).isEqualTo(RatisAppender.EXIT_ON_FATAL);
        assertThat(acknowledged).startsWith("0\n1\n2\n");
    }
}
