package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The Java client of 2019, unchanged, against a broker.
class OldClientIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"false,none", "true,gzip", "true,lz4", "true,zstd"})
    void anOldClientCreatesWritesReadsAndCommits(boolean idempotent, String codec) {
        try (GirokProcess broker = GirokProcess.start(directory.resolve("data"))) {
            CommandRun run = CommandRun.of(
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-cp",
                            CommandRun.peerClassPath("old-client"),
                            RepositoryRoot.find()
                                    .resolve("proof/acceptance/src/test/resources/OldClient.java")
                                    .toString(),
                            broker.bootstrap(),
                            "from-2019",
                            Boolean.toString(idempotent),
                            codec,
                            "300"))
                    .succeeded();

            assertThat(run.lines()).isEqualTo(IntStream.range(0, 300).mapToObj(i -> "value " + i).toList());
        }
    }
}
