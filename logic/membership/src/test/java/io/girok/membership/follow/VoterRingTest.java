package io.girok.membership.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.metadata.MetadataLog.Leadership;
import java.util.List;
import org.junit.jupiter.api.Test;

class VoterRingTest {
    private final VoterRing ring = new VoterRing(List.of(1, 2, 3), 4);

    @Test
    void followersBeginWithDifferentVoters() {
        assertThat(ring.voter()).isEqualTo(2);
        assertThat(new VoterRing(List.of(1, 2, 3), 5).voter()).isEqualTo(3);
    }

    @Test
    void aNewLeaderIsTurnedTo() {
        ring.answered(leads(3, 7));

        assertThat(ring.voter()).isEqualTo(3);
        assertThat(ring.leadership()).isEqualTo(leads(3, 7));
    }

    @Test
    void aVoterThatKnowsTheLeaderIsKeptWhenTheLeaderIsNotReached() {
        ring.answered(leads(3, 7));

        ring.failed();
        ring.answered(leads(3, 7));

        assertThat(ring.voter()).isEqualTo(1);
        assertThat(ring.leadership()).isEqualTo(leads(3, 7));
    }

    @Test
    void aVoterThatKnowsOfNoLeaderIsLeftForTheNext() {
        ring.answered(leads(-1, 7));

        assertThat(ring.voter()).isEqualTo(3);
    }

    @Test
    void aVoterThatIsBehindDoesNotBringAnOldLeaderBack() {
        ring.answered(leads(3, 7));

        ring.answered(leads(2, 6));

        assertThat(ring.voter()).isEqualTo(1);
        assertThat(ring.leadership()).isEqualTo(leads(3, 7));
    }

    @Test
    void whenAllHaveFailedNobodyIsKnownToLead() {
        ring.answered(leads(3, 7));

        ring.failed();
        ring.failed();
        assertThat(ring.hasTriedAll()).isFalse();
        ring.failed();

        assertThat(ring.hasTriedAll()).isTrue();
        assertThat(ring.leadership()).isEqualTo(leads(-1, 7));
    }

    @Test
    void afterAllHaveFailedWhoeverLeadsIsBelieved() {
        ring.answered(leads(3, 7));
        ring.failed();
        ring.failed();
        ring.failed();

        ring.answered(leads(2, 6));

        assertThat(ring.leadership()).isEqualTo(leads(2, 6));
        assertThat(ring.hasTriedAll()).isFalse();
    }

    @Test
    void aLeaderThatIsNotAmongTheKnownVotersIsHeardOfFromOthers() {
        ring.answered(leads(9, 7));

        assertThat(ring.voter()).isEqualTo(2);
        assertThat(ring.leadership().leaderId()).isEqualTo(9);
    }

    private static Leadership leads(int id, long epoch) {
        return new Leadership(id, epoch, false);
    }
}
