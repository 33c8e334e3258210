package io.girok.base;

/// The machine's clock. Thread-safe.
public final class SystemClock implements Clock {
    @Override
    public long wallMs() {
        return System.currentTimeMillis();
    }

    @Override
    public long monotonicNs() {
        return System.nanoTime();
    }
}
