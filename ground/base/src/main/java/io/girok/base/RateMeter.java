package io.girok.base;

import java.util.concurrent.atomic.AtomicLong;

/// What is used at a rate, by all who share it. Thread-safe.
///
/// A leaky bucket that knows one moment only: when all that was used so far is paid for at the rate. Whoever has paid
/// for long enough may use as much as the burst is worth at once.
public final class RateMeter {
    private static final double NS_IN_SECOND = 1e9;
    private static final long NS_IN_MS = 1_000_000;
    /// A hundred years.
    private static final double MAX_PRICE_NS = 3e18;

    private final double rate;
    private final long burstNs;
    private final AtomicLong paidAtNs = new AtomicLong(Long.MIN_VALUE);

    /// @param rate a second
    public RateMeter(double rate, long burstMs) {
        this.rate = rate;
        this.burstNs = burstMs * NS_IN_MS;
    }

    /// Answers how many milliseconds it takes until what was used is within the burst again; 0 when it is.
    ///
    /// @param amount what was used; negative: what was counted before, and was not used after all
    public long count(double amount, long nowNs) {
        return msUntil(paidAtNs.updateAndGet(paid -> paidAt(paid, amount, nowNs)), nowNs);
    }

    /// What [#count] would answer; counts nothing.
    public long waitMs(double amount, long nowNs) {
        return msUntil(paidAt(paidAtNs.get(), amount, nowNs), nowNs);
    }

    private long paidAt(long paid, double amount, long nowNs) {
        long priceNs = (long) Math.min(MAX_PRICE_NS, amount / rate * NS_IN_SECOND);
        long from = Math.max(paid, nowNs);
        return from + Math.min(priceNs, Long.MAX_VALUE - Math.max(0, from));
    }

    private long msUntil(long paidAt, long nowNs) {
        return Math.ceilDiv(Math.max(0, paidAt - nowNs - burstNs), NS_IN_MS);
    }

    /// Whether a new one would do as well.
    public boolean isUnused(long nowNs) {
        return paidAtNs.get() <= nowNs;
    }
}
