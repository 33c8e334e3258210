package io.girok.cli;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/// Latencies of one round, to three digits. Thread-safe.
final class Latencies {
    private static final long MAX_NS = TimeUnit.MINUTES.toNanos(10);
    private static final int DIGITS = 3;
    private static final double MS_IN_NS = 1e6;

    private final Histogram histogram = new ConcurrentHistogram(1_000, MAX_NS, DIGITS);

    void add(long ns) {
        histogram.recordValue(Math.clamp(ns, 0, MAX_NS));
    }

    long count() {
        return histogram.getTotalCount();
    }

    double percentileMs(double percentile) {
        return histogram.getValueAtPercentile(percentile) / MS_IN_NS;
    }

    double maxMs() {
        return histogram.getMaxValue() / MS_IN_NS;
    }
}
