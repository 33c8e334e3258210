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
    private static final int UNLIMITED = Integer.MAX_VALUE;

    private final ConnectionSettings settings;
    private final ClientQuotas quotas;
    private final Clock clock;
    private final RateMeter rate;
    private final AtomicInteger count = new AtomicInteger();
    private final Map<InetAddress, Integer> countByAddress = new ConcurrentHashMap<>();
    private final Map<String, AtListener> byListener = new ConcurrentHashMap<>();

    /// What is open at one listener, and how fast it was opened.
    private record AtListener(AtomicInteger count, RateMeter rate) {
        private AtListener(ListenerLimits limits) {
            this(new AtomicInteger(), new RateMeter(limits.maxPerSecond(), BURST_MS));
        }
    }

    /// @param quotas what addresses may open in a second (`connection_creation_rate`)
    ConnectionLimits(ConnectionSettings settings, ClientQuotas quotas, Clock clock) {
        this.settings = settings;
        this.quotas = quotas;
        this.clock = clock;
        this.rate = new RateMeter(settings.maxPerSecond(), BURST_MS);
    }

    /// Counts a connection, until [#closed] is called for it. Answers why it is not taken; empty when it is.
    Optional<String> opened(Listener listener, InetAddress from) {
        int all = count.incrementAndGet();
        int atListener = at(listener).count.incrementAndGet();
        int ofAddress = countByAddress.merge(from, 1, Integer::sum);
        ListenerLimits limits = listener.limits();
        if (limits.max() < atListener) {
            return Optional.of("max.connections=" + limits.max() + " are open at " + listener.name());
        }
        if (settings.max() < all && !limits.isForNodes()) {
            return Optional.of("max.connections=" + settings.max() + " are open");
        }
        return settings.maxOf(from) < ofAddress
                ? Optional.of("max.connections.per.ip=" + settings.maxOf(from) + " are open from there")
                : Optional.empty();
    }

    private AtListener at(Listener listener) {
        return byListener.computeIfAbsent(listener.name(), _ -> new AtListener(listener.limits()));
    }

    /// For how many milliseconds a new connection is kept waiting before it is read from.
    long waitMs(Listener listener, InetAddress from) {
        long nowNs = clock.monotonicNs();
        ListenerLimits limits = listener.limits();
        long ofAll = settings.maxPerSecond() == UNLIMITED || limits.isForNodes() ? 0 : rate.count(1, nowNs);
        long ofListener = limits.maxPerSecond() == UNLIMITED ? 0 : at(listener).rate.count(1, nowNs);
        return Math.max(Math.max(ofAll, ofListener), quotas.countConnection(from.getHostAddress()));
    }

    void closed(Listener listener, InetAddress from) {
        count.decrementAndGet();
        at(listener).count.decrementAndGet();
        countByAddress.computeIfPresent(from, (address, open) -> open == 1 ? null : open - 1);
    }

    /// Connections that are open.
    int count() {
        return count.get();
    }
}
