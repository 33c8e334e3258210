package io.girok.balance;

import java.util.EnumSet;
import java.util.Set;

/// What a plan is to reach. Immutable.
///
/// @param thresholdPercent brokers count as equal while the most and the least loaded one differ by no more than this
///         share of the average
public record Aims(Set<Goal> goals, int thresholdPercent) {
    /// Less is no reason to copy anything.
    static final long MIN_GAP_BYTES = 16L * 1024 * 1024;

    public Aims {
        goals = Set.copyOf(goals);
    }

    /// All that there is.
    public static Aims all(int thresholdPercent) {
        return new Aims(EnumSet.allOf(Goal.class), thresholdPercent);
    }

    /// To have brokers emptied, and nothing else touched.
    public static Aims emptying() {
        return new Aims(Set.of(Goal.EMPTY_BROKERS), 0);
    }

    boolean isUneven(Spread spread) {
        return (double) thresholdPercent * spread.average() < 100.0 * spread.gap();
    }

    /// Whether it is to be made more even, once it is worked on: well below the threshold, so that a little more on one
    /// broker is not the next reason to move something.
    boolean isStillUneven(Spread spread) {
        return thresholdPercent * spread.average() / 2 < 100.0 * spread.gap();
    }
}
