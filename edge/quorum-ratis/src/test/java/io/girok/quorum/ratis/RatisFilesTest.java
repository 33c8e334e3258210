package io.girok.quorum.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RatisFilesTest {
    private static final UUID GROUP = new UUID(1, 2);

    @TempDir
    Path directory;

    /// `voters`: whether it is known who votes, as it is with the first entry.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            term | voters | another file                | remembers
            0    | false  |                             | false
            3    | false  |                             | true
            3    | true   |                             | false
            0    | true   |                             | false
            3    | true   | current/log_inprogress_0    | true
            3    | true   | current/log_0-7             | true
            3    | true   | sm/snapshot.3_7             | true
            """, useHeadersInDisplayName = true)
    void whoHasTakenEntriesAndHasNoneAnyMoreRemembersNothing(long term, boolean isKnownWhoVotes, String other,
            boolean remembers) throws IOException {
        write("current/raft-meta", "term=" + term + "\n");
        if (isKnownWhoVotes) {
            write("current/raft-meta.conf", "");
        }
        if (other != null) {
            write(other, "");
        }

        assertThat(new RatisFiles(directory, GROUP).haveMemory()).isEqualTo(remembers);
    }

    private void write(String file, String text) throws IOException {
        Path path = directory.resolve(GROUP.toString()).resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
