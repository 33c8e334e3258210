package io.girok.simulation;

import io.girok.log.Durability;
import java.util.SplittableRandom;

/// What the nodes of a seed are like. Immutable.
///
/// @param directoryCount how many log directories each has
/// @param isCleaned whether segments are short, and compacted ones cleaned often
record Shape(int directoryCount, boolean isCleaned, Durability durability) {
    private static final int ONE_IN = 4;

    static Shape of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new Shape(random.nextInt(ONE_IN) == 0 ? 2 : 1, random.nextInt(ONE_IN) == 0,
                random.nextInt(ONE_IN) == 0 ? Durability.OS : Durability.FSYNC);
    }
}
