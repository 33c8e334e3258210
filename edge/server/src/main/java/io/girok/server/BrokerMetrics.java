package io.girok.server;

import io.girok.base.Clock;
import io.girok.base.PartitionName;
import io.girok.cleaner.CleanerStatus;
import io.girok.log.LogDirectory;
import io.girok.log.OpenFiles;
import io.girok.network.NetworkServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// The figures of a broker, as they are when they are asked for. Immutable.
record BrokerMetrics(Supplier<CleanerStatus> cleaner, List<LogDirectory> directories, OpenFiles openFiles,
        NetworkServer network, Clock clock) {
    private static final double SECOND_MS = 1000;

    MetricsText text() {
        MetricsText text = new MetricsText();
        addCleaner(text, cleaner.get());
        return text
                .gauge("kafka_log_logmanager_offlinelogdirectorycount", "Log directories that have failed.",
                        directories.stream().filter(directory -> directory.failure().isPresent()).count())
                .gauge("girok_open_segment_files", "Files of logs that are open, of max.open.segments.",
                        openFiles.openCount())
                .gauge("girok_connections", "Connections of clients.", network.connectionCount());
    }

    private void addCleaner(MetricsText text, CleanerStatus status) {
        text.counter("girok_cleaner_cleanings_total", "Cleanings of a log that came to their end.", status.cleanings())
                .counter("girok_cleaner_failures_total", "Cleanings that set a log aside.", status.failures())
                .counter("girok_cleaner_read_bytes_total", "Bytes of segments that were cleaned.", status.bytesRead())
                .counter("girok_cleaner_kept_bytes_total", "Bytes that were left of them.", status.bytesKept())
                .counter("girok_cleaner_read_records_total", "Records that were looked at.", status.recordsRead())
                .counter("girok_cleaner_kept_records_total", "Records that were left of them.", status.recordsKept());
        Map<Map<String, String>, Double> running = new LinkedHashMap<>();
        long nowMs = clock.wallMs();
        status.running().forEach(run -> running.put(labels(run.name()), (nowMs - run.beganMs()) / SECOND_MS));
        text.gauges("girok_cleaner_running_seconds", "For how long a log is being cleaned by now.", running);
        Map<Map<String, String>, Double> setAside = new LinkedHashMap<>();
        status.setAside().forEach(log -> setAside.put(labels(log.name()), 1.0));
        text.gauges("girok_cleaner_set_aside", "Logs that could not be cleaned and are left alone; the log says why.",
                setAside);
        text.gauge("kafka_log_logcleanermanager_uncleanable_partitions_count", "How many of those there are.",
                setAside.size());
    }

    private static Map<String, String> labels(PartitionName name) {
        return Map.of("topic", name.topic(), "partition", Integer.toString(name.index()));
    }
}
