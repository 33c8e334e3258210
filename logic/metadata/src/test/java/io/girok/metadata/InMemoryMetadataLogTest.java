package io.girok.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import io.girok.metadata.MetadataLog.AppendOutcome;
import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.MetadataLog.AppendOutcome.Unknown;
import io.girok.metadata.MetadataLog.Reason;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class InMemoryMetadataLogTest extends MetadataLogContract {
    private final SimulatedShard shard = new SimulatedShard(new ManualClock());
    private final InMemoryQuorum quorum = new InMemoryQuorum(shard);

    @Override
    protected MetadataLog open() {
        return new InMemoryMetadataLog(1, quorum, shard);
    }

    @Override
    protected void drive() {
        shard.runAll();
    }

    @Test
    void nothingHappensUntilTheShardRuns() {
        long epoch = listener.awaitLeadership();

        CompletableFuture<AppendOutcome> answer = log.append(epoch, 0, records("a"));

        assertThat(answer).isNotDone();
        assertThat(listener.records()).isEmpty();
    }

    @Test
    void anUnknownOutcomeMayHaveBeenWritten() {
        long epoch = listener.awaitLeadership();

        quorum.plant(AppendFault.UNKNOWN_BUT_WRITTEN);

        assertThat(append(epoch, 0, "a")).isInstanceOf(Unknown.class);
        assertThat(append(epoch, 1, "b")).isEqualTo(new Appended(1, 1));
        assertThat(listener.records()).containsExactly("a", "b");
    }

    @Test
    void anUnknownOutcomeMayHaveBeenLost() {
        long epoch = listener.awaitLeadership();

        quorum.plant(AppendFault.UNKNOWN_AND_LOST);

        assertThat(append(epoch, 0, "a")).isInstanceOf(Unknown.class);
        assertThat(append(epoch, 0, "b")).isEqualTo(new Appended(0, 0));
        assertThat(listener.records()).containsExactly("b");
    }

    @Test
    void anElectionBeforeAnAppendFencesIt() {
        long epoch = listener.awaitLeadership();

        quorum.plant(AppendFault.LEADERSHIP_LOST);

        assertThat(reason(append(epoch, 0, "a"))).isEqualTo(Reason.FENCED);
        assertThat(listener.events()).containsExactly("leader with 0", "not leader", "leader with 0");
    }

    @Test
    void anotherNodeTakesOverAndBothHearEverything() {
        RecordingListener other = new RecordingListener(this::drive);
        MetadataLog second = new InMemoryMetadataLog(2, quorum, shard);
        long epoch = listener.awaitLeadership();
        append(epoch, 0, "a");

        second.start(other);
        quorum.elect(2);
        long newEpoch = other.awaitLeadership();

        assertThat(reason(append(epoch, 1, "old"))).isEqualTo(Reason.NOT_LEADER);
        assertThat(answer(second.append(newEpoch, 1, records("b")))).isEqualTo(new Appended(1, 1));
        assertThat(listener.records()).containsExactly("a", "b");
        assertThat(other.records()).containsExactly("a", "b");
        assertThat(log.leadership()).isEqualTo(new MetadataLog.Leadership(2, newEpoch, false));
    }

    @Test
    void whenTheLeaderClosesAnotherNodeLeads() {
        RecordingListener other = new RecordingListener(this::drive);
        MetadataLog second = new InMemoryMetadataLog(2, quorum, shard);
        long epoch = listener.awaitLeadership();
        second.start(other);

        CompletableFuture<AppendOutcome> answer = log.append(epoch, 0, records("a"));
        log.close();

        assertThat(answer(answer)).isInstanceOf(Unknown.class);
        assertThat(other.awaitLeadership()).isGreaterThan(epoch);
    }

    @Test
    void whoIsNoVoterDoesNotLeadAndALeaderThatGoesHandsOver() {
        RecordingListener other = new RecordingListener(this::drive);
        MetadataLog second = new InMemoryMetadataLog(2, quorum, shard);
        listener.awaitLeadership();
        second.start(other);
        drive();
        VoterSet both = log.status().voterSet();

        assertThat(answer(log.changeVoters(both, both.without(1)))).isEqualTo(new VoterChange.Changed());
        long epoch = other.awaitLeadership();
        assertThat(second.status().voterSet().ids()).containsExactly(2);
        assertThat(answer(second.append(epoch, 0, records("a")))).isEqualTo(new Appended(0, 0));
        assertThat(listener.records()).containsExactly("a");

        second.close();
        drive();
        assertThat(listener.epoch()).isEqualTo(-1);
    }
}
