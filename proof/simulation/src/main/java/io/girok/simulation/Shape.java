package io.girok.simulation;

import io.girok.log.Durability;
import java.util.SplittableRandom;

/// What the nodes of a seed are like. Immutable.
///
/// @param directoryCount how many log directories each has
/// @param isCleaned whether segments are short, and compacted ones cleaned often
/// @param hasRacks whether each node is in a rack of its own, and consumers read from the one in theirs
/// @param isBalanced whether the controller evens out what nodes carry, and one node joins when the topics are there
record Shape(int directoryCount, boolean isCleaned, Durability durability, boolean hasRacks, boolean isBalanced) {
    private static final int ONE_IN = 4;
    private static final int RACKS_ONE_IN = 2;
    private static final int SEEDS_PER_BALANCED = 5;

    static Shape of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new Shape(random.nextInt(ONE_IN) == 0 ? 2 : 1, random.nextInt(ONE_IN) == 0,
                random.nextInt(ONE_IN) == 0 ? Durability.OS : Durability.FSYNC,
                random.nextInt(RACKS_ONE_IN) == 0, Math.floorMod(seed, SEEDS_PER_BALANCED) == 0);
    }
}
