package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The Java client of 2019, unchanged, against a broker.
class OldClientIT {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin");
    private static final String LIBRARIES = CommandRun.peerClassPath("old-client");

    @TempDir
    private static Path directory;

    private static GirokProcess broker;

    @BeforeAll
    static void start() {
        CommandRun.of(List.of(JAVA.resolve("javac").toString(), "-d", directory.toString(), "-cp", LIBRARIES,
                RepositoryRoot.find().resolve("proof/acceptance/src/test/resources/OldClient.java").toString()))
                .succeeded();
        broker = GirokProcess.start(directory.resolve("data"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @ParameterizedTest
    @CsvSource({"false,none", "true,gzip", "true,lz4", "true,zstd"})
    void anOldClientCreatesWritesReadsAndCommits(boolean idempotent, String codec) {
        CommandRun run = CommandRun.of(
                List.of(
                        JAVA.resolve("java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        directory + File.pathSeparator + LIBRARIES,
                        "OldClient",
                        broker.bootstrap(),
                        "from-2019-in-" + codec,
                        Boolean.toString(idempotent),
                        codec,
                        "300"))
                .succeeded();

        assertThat(run.lines()).isEqualTo(IntStream.range(0, 300).mapToObj(i -> "value " + i).toList());
    }
}
