package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// kcat, a client on librdkafka, against a broker. Skipped, and said so, where kcat is not installed.
class KcatIT {
    private static final List<String> NUMBERS = IntStream.range(0, 1_000).mapToObj(i -> "number " + i).toList();

    @TempDir
    static Path directory;
    private static GirokProcess broker;

    @BeforeAll
    static void startABroker() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/kcat")), "kcat is not installed");
        broker = GirokProcess.start(directory.resolve("data"));
    }

    @AfterAll
    static void stopTheBroker() {
        if (broker != null) {
            broker.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void whatKcatWritesKcatReads(String codec) {
        String topic = "kcat-" + codec;

        kcat(String.join("\n", NUMBERS) + "\n", "-P", "-t", topic, "-z", codec);
        CommandRun read = kcat("", "-C", "-t", topic, "-p", "0", "-o", "beginning", "-e", "-q");

        assertThat(read.lines()).isEqualTo(NUMBERS);
    }

    @Test
    void anIdempotentKcatWritesOnceAndKeepsKeysAndHeaders() {
        kcat("a=1\nb=2\n", "-P", "-t", "kcat-keys", "-K", "=", "-H", "origin=here", "-X", "enable.idempotence=true");
        CommandRun read = kcat("", "-C", "-t", "kcat-keys", "-p", "0", "-o", "0", "-e", "-q", "-f", "%k %s %h %o\\n");

        assertThat(read.lines()).containsExactly("a 1 origin=here 0", "b 2 origin=here 1");
    }

    @Test
    void aGroupOfKcatReadsEverythingOnce() {
        kcat(String.join("\n", NUMBERS) + "\n", "-P", "-t", "kcat-group");

        CommandRun first = kcat(
                "",
                "-G",
                "kcats",
                "-c",
                "1000",
                "-q",
                "-X",
                "auto.offset.reset=earliest",
                "kcat-group");

        assertThat(first.lines()).containsExactlyInAnyOrderElementsOf(NUMBERS);
    }

    @Test
    void kcatListsBrokersTopicsAndOffsets() {
        kcat("x\ny\n", "-P", "-t", "kcat-listed");

        CommandRun listed = kcat("", "-L");
        CommandRun offset = kcat("", "-Q", "-t", "kcat-listed:0:-1");

        assertThat(listed.output()).contains("broker", "topic \"kcat-listed\"", "127.0.0.1:" + broker.port());
        assertThat(offset.output()).contains("kcat-listed [0] offset 2");
    }

    private static CommandRun kcat(String input, String... arguments) {
        List<String> command = new ArrayList<>(List.of("kcat", "-b", broker.bootstrap()));
        command.addAll(List.of(arguments));
        return CommandRun.of(input, command).succeeded();
    }
}
