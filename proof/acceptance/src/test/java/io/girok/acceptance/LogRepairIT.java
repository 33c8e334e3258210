package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `girok log verify` and `girok log repair` on what a real broker has written and something has damaged.
class LogRepairIT {
    private static final int RECORDS = 12_000;

    @TempDir
    static Path directory;
    private static Path written;

    @TempDir
    Path own;

    @BeforeAll
    static void writeALog() {
        written = directory.resolve("written");
        try (GirokProcess broker = GirokProcess.start(written, Map.of("log.segment.bytes", "1048576"))) {
            CommandRun.girok("", "topic", "create", "orders", "--bootstrap", broker.bootstrap(), "--set",
                    "index.interval.bytes=1024").succeeded();
            String input = IntStream.range(0, RECORDS)
                    .mapToObj(i -> i + " " + "x".repeat(400))
                    .reduce(new StringBuilder(), (text, line) -> text.append(line).append('\n'), StringBuilder::append)
                    .toString();
            CommandRun.girok(input, "produce", "--bootstrap", broker.bootstrap(), "orders").succeeded();
            assertThat(broker.stop()).isZero();
        }
    }

    @Test
    void aSoundDirectoryNeedsNothing() throws IOException {
        CommandRun.girok("", "log", "verify", written.toString()).succeeded();
        Files.copy(written.resolve("meta.properties"), own.resolve("meta.properties"));
        CommandRun.girok("", "log", "verify", written.toString(), own.toString()).succeeded();

        CommandRun repair = CommandRun.girok("", "log", "repair", written.toString()).succeeded();

        assertThat(repair.output()).contains("Nothing needs repair");
    }

    @Test
    void aBrokerServesWhatIsLeftOfADamagedLog() throws IOException {
        Path data = copy();
        Path damaged = segments(data).get(2);
        flip(damaged, Files.size(damaged) / 2 + 1_000);
        flip(data.resolve("orders-0/" + name(segments(data).get(1)).replace(".log", ".index")), 17);
        cut(data.resolve("orders-0/leader-epoch-checkpoint"));
        cut(data.resolve("replication-offset-checkpoint"));

        CommandRun found = CommandRun.girok("", "log", "verify", data.toString());
        List<String> before = contents(data);
        CommandRun planned = CommandRun.girok("", "log", "repair", data.toString());
        List<String> after = contents(data);
        CommandRun repaired = CommandRun.girok("", "log", "repair", "--execute", data.toString()).succeeded();
        CommandRun.girok("", "log", "verify", data.toString()).succeeded();

        assertThat(found.exitCode()).isEqualTo(1);
        assertThat(found.output()).contains(name(damaged) + " at position", "CRC", ".index at position",
                "leader-epoch-checkpoint", "replication-offset-checkpoint");
        assertThat(planned.exitCode()).isEqualTo(1);
        assertThat(planned.output()).contains("orders-0: offsets 0 to ", "are lost", "--execute");
        assertThat(after).isEqualTo(before);
        assertThat(repaired.output()).contains("girok-repair-");
        long kept = Long.parseLong(repaired.output().replaceAll("(?s).*offsets 0 to (\\d+) are kept.*", "$1")) + 1;
        assertThat(kept).isBetween(4_000L, 9_000L);
        checkServed(data, IntStream.range(0, (int) kept).boxed().toList());
    }

    @Test
    void whatFollowsTheDamageIsServedIfItIsKept() throws IOException {
        Path data = copy();
        Path damaged = segments(data).get(1);
        flip(damaged, Files.size(damaged) / 2);

        CommandRun repaired = CommandRun.girok("", "log", "repair", "--execute", "--keep-later", data.toString())
                .succeeded();

        String[] lost = repaired.output().replaceAll("(?s).*; (\\d+) to (\\d+) are lost.*", "$1 $2").split(" ");
        checkServed(
                data,
                IntStream.range(0, RECORDS)
                        .filter(i -> i < Integer.parseInt(lost[0]) || Integer.parseInt(lost[1]) < i)
                        .boxed()
                        .toList());
    }

    @Test
    void aBrokerInUseIsLeftAlone() throws IOException {
        Path data = copy();
        try (GirokProcess broker = GirokProcess.start(data)) {
            CommandRun run = CommandRun.girok("", "log", "repair", data.toString());

            assertThat(broker.bootstrap()).isNotEmpty();
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.errors()).contains("is in use").doesNotContain("\tat ");
        }
        CommandRun none = CommandRun.girok("", "log", "repair", own.toString());
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.errors()).contains("is no log directory");
    }

    /// A broker starts on it, clients read it and write to it, and Apache Kafka's tool finds nothing to complain about.
    private static void checkServed(Path data, List<Integer> expected) {
        try (GirokProcess broker = GirokProcess.start(data)) {
            CommandRun read = CommandRun
                    .girok("", "consume", "orders", "--from-beginning", "--until-end", "--bootstrap",
                            broker.bootstrap())
                    .succeeded();
            assertThat(read.lines().stream().map(line -> Integer.parseInt(line.split(" ")[0]))).isEqualTo(expected);
            CommandRun.girok("one more\n", "produce", "--bootstrap", broker.bootstrap(), "orders").succeeded();
            assertThat(broker.stop()).isZero();
        }
        CommandRun.girok("", "log", "verify", data.toString()).succeeded();
        DumpLog.accepts(List.of(data.resolve("orders-0")));
    }

    private Path copy() throws IOException {
        Path data = own.resolve("data");
        try (Stream<Path> tree = Files.walk(written)) {
            for (Path from : tree.toList()) {
                Files.copy(from, data.resolve(written.relativize(from).toString()));
            }
        }
        return data;
    }

    private static List<Path> segments(Path data) throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("orders-0"))) {
            return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
        }
    }

    private static List<String> contents(Path data) throws IOException {
        try (Stream<Path> tree = Files.walk(data)) {
            return tree.filter(Files::isRegularFile).map(file -> file + " " + size(file)).sorted().toList();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void flip(Path file, long position) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(position);
            int before = open.read();
            open.seek(position);
            open.write(before ^ 0x10);
        }
    }

    private static void cut(Path file) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(open.length() / 2);
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }
}
