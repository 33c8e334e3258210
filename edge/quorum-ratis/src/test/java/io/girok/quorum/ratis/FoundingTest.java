package io.girok.quorum.ratis;

import static io.girok.quorum.ratis.Founding.Decision.ASK_AGAIN;
import static io.girok.quorum.ratis.Founding.Decision.VOTE;
import static io.girok.quorum.ratis.Founding.Decision.WAIT_TO_BE_ADDED;
import static io.girok.quorum.ratis.Founding.Standing.EMPTY;
import static io.girok.quorum.ratis.Founding.Standing.KNOWN;
import static io.girok.quorum.ratis.Founding.Standing.STRANGER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.quorum.ratis.Founding.Answer;
import io.girok.quorum.ratis.Founding.Patience;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class FoundingTest {
    private static final long FOREVER_MS = 3_600_000;

    @Test
    void aMajorityWithoutALogFounds() {
        assertThat(Founding.decide(3, List.of())).isEqualTo(ASK_AGAIN);
        assertThat(Founding.decide(3, List.of(EMPTY))).isEqualTo(VOTE);
        assertThat(Founding.decide(5, List.of(EMPTY))).isEqualTo(ASK_AGAIN);
        assertThat(Founding.decide(5, List.of(EMPTY, EMPTY))).isEqualTo(VOTE);
    }

    @Test
    void whoMayHavePromisedSomethingWaits() {
        assertThat(Founding.decide(3, List.of(KNOWN))).isEqualTo(WAIT_TO_BE_ADDED);
        assertThat(Founding.decide(3, List.of(EMPTY, KNOWN))).isEqualTo(WAIT_TO_BE_ADDED);
        assertThat(Founding.decide(5, List.of(EMPTY, EMPTY, KNOWN))).isEqualTo(WAIT_TO_BE_ADDED);
    }

    @Test
    void whoComesLateVotesOnceAllTheOthersSayThatItNeverPromisedThemAnything() {
        assertThat(Founding.decide(3, List.of(STRANGER))).isEqualTo(ASK_AGAIN);
        assertThat(Founding.decide(3, List.of(STRANGER, STRANGER))).isEqualTo(VOTE);
        assertThat(Founding.decide(5, List.of(STRANGER, STRANGER, EMPTY))).isEqualTo(ASK_AGAIN);
        assertThat(Founding.decide(5, List.of(STRANGER, STRANGER, EMPTY, EMPTY))).isEqualTo(VOTE);
    }

    @Test
    void whoDoesNotAnswerIsNotWaitedForOnceAMajorityHasNoLog() throws InterruptedException {
        VoterTransport transport = (to, request) -> to == 2 ? answer(EMPTY) : new CompletableFuture<>();

        assertThat(founding(transport, new Patience(FOREVER_MS, 1)).decide()).isEqualTo(VOTE);
    }

    @Test
    void whoHasALogIsListenedToEvenIfAMajorityHasNone() throws InterruptedException {
        CompletableFuture<byte[]> late = new CompletableFuture<>();
        VoterTransport transport = (to, request) -> to == 2
                ? answer(EMPTY)
                : late.completeAsync(() -> new Answer(KNOWN, true).encode());

        assertThat(founding(transport, new Patience(FOREVER_MS, FOREVER_MS)).decide()).isEqualTo(WAIT_TO_BE_ADDED);
    }

    @Test
    void nobodyElseIsWaitedForOnceOneHasALog() throws InterruptedException {
        VoterTransport transport = (to, request) -> to == 2 ? answer(KNOWN) : new CompletableFuture<>();

        assertThat(founding(transport, new Patience(FOREVER_MS, FOREVER_MS)).decide()).isEqualTo(WAIT_TO_BE_ADDED);
    }

    private static Founding founding(VoterTransport transport, Patience patience) {
        return new Founding(1, List.of(2, 3), transport, patience);
    }

    private static CompletableFuture<byte[]> answer(Founding.Standing standing) {
        return CompletableFuture.completedFuture(new Answer(standing, true).encode());
    }

    @Test
    void anAnswerIsReadAsItWasWritten() {
        for (Founding.Standing standing : Founding.Standing.values()) {
            assertThat(Answer.decode(new Answer(standing, true).encode())).isEqualTo(new Answer(standing, true));
            assertThat(Answer.decode(new Answer(standing, false).encode())).isEqualTo(new Answer(standing, false));
        }
        assertThatThrownBy(() -> Answer.decode(new byte[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Answer.decode(new byte[]{9, 0})).isInstanceOf(IllegalArgumentException.class);
    }
}
