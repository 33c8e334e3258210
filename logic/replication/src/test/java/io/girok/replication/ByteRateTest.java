package io.girok.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.ManualClock;
import org.junit.jupiter.api.Test;

class ByteRateTest {
    private final ManualClock clock = new ManualClock();
    private final ByteRate rate = new ByteRate(clock);

    @Test
    void withoutALimitNothingIsUsedUp() {
        rate.count(Long.MAX_VALUE);

        assertThat(rate.isUsedUp()).isFalse();
    }

    @Test
    void whoWasIdleHasASecondFree() {
        rate.limit(1_000);

        rate.count(1_000);
        assertThat(rate.isUsedUp()).isFalse();
        rate.count(1);

        assertThat(rate.isUsedUp()).isTrue();
        assertThat(rate.waitMs()).isEqualTo(1);
    }

    @Test
    void whatIsTooMuchIsPaidOffAtTheRate() {
        rate.limit(1_000);
        rate.count(4_000);
        assertThat(rate.waitMs()).isEqualTo(3_000);

        clock.advance(2_999);
        assertThat(rate.isUsedUp()).isTrue();
        clock.advance(1);

        assertThat(rate.isUsedUp()).isFalse();
        rate.count(500);
        assertThat(rate.waitMs()).isEqualTo(500);
    }

    @Test
    void overALongTimeTheRateIsKept() {
        rate.limit(10_000);
        long bytes = 0;
        for (int ms = 0; ms < 60_000; ms++) {
            if (!rate.isUsedUp()) {
                rate.count(700);
                bytes += 700;
            }
            clock.advance(1);
        }

        assertThat(bytes).isBetween(600_000L, 611_000L);
    }

    @Test
    void aNewLimitForgetsWhatTheOldOneOwed() {
        rate.limit(1);
        rate.count(1_000_000);
        rate.limit(1);
        assertThat(rate.isUsedUp()).as("it is the same limit").isTrue();

        rate.limit(1_000);

        assertThat(rate.isUsedUp()).isFalse();
    }

    @Test
    void aRateOfNothingLetsNothingMorePass() {
        rate.limit(0);
        rate.count(1);

        clock.advance(86_400_000);

        assertThat(rate.isUsedUp()).isTrue();
    }
}
