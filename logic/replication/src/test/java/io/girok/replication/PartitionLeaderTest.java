package io.girok.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.files.EpochEnd;
import io.girok.log.LogSettings;
import io.girok.replication.AppendOutcome.Refused;
import io.girok.replication.AppendOutcome.Written;
import io.girok.replication.PartitionLeader.CommitWait;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class PartitionLeaderTest extends LeaderWorld {
    @Test
    void whoDoesNotLeadRefuses() {
        assertThat(append(ALL)).isEqualTo(new Refused(Errors.NOT_LEADER_OR_FOLLOWER, null, List.of()));

        lead(5, 1);
        leader.resign();

        assertThat(append(ALL)).isEqualTo(new Refused(Errors.NOT_LEADER_OR_FOLLOWER, null, List.of()));
    }

    @Test
    void theSlowestReplicaInSyncDecidesWhatIsCommitted() {
        lead(5, 1, 2, 3);
        awaitCommitted(append(ALL));
        append(ALL);

        fetch(2, 2);
        assertThat(leader.highWatermark()).isZero();
        fetch(3, 1);

        assertThat(leader.highWatermark()).isEqualTo(1);
        assertThat(done).containsExactly(Errors.NONE);
    }

    @Test
    void aReplicaThatFallsOutOfSyncHoldsNothingBack() {
        lead(5, 1, 2);
        awaitCommitted(append(ALL));

        lead(5, 1);

        assertThat(leader.highWatermark()).isEqualTo(1);
        assertThat(done).containsExactly(Errors.NONE);
    }

    @Test
    void aNewEpochForgetsWhatFollowersReportedBefore() {
        lead(5, 1, 2);
        append(ALL);
        fetch(2, 1);
        assertThat(leader.highWatermark()).isEqualTo(1);

        lead(6, 1, 2);
        append(ALL);

        assertThat(leader.highWatermark()).isEqualTo(1);
    }

    @Test
    void anOlderEpochIsIgnored() {
        lead(5, 1);

        lead(4, 1, 2);

        assertThat(leader.leaderEpoch()).isEqualTo(5);
        append(ALL);
        assertThat(leader.highWatermark()).isEqualTo(1);
    }

    @Test
    void waitsEndInTheOrderOfTheirOffsets() {
        lead(5, 1, 2);
        List<String> order = new ArrayList<>();
        for (String name : List.of("first", "second", "third")) {
            Written written = append(LEADER) instanceof Written w ? w : null;
            leader.awaitCommitted(written.endOffset(), error -> order.add(name));
        }

        fetch(2, 2);
        assertThat(order).containsExactly("first", "second");
        fetch(2, 3);

        assertThat(order).containsExactly("first", "second", "third");
    }

    @Test
    void aWaitThatIsCancelledHearsNothing() {
        lead(5, 1, 2);
        CommitWait wait = awaitCommitted(append(ALL));

        wait.cancel();
        fetch(2, 1);

        assertThat(done).isEmpty();
    }

    @Test
    void whoWaitsWhenTheLeadGoesHearsOfIt() {
        lead(5, 1, 2);
        awaitCommitted(append(ALL));
        Watch watch = new Watch();
        leader.watch(watch, Isolation.READ_UNCOMMITTED);

        leader.resign();

        assertThat(done).containsExactly(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(watch.interruptions).isEqualTo(1);
    }

    @Test
    void watchersAreToldTheBytesThatBecomeVisible() {
        lead(5, 1, 2);
        Watch watch = new Watch();
        leader.watch(watch, Isolation.READ_UNCOMMITTED);
        Watch committed = new Watch();
        leader.watch(committed, Isolation.READ_COMMITTED);
        append(LEADER);
        append(LEADER);
        assertThat(watch.bytes).isZero();

        fetch(2, 1);
        fetch(2, 2);

        assertThat(watch.bytes).isEqualTo(2L * batch().limit());
        assertThat(committed.bytes).isEqualTo(watch.bytes);
    }

    @Test
    void anEpochIsHeldAgainstTheLeaders() {
        lead(5, 1);

        assertThat(leader.check(-1)).isEqualTo(Errors.NONE);
        assertThat(leader.check(5)).isEqualTo(Errors.NONE);
        assertThat(leader.check(4)).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(leader.check(6)).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
    }

    @Test
    void aNewLeaderDoesNotVouchForItsHighWatermarkBeforeItsLogIsCommitted() {
        lead(5, 1, 2);
        append(LEADER);

        lead(6, 1, 2);
        assertThat(leader.isHighWatermarkKnown()).isFalse();
        fetch(2, 1);

        assertThat(leader.isHighWatermarkKnown()).isTrue();
    }

    @Test
    void theEarliestEpochIsThatOfTheFirstRecord() {
        lead(5, 1);
        append(ALL);
        append(ALL);
        lead(8, 1);
        append(ALL);
        assertThat(leader.earliestEpoch()).isEqualTo(5);

        leader.deleteBefore(2);

        assertThat(leader.earliestEpoch()).isEqualTo(8);
    }

    @Test
    void aFollowerReadsToTheEndOfTheLog() {
        lead(5, 1, 2);
        append(ALL);

        assertThat(fetch(2, 0).sizeInBytes()).isPositive();
        assertThat(leader.highWatermark()).isZero();
    }

    @Test
    void whoIsNoReplicaGetsNothing() {
        lead(5, 1, 2);
        append(ALL);

        assertThat(fetch(4, 0).error()).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
    }

    @Test
    void aFollowerThatHasLessThanTheLogBeginsWithIsToldWhereThatIs() {
        lead(5, 1);
        append(ALL);
        append(ALL);
        leader.deleteBefore(2);
        lead(6, 1, 2);

        FetchedPartition fetched = fetch(2, 1);

        assertThat(fetched.error()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        assertThat(fetched.logStartOffset()).isEqualTo(2);
    }

    @Test
    void aFollowerThatHasMoreThanTheLogIsToldWhereToCut() {
        lead(5, 1, 2);
        append(ALL);

        assertThat(fetch(2, 7).diverging()).isEqualTo(new EpochEnd(5, 1));
        assertThat(leader.highWatermark()).isZero();
    }

    @Test
    void aReplicaThatHasCaughtUpIsProposedOnce() {
        lead(1, List.of(1, 2), 1);
        append(ALL);

        fetch(2, 0);
        assertThat(proposed).isEmpty();
        fetch(2, 1);
        fetch(2, 1);

        assertThat(proposed).hasSize(1);
        assertThat(proposed.getFirst().proposal().isr())
                .containsExactly(new InSyncProposals.Member(1, -1), new InSyncProposals.Member(2, 102));
    }

    @Test
    void whoIsProposedHoldsBackWhatIsCommittedUntilTheAnswer() {
        lead(1, List.of(1, 2), 1);
        fetch(2, 0);
        append(ALL);
        assertThat(leader.highWatermark()).isZero();

        proposed.getFirst().answer().onRefused();

        assertThat(leader.highWatermark()).isEqualTo(1);
    }

    @Test
    void whoIsAcceptedHoldsBackWhatIsCommitted() {
        lead(1, List.of(1, 2), 1);
        fetch(2, 0);
        append(ALL);

        proposed.getFirst().answer().onAccepted(5, 2, List.of(1, 2));
        // The metadata of before come late.
        lead(1, List.of(1, 2), 1);
        assertThat(leader.highWatermark()).isZero();
        fetch(2, 1);

        assertThat(leader.highWatermark()).isEqualTo(1);
    }

    @Test
    void aReplicaThatLagsForTooLongIsProposedOutAndCountsUntilItIs() {
        lead(1, List.of(1, 2, 3), 1, 2, 3);
        append(ALL);
        clock.advance(MAX_LAG_MS);
        fetch(3, 1);
        leader.checkFollowers();
        assertThat(proposed).isEmpty();

        clock.advance(1);
        leader.checkFollowers();
        leader.checkFollowers();

        assertThat(proposed).hasSize(1);
        assertThat(proposed.getFirst().isr()).containsExactly(1, 3);
        assertThat(leader.highWatermark()).isZero();
        proposed.getFirst().answer().onAccepted(5, 2, List.of(1, 3));
        assertThat(leader.highWatermark()).as("more may have to be in sync by now").isZero();
        lead(2, List.of(1, 2, 3), 1, 3);
        assertThat(leader.highWatermark()).isEqualTo(1);
    }

    @Test
    void whoDoesNotKnowYetThatMoreMustBeInSyncCommitsNothingAlone() {
        lead(1, List.of(1, 2), 1, 2);
        awaitCommitted(append(ALL));
        clock.advance(MAX_LAG_MS + 1);
        leader.checkFollowers();

        proposed.getFirst().answer().onAccepted(5, 2, List.of(1));
        leader.configure(LogSettings.DEFAULT, 2);
        lead(2, List.of(1, 2), 1);

        assertThat(done).as("broker 2 is eligible to lead, without the record").isEmpty();
    }

    @Test
    void aReplicaThatKeepsUpWithWhatThereWasAtItsLastFetchDoesNotLag() {
        lead(1, List.of(1, 2), 1, 2);
        for (int i = 1; i < 10; i++) {
            append(ALL);
            clock.advance(MAX_LAG_MS / 2);
            leader.checkFollowers();
            fetch(2, i - 1);
        }

        assertThat(proposed).isEmpty();
    }

    @Test
    void whoJoinsMustHaveWhatTheLeaderBeganWith() {
        lead(5, 1);
        append(ALL);
        leader.resign();
        leader.lead(new Leadership(1, 6, 2, List.of(1, 2, 3), List.of(1, 3)));

        fetch(2, 0);
        assertThat(proposed).isEmpty();
        fetch(2, 1);

        assertThat(proposed).hasSize(1);
    }

    @Test
    void withTooFewInSyncNothingIsCommitted() {
        leader.configure(LogSettings.DEFAULT, 2);
        lead(1, List.of(1, 2, 3), 1);
        append(LEADER);
        assertThat(leader.highWatermark()).isZero();

        lead(2, List.of(1, 2, 3), 1, 2);
        fetch(2, 1);

        assertThat(leader.highWatermark()).isEqualTo(1);
    }

    @Test
    void whereThereAreFewerReplicasThanMustBeInSyncAllOfThemAreEnough() {
        leader.configure(LogSettings.DEFAULT, 2);
        lead(1, List.of(1), 1);

        awaitCommitted(append(ALL));

        assertThat(done).containsExactly(Errors.NONE);
        lead(2, List.of(1, 2), 1);
        assertThat(append(ALL)).isInstanceOf(Refused.class);
        leader.awaitCommitted(1, done::add);
        assertThat(done).containsExactly(Errors.NONE, Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
    }

    @Test
    void whatFewerReplicasMayCommitIsCommittedOnlyByWhoLeadsStill() {
        leader.configure(LogSettings.DEFAULT, 2);
        lead(1, List.of(1, 2, 3), 1);
        awaitCommitted(append(LEADER));

        leader.configure(LogSettings.DEFAULT, 1);
        assertThat(leader.highWatermark()).isZero();
        leader.resign();
        assertThat(done).containsExactly(Errors.NOT_LEADER_OR_FOLLOWER);

        lead(2, List.of(1, 2, 3), 1);
        assertThat(leader.highWatermark()).isEqualTo(1);
    }

    @Test
    void consumersAreSentToTheFollowerThatIsMostCaughtUp() {
        lead(1, List.of(1, 2, 3, 4), 1, 2, 3);
        append(ALL);
        append(ALL);
        fetch(4, 2);
        assertThat(mostCaughtUp(0)).as("no follower was heard of").isEqualTo(FetchedPartition.NO_REPLICA);

        fetch(2, 1);
        assertThat(mostCaughtUp(1)).isEqualTo(2);
        assertThat(mostCaughtUp(2)).as("no follower has it").isEqualTo(FetchedPartition.NO_REPLICA);
        fetch(3, 2);

        assertThat(mostCaughtUp(2)).isEqualTo(3);
        assertThat(mostCaughtUp(0)).isEqualTo(3);
        assertThat(leader.mostCaughtUp(0, brokerId -> brokerId != 3)).isEqualTo(2);
    }

    @Test
    void consumersAreNotSentToAFollowerThatHasDeletedWhatTheyWant() {
        lead(1, List.of(1, 2), 1, 2);
        append(ALL);
        append(ALL);
        leader.readFor(new PartitionLeader.Follower(2, 102), new FetchPosition(5, 2, -1, 1, 1 << 20), true);

        assertThat(mostCaughtUp(0)).isEqualTo(FetchedPartition.NO_REPLICA);
        assertThat(mostCaughtUp(1)).isEqualTo(2);
    }

    @Test
    void ofFollowersThatHaveAllTheOneThatWasThereLastIsTaken() {
        lead(1, List.of(1, 2, 3, 4), 1, 2, 3, 4);
        fetch(4, 0);
        fetch(2, 0);
        assertThat(mostCaughtUp(0)).isEqualTo(2);

        clock.advance(1);
        fetch(4, 0);

        assertThat(mostCaughtUp(0)).isEqualTo(4);
    }

    @Test
    void followersThatWaitHearOfWhatIsCommitted() {
        lead(5, 1, 2);
        append(ALL);
        Watch follower = new Watch();
        Watch consumer = new Watch();
        leader.watch(follower, Isolation.LOG_END);
        leader.watch(consumer, Isolation.READ_UNCOMMITTED);

        fetch(2, 1);

        assertThat(follower.news).isEqualTo(1);
        assertThat(consumer.news).isZero();
    }

    @Test
    void aRefusedJoinHoldsNobodyElsesUpAndNoLeave() {
        lead(1, List.of(1, 2, 3, 4), 1, 2);
        append(ALL);
        fetch(3, 1);
        proposed.getFirst().answer().onRefused();

        fetch(3, 1);
        assertThat(proposed).as("it rests").hasSize(1);
        fetch(4, 1);
        assertThat(proposed).hasSize(2).last().extracting(Proposed::isr).isEqualTo(List.of(1, 2, 4));
        proposed.getLast().answer().onRefused();
        clock.advance(MAX_LAG_MS + 1);
        fetch(3, 1);
        proposed.getLast().answer().onRefused();
        leader.checkFollowers();

        assertThat(proposed).hasSize(4).last().extracting(Proposed::isr).isEqualTo(List.of(1));
    }

    @Test
    void aReplicaThatLagsWhileAProposalIsOpenIsProposedOutRightAfterItsAnswer() {
        lead(1, List.of(1, 2, 3), 1, 2);
        append(ALL);
        clock.advance(MAX_LAG_MS + 1);
        fetch(3, 1);
        leader.checkFollowers();
        assertThat(proposed).hasSize(1);

        proposed.getFirst().answer().onRefused();
        assertThat(proposed).hasSize(2).last().extracting(Proposed::isr).isEqualTo(List.of(1));
        proposed.getLast().answer().onRefused();

        assertThat(proposed).as("the next look is that of checkFollowers").hasSize(2);
    }

    @Test
    void aReplicaThatLagsWhileAnotherJoinsIsProposedOutRightAfterwards() {
        lead(1, List.of(1, 2, 3), 1, 2);
        append(ALL);
        clock.advance(MAX_LAG_MS + 1);
        fetch(3, 1);
        leader.checkFollowers();

        proposed.getFirst().answer().onAccepted(5, 2, List.of(1, 2, 3));

        assertThat(proposed).hasSize(2).last().extracting(Proposed::isr).isEqualTo(List.of(1, 3));
    }

    @Test
    void whoSaysToBeTheLeaderItselfGetsNothing() {
        lead(5, 1, 2);
        append(ALL);

        assertThat(fetch(1, 0).error()).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
        assertThat(leader.isLeading()).isTrue();
    }
}
