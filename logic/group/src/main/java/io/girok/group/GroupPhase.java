package io.girok.group;

/// Where a classic group stands. A group that is gone is not there at all; Kafka's word for it is `Dead`.
///
/// ```
///             member joins                 all joined, or time is up
///   EMPTY ------------------> PREPARING ------------------------------> COMPLETING
///     ^                       |  ^    ^                                   |    |
///     |  nobody (re)joined    |  |    |  member joins, leaves, times out  |    | leader's assignment
///     +-----------------------+  |    +-----------------------------------+    | is written
///                                |                                             v
///                                +----------------------------------------- STABLE
///                                   member joins anew, leaves, times out
/// ```
enum GroupPhase {
    /// No members; offsets may be there, and expire.
    EMPTY("Empty"),
    /// Members are asked to join the next generation; joins are parked.
    PREPARING_REBALANCE("PreparingRebalance"),
    /// The generation is set; waits for the leader's assignment; syncs are parked.
    COMPLETING_REBALANCE("CompletingRebalance"),
    /// Everybody knows what to do.
    STABLE("Stable");

    private final String text;

    GroupPhase(String text) {
        this.text = text;
    }

    /// As clients write it.
    String text() {
        return text;
    }
}
