package io.girok.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.ManualClock;
import io.girok.base.simulated.SimulatedShard;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ControllerContactTest {
    private static final long SESSION_MS = 3_000;

    private final ManualClock clock = new ManualClock();
    private final SimulatedShard shard = new SimulatedShard(clock);
    private final List<Boolean> told = new ArrayList<>();
    private final ControllerContact contact = new ControllerContact(shard, clock, SESSION_MS, told::add);

    @Test
    void withoutAnAnswerThereIsNone() {
        shard.advance(10 * SESSION_MS);

        assertThat(contact.isLost()).isTrue();
        assertThat(told).isEmpty();
    }

    @Test
    void itIsLostASessionAfterTheLastHeartbeatThatWasAnsweredWasSent() {
        long sentMs = contact.nowMs();
        shard.advance(1_000);
        contact.answered(sentMs);

        shard.advance(SESSION_MS - 1_001);
        assertThat(contact.isLost()).isFalse();
        shard.advance(1);

        assertThat(contact.isLost()).isTrue();
        assertThat(told).containsExactly(false, true);
    }

    @Test
    void answersKeepIt() {
        for (int i = 0; i < 20; i++) {
            contact.answered(contact.nowMs());
            shard.advance(SESSION_MS - 1);
        }

        assertThat(contact.isLost()).isFalse();
        assertThat(told).containsExactly(false);
    }

    @Test
    void anAnswerBringsItBack() {
        contact.answered(contact.nowMs());
        shard.advance(2 * SESSION_MS);

        contact.answered(contact.nowMs());

        assertThat(contact.isLost()).isFalse();
        assertThat(told).containsExactly(false, true, false);
    }

    @Test
    void anAnswerThatIsTooOldProvesNothing() {
        contact.answered(contact.nowMs());
        long sentMs = contact.nowMs();
        shard.advance(2 * SESSION_MS);

        contact.answered(sentMs);

        assertThat(contact.isLost()).isTrue();
        assertThat(told).containsExactly(false, true);
    }
}
