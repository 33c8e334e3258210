package io.girok.balance;

/// What a move is good for, the most important first. Immutable.
public enum Goal {
    /// A broker that is to be emptied holds nothing.
    EMPTY_BROKERS,
    /// The copies of a partition stand on as many racks as they can.
    SPREAD_RACKS,
    /// Brokers hold equal numbers of replicas.
    EVEN_REPLICAS,
    /// Brokers hold equally many bytes.
    EVEN_BYTES,
    /// Brokers are the preferred leaders of equal numbers of partitions.
    EVEN_LEADERS
}
