package io.girok.simulation;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// What a seed's cluster is like. Immutable.
///
/// @param size how many nodes it has
/// @param directoryCount how many log directories each node has
/// @param isCleaned whether segments are short, and compacted ones cleaned often
record Shape(int size, int directoryCount, boolean isCleaned) {
    static final int REPLICAS = 3;
    private static final int SMALL = 3;
    private static final int LARGE = 5;
    private static final int ONE_IN = 4;

    static Shape of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new Shape(random.nextInt(ONE_IN) == 0 ? LARGE : SMALL, random.nextInt(ONE_IN) == 0 ? 2 : 1,
                random.nextInt(ONE_IN) == 0);
    }

    List<Integer> ids() {
        return IntStream.rangeClosed(1, size).boxed().toList();
    }
}
