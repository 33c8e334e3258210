package io.girok.broker;

import io.girok.log.LogSettings;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.setting.EffectiveSettings;
import io.girok.metadata.setting.TopicSetting;
import io.girok.metadata.setting.TopicSettings;
import io.girok.record.BatchRules;
import io.girok.record.Compression;
import io.girok.record.CompressionTarget;
import io.girok.record.TimestampType;
import java.util.List;

/// What a topic's settings, with the broker's behind them, ask of its logs. Immutable.
final class TopicLogSettings {
    private final EffectiveSettings settings;
    private final MetadataImage image;
    private final String topic;

    private TopicLogSettings(EffectiveSettings settings, MetadataImage image, String topic) {
        this.settings = settings;
        this.image = image;
        this.topic = topic;
    }

    static LogSettings of(EffectiveSettings settings, MetadataImage image, String topic) {
        TopicLogSettings values = new TopicLogSettings(settings, image, topic);
        return new LogSettings(values.roll(), values.retention(), values.flush(), values.batches(),
                values.compaction());
    }

    private LogSettings.Roll roll() {
        // What must be compacted by then must have left the active segment.
        long maxMs = get(TopicSettings.CLEANUP_POLICY).contains("compact")
                ? Math.min(get(TopicSettings.SEGMENT_MS), get(TopicSettings.MAX_COMPACTION_LAG_MS))
                : get(TopicSettings.SEGMENT_MS);
        return new LogSettings.Roll(get(TopicSettings.SEGMENT_BYTES), maxMs,
                get(TopicSettings.SEGMENT_JITTER_MS), get(TopicSettings.INDEX_INTERVAL_BYTES),
                get(TopicSettings.SEGMENT_INDEX_BYTES));
    }

    private LogSettings.Retention retention() {
        List<String> policy = get(TopicSettings.CLEANUP_POLICY);
        return new LogSettings.Retention(get(TopicSettings.RETENTION_MS), get(TopicSettings.RETENTION_BYTES),
                get(TopicSettings.FILE_DELETE_DELAY_MS), policy.contains("delete"), policy.contains("compact"));
    }

    private LogSettings.Compaction compaction() {
        return new LogSettings.Compaction(get(TopicSettings.MIN_CLEANABLE_DIRTY_RATIO),
                get(TopicSettings.MIN_COMPACTION_LAG_MS), get(TopicSettings.MAX_COMPACTION_LAG_MS),
                get(TopicSettings.DELETE_RETENTION_MS));
    }

    private LogSettings.Flush flush() {
        return new LogSettings.Flush(get(TopicSettings.FLUSH_MESSAGES), get(TopicSettings.FLUSH_MS));
    }

    private BatchRules batches() {
        int maxBatchBytes = get(TopicSettings.MAX_MESSAGE_BYTES);
        return new BatchRules(
                get(TopicSettings.MESSAGE_TIMESTAMP_TYPE).equals("LogAppendTime")
                        ? TimestampType.LOG_APPEND_TIME
                        : TimestampType.CREATE_TIME,
                get(TopicSettings.MESSAGE_TIMESTAMP_BEFORE_MAX_MS), get(TopicSettings.MESSAGE_TIMESTAMP_AFTER_MAX_MS),
                get(TopicSettings.CLEANUP_POLICY).contains("compact"), maxBatchBytes,
                BatchRules.maxUnpackedBytesFor(maxBatchBytes), compression());
    }

    private CompressionTarget compression() {
        return switch (get(TopicSettings.COMPRESSION_TYPE)) {
            case "uncompressed" -> fixed(Compression.NONE, Compression.NONE.defaultLevel());
            case "gzip" -> fixed(Compression.GZIP, get(TopicSettings.COMPRESSION_GZIP_LEVEL));
            case "snappy" -> fixed(Compression.SNAPPY, Compression.SNAPPY.defaultLevel());
            case "lz4" -> fixed(Compression.LZ4, get(TopicSettings.COMPRESSION_LZ4_LEVEL));
            case "zstd" -> fixed(Compression.ZSTD, get(TopicSettings.COMPRESSION_ZSTD_LEVEL));
            default -> CompressionTarget.AS_PRODUCED;
        };
    }

    private static CompressionTarget fixed(Compression compression, int level) {
        return new CompressionTarget.Fixed(compression, level);
    }

    private <T> T get(TopicSetting<T> setting) {
        return settings.topic(image, topic, setting);
    }
}
