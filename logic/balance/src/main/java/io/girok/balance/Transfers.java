package io.girok.balance;

import java.util.function.IntPredicate;

/// Something that brokers have a number of, and that moves one by one: replicas, or leaderships.
interface Transfers {
    int NONE = -1;

    int count(int broker);

    /// The partition to move from one broker to the other; [#NONE] when none can.
    ///
    /// @param isFree whether a partition may be taken
    int best(int from, int to, IntPredicate isFree);

    void move(int partition, int from, int to);
}
