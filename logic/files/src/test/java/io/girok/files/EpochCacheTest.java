package io.girok.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EpochCacheTest {
    private final EpochCache cache = new EpochCache();

    @Test
    void anEpochEndsWhereTheNextBegins() {
        cache.assign(2, 10);
        cache.assign(5, 20);

        assertThat(cache.endOffsetFor(2, 30)).isEqualTo(new EpochEnd(2, 20));
        assertThat(cache.endOffsetFor(3, 30)).isEqualTo(new EpochEnd(2, 20));
        assertThat(cache.endOffsetFor(5, 30)).isEqualTo(new EpochEnd(5, 30));
        assertThat(cache.endOffsetFor(1, 30)).isEqualTo(new EpochEnd(1, 10));
        assertThat(cache.endOffsetFor(6, 30)).isEqualTo(EpochEnd.UNKNOWN);
        assertThat(cache.endOffsetFor(-1, 30)).isEqualTo(EpochEnd.UNKNOWN);
    }

    @Test
    void anEpochThatWroteNothingGoes() {
        cache.assign(1, 10);
        cache.assign(2, 20);
        cache.assign(3, 20);

        assertThat(cache.lines()).containsExactly("1 10", "3 20");
    }

    @Test
    void theSameEpochAgainChangesNothing() {
        cache.assign(1, 10);
        cache.assign(1, 15);

        assertThat(cache.lines()).containsExactly("1 10");
    }

    @Test
    void truncationForgetsWhatIsGone() {
        cache.assign(1, 0);
        cache.assign(2, 10);
        cache.assign(3, 20);

        cache.truncateFromEnd(20);
        cache.truncateFromStart(5);

        assertThat(cache.lines()).containsExactly("1 5", "2 10");
        cache.truncateFromStart(10);
        assertThat(cache.lines()).containsExactly("2 10");
    }
}
