package io.girok.network;

import java.net.InetAddress;
import java.util.Map;

/// How many connections are taken. Immutable.
///
/// @param max open at a time (`max.connections`); one more is closed at once
/// @param maxPerAddress open at a time from one address (`max.connections.per.ip`)
/// @param overrides the same for addresses of their own (`max.connections.per.ip.overrides`)
/// @param maxPerSecond begun in a second (`max.connection.creation.rate`); what comes faster is kept waiting
public record ConnectionSettings(int max, int maxPerAddress, Map<InetAddress, Integer> overrides, int maxPerSecond) {
    public static final ConnectionSettings UNLIMITED = new ConnectionSettings(Integer.MAX_VALUE, Integer.MAX_VALUE,
            Map.of(), Integer.MAX_VALUE);

    public ConnectionSettings {
        overrides = Map.copyOf(overrides);
    }

    int maxOf(InetAddress address) {
        return overrides.getOrDefault(address, maxPerAddress);
    }
}
