package io.girok.quorum.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.MetadataLog.AppendOutcome.NotWritten;
import io.girok.metadata.RecordingListener;
import io.girok.quorum.ratis.RatisSettings.SnapshotTrigger;
import io.girok.quorum.ratis.RatisSettings.Timing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
final class RatisVotersTest {
    private static final Timing QUICK = new Timing(1_000, 2_000, 100, 10_000);
    /// Elections by time-out come too late for any test.
    private static final Timing PATIENT = new Timing(300_000, 600_000, 100, 20_000);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void whatTheLeaderAppendsAllAreTold() {
        try (Voters voters = new Voters(directory, QUICK, SnapshotTrigger.DEFAULT).startAll()) {
            int leader = voters.awaitLeader();

            assertThat(voters.append(leader, "a", "b")).isEqualTo(new Appended(0, 1));

            for (int id : Voters.IDS) {
                awaitRecords(voters, id, List.of("a", "b"));
            }
        }
    }

    @Test
    void whoFollowsKnowsWhoLeads() {
        try (Voters voters = new Voters(directory, QUICK, SnapshotTrigger.DEFAULT).startAll()) {
            int leader = voters.awaitLeader();
            voters.append(leader, "a");

            for (int id : Voters.IDS) {
                awaitRecords(voters, id, List.of("a"));
                assertThat(voters.voter(id).log().leadership().leaderId()).isEqualTo(leader);
                assertThat(voters.voter(id).log().leadership().isLeader()).isEqualTo(id == leader);
            }
        }
    }

    @Test
    void whenTheLeaderIsKnownToBeGoneTheOthersDoNotWaitForATimeOut() {
        try (Voters voters = new Voters(directory, PATIENT, SnapshotTrigger.DEFAULT).startAll()) {
            int leader = voters.awaitLeader();
            voters.append(leader, "a");
            List<Integer> left = Voters.others(leader);
            left.forEach(id -> awaitRecords(voters, id, List.of("a")));

            voters.stop(leader);
            left.forEach(id -> voters.voter(id).log().voterGone(leader));
            int next = voters.awaitLeader();

            assertThat(voters.append(next, "b")).isEqualTo(new Appended(1, 1));
            left.forEach(id -> awaitRecords(voters, id, List.of("a", "b")));
        }
    }

    @Test
    void whenTheLeaderResignsTheOthersDoNotWaitForATimeOut() {
        try (Voters voters = new Voters(directory, PATIENT, SnapshotTrigger.DEFAULT).startAll()) {
            int leader = voters.awaitLeader();
            voters.append(leader, "a");

            voters.voter(leader).log().resign(voters.voter(leader).listener().epoch()).join();
            voters.stop(leader);
            int next = voters.awaitLeader(leader);

            assertThat(voters.append(next, "b")).isEqualTo(new Appended(1, 1));
            Voters.others(leader).forEach(id -> awaitRecords(voters, id, List.of("a", "b")));
        }
    }

    @Test
    void aLeaderWithoutAMajorityAppendsNothing() {
        try (Voters voters = new Voters(directory, QUICK, SnapshotTrigger.DEFAULT).startAll()) {
            int deposed = voters.awaitLeader();
            voters.append(deposed, "a");

            voters.isolate(deposed);
            assertThat(voters.append(deposed, "lost")).isNotInstanceOf(Appended.class);
            int next = voters.awaitLeader(deposed);
            assertThat(voters.append(next, "b")).isEqualTo(new Appended(1, 1));
            voters.heal();

            awaitRecords(voters, deposed, List.of("a", "b"));
        }
    }

    /// All that is committed was confirmed before, also what Ratis commits behind an append: it would answer from
    /// memory.
    @Test
    void aLeaderThatIsCutOffDoesNotPassABarrier() {
        try (Voters voters = new Voters(directory, QUICK, SnapshotTrigger.DEFAULT).startAll()) {
            int deposed = voters.awaitLeader();
            voters.append(deposed, "a");
            for (int i = 0; i < 10; i++) {
                assertThat(voters.voter(deposed).log().barrier()).succeedsWithin(PATIENCE);
            }

            voters.isolate(deposed);

            assertThat(voters.voter(deposed).log().barrier()).failsWithin(PATIENCE);
        }
    }

    @Test
    void whoWasDeposedIsFenced() {
        try (Voters voters = new Voters(directory, QUICK, SnapshotTrigger.DEFAULT).startAll()) {
            int leader = voters.awaitLeader();
            long epoch = voters.voter(leader).listener().epoch();
            voters.append(leader, "a");

            voters.voter(leader).log().resign(epoch).join();
            int next = voters.awaitLeader();
            voters.append(next, "b");

            assertThat(voters.voter(next).log().append(epoch, 2, List.of("old".getBytes())).join())
                    .isInstanceOf(NotWritten.class);
        }
    }

    @Test
    void aVoterThatWasAwayCatchesUp() {
        try (Voters voters = new Voters(directory, QUICK, SnapshotTrigger.DEFAULT).startAll()) {
            int leader = voters.awaitLeader();
            int away = Voters.others(leader).getFirst();
            voters.stop(away);
            List<String> appended = appendSome(voters, leader, 50);

            voters.start(away);

            awaitRecords(voters, away, appended);
        }
    }

    @Test
    void allOfThemStoppedAndStartedAgainKnowEverything() {
        try (Voters voters = new Voters(directory, QUICK, SnapshotTrigger.DEFAULT).startAll()) {
            List<String> appended = appendSome(voters, voters.awaitLeader(), 10);
            Voters.IDS.forEach(voters::stop);

            voters.startAll();
            int leader = voters.awaitLeader();

            assertThat(voters.voter(leader).listener().records()).isEqualTo(appended);
            assertThat(voters.append(leader, "more")).isEqualTo(new Appended(10, 10));
        }
    }

    private static List<String> appendSome(Voters voters, int leader, int count) {
        List<String> appended = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            appended.add("r" + i);
            assertThat(voters.append(leader, "r" + i)).isInstanceOf(Appended.class);
        }
        return appended;
    }

    private static void awaitRecords(Voters voters, int id, List<String> records) {
        RecordingListener listener = voters.voter(id).listener();
        listener.await("voter " + id + " to know " + records.size() + " records",
                heard -> heard.records().equals(records));
    }
}
