package io.girok.metadata;

/// What a setting is set on. Immutable.
///
/// @param name the topic's name, or the broker's id; empty stands for every broker; for quotas what
///        [io.girok.metadata.quota.QuotaEntity] makes of it
public record ConfigTarget(Kind kind, String name) {
    /// Things that have settings.
    public enum Kind {
        TOPIC, BROKER,
        /// Clients that have quotas.
        QUOTA
    }

    /// Settings of all brokers.
    public static final ConfigTarget ALL_BROKERS = new ConfigTarget(Kind.BROKER, "");

    public static ConfigTarget topic(String name) {
        return new ConfigTarget(Kind.TOPIC, name);
    }

    public static ConfigTarget broker(int id) {
        return new ConfigTarget(Kind.BROKER, Integer.toString(id));
    }
}
