package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The `girok` command against a broker, as a user types it.
class CommandLineIT {
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
    void topicsAreCreatedListedDescribedAlteredAndDeleted() {
        run("", "topic", "create", "cli-topic", "--partitions", "3", "--replication-factor", "1", "--set",
                "retention.ms=90000").succeeded();

        CommandRun listed = run("", "topic", "list").succeeded();
        run("", "topic", "alter", "cli-topic", "--partitions", "4", "--set", "retention.ms=70000").succeeded();
        CommandRun described = run("", "topic", "describe", "cli-topic", "--json").succeeded();
        CommandRun again = run("", "topic", "create", "cli-topic");
        run("", "topic", "delete", "cli-topic").succeeded();
        CommandRun gone = run("", "topic", "describe", "cli-topic");

        assertThat(listed.output()).contains("cli-topic");
        assertThat(described.output()).contains("70000");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.errors()).contains("cli-topic").contains("exists").doesNotContain("\tat ");
        assertThat(gone.exitCode()).isEqualTo(1);
        assertThat(gone.errors()).contains("cli-topic").doesNotContain("\tat ");
    }

    @Test
    void withoutKeysRecordsSpreadEvenly() {
        run("", "topic", "create", "even", "--partitions", "4").succeeded();

        CommandRun produced = run(lines(100), "produce", "even").succeeded();
        CommandRun read = run("", "consume", "even", "--from-beginning", "--until-end", "--json").succeeded();

        assertThat(produced.output() + produced.errors()).contains("25");
        for (int partition = 0; partition < 4; partition++) {
            String field = "\"partition\":" + partition;
            assertThat(read.lines().stream().filter(line -> line.replace(" ", "").contains(field))).hasSize(25);
        }
    }

    @Test
    void withKeysEachKeyStaysOnItsPartition() {
        run("", "topic", "create", "cli-keyed", "--partitions", "5").succeeded();
        String input = IntStream.range(0, 200).mapToObj(i -> "k" + i % 10 + ":" + i + "\n").reduce("", String::concat);

        run(input, "produce", "cli-keyed", "--key-separator", ":").succeeded();
        List<String> read = run("", "consume", "cli-keyed", "--from-beginning", "--until-end", "--json").succeeded()
                .lines();

        assertThat(read).hasSize(200);
        for (int key = 0; key < 10; key++) {
            String field = "\"key\":\"k" + key + "\"";
            assertThat(
                    read.stream()
                            .map(line -> line.replace(" ", ""))
                            .filter(line -> line.contains(field))
                            .map(line -> line.replaceAll(".*\"partition\":(\\d+).*", "$1"))
                            .distinct())
                    .hasSize(1);
        }
    }

    @Test
    void aGroupIsReadResetAndDeleted() {
        run("", "topic", "create", "cli-grouped").succeeded();
        run(lines(10), "produce", "cli-grouped").succeeded();

        CommandRun first = run("", "consume", "cli-grouped", "--group", "cli-readers", "--from-beginning", "--max",
                "10")
                .succeeded();
        CommandRun described = run("", "group", "describe", "cli-readers").succeeded();
        run("", "group", "reset", "cli-readers", "--topic", "cli-grouped", "--to-earliest", "--execute").succeeded();
        CommandRun second = run("", "consume", "cli-grouped", "--group", "cli-readers", "--max", "10").succeeded();
        CommandRun listed = run("", "group", "list").succeeded();
        run("", "group", "delete", "cli-readers").succeeded();

        assertThat(first.lines()).hasSize(10).isEqualTo(second.lines());
        assertThat(described.output()).contains("cli-grouped", "10");
        assertThat(listed.output()).contains("cli-readers");
    }

    @Test
    void logsAreDumpedAndVerifiedAndDamageIsFound() throws IOException {
        Path data = directory.resolve("verified");
        try (GirokProcess own = GirokProcess.start(data)) {
            CommandRun.girok(lines(500), "produce", "--bootstrap", own.bootstrap(), "checked").succeeded();
            assertThat(own.stop()).isZero();
        }
        CommandRun good = CommandRun.girok("", "log", "verify", data.toString()).succeeded();
        Path segment;
        try (Stream<Path> files = Files.walk(data)) {
            segment = files.filter(file -> file.getParent().endsWith("checked-0"))
                    .filter(file -> file.toString().endsWith(".log"))
                    .findFirst()
                    .orElseThrow();
        }
        CommandRun dump = CommandRun.girok("", "log", "dump", segment.toString()).succeeded();

        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 0x10;
        Files.write(segment, bytes);
        CommandRun bad = CommandRun.girok("", "log", "verify", data.toString());

        assertThat(good.exitCode()).isZero();
        assertThat(dump.output()).contains("line 499");
        assertThat(bad.exitCode()).isEqualTo(1);
        assertThat(bad.output() + bad.errors()).contains("checked-0").contains(segment.getFileName().toString());
    }

    @Test
    void anUnreachableBrokerIsAShortErrorNamingIt() {
        CommandRun run = CommandRun.girok("", "topic", "list", "--bootstrap", "127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errors()).contains("127.0.0.1:1").doesNotContain("\tat ");
    }

    @Test
    void wrongUsageExitsWithTwo() {
        assertThat(CommandRun.girok("", "topic", "create").exitCode()).isEqualTo(2);
        assertThat(CommandRun.girok("", "no-such-command").exitCode()).isEqualTo(2);
    }

    private static String lines(int count) {
        return IntStream.range(0, count).mapToObj(i -> "line " + i + "\n").reduce("", String::concat);
    }

    private static CommandRun run(String input, String... arguments) {
        return CommandRun.girok(
                input,
                Stream.concat(Stream.of(arguments), Stream.of("--bootstrap", broker.bootstrap()))
                        .toArray(String[]::new));
    }
}
