package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The Java client of 2019, unchanged, against a broker.
class OldClientIT {
    private static final String LIBRARIES = CommandRun.peerClassPath("old-client");

    @TempDir
    private static Path directory;

    private static GirokProcess broker;

    @BeforeAll
    static void start() {
        assertThat(ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", directory.toString(), "-cp",
                        LIBRARIES, "-proc:none",
                        RepositoryRoot.find().resolve("proof/acceptance/src/test/resources/OldClient.java").toString()))
                .isZero();
        broker = GirokProcess.start(directory.resolve("data"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @ParameterizedTest
    @CsvSource({"false,none", "true,gzip", "true,lz4", "true,zstd"})
    void anOldClientCreatesWritesReadsAndCommits(boolean idempotent, String codec) {
        CommandRun run = CommandRun.java("", directory + File.pathSeparator + LIBRARIES, List.of("OldClient",
                broker.bootstrap(), "from-2019-in-" + codec, Boolean.toString(idempotent), codec, "300")).succeeded();

        assertThat(run.lines()).isEqualTo(IntStream.range(0, 300).mapToObj(i -> "value " + i).toList());
    }
}
