package io.girok.quorum.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.metadata.MetadataLog.AppendOutcome;
import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.QuorumStatus;
import io.girok.metadata.QuorumStatus.VoterStatus;
import io.girok.metadata.RecordingListener;
import io.girok.metadata.Voter;
import io.girok.metadata.VoterChange;
import io.girok.metadata.VoterChange.Reason;
import io.girok.metadata.VoterSet;
import io.girok.quorum.ratis.RatisSettings.SnapshotTrigger;
import io.girok.quorum.ratis.RatisSettings.Timing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class VoterChangeTest {
    /// Patient enough for a machine that does other things too, so that nobody leads by surprise.
    private static final Timing TIMING = new Timing(1_500, 3_000, 150, 10_000);
    private static final int SEGMENT_RECORDS = 25;
    private static final VoterSet FOUNDERS = Voters.set(1, 2, 3);

    @TempDir
    Path directory;
    private Voters voters;

    @BeforeEach
    void found() {
        voters = new Voters(directory, TIMING, SnapshotTrigger.DEFAULT).startAll();
    }

    @AfterEach
    void stop() {
        voters.close();
    }

    @Test
    void theVotersAreDescribed() {
        int leader = voters.awaitLeader();
        voters.append(leader, "a", "b");
        int follower = Voters.others(leader).getFirst();
        awaitRecords(follower, List.of("a", "b"));
        log(leader).barrier().join();

        QuorumStatus status = log(leader).status();

        assertThat(status.leadership().leaderId()).isEqualTo(leader);
        assertThat(status.endOffset()).isEqualTo(2);
        assertThat(status.voterSet()).isEqualTo(FOUNDERS);
        VoterStatus ofFollower = status.voters().get(follower - 1);
        assertThat(ofFollower.endOffset()).isEqualTo(2);
        assertThat(ofFollower.lastHeardMs()).isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis());
        assertThat(log(follower).status().voterSet()).isEqualTo(FOUNDERS);
    }

    @Test
    void aFourthAndAFifthCatchUpBehindAPurgedLogAndThenCount() {
        List<String> appended = appendMoreThanASegment();
        int leader = voters.awaitLeader();
        awaitRecords(leader, appended);
        log(leader).snapshot().join();
        voters.start(4);
        voters.start(5);

        voters.change(Voters.set(1, 2, 3, 4));
        voters.change(Voters.set(1, 2, 3, 4, 5));

        awaitRecords(4, appended);
        awaitRecords(5, appended);
        assertThat(voters.voter(4).listener().events()).anyMatch(event -> event.startsWith("snapshot"));
        List<Integer> gone = Voters.others(voters.awaitLeader()).subList(0, 2);
        gone.forEach(voters::stop);
        int next = voters.awaitLeader();
        assertThat(voters.append(next, "later")).isInstanceOf(Appended.class);
        appended.add("later");
        awaitRecords(4, appended);
        awaitRecords(5, appended);
    }

    @Test
    void whereVotersAreIsKnownToAllOfThemAfterARestartOfAll() {
        voters.start(4);
        voters.change(Voters.set(1, 2, 3, 4));
        voters.append(voters.awaitLeader(), "a");
        awaitRecords(4, List.of("a"));
        List.of(1, 2, 3, 4).forEach(voters::stop);

        List.of(1, 2, 3, 4).forEach(voters::start);
        int leader = voters.awaitLeader();

        for (int id : List.of(1, 2, 3, 4)) {
            assertThat(log(id).voter(4)).isEqualTo(Voters.at(4));
        }
        assertThat(log(leader).status().voterSet()).isEqualTo(Voters.set(1, 2, 3, 4));
        assertThat(voters.append(leader, "b")).isEqualTo(new Appended(1, 1));
        awaitRecords(4, List.of("a", "b"));
    }

    @Test
    void whoIsRemovedCountsNoMoreAndCanBeAddedAgain() {
        int leader = voters.awaitLeader();
        int removed = Voters.others(leader).getFirst();
        int stays = Voters.others(leader).getLast();

        voters.change(FOUNDERS.without(removed));
        voters.isolate(stays);
        assertThat(voters.append(leader, "lost")).isNotInstanceOf(Appended.class);
        voters.heal();
        int next = voters.awaitLeader();
        voters.change(FOUNDERS);
        voters.append(next, "a");

        awaitRecords(removed, voters.voter(voters.awaitLeader()).listener().records());
        assertThat(voters.voter(removed).listener().events()).doesNotContain("fatal");
    }

    /// It has more entries, none of them committed, than there were when it was removed.
    @Test
    void aLeaderThatIsRemovedWhileItIsCutOffHearsOfItAndCanBeAddedAgain() {
        int removed = voters.awaitLeader();
        assertThat(voters.append(removed, "a")).isEqualTo(new Appended(0, 0));
        Voters.IDS.forEach(id -> awaitRecords(id, List.of("a")));
        voters.isolate(removed);
        long epoch = voters.voter(removed).listener().epoch();
        List<CompletableFuture<AppendOutcome>> lost = IntStream.range(1, 41)
                .mapToObj(offset -> log(removed).append(epoch, offset, List.of("lost".getBytes())))
                .toList();
        voters.awaitLeader(removed);
        voters.voter(removed).listener().await("it to lead no more", heard -> heard.epoch() == -1);
        voters.change(FOUNDERS.without(removed));

        voters.heal();
        Voters.await("the removed one to hear of it", () -> log(removed).isOutside());
        voters.change(FOUNDERS);
        voters.append("b");

        List<String> records = voters.voter(voters.awaitLeader()).listener().records();
        assertThat(records).startsWith("a").doesNotContain("lost");
        awaitRecords(removed, records);
        assertThat(lost).noneMatch(append -> append.join() instanceof Appended);
    }

    @Test
    void aLeaderThatIsToGoHandsOverFirst() {
        int leader = voters.awaitLeader();
        voters.append(leader, "a");

        VoterChange first = log(leader).changeVoters(FOUNDERS, FOUNDERS.without(leader)).join();
        int next = voters.awaitLeader(leader);
        voters.change(FOUNDERS.without(leader));

        assertThat(first).isInstanceOf(VoterChange.Refused.class);
        assertThat(((VoterChange.Refused) first).reason()).isEqualTo(Reason.NOT_LEADER);
        assertThat(next).isNotEqualTo(leader);
        assertThat(voters.append(voters.awaitLeader(leader), "b")).isEqualTo(new Appended(1, 1));
    }

    @Test
    void whoHasLostItsDiskDoesNotVoteUntilItIsRemovedAndAdded() throws IOException {
        List<String> appended = appendMoreThanASegment();
        int leader = voters.awaitLeader();
        awaitRecords(leader, appended);
        log(leader).snapshot().join();
        int wiped = Voters.others(leader).getFirst();
        int other = Voters.others(leader).getLast();
        awaitRecords(other, appended);
        voters.stop(wiped);
        voters.wipe(wiped);

        voters.start(wiped);
        voters.stop(other);

        assertThat(voters.append(leader, "lost")).isNotInstanceOf(Appended.class);
        assertThat(voters.voter(wiped).listener().records()).isEmpty();

        voters.start(other);
        int next = voters.awaitLeader();
        voters.change(FOUNDERS.without(wiped));
        voters.change(FOUNDERS);
        List<String> all = voters.voter(next).listener().records();
        awaitRecords(wiped, all);
        voters.stop(other);
        assertThat(voters.append(voters.awaitLeader(), "later")).isInstanceOf(Appended.class);
    }

    @Test
    void aVoterWithoutADiskIsStillWithoutAVoiceAfterItsRestart() throws IOException {
        int leader = voters.awaitLeader();
        voters.append(leader, "a");
        int wiped = Voters.others(leader).getFirst();
        voters.stop(wiped);
        voters.wipe(wiped);
        voters.start(wiped);
        log(leader).barrier().join();

        voters.stop(wiped);
        voters.start(wiped);
        voters.stop(Voters.others(leader).getLast());

        assertThat(voters.append(leader, "lost")).isNotInstanceOf(Appended.class);
    }

    @Test
    void votersThatAreNotTheExpectedOnesStay() {
        int leader = voters.awaitLeader();

        VoterChange change = log(leader).changeVoters(Voters.set(1, 2), Voters.set(1, 2, 3)).join();

        assertThat(reason(change)).isEqualTo(Reason.OTHER_VOTERS);
        assertThat(log(leader).status().voterSet()).isEqualTo(FOUNDERS);
    }

    @Test
    void onlyTheLeaderChangesVoters() {
        int follower = Voters.others(voters.awaitLeader()).getFirst();

        assertThat(reason(log(follower).changeVoters(FOUNDERS, Voters.set(1, 2)).join()))
                .isEqualTo(Reason.NOT_LEADER);
    }

    @Test
    void whoDoesNotAnswerIsNotAdded() {
        int leader = voters.awaitLeader();

        assertThat(reason(log(leader).changeVoters(FOUNDERS, Voters.set(1, 2, 3, 4)).join()))
                .isEqualTo(Reason.UNREACHABLE);

        assertThat(log(leader).status().voterSet()).isEqualTo(FOUNDERS);
        assertThat(voters.append(leader, "a")).isInstanceOf(Appended.class);
    }

    @Test
    void whereANodeIsSaidToBeOutlastsNeitherARefusalNorItsRemoval() {
        int leader = voters.awaitLeader();

        assertThat(reason(log(leader).changeVoters(FOUNDERS, Voters.set(1, 2, 3, 4)).join()))
                .isEqualTo(Reason.UNREACHABLE);
        assertThat(log(leader).voter(4)).isNull();
        assertThat(log(leader).candidate(4)).isNull();

        voters.start(4);
        voters.change(Voters.set(1, 2, 3, 4));
        assertThat(log(voters.awaitLeader()).voter(4)).isEqualTo(Voters.at(4));
        voters.change(FOUNDERS);
        int last = voters.awaitLeader();
        assertThat(log(last).voter(4)).isNull();
        assertThat(log(last).candidate(4)).isNull();
    }

    @Test
    void aVoterIsAddedAgainAtAnotherAddress() {
        int leader = voters.awaitLeader();
        int moved = Voters.others(leader).getFirst();
        Voter elsewhere = new Voter(moved, "elsewhere", 9_999);

        voters.change(FOUNDERS.without(moved));
        voters.change(FOUNDERS.without(moved).with(elsewhere));

        voters.append(voters.awaitLeader(), "a");
        for (int id : Voters.IDS) {
            awaitRecords(id, List.of("a"));
            assertThat(log(id).voter(moved)).isEqualTo(elsewhere);
        }
    }

    @Test
    void aVoterThatIsDownCanBeReplaced() {
        int leader = voters.awaitLeader();
        int down = Voters.others(leader).getFirst();
        voters.append(leader, "a");
        voters.stop(down);
        voters.start(4);

        voters.change(Voters.set(1, 2, 3, 4));
        voters.change(Voters.set(1, 2, 3, 4).without(down));

        voters.append(voters.awaitLeader(), "b");
        awaitRecords(4, List.of("a", "b"));
    }

    @Test
    void votersOfWhomTooFewAnswerDoNotTakeOver() {
        int leader = voters.awaitLeader();
        int down = Voters.others(leader).getFirst();
        voters.stop(down);
        awaitSilence(leader, down);

        VoterChange change = log(leader).changeVoters(FOUNDERS, Voters.set(leader, down)).join();

        assertThat(reason(change)).isEqualTo(Reason.UNREACHABLE);
        assertThat(voters.append(leader, "a")).isInstanceOf(Appended.class);
    }

    @Test
    void aMajorityThatHasNeverVotedDoesNotTakeOver() {
        int leader = voters.awaitLeader();

        VoterChange change = log(leader).changeVoters(FOUNDERS, Voters.set(leader, 4, 5)).join();

        assertThat(reason(change)).isEqualTo(Reason.INVALID);
    }

    @Test
    void aChangeWhoseLeaderIsLostEndsInOneOfTheTwo() {
        int leader = voters.awaitLeader();
        voters.append(leader, "a");
        VoterSet target = FOUNDERS.without(Voters.others(leader).getFirst());

        voters.isolate(leader);
        VoterChange change = log(leader).changeVoters(FOUNDERS, target).join();
        int next = voters.awaitLeader(leader);
        voters.heal();

        assertThat(change).isInstanceOf(VoterChange.Unknown.class);
        assertThat(log(next).status().voterSet()).isIn(FOUNDERS, target);
        assertThat(voters.append(next, "b")).isEqualTo(new Appended(1, 1));
        awaitRecords(leader, List.of("a", "b"));
    }

    private void awaitSilence(int leader, int down) {
        Voters.await("voter " + down + " to be silent", () -> TIMING.maxElectionMs() <= System.currentTimeMillis()
                - log(leader).status().voters().get(down - 1).lastHeardMs());
    }

    private RatisMetadataLog log(int id) {
        return voters.voter(id).log();
    }

    private static Reason reason(VoterChange change) {
        assertThat(change).isInstanceOf(VoterChange.Refused.class);
        return ((VoterChange.Refused) change).reason();
    }

    /// The log is purged by whole segments. Who leads may change meanwhile; what is there in the end is the answer.
    private List<String> appendMoreThanASegment() {
        while (true) {
            int leader = voters.awaitLeader();
            List<String> appended = voters.voter(leader).listener().records();
            if (SEGMENT_RECORDS <= appended.size()) {
                return new ArrayList<>(appended);
            }
            voters.append(leader, appended.size() + "x".repeat(400_000));
        }
    }

    private void awaitRecords(int id, List<String> records) {
        RecordingListener listener = voters.voter(id).listener();
        listener.await("voter " + id + " to know " + records.size() + " records",
                heard -> heard.records().equals(records));
    }
}
