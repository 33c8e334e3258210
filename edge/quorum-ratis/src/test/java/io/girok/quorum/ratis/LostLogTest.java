package io.girok.quorum.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.VoterSet;
import io.girok.quorum.ratis.RatisSettings.SnapshotTrigger;
import io.girok.quorum.ratis.RatisSettings.Timing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Nodes that can't know any more, or might not, what they have promised: they don't vote until they are added.
@Timeout(300)
final class LostLogTest {
    private static final Timing TIMING = new Timing(1_500, 3_000, 150, 10_000);

    @TempDir
    Path directory;
    private Voters voters;

    @BeforeEach
    void open() {
        voters = new Voters(directory, TIMING, SnapshotTrigger.DEFAULT);
    }

    @AfterEach
    void close() {
        voters.close();
    }

    /// It might have been there, and have promised something to those that were added: it does not ask them.
    @Test
    void aFounderThatComesAfterOthersWereAddedIsNotTakenForNew() {
        voters.start(1);
        voters.start(2);
        voters.start(4);
        voters.change(Voters.set(1, 2, 3, 4));

        voters.start(3);

        awaitOutside(3);
        assertThatItVotesOnceItIsAdded(3, Voters.set(1, 2, 3, 4));
    }

    @Test
    void whoWaitsToBeAddedFoundsWithNobody() throws IOException {
        voters.start(1);
        voters.start(3);
        assertThat(voters.append(voters.awaitLeader(), "a")).isEqualTo(new Appended(0, 0));
        voters.stop(3);
        voters.wipe(3);
        voters.start(3);
        awaitOutside(3);
        voters.stop(1);

        voters.start(2);
        awaitOutside(2);
        voters.stop(3);
        voters.start(3);
        awaitOutside(3);

        assertThat(voters.voter(3).log().onRequest(Voters.question(2)).thenApply(Founding.Answer::decode))
                .isCompletedWithValue(new Founding.Answer(Founding.Standing.KNOWN, false));
    }

    @Test
    void whoHasVotedAndTakenEntriesAndHasNoneAnyMoreDoesNotVote() throws IOException {
        voters.startAll();
        int leader = voters.awaitLeader();
        int lossy = Voters.others(leader).getFirst();
        assertThat(voters.append(leader, "a")).isEqualTo(new Appended(0, 0));
        voters.voter(lossy).listener().await("the record", heard -> heard.records().equals(List.of("a")));
        voters.stop(lossy);
        delete(lossy, "log_");

        voters.start(lossy);

        awaitOutside(lossy);
        assertThatItVotesOnceItIsAdded(lossy, Voters.set(1, 2, 3));
    }

    /// Files of a node that does not run.
    private void delete(int id, String prefix) throws IOException {
        try (Stream<Path> tree = Files.walk(voters.home(id))) {
            for (Path file : tree.filter(each -> each.getFileName().toString().startsWith(prefix)).toList()) {
                Files.delete(file);
            }
        }
    }

    private void awaitOutside(int id) {
        Voters.await("node " + id + " to wait to be added", () -> voters.voter(id).log().isOutside());
    }

    private void assertThatItVotesOnceItIsAdded(int id, VoterSet all) {
        voters.change(all.without(id));
        voters.change(all);
        voters.append("b");
        List<String> records = voters.voter(voters.awaitLeader()).listener().records();
        voters.voter(id).listener().await("the records", heard -> heard.records().equals(records));
        assertThat(voters.voter(id).log().isOutside()).isFalse();
    }
}
