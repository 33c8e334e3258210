package io.girok.cleaner;

/// Keeps all cleanings together below a rate. Thread-safe.
final class Throttle {
    private static final double SECOND_NS = 1e9;
    private static final long MS_IN_NS = 1_000_000;
    private static final double MAX_STEP_NS = 60 * SECOND_NS;

    private long paidUntilNs = Long.MIN_VALUE;

    /// Notes that `bytes` were read or written; answers how long whoever did it has to wait before it goes on.
    synchronized long delayMs(long bytes, double bytesPerSecond, long nowNs) {
        long costNs = (long) Math.min(MAX_STEP_NS, bytes * SECOND_NS / bytesPerSecond);
        boolean isFirst = paidUntilNs == Long.MIN_VALUE || paidUntilNs - nowNs < 0;
        paidUntilNs = (isFirst ? nowNs : paidUntilNs) + costNs;
        return (paidUntilNs - nowNs) / MS_IN_NS;
    }
}
