package io.girok.log;

import io.girok.base.Clock;
import io.girok.base.PartitionName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far the recovery of one log has come, told to the operator when it takes more than a second: after 1, 2, 4, 8 …
/// seconds, and at its end. Used by the thread that recovers.
final class RecoveryProgress {
    private static final Logger LOGGER = LoggerFactory.getLogger(RecoveryProgress.class);
    private static final long FIRST_MS = 1_000;
    /// The clock is looked at once for so many bytes.
    private static final long STEP_BYTES = 256 * 1024;

    private final PartitionName name;
    private final long totalBytes;
    private final Clock clock;
    private final long begunMs;
    private long nextMs = FIRST_MS;
    private long nextBytes = STEP_BYTES;
    private long readBytes;
    private long cutBytes;

    /// @param totalBytes about how many bytes there are to read
    RecoveryProgress(PartitionName name, long totalBytes, Clock clock) {
        this.name = name;
        this.totalBytes = totalBytes;
        this.clock = clock;
        this.begunMs = clock.monotonicMs();
    }

    PartitionName name() {
        return name;
    }

    long readBytes() {
        return readBytes;
    }

    long cutBytes() {
        return cutBytes;
    }

    void read(long bytes) {
        readBytes += bytes;
        if (nextBytes <= readBytes) {
            nextBytes = readBytes + STEP_BYTES;
            long ms = clock.monotonicMs() - begunMs;
            if (nextMs <= ms) {
                nextMs = 2 * ms;
                LOGGER.info("log '{}': recovering for {} ms, {} of {} bytes are checked", name, ms, readBytes,
                        Math.max(readBytes, totalBytes));
            }
        }
    }

    void cut(long bytes) {
        cutBytes += bytes;
    }

    void end(long endOffset) {
        long ms = clock.monotonicMs() - begunMs;
        if (FIRST_MS <= ms) {
            LOGGER.info("log '{}': recovered in {} ms, {} bytes were checked, the next offset is {}", name, ms,
                    readBytes, endOffset);
        }
    }
}
