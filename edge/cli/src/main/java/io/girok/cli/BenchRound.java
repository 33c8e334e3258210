package io.girok.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// What one round of one workload came to. Immutable.
///
/// @param bytes of values
/// @param latencies where the workload is paced; null where records wait for their turn in the client
/// @param brokerSeconds processor time of the broker meanwhile; empty when it is on another machine
record BenchRound(long records, long bytes, double seconds, @Nullable Latencies latencies,
        OptionalDouble brokerSeconds) {
    private static final double MB = 1e6;
    private static final double GB = 1e9;
    private static final double MEDIAN = 50;
    private static final double P99 = 99;
    private static final double P999 = 99.9;

    /// The figures by name, in the order in which they are told.
    Map<String, Double> figures() {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("records/s", records / seconds);
        figures.put("MB/s", bytes / MB / seconds);
        if (latencies != null) {
            figures.put("p50 ms", latencies.percentileMs(MEDIAN));
            figures.put("p99 ms", latencies.percentileMs(P99));
            figures.put("p99.9 ms", latencies.percentileMs(P999));
            figures.put("max ms", latencies.maxMs());
        }
        brokerSeconds.ifPresent(used -> figures.put("broker CPU s/GB", used / (bytes / GB)));
        return figures;
    }
}
