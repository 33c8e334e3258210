package io.girok.broker.data;

import org.jspecify.annotations.Nullable;

/// Where a client of one listener reaches the other brokers (KIP-951). Thread-safe.
@FunctionalInterface
public interface LeaderHints {
    /// @param rack null when the broker has none
    record Endpoint(String host, int port, @Nullable String rack) {}

    /// Null when the broker, or an address of it on that listener, is not known.
    @Nullable
    Endpoint endpoint(int brokerId, String listenerName);
}
