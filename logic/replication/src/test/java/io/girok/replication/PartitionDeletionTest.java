package io.girok.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.log.LogSettings;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// Records that a client has deleted, and the followers that have to know of it.
class PartitionDeletionTest extends LeaderWorld {
    @Test
    void whatIsDeletedIsGoneOnceAllInSyncFollowersSaySo() {
        lead(1, List.of(1, 2, 3, 4), 1, 2, 3);
        for (int i = 0; i < 3; i++) {
            append(ALL);
        }
        fetch(2, 3);
        fetch(3, 3);
        Watch follower = new Watch();
        leader.watch(follower, Isolation.LOG_END);
        int newsBefore = follower.news;

        PartitionLeader.DeleteOutcome outcome = leader.deleteBefore(2);
        leader.awaitDeleted(outcome.offset(), done::add);
        assertThat(outcome).isEqualTo(new PartitionLeader.DeleteOutcome(Errors.NONE, 2));
        assertThat(follower.news).as("who waits is told").isEqualTo(newsBefore + 1);
        assertThat(leader.isAtRest()).isFalse();
        fetch(2, 3, 2);
        fetch(3, 3, 1);
        assertThat(done).isEmpty();
        assertThat(leader.lowWatermark()).isEqualTo(1);
        fetch(3, 3, 2);

        assertThat(done).containsExactly(Errors.NONE);
        assertThat(leader.lowWatermark()).isEqualTo(2);
        leader.awaitDeleted(1, done::add);
        assertThat(done).as("it was so already").hasSize(2);
    }

    @Test
    void aFollowerThatFallsOutOfSyncHoldsNoDeletionUp() {
        lead(1, List.of(1, 2), 1, 2);
        append(ALL);
        fetch(2, 1);
        leader.awaitDeleted(leader.deleteBefore(-1).offset(), done::add);
        assertThat(done).isEmpty();

        lead(2, List.of(1, 2), 1);

        assertThat(done).containsExactly(Errors.NONE);
    }

    @Test
    void whileTooFewAreInSyncAnEligibleReplicaMayStillHaveWhatIsDeleted() {
        leader.configure(LogSettings.DEFAULT, 2);
        lead(1, List.of(1, 2), 1, 2);
        append(ALL);
        fetch(2, 1);
        leader.awaitDeleted(leader.deleteBefore(1).offset(), done::add);
        lead(2, List.of(1, 2), 1);
        leader.awaitDeleted(1, done::add);
        assertThat(done).isEmpty();

        lead(3, List.of(1, 2), 1, 2);
        assertThat(done).isEmpty();
        fetch(2, 1, 1);

        assertThat(done).containsExactly(Errors.NONE, Errors.NONE);
    }

    @Test
    void whoIsProposedHoldsADeletionUpUntilTheAnswer() {
        lead(1, List.of(1, 2), 1);
        append(ALL);
        fetch(2, 1);
        leader.awaitDeleted(leader.deleteBefore(1).offset(), done::add);
        assertThat(done).isEmpty();

        proposed.getFirst().answer().onRefused();

        assertThat(done).containsExactly(Errors.NONE);
    }

    @Test
    void whoWaitsForADeletionHearsThatTheLeadIsGone() {
        lead(1, List.of(1, 2), 1, 2);
        append(ALL);
        fetch(2, 1);
        leader.awaitDeleted(leader.deleteBefore(1).offset(), done::add);

        leader.resign();
        leader.awaitDeleted(1, done::add);

        assertThat(done).containsExactly(Errors.NOT_LEADER_OR_FOLLOWER, Errors.NOT_LEADER_OR_FOLLOWER);
    }
}
