package io.girok.base.simulated;

import io.girok.base.Clock;
import io.girok.base.Invariant;
import java.util.concurrent.atomic.AtomicLong;

/// A clock that stands still until it is moved. Owned by the thread that plays the world; others may read it.
public final class ManualClock implements Clock {
    private final AtomicLong wallMs;
    private final AtomicLong monotonicNs = new AtomicLong();

    public ManualClock() {
        this(1_700_000_000_000L);
    }

    public ManualClock(long wallMs) {
        this.wallMs = new AtomicLong(wallMs);
    }

    @Override
    public long wallMs() {
        return wallMs.get();
    }

    @Override
    public long monotonicNs() {
        return monotonicNs.get();
    }

    /// Lets time pass on both clocks.
    public void advance(long ms) {
        Invariant.check(0 <= ms, "time does not go back");
        monotonicNs.addAndGet(ms * 1_000_000);
        wallMs.addAndGet(ms);
    }

    /// Sets the machine's clock, forward or back, as an administrator does; no time passes.
    public void setWall(long wallMs) {
        this.wallMs.set(wallMs);
    }
}
