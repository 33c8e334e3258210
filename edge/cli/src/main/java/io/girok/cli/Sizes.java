package io.girok.cli;

import java.util.Locale;

/// Bytes as people read them. Stateless.
final class Sizes {
    private static final double MIB = 1024 * 1024;

    private Sizes() {}

    /// A number of MiB with one decimal.
    static String mib(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / MIB);
    }
}
