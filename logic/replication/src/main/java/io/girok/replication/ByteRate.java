package io.girok.replication;

import io.girok.base.Clock;
import java.util.concurrent.atomic.AtomicLong;

/// So many bytes a second, and whether that is used up. Thread-safe.
///
/// What is counted is paid off at the rate; more may be counted once the last of it is paid. Whoever was idle has a
/// second's worth free. So a transfer larger than that passes whole, and is waited for afterwards.
public final class ByteRate {
    /// No limit: nothing is counted.
    public static final long UNLIMITED = Long.MAX_VALUE;
    private static final double NS_IN_SECOND = 1e9;
    private static final long FREE_NS = 1_000_000_000;
    private static final long NS_IN_MS = 1_000_000;

    private final Clock clock;
    private final AtomicLong paidAtNs;
    private volatile long bytesPerSecond = UNLIMITED;

    public ByteRate(Clock clock) {
        this.clock = clock;
        this.paidAtNs = new AtomicLong(clock.monotonicNs() - FREE_NS);
    }

    /// Another limit; what was counted under the last one is forgotten.
    public void limit(long bytes) {
        if (bytes != bytesPerSecond) {
            bytesPerSecond = bytes;
            paidAtNs.set(clock.monotonicNs() - FREE_NS);
        }
    }

    public void count(long bytes) {
        long rate = bytesPerSecond;
        if (rate == UNLIMITED || bytes == 0) {
            return;
        }
        // With a rate of nothing, as good as never.
        long priceNs = (long) Math.min(Long.MAX_VALUE / 4.0, bytes * NS_IN_SECOND / rate);
        long freeFromNs = clock.monotonicNs() - FREE_NS;
        paidAtNs.updateAndGet(paid -> Math.max(paid, freeFromNs) + priceNs);
    }

    public boolean isUsedUp() {
        return 0 < waitMs();
    }

    /// How long until there is something left, rounded up.
    public long waitMs() {
        return bytesPerSecond == UNLIMITED
                ? 0
                : Math.ceilDiv(Math.max(0, paidAtNs.get() - clock.monotonicNs()), NS_IN_MS);
    }
}
