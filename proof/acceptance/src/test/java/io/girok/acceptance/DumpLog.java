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
            List<String> all = files.map(Path::toString).filter(file -> file.matches(FILES)).sorted().toList();
            return all.stream().filter(file -> canBeDumped(file, all)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The tool opens the offset index beside a time index, also where there is none: a segment of one batch has only
    /// the other. Apache Kafka itself makes it.
    private static boolean canBeDumped(String file, List<String> all) {
        return !file.endsWith(".timeindex") || all.contains(file.replace(".timeindex", ".index"));
    }
}
