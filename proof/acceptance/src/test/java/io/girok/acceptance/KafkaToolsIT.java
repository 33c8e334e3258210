package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Apache Kafka's own command-line tools, unchanged, against a broker.
class KafkaToolsIT {
    private static final String TOPICS = "org.apache.kafka.tools.TopicCommand";
    private static final String CONSOLE_PRODUCER = "org.apache.kafka.tools.ConsoleProducer";
    private static final String CONSOLE_CONSUMER = "org.apache.kafka.tools.consumer.ConsoleConsumer";
    private static final String CONSUMER_GROUPS = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";

    @TempDir
    static Path directory;
    private static GirokProcess broker;

    @BeforeAll
    static void startABroker() {
        broker = GirokProcess.start(directory.resolve("data"));
    }

    @AfterAll
    static void stopTheBroker() {
        broker.close();
    }

    @Test
    void theTopicsToolCreatesDescribesAltersAndDeletes() {
        tool("", TOPICS, "--create", "--topic", "made-by-tool", "--partitions", "3", "--config", "retention.ms=60000");
        CommandRun described = tool("", TOPICS, "--describe", "--topic", "made-by-tool");
        tool("", TOPICS, "--alter", "--topic", "made-by-tool", "--partitions", "5");
        CommandRun altered = tool("", TOPICS, "--describe", "--topic", "made-by-tool");
        tool("", TOPICS, "--delete", "--topic", "made-by-tool");
        CommandRun listed = tool("", TOPICS, "--list");

        assertThat(described.output()).contains("PartitionCount: 3", "ReplicationFactor: 1", "retention.ms=60000");
        assertThat(altered.output()).contains("PartitionCount: 5");
        assertThat(listed.lines()).doesNotContain("made-by-tool");
    }

    @Test
    void whatTheConsoleProducerWritesTheConsoleConsumerReads() {
        List<String> written = IntStream.range(0, 200).mapToObj(i -> "line " + i).toList();

        tool("", TOPICS, "--create", "--topic", "lines", "--partitions", "1");
        tool(String.join("\n", written) + "\n", CONSOLE_PRODUCER, "--topic", "lines");
        CommandRun read = tool(
                "",
                CONSOLE_CONSUMER,
                "--topic",
                "lines",
                "--from-beginning",
                "--max-messages",
                "200",
                "--timeout-ms",
                "30000");

        assertThat(read.lines()).isEqualTo(written);
    }

    @Test
    void theGroupsToolShowsAndResetsAGroup() {
        tool("", TOPICS, "--create", "--topic", "grouped", "--partitions", "1");
        tool("a\nb\nc\n", CONSOLE_PRODUCER, "--topic", "grouped");
        tool(
                "",
                CONSOLE_CONSUMER,
                "--topic",
                "grouped",
                "--group",
                "readers",
                "--from-beginning",
                "--max-messages",
                "3",
                "--timeout-ms",
                "30000");

        CommandRun listed = tool("", CONSUMER_GROUPS, "--list");
        CommandRun described = tool("", CONSUMER_GROUPS, "--describe", "--group", "readers");
        CommandRun reset = tool(
                "",
                CONSUMER_GROUPS,
                "--group",
                "readers",
                "--topic",
                "grouped",
                "--reset-offsets",
                "--to-earliest",
                "--execute");
        CommandRun deleted = tool("", CONSUMER_GROUPS, "--delete", "--group", "readers");

        assertThat(listed.lines()).contains("readers");
        assertThat(described.output()).containsPattern("readers\\s+grouped\\s+0\\s+3\\s+3\\s+0");
        assertThat(reset.output()).containsPattern("readers\\s+grouped\\s+0\\s+0");
        assertThat(deleted.output()).contains("successful");
    }

    @Test
    void dumpLogReadsAndVerifiesEveryFile() throws IOException {
        Path data = directory.resolve("dumped");
        try (GirokProcess own = GirokProcess.start(data)) {
            CommandRun.kafkaTool(
                    "",
                    TOPICS,
                    "--bootstrap-server",
                    own.bootstrap(),
                    "--create",
                    "--topic",
                    "dumped",
                    "--partitions",
                    "1",
                    "--config",
                    "segment.bytes=1048576",
                    "--config",
                    "index.interval.bytes=1024").succeeded();
            String input = IntStream.range(0, 20_000)
                    .mapToObj(i -> "key-" + i % 100 + ":" + "value ".repeat(20) + i)
                    .reduce(new StringBuilder(), (text, line) -> text.append(line).append('\n'), StringBuilder::append)
                    .toString();
            CommandRun.girok(
                    input,
                    "produce",
                    "--bootstrap",
                    own.bootstrap(),
                    "--key-separator",
                    ":",
                    "dumped").succeeded();
            assertThat(own.stop()).isZero();
        }

        assertThat(DumpLog.accepts(List.of(data.resolve("dumped-0")))).isGreaterThan(6);
    }

    private static CommandRun tool(String input, String mainClass, String... arguments) {
        String[] all = Stream.concat(Stream.of("--bootstrap-server", broker.bootstrap()), Stream.of(arguments))
                .toArray(String[]::new);
        return CommandRun.kafkaTool(input, mainClass, all).succeeded();
    }
}
