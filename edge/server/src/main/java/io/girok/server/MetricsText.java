package io.girok.server;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Figures in Prometheus' text format, version 0.0.4. Owned by whoever made it.
final class MetricsText {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder();

    /// A figure that only grows until the process ends.
    MetricsText counter(String name, String help, long value) {
        return family(name, help, "counter", Map.of(Map.of(), value));
    }

    MetricsText gauge(String name, String help, long value) {
        return family(name, help, "gauge", Map.of(Map.of(), value));
    }

    /// A figure that several things have, told apart by their labels; without any, it is named all the same.
    MetricsText gauges(String name, String help, Map<Map<String, String>, ? extends Number> values) {
        return family(name, help, "gauge", values);
    }

    private MetricsText family(String name, String help, String type,
            Map<Map<String, String>, ? extends Number> values) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        values.forEach((labels, value) -> {
            text.append(name);
            if (!labels.isEmpty()) {
                text.append(labels(labels));
            }
            text.append(' ').append(value).append('\n');
        });
        return this;
    }

    private static String labels(Map<String, String> labels) {
        return new TreeMap<>(labels).entrySet()
                .stream()
                .map(label -> label.getKey() + "=\"" + escaped(label.getValue()) + '"')
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
