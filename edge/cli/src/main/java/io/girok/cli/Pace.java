package io.girok.cli;

import java.util.concurrent.locks.LockSupport;

/// When each of a steady row of records is due. What comes late is sent at once and counted from when it was due, so
/// that a broker that stalls can't hide the records it kept from being sent (coordinated omission). Owned by one
/// thread.
final class Pace {
    private static final long SECOND_NS = 1_000_000_000;

    private final long startNs;
    private final long perSecond;
    private long sent;

    /// @param perSecond at least 1
    Pace(long startNs, long perSecond) {
        this.startNs = startNs;
        this.perSecond = perSecond;
    }

    /// When the next record is due; each call is the next record's.
    long nextDueNs() {
        long whole = sent / perSecond;
        long rest = sent % perSecond;
        sent++;
        return startNs + whole * SECOND_NS + rest * SECOND_NS / perSecond;
    }

    /// Waits until then, if it is not past.
    static void awaitNs(long dueNs) {
        for (long left = dueNs - System.nanoTime(); 0 < left; left = dueNs - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
