package io.girok.balance;

/// Why something moves from one broker to another. Immutable.
///
/// @param before the loads that the goal is about, before the move; `after`: after it
public record Reason(Goal goal, int fromBroker, int toBroker, Loads before, Loads after) {
    private static final long MIB = 1024 * 1024;

    /// The loads of the two brokers: replicas, leaders or bytes.
    public record Loads(long from, long to) {}

    /// One line for people.
    public String text() {
        return switch (goal) {
            case EMPTY_BROKERS -> "broker " + fromBroker + " is to be emptied; broker " + toBroker + " has "
                    + before.to() + " replicas";
            case SPREAD_RACKS -> "broker " + toBroker + " stands on a rack that has no copy yet, broker " + fromBroker
                    + " does not";
            case EVEN_REPLICAS -> compared("replicas", before.from(), before.to(), after.from(), after.to());
            case EVEN_BYTES -> compared("MiB", before.from() / MIB, before.to() / MIB, after.from() / MIB,
                    after.to() / MIB);
            case EVEN_LEADERS -> compared("leaders", before.from(), before.to(), after.from(), after.to());
        };
    }

    private String compared(String what, long from, long to, long fromThen, long toThen) {
        return what + ": broker " + fromBroker + " " + from + " -> " + fromThen + ", broker " + toBroker + " " + to
                + " -> " + toThen;
    }
}
