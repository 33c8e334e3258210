package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Apache Kafka's own reader of log files, as the judge of what Girok has written.
final class DumpLog {
    private static final String FILES = ".*\\.(log|index|timeindex|snapshot|txnindex)";

    private DumpLog() {}

    /// Asserts that every file of the partition directories is what Kafka takes it for; answers how many there are.
    static int accepts(List<Path> partitions) {
        List<String> files = partitions.stream().flatMap(partition -> filesOf(partition).stream()).toList();
        CommandRun dump = CommandRun.kafkaTool("", "org.apache.kafka.tools.DumpLogSegments", "--deep-iteration",
                "--index-sanity-check", "--files", String.join(",", files)).succeeded();
        assertThat(dump.output()).contains("isvalid: true").doesNotContain("isvalid: false");
        assertThat(dump.output()).doesNotContainIgnoringCase("mismatch").doesNotContainIgnoringCase("found invalid");
        return files.size();
    }

    private static List<String> filesOf(Path partition) {
        try (Stream<Path> files = Files.list(partition)) {
            return files.map(Path::toString).filter(file -> file.matches(FILES)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
