package io.girok.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DistinctTextTest {
    @Test
    void shortTextIsKept() {
        assertThat(DistinctText.of("", 5)).isEmpty();
        assertThat(DistinctText.of("12345", 5)).isEqualTo("12345");
    }

    @Test
    void longTextIsShortenedAndStaysAnother() {
        String one = DistinctText.of("x".repeat(30_000) + "1", 100);
        String other = DistinctText.of("x".repeat(30_000) + "2", 100);

        assertThat(one).startsWith("x".repeat(100) + "...").hasSize(100 + DistinctText.MAX_ADDED_CHARACTERS);
        assertThat(one).isNotEqualTo(other).isEqualTo(DistinctText.of("x".repeat(30_000) + "1", 100));
    }

    @Test
    void nobodyNamesItselfAsAnotherIsShortened() {
        String shortened = DistinctText.of("x".repeat(101), 100);

        assertThat(DistinctText.of(shortened, 100)).isNotEqualTo(shortened);
    }
}
