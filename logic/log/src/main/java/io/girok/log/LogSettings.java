package io.girok.log;

import io.girok.base.Invariant;
import io.girok.record.BatchRules;
import io.girok.record.CompressionTarget;
import io.girok.record.TimestampType;

/// What a topic's settings ask of its logs. Immutable.
///
/// @param batches what clients' batches must be
public record LogSettings(Roll roll, Retention retention, Flush flush, BatchRules batches, Compaction compaction) {
    private static final long DAY_MS = 24L * 60 * 60 * 1000;
    private static final int DEFAULT_MAX_MESSAGE_BYTES = 1024 * 1024 + 12;
    private static final Compaction DEFAULT_COMPACTION = new Compaction(0.5, 0, Long.MAX_VALUE, DAY_MS);

    /// Apache Kafka's defaults.
    public static final LogSettings DEFAULT = new LogSettings(
            new Roll(1024 * 1024 * 1024, 7 * DAY_MS, 0, 4096, 10 * 1024 * 1024),
            new Retention(7 * DAY_MS, -1, 60_000, true, false),
            new Flush(Long.MAX_VALUE, Long.MAX_VALUE),
            new BatchRules(
                    TimestampType.CREATE_TIME,
                    Long.MAX_VALUE,
                    60L * 60 * 1000,
                    false,
                    DEFAULT_MAX_MESSAGE_BYTES,
                    BatchRules.maxUnpackedBytesFor(DEFAULT_MAX_MESSAGE_BYTES),
                    CompressionTarget.AS_PRODUCED),
            DEFAULT_COMPACTION);

    public LogSettings(Roll roll, Retention retention, Flush flush, BatchRules batches) {
        this(roll, retention, flush, batches, DEFAULT_COMPACTION);
    }

    /// The same, but nothing is too old, or too much.
    LogSettings keepingAll() {
        return new LogSettings(roll, new Retention(-1, -1, retention.fileDeleteDelayMs(), retention.deletes(),
                retention.compacts()), flush, batches, compaction);
    }

    /// When a segment ends and the next begins.
    ///
    /// @param segmentBytes `segment.bytes`
    /// @param segmentMs `segment.ms`, by the records' timestamps
    /// @param segmentJitterMs `segment.jitter.ms`: up to this much is taken off, so that not all partitions roll at
    /// once
    /// @param indexIntervalBytes `index.interval.bytes`
    /// @param maxIndexBytes `segment.index.bytes`
    public record Roll(int segmentBytes, long segmentMs, long segmentJitterMs, int indexIntervalBytes,
            int maxIndexBytes) {
        public Roll {
            Invariant.check(0 < segmentBytes && 0 < segmentMs, "a segment needs room and time");
            Invariant.check(
                    0 <= indexIntervalBytes && 12 <= maxIndexBytes,
                    "an index holds an entry at least");
        }
    }

    /// When old segments go.
    ///
    /// @param retentionMs `retention.ms`, -1 for no limit
    /// @param retentionBytes `retention.bytes`, -1 for no limit
    /// @param fileDeleteDelayMs `file.delete.delay.ms`
    /// @param deletes whether `cleanup.policy` holds `delete`
    /// @param compacts whether `cleanup.policy` holds `compact`
    public record Retention(long retentionMs, long retentionBytes, long fileDeleteDelayMs, boolean deletes,
            boolean compacts) {}

    /// When the log is synced unasked.
    ///
    /// @param messages `flush.messages`
    /// @param ms `flush.ms`
    public record Flush(long messages, long ms) {}

    /// When and how a compacted log is cleaned.
    ///
    /// @param minDirtyRatio `min.cleanable.dirty.ratio`
    /// @param minLagMs `min.compaction.lag.ms`
    /// @param maxLagMs `max.compaction.lag.ms`
    /// @param deleteRetentionMs `delete.retention.ms`
    public record Compaction(double minDirtyRatio, long minLagMs, long maxLagMs, long deleteRetentionMs) {}
}
