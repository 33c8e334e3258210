package io.girok.cleaner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LatestOffsetsTest {
    private static final long BEGIN = 1_000_003;
    private static final int COUNT = 1_000;

    @Test
    void itAnswersAsASetWould() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            TreeSet<Long> model = new TreeSet<>();
            try (LatestOffsets latest = Objects.requireNonNull(LatestOffsets.of(BEGIN, BEGIN + COUNT, COUNT))) {
                for (int step = 0; step < 200; step++) {
                    long offset = BEGIN + random.nextInt(COUNT);
                    long before = BEGIN - 10 + random.nextInt(COUNT + 20);
                    latest.move(before, offset);
                    model.remove(before);
                    model.add(offset);
                    long first = BEGIN + random.nextInt(COUNT);
                    long last = Math.min(BEGIN + COUNT - 1, first + random.nextInt(100));
                    assertThat(latest.contains(first)).as("seed %s", seed).isEqualTo(model.contains(first));
                    assertThat(latest.containsAny(first, last)).as("seed %s, from %s to %s", seed, first, last)
                            .isEqualTo(!model.subSet(first, true, last, true).isEmpty());
                }
            }
        }
    }

    @Test
    void aRangeThatTakesTooMuchIsLeftAlone() {
        assertThat(LatestOffsets.of(0, 1_000_000, 100_000)).isNull();
        assertThat(LatestOffsets.of(0, Long.MAX_VALUE, 100_000)).isNull();
    }
}
