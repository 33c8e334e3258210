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
    private final Bound all;
    private final Map<String, Bound> byListener = new ConcurrentHashMap<>();
    private final Map<InetAddress, Integer> countByAddress = new ConcurrentHashMap<>();

    /// How many connections may be open, and how fast they may be opened; and how many are.
    private static final class Bound {
        private static final int UNLIMITED = Integer.MAX_VALUE;

        private final int max;
        private final int maxPerSecond;
        private final RateMeter rate;
        private final AtomicInteger count = new AtomicInteger();

        Bound(int max, int maxPerSecond) {
            this.max = max;
            this.maxPerSecond = maxPerSecond;
            this.rate = new RateMeter(maxPerSecond, BURST_MS);
        }

        /// Counts one more, taken or not; whether it is one too many.
        boolean isExceeded() {
            return max < count.incrementAndGet();
        }

        /// Counts one that was taken.
        long waitMs(long nowNs) {
            return maxPerSecond == UNLIMITED ? 0 : rate.count(1, nowNs);
        }
    }

    /// @param quotas what addresses may open in a second (`connection_creation_rate`)
    ConnectionLimits(ConnectionSettings settings, ClientQuotas quotas, Clock clock) {
        this.settings = settings;
        this.quotas = quotas;
        this.clock = clock;
        this.all = new Bound(settings.max(), settings.maxPerSecond());
    }

    /// Counts a connection, until [#closed] is called for it. Answers why it is not taken; empty when it is.
    Optional<String> opened(Listener listener, InetAddress from) {
        Bound atListener = at(listener);
        boolean areTooManyThere = atListener.isExceeded();
        boolean areTooMany = all.isExceeded() && !listener.limits().isForNodes();
        int ofAddress = countByAddress.merge(from, 1, Integer::sum);
        if (areTooManyThere) {
            return Optional.of("max.connections=" + atListener.max + " are open at " + listener.name());
        }
        if (areTooMany) {
            return Optional.of("max.connections=" + all.max + " are open");
        }
        return settings.maxOf(from) < ofAddress
                ? Optional.of("max.connections.per.ip=" + settings.maxOf(from) + " are open from there")
                : Optional.empty();
    }

    private Bound at(Listener listener) {
        return byListener.computeIfAbsent(listener.name(),
                _ -> new Bound(listener.limits().max(), listener.limits().maxPerSecond()));
    }

    /// For how many milliseconds a new connection is kept waiting before it is read from.
    long waitMs(Listener listener, InetAddress from) {
        long nowNs = clock.monotonicNs();
        long ofAll = listener.limits().isForNodes() ? 0 : all.waitMs(nowNs);
        return Math.max(Math.max(ofAll, at(listener).waitMs(nowNs)), quotas.countConnection(from.getHostAddress()));
    }

    void closed(Listener listener, InetAddress from) {
        all.count.decrementAndGet();
        at(listener).count.decrementAndGet();
        countByAddress.computeIfPresent(from, (address, open) -> open == 1 ? null : open - 1);
    }

    /// Connections that are open.
    int count() {
        return all.count.get();
    }
}
