package io.girok.replication;

import io.girok.base.Clock;
import io.girok.base.RateMeter;
import org.jspecify.annotations.Nullable;

/// So many bytes a second, and whether that is used up. Thread-safe.
///
/// What is counted is paid off at the rate; more may be counted once the last of it is paid. Whoever was idle has a
/// second's worth free. So a transfer larger than that passes whole, and is waited for afterwards.
public final class ByteRate {
    /// No limit: nothing is counted.
    public static final long UNLIMITED = Long.MAX_VALUE;
    private static final long FREE_MS = 1_000;

    private final Clock clock;
    private volatile long bytesPerSecond = UNLIMITED;
    /// Null without a limit.
    private volatile @Nullable RateMeter meter;

    public ByteRate(Clock clock) {
        this.clock = clock;
    }

    /// Another limit; what was counted under the last one is forgotten.
    public void limit(long bytes) {
        if (bytes != bytesPerSecond) {
            bytesPerSecond = bytes;
            meter = bytes == UNLIMITED ? null : new RateMeter((double) bytes, FREE_MS);
        }
    }

    public void count(long bytes) {
        RateMeter counting = meter;
        if (counting != null) {
            counting.count((double) bytes, clock.monotonicNs());
        }
    }

    public boolean isUsedUp() {
        return 0 < waitMs();
    }

    /// How long until there is something left, rounded up.
    public long waitMs() {
        RateMeter counting = meter;
        return counting == null ? 0 : counting.waitMs(0, clock.monotonicNs());
    }
}
