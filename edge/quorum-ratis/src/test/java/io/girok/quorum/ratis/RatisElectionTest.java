package io.girok.quorum.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.quorum.ratis.RatisSettings.SnapshotTrigger;
import io.girok.quorum.ratis.RatisSettings.Timing;
import java.nio.file.Path;
import java.util.List;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
final class RatisElectionTest {
    private static final Timing QUICK = new Timing(1_000, 2_000, 40, 10_000);
    /// Elections by time-out come too late for any test.
    private static final Timing PATIENT = new Timing(300_000, 600_000, 40, 20_000);
    /// And this one does not call the first one either.
    private static final Timing PASSIVE = new Timing(300_000, 600_000, 300_000, 20_000);

    @TempDir
    Path directory;

    @Test
    void whoLostTheMajorityAndHasTheLongestLogLeadsAgain() {
        try (Voters voters = new Voters(directory, QUICK, SnapshotTrigger.DEFAULT).startAll()) {
            int leader = voters.awaitLeader();
            List<Integer> others = Voters.others(leader);

            others.forEach(voters::stop);
            voters.append(leader, "so that its log is the longest");
            voters.voter(leader).listener().await("it to lead no more", heard -> heard.epoch() == -1);
            voters.start(others.getFirst());

            assertThat(voters.awaitLeader()).isEqualTo(leader);
        }
    }

    @Test
    void whoHasNoEntryYetIsAsGoodAVoterAsAnyOther() {
        try (Voters voters = new Voters(directory, QUICK, SnapshotTrigger.DEFAULT)) {
            List.of(2, 3).forEach(id -> voters.start(id, PASSIVE));
            List.of(2, 3)
                    .forEach(id -> Voters.await("voter " + id + " to found the quorum",
                            () -> voters.voter(id).log().voter(id) != null));
            voters.cut(1, 3);
            voters.start(1);
            assertThat(voters.awaitLeader()).isEqualTo(1);
            assertThat(voters.append(1, "a")).isEqualTo(new Appended(0, 0));

            voters.stop(2);
            voters.voter(1).listener().await("it to lead no more", heard -> heard.epoch() == -1);
            voters.heal();

            assertThat(voters.awaitLeader()).isEqualTo(1);
            voters.voter(3).listener().await("the record", heard -> heard.records().equals(List.of("a")));
        }
    }

    @Test
    void whoLostTheMajorityStandsAgainAfterTheElectionTimeOut() {
        assertThat(RaftServerConfigKeys.LeaderElection.leaderStepDownWaitTime(properties(1)).getDuration())
                .isEqualTo(Timing.DEFAULT.maxElectionMs());
    }

    @Test
    void whoStartsFirstIsVotedForAsSoonAsAnotherIsThere() {
        try (Voters voters = new Voters(directory, PATIENT, SnapshotTrigger.DEFAULT).startAll()) {
            int leader = voters.awaitLeader();
            List<Integer> others = Voters.others(leader);
            others.forEach(voters::stop);
            voters.stop(leader);

            voters.start(leader);
            others.forEach(other -> voters.awaitNotReached(leader, other));
            voters.start(others.getFirst(), PASSIVE);

            assertThat(voters.awaitLeader()).isEqualTo(leader);
        }
    }

    @Test
    void twoDoNotCallTheFirstElectionAtOnce() {
        for (int id = 1; id < 5; id++) {
            assertThat(lastMs(id)).isLessThan(firstMs(id + 1));
        }
    }

    @Test
    void aVoteHasMoreTimeThanThereIsBeforeTheFirstElection() {
        RaftProperties properties = properties(1);

        RatisConfiguration.allowTimeForVotes(properties);

        assertThat(RaftServerConfigKeys.Rpc.firstElectionTimeoutMin(properties).getDuration())
                .isEqualTo(Timing.DEFAULT.minElectionMs());
        assertThat(RaftServerConfigKeys.Rpc.firstElectionTimeoutMax(properties).getDuration())
                .isEqualTo(Timing.DEFAULT.maxElectionMs());
    }

    @Test
    void whoeverHasTheLongestLogTakesThePlaceOfALeaderThatIsGone() {
        try (Voters voters = new Voters(directory, PATIENT, SnapshotTrigger.DEFAULT).startAll()) {
            int leader = voters.awaitLeader();
            List<Integer> left = Voters.others(leader);
            int behind = left.getFirst();
            int ahead = left.getLast();
            voters.append(leader, "a");
            left.forEach(id -> voters.voter(id)
                    .listener()
                    .await("the first record", heard -> heard.records().equals(List.of("a"))));
            voters.cut(leader, behind);
            assertThat(voters.append(leader, "b")).isEqualTo(new Appended(1, 1));

            voters.stop(leader);
            left.forEach(id -> voters.voter(id).log().voterGone(leader));

            assertThat(voters.awaitLeader()).isEqualTo(ahead);
            voters.voter(behind)
                    .listener()
                    .await("the second record", heard -> heard.records().equals(List.of("a", "b")));
        }
    }

    private static long firstMs(int id) {
        return RaftServerConfigKeys.Rpc.firstElectionTimeoutMin(properties(id)).getDuration();
    }

    private static long lastMs(int id) {
        return RaftServerConfigKeys.Rpc.firstElectionTimeoutMax(properties(id)).getDuration();
    }

    private static RaftProperties properties(int id) {
        return RatisConfiguration.of(RatisSettings.among(Path.of("nowhere"), id, List.of(1, 2, 3, 4, 5)));
    }
}
