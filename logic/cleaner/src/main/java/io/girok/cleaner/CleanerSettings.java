package io.girok.cleaner;

import io.girok.base.Invariant;

/// What the operator wants of the cleaner. Immutable.
///
/// @param isEnabled `log.cleaner.enable`
/// @param threads `log.cleaner.threads`: so many logs are cleaned at the same time
/// @param dedupeBytes `log.cleaner.dedupe.buffer.size`: the memory for keys of all cleanings together
/// @param loadFactor `log.cleaner.io.buffer.load.factor`: how full that memory may be
/// @param windowBytes `log.cleaner.io.buffer.size`: the memory to read and to write with of all cleanings together
/// @param maxBytesPerSecond `log.cleaner.io.max.bytes.per.second`, read and written
/// @param backoffMs `log.cleaner.backoff.ms`: how long to rest when nothing is dirty enough
public record CleanerSettings(boolean isEnabled, int threads, long dedupeBytes, double loadFactor, int windowBytes,
        double maxBytesPerSecond, long backoffMs) {
    /// Apache Kafka's defaults.
    public static final CleanerSettings DEFAULT = new CleanerSettings(true, 1, 128L * 1024 * 1024, 0.9, 512 * 1024,
            Double.MAX_VALUE, 15_000);

    public CleanerSettings {
        Invariant.check(0 < threads && 0 < maxBytesPerSecond, "a cleaner has threads and may read");
        Invariant.check(0 < loadFactor && loadFactor <= 1, "a load factor lies between 0 and 1");
    }
}
