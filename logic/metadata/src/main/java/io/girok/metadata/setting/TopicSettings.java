package io.girok.metadata.setting;

import io.girok.metadata.setting.TopicSetting.Synonym;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Every setting of a topic. Immutable.
public final class TopicSettings {
    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 60 * MINUTE_MS;
    private static final Map<String, TopicSetting<?>> ALL = new LinkedHashMap<>();

    public static final TopicSetting<List<String>> CLEANUP_POLICY = add(
            TopicSetting.like("cleanup.policy", BrokerSettings.LOG_CLEANUP_POLICY));
    public static final TopicSetting<String> COMPRESSION_TYPE = add(
            TopicSetting.like("compression.type", BrokerSettings.COMPRESSION_TYPE));
    public static final TopicSetting<Integer> COMPRESSION_GZIP_LEVEL = add(
            TopicSetting.like("compression.gzip.level", BrokerSettings.COMPRESSION_GZIP_LEVEL));
    public static final TopicSetting<Integer> COMPRESSION_LZ4_LEVEL = add(
            TopicSetting.like("compression.lz4.level", BrokerSettings.COMPRESSION_LZ4_LEVEL));
    public static final TopicSetting<Integer> COMPRESSION_ZSTD_LEVEL = add(
            TopicSetting.like("compression.zstd.level", BrokerSettings.COMPRESSION_ZSTD_LEVEL));
    public static final TopicSetting<Long> DELETE_RETENTION_MS = add(
            TopicSetting.like("delete.retention.ms", BrokerSettings.LOG_CLEANER_DELETE_RETENTION_MS));
    public static final TopicSetting<Long> FILE_DELETE_DELAY_MS = add(
            TopicSetting.like("file.delete.delay.ms", BrokerSettings.LOG_SEGMENT_DELETE_DELAY_MS));
    public static final TopicSetting<Long> FLUSH_MESSAGES = add(
            TopicSetting.like("flush.messages", BrokerSettings.LOG_FLUSH_INTERVAL_MESSAGES));
    public static final TopicSetting<Long> FLUSH_MS = add(
            TopicSetting.like("flush.ms", BrokerSettings.LOG_FLUSH_INTERVAL_MS));
    public static final TopicSetting<Integer> INDEX_INTERVAL_BYTES = add(
            TopicSetting.like("index.interval.bytes", BrokerSettings.LOG_INDEX_INTERVAL_BYTES));
    public static final TopicSetting<List<String>> LEADER_REPLICATION_THROTTLED_REPLICAS = add(
            TopicSetting.ofTopicsOnly("leader.replication.throttled.replicas", ValueType.replicas(), "",
                    "The replicas that give at leader.replication.throttled.rate at most to those that catch up."));
    public static final TopicSetting<List<String>> FOLLOWER_REPLICATION_THROTTLED_REPLICAS = add(
            TopicSetting.ofTopicsOnly("follower.replication.throttled.replicas", ValueType.replicas(), "",
                    "The replicas that take at follower.replication.throttled.rate at most while they catch up."));
    public static final TopicSetting<Long> MAX_COMPACTION_LAG_MS = add(
            TopicSetting.like("max.compaction.lag.ms", BrokerSettings.LOG_CLEANER_MAX_COMPACTION_LAG_MS));
    public static final TopicSetting<Integer> MAX_MESSAGE_BYTES = add(
            TopicSetting.like("max.message.bytes", BrokerSettings.MESSAGE_MAX_BYTES));
    public static final TopicSetting<Long> MESSAGE_TIMESTAMP_AFTER_MAX_MS = add(
            TopicSetting.like("message.timestamp.after.max.ms", BrokerSettings.LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS));
    public static final TopicSetting<Long> MESSAGE_TIMESTAMP_BEFORE_MAX_MS = add(
            TopicSetting.like("message.timestamp.before.max.ms", BrokerSettings.LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS));
    public static final TopicSetting<String> MESSAGE_TIMESTAMP_TYPE = add(
            TopicSetting.like("message.timestamp.type", BrokerSettings.LOG_MESSAGE_TIMESTAMP_TYPE));
    public static final TopicSetting<Double> MIN_CLEANABLE_DIRTY_RATIO = add(
            TopicSetting.like("min.cleanable.dirty.ratio", BrokerSettings.LOG_CLEANER_MIN_CLEANABLE_RATIO));
    public static final TopicSetting<Long> MIN_COMPACTION_LAG_MS = add(
            TopicSetting.like("min.compaction.lag.ms", BrokerSettings.LOG_CLEANER_MIN_COMPACTION_LAG_MS));
    public static final TopicSetting<Integer> MIN_INSYNC_REPLICAS = add(
            TopicSetting.like("min.insync.replicas", BrokerSettings.MIN_INSYNC_REPLICAS));
    public static final TopicSetting<Long> RETENTION_BYTES = add(
            TopicSetting.like("retention.bytes", BrokerSettings.LOG_RETENTION_BYTES));
    public static final TopicSetting<Long> RETENTION_MS = add(
            new TopicSetting<>("retention.ms", BrokerSettings.LOG_RETENTION_MS.type(),
                    List.of(
                            new Synonym(BrokerSettings.LOG_RETENTION_MS, 1),
                            new Synonym(BrokerSettings.LOG_RETENTION_MINUTES, MINUTE_MS),
                            new Synonym(BrokerSettings.LOG_RETENTION_HOURS, HOUR_MS))));
    public static final TopicSetting<Integer> SEGMENT_BYTES = add(
            TopicSetting.like("segment.bytes", BrokerSettings.LOG_SEGMENT_BYTES));
    public static final TopicSetting<Integer> SEGMENT_INDEX_BYTES = add(
            TopicSetting.like("segment.index.bytes", BrokerSettings.LOG_INDEX_SIZE_MAX_BYTES));
    public static final TopicSetting<Long> SEGMENT_JITTER_MS = add(
            new TopicSetting<>("segment.jitter.ms", BrokerSettings.LOG_ROLL_JITTER_MS.type(),
                    List.of(
                            new Synonym(BrokerSettings.LOG_ROLL_JITTER_MS, 1),
                            new Synonym(BrokerSettings.LOG_ROLL_JITTER_HOURS, HOUR_MS))));
    public static final TopicSetting<Long> SEGMENT_MS = add(
            new TopicSetting<>("segment.ms", BrokerSettings.LOG_ROLL_MS.type(),
                    List.of(
                            new Synonym(BrokerSettings.LOG_ROLL_MS, 1),
                            new Synonym(BrokerSettings.LOG_ROLL_HOURS, HOUR_MS))));

    private TopicSettings() {}

    private static <T> TopicSetting<T> add(TopicSetting<T> setting) {
        ALL.put(setting.name(), setting);
        return setting;
    }

    /// In the order of the table.
    public static Collection<TopicSetting<?>> all() {
        return ALL.values();
    }

    public static @Nullable TopicSetting<?> find(String name) {
        return ALL.get(name);
    }
}
