package io.girok.base;

/// Where time comes from. Thread-safe.
///
/// Logic never asks the system for the time: production hands in [SystemClock], the simulator a virtual clock.
public interface Clock {
    /// Milliseconds since the Unix epoch; may jump in either direction when the machine's clock is set.
    long wallMs();

    /// Nanoseconds from an arbitrary origin; never goes back. Only differences mean something.
    long monotonicNs();

    /// [#monotonicNs] in milliseconds.
    default long monotonicMs() {
        return monotonicNs() / 1_000_000;
    }
}
