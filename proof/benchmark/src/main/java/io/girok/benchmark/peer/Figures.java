package io.girok.benchmark.peer;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What was measured: values by figure and contender, in the order they came. Owned by one thread.
final class Figures {
    private final Map<String, Map<Contender, List<Double>>> values = new LinkedHashMap<>();

    void add(Contender contender, String figure, double value) {
        values.computeIfAbsent(figure, _ -> new LinkedHashMap<>())
                .computeIfAbsent(contender, _ -> new ArrayList<>())
                .add(value);
    }

    /// A Markdown table: for each figure and contender the median, (minimum–maximum), and how often the median of the
    /// first contender goes into this one's.
    void print(PrintStream out) {
        Set<Contender> contenders = new LinkedHashSet<>();
        values.values().forEach(byContender -> contenders.addAll(byContender.keySet()));
        out.print("| figure |");
        contenders.forEach(contender -> out.print(" " + contender + " |"));
        out.println();
        out.println("|---|" + "---|".repeat(contenders.size()));
        values.forEach((figure, byContender) -> {
            double first = median(byContender.values().iterator().next());
            out.print("| " + figure + " |");
            contenders.forEach(contender -> out.print(" " + cell(byContender.get(contender), first) + " |"));
            out.println();
        });
    }

    private static String cell(@Nullable List<Double> measured, double first) {
        if (measured == null) {
            return "";
        }
        String spread = text(median(measured)) + " (" + text(Collections.min(measured)) + "–"
                + text(Collections.max(measured)) + ")";
        return spread + String.format(Locale.ROOT, " ×%.2f", median(measured) / first);
    }

    private static double median(List<Double> measured) {
        List<Double> sorted = measured.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.2f" : Math.abs(value) < 100 ? "%.1f" : "%.0f",
                value);
    }
}
