package io.girok.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.girok.metadata.MetadataLog.AppendOutcome;
import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.MetadataLog.AppendOutcome.NotWritten;
import io.girok.metadata.MetadataLog.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every engine behind [MetadataLog] promises; each engine's test extends it.
public abstract class MetadataLogContract {
    protected RecordingListener listener;
    protected MetadataLog log;

    /// Opens the same log again each time, in the state the last one left it in.
    protected abstract MetadataLog open() throws Exception;

    /// Lets an engine go on that does not by itself.
    protected void drive() {}

    @BeforeEach
    void start() throws Exception {
        listener = newListener();
        log = open();
        log.start(listener);
    }

    @AfterEach
    void stop() {
        log.close();
        drive();
    }

    @Test
    void anAppendedBatchIsDeliveredBeforeItsAnswer() {
        long epoch = listener.awaitLeadership();

        AppendOutcome outcome = append(epoch, 0, "a", "b");

        assertThat(outcome).isEqualTo(new Appended(0, 1));
        assertThat(listener.records()).containsExactly("a", "b");
    }

    @Test
    void offsetsAreDense() {
        long epoch = listener.awaitLeadership();

        assertThat(append(epoch, 0, "a")).isEqualTo(new Appended(0, 0));
        assertThat(append(epoch, 1, "b", "c")).isEqualTo(new Appended(1, 2));
        assertThat(append(epoch, 3, "d")).isEqualTo(new Appended(3, 3));
        assertThat(listener.records()).containsExactly("a", "b", "c", "d");
    }

    @Test
    void pipelinedBatchesKeepTheirOrder() {
        long epoch = listener.awaitLeadership();
        List<CompletableFuture<AppendOutcome>> answers = new ArrayList<>();

        for (int i = 0; i < 20; i++) {
            answers.add(log.append(epoch, i, records("r" + i)));
        }

        for (int i = 0; i < 20; i++) {
            assertThat(answer(answers.get(i))).isEqualTo(new Appended(i, i));
            assertThat(listener.records().get(i)).isEqualTo("r" + i);
        }
    }

    @Test
    void aBatchAtAnotherOffsetThanTheNextIsTurnedDown() {
        long epoch = listener.awaitLeadership();
        append(epoch, 0, "a");

        assertThat(reason(append(epoch, 0, "again"))).isEqualTo(Reason.OFFSET_MISMATCH);
        assertThat(reason(append(epoch, 2, "ahead"))).isEqualTo(Reason.OFFSET_MISMATCH);
        assertThat(append(epoch, 1, "b")).isEqualTo(new Appended(1, 1));
        assertThat(listener.records()).containsExactly("a", "b");
    }

    @Test
    void aBatchAfterARefusedOneIsTurnedDownToo() {
        long epoch = listener.awaitLeadership();

        CompletableFuture<AppendOutcome> ahead = log.append(epoch, 1, records("ahead"));
        CompletableFuture<AppendOutcome> further = log.append(epoch, 2, records("further"));

        assertThat(reason(answer(ahead))).isEqualTo(Reason.OFFSET_MISMATCH);
        assertThat(reason(answer(further))).isEqualTo(Reason.OFFSET_MISMATCH);
        assertThat(listener.records()).isEmpty();
    }

    @Test
    void aBatchOfAnotherEpochIsFenced() {
        long epoch = listener.awaitLeadership();

        assertThat(reason(append(epoch - 1, 0, "old"))).isEqualTo(Reason.FENCED);
        assertThat(reason(append(epoch + 1, 0, "new"))).isEqualTo(Reason.FENCED);
        assertThat(listener.records()).isEmpty();
    }

    @Test
    void aWriterThatResignedIsFenced() {
        long epoch = listener.awaitLeadership();
        append(epoch, 0, "a");

        answer(log.resign(epoch));
        listener.await("a new epoch", heard -> epoch < heard.epoch());

        assertThat(reason(append(epoch, 1, "old"))).isEqualTo(Reason.FENCED);
        assertThat(append(listener.epoch(), 1, "b")).isEqualTo(new Appended(1, 1));
        assertThat(listener.events()).containsExactly("leader with 0", "not leader", "leader with 1");
    }

    @Test
    void resigningFromAnEpochThatIsOverChangesNothing() {
        long epoch = listener.awaitLeadership();

        answer(log.resign(epoch - 1));

        assertThat(append(epoch, 0, "a")).isEqualTo(new Appended(0, 0));
        assertThat(listener.events()).containsExactly("leader with 0");
    }

    @Test
    void aBatchOverTheLimitIsTurnedDownAndOneAtTheLimitTaken() {
        long epoch = listener.awaitLeadership();
        String largest = "x".repeat(MetadataLog.MAX_BATCH_BYTES);

        assertThat(reason(append(epoch, 0, largest, "y"))).isEqualTo(Reason.TOO_LARGE);
        assertThat(append(epoch, 0, largest)).isEqualTo(new Appended(0, 0));
        assertThat(listener.records()).containsExactly(largest);
    }

    @Test
    void aBarrierSeesWhatWasAppendedBefore() {
        long epoch = listener.awaitLeadership();

        assertThat(answer(log.barrier())).isEqualTo(-1);
        CompletableFuture<AppendOutcome> appended = log.append(epoch, 0, records("a", "b"));
        answer(appended);

        assertThat(answer(log.barrier())).isEqualTo(1);
        assertThat(listener.records()).containsExactly("a", "b");
    }

    @Test
    void leadershipIsKnownOnceItWasAnnounced() {
        long epoch = listener.awaitLeadership();

        assertThat(log.leadership().isLeader()).isTrue();
        assertThat(log.leadership().epoch()).isEqualTo(epoch);
    }

    @Test
    void aRestartReplaysEverythingBeforeItLeads() throws Exception {
        long epoch = listener.awaitLeadership();
        append(epoch, 0, "a", "b");
        append(epoch, 2, "c");

        restart();
        long newEpoch = listener.awaitLeadership();

        assertThat(newEpoch).isGreaterThan(epoch);
        assertThat(listener.records()).containsExactly("a", "b", "c");
        assertThat(listener.events()).containsExactly("leader with 3");
        assertThat(append(newEpoch, 3, "d")).isEqualTo(new Appended(3, 3));
    }

    @Test
    void aRestartAfterASnapshotBeginsWithIt() throws Exception {
        long epoch = listener.awaitLeadership();
        append(epoch, 0, "a", "b");
        assertThat(answer(log.snapshot())).isEqualTo(1);
        append(epoch, 2, "c");

        restart();
        long newEpoch = listener.awaitLeadership();

        assertThat(listener.records()).containsExactly("a", "b", "c");
        assertThat(listener.events()).containsExactly("snapshot 1", "leader with 3");
        assertThat(append(newEpoch, 3, "d")).isEqualTo(new Appended(3, 3));
    }

    @Test
    void refusedBatchesAreRefusedAgainWhenReplayed() throws Exception {
        long epoch = listener.awaitLeadership();
        append(epoch, 0, "a");
        append(epoch, 5, "refused");
        append(epoch, 1, "b");

        restart();
        listener.awaitLeadership();

        assertThat(listener.records()).containsExactly("a", "b");
    }

    @Test
    void whoVotesIsDescribed() {
        long epoch = awaitOwnVoters();
        append(epoch, 0, "a", "b");
        answer(log.barrier());

        QuorumStatus status = log.status();

        assertThat(status.endOffset()).isEqualTo(2);
        assertThat(status.leadership()).isEqualTo(log.leadership());
        assertThat(status.voterSet().ids()).containsExactly(log.leadership().leaderId());
        assertThat(status.voters().getFirst().endOffset()).isEqualTo(2);
    }

    @Test
    void votersThatNobodyExpectsAreNotChanged() {
        awaitOwnVoters();
        VoterSet present = log.status().voterSet();
        VoterSet others = present.with(Voter.of(77));

        assertThat(refusal(others, present)).isEqualTo(VoterChange.Reason.OTHER_VOTERS);
        assertThat(refusal(present, VoterSet.EMPTY)).isEqualTo(VoterChange.Reason.INVALID);
        assertThat(refusal(present, others)).isIn(VoterChange.Reason.UNREACHABLE, VoterChange.Reason.INVALID);
        assertThat(log.status().voterSet()).isEqualTo(present);
    }

    /// An engine whose voters are not ours to change has none to describe.
    private long awaitOwnVoters() {
        long epoch = listener.awaitLeadership();
        assumeFalse(log.status().voters().isEmpty());
        return epoch;
    }

    private VoterChange.Reason refusal(VoterSet expected, VoterSet target) {
        VoterChange change = answer(log.changeVoters(expected, target));
        assertThat(change).isInstanceOf(VoterChange.Refused.class);
        return ((VoterChange.Refused) change).reason();
    }

    @Test
    void aClosedLogTakesNothing() {
        long epoch = listener.awaitLeadership();

        log.close();

        assertThat(reason(append(epoch, 0, "late"))).isEqualTo(Reason.UNAVAILABLE);
        assertThat(log.leadership().isLeader()).isFalse();
    }

    protected final void restart() throws Exception {
        log.close();
        drive();
        listener = newListener();
        log = open();
        log.start(listener);
    }

    protected final AppendOutcome append(long epoch, long baseOffset, String... records) {
        return answer(log.append(epoch, baseOffset, records(records)));
    }

    protected final <T> T answer(CompletableFuture<T> future) {
        drive();
        return future.orTimeout(30, TimeUnit.SECONDS).join();
    }

    protected static List<byte[]> records(String... records) {
        return Arrays.stream(records).map(text -> text.getBytes(UTF_8)).toList();
    }

    protected static Reason reason(AppendOutcome outcome) {
        assertThat(outcome).isInstanceOf(NotWritten.class);
        return ((NotWritten) outcome).reason();
    }

    private RecordingListener newListener() {
        return new RecordingListener(this::drive);
    }
}
