package io.girok.network;

import io.girok.base.Clock;
import io.girok.base.RateMeter;
import io.girok.security.quota.ClientQuotas;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Which connections are taken, and from when on they are read from. Thread-safe.
final class ConnectionLimits {
    private static final long BURST_MS = 1_000;

    private final ConnectionSettings settings;
    private final ClientQuotas quotas;
    private final Clock clock;
    private final RateMeter rate;
    private final AtomicInteger count = new AtomicInteger();
    private final Map<InetAddress, Integer> countByAddress = new ConcurrentHashMap<>();

    /// @param quotas what addresses may open in a second (`connection_creation_rate`)
    ConnectionLimits(ConnectionSettings settings, ClientQuotas quotas, Clock clock) {
        this.settings = settings;
        this.quotas = quotas;
        this.clock = clock;
        this.rate = new RateMeter(settings.maxPerSecond(), BURST_MS);
    }

    /// Counts a connection, until [#closed] is called for it. Answers why it is not taken; empty when it is.
    Optional<String> opened(InetAddress from) {
        int all = count.incrementAndGet();
        int ofAddress = countByAddress.merge(from, 1, Integer::sum);
        if (settings.max() < all) {
            return Optional.of("max.connections=" + settings.max() + " are open");
        }
        return settings.maxOf(from) < ofAddress
                ? Optional.of("max.connections.per.ip=" + settings.maxOf(from) + " are open from there")
                : Optional.empty();
    }

    /// For how many milliseconds a new connection is kept waiting before it is read from.
    long waitMs(InetAddress from) {
        long ofAll = settings.maxPerSecond() == Integer.MAX_VALUE ? 0 : rate.count(1, clock.monotonicNs());
        return Math.max(ofAll, quotas.countConnection(from.getHostAddress()));
    }

    void closed(InetAddress from) {
        count.decrementAndGet();
        countByAddress.computeIfPresent(from, (address, open) -> open == 1 ? null : open - 1);
    }

    /// Connections that are open.
    int count() {
        return count.get();
    }
}
