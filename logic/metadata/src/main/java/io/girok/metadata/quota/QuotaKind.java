package io.girok.metadata.quota;

import java.util.Arrays;
import java.util.Optional;

/// What a quota limits. Immutable.
public enum QuotaKind {
    /// Bytes a second that producers send.
    PRODUCE("producer_byte_rate", false),
    /// Bytes a second that consumers are sent.
    FETCH("consumer_byte_rate", false),
    /// The share of one thread that requests take, in percent.
    REQUEST("request_percentage", false),
    /// Partitions a second that the controller creates and deletes (KIP-599).
    MUTATION("controller_mutation_rate", false),
    /// Connections a second that an address opens.
    CONNECTION("connection_creation_rate", true);

    private final String key;
    private final boolean isOfAddresses;

    QuotaKind(String key, boolean isOfAddresses) {
        this.key = key;
        this.isOfAddresses = isOfAddresses;
    }

    /// The quota's name in Kafka's protocol.
    public String key() {
        return key;
    }

    public static Optional<QuotaKind> find(String key) {
        return Arrays.stream(values()).filter(kind -> kind.key.equals(key)).findFirst();
    }

    /// What is wrong with such a quota for `entity`; empty for nothing.
    public Optional<String> problem(QuotaEntity entity, double value) {
        if (isOfAddresses != entity.isAddress()) {
            return Optional.of("quota '" + key + "' is one of " + (isOfAddresses ? "addresses" : "users and client ids")
                    + ", and " + entity + " is none");
        }
        boolean mayBeFraction = this == REQUEST || this == MUTATION;
        boolean isWhole = value == Math.rint(value) && value <= Long.MAX_VALUE;
        if (!(0 < value) || Double.isInfinite(value) || !(mayBeFraction || isWhole)) {
            return Optional.of("quota '" + key + "' is given as " + value + " for " + entity + "; allowed: "
                    + (mayBeFraction ? "numbers" : "whole numbers") + " above 0");
        }
        return Optional.empty();
    }
}
