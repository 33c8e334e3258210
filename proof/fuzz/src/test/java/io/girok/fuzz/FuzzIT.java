package io.girok.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The fuzzer for a few seconds, on all targets in turn; `-Dgirok.fuzz.seconds=600` for longer.
class FuzzIT {
    private static final int SECONDS = Integer.getInteger("girok.fuzz.seconds", 8);

    @Test
    void nothingIsFound() throws Exception {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

        int exitCode = new Fuzzer(Path.of("corpus"), Path.of("target"), classPath).run(JazzerEntry.ALL, SECONDS);

        assertThat(exitCode).as("exit code of Jazzer; what it found is above and in target/all-findings").isZero();
    }
}
