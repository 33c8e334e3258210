package io.girok.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Several rounds of one workload, each figure as its minimum, median and maximum. Immutable.
record BenchSummary(String workload, List<BenchRound> rounds) {

    record Spread(double min, double median, double max) {
        static Spread of(double... values) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            int middle = sorted.length / 2;
            double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
            return new Spread(sorted[0], median, sorted[sorted.length - 1]);
        }
    }

    /// Figures that every round has.
    Map<String, Spread> spreads() {
        List<Map<String, Double>> figures = rounds.stream().map(BenchRound::figures).toList();
        Map<String, Spread> spreads = new LinkedHashMap<>();
        for (String name : figures.getFirst().keySet()) {
            double[] values = figures.stream()
                    .filter(round -> round.containsKey(name))
                    .mapToDouble(round -> round.getOrDefault(name, 0.0))
                    .toArray();
            if (values.length == rounds.size()) {
                spreads.put(name, Spread.of(values));
            }
        }
        return spreads;
    }

    Map<String, ?> toJson() {
        Map<String, Object> figures = new LinkedHashMap<>();
        spreads().forEach(
                (name, spread) -> figures.put(
                        name,
                        Json.object("min", spread.min(), "median", spread.median(), "max", spread.max())));
        return Json.object("workload", workload, "rounds", rounds.size(), "records",
                rounds.stream().mapToLong(BenchRound::records).sum(), "figures", figures);
    }
}
