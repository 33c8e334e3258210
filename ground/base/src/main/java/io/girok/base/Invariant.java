package io.girok.base;

/// Checks that stay on in production: when one fails we are wrong, and corrupt state is never carried on.
public final class Invariant {
    private Invariant() {}

    /// Thrown by a failed check; whoever owns the broken thing halts it (a log directory, or the process).
    public static final class Violated extends RuntimeException {
        Violated(String message) {
            super(message);
        }
    }

    /// Halts what is wrong.
    ///
    /// @throws Violated when `holds` is false
    public static void check(boolean holds, String what) {
        if (!holds) {
            throw new Violated(what);
        }
    }

    /// For messages that cost something to build: makes the exception, which the caller throws.
    public static Violated violated(String what) {
        return new Violated(what);
    }
}
