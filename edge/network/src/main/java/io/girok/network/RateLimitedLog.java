package io.girok.network;

import io.girok.base.Clock;
import org.slf4j.Logger;

/// A log for what strangers can cause as often as they like: at most one line every ten seconds, which says how many
/// were held back. Thread-safe.
final class RateLimitedLog {
    static final long PERIOD_MS = 10_000;

    private final Logger log;
    private final Clock clock;
    private boolean isFirst = true;
    private long lastMs;
    private long heldBack;

    RateLimitedLog(Logger log, Clock clock) {
        this.log = log;
        this.clock = clock;
    }

    void warn(String message) {
        long more;
        synchronized (this) {
            long nowMs = clock.monotonicMs();
            if (!isFirst && nowMs - lastMs < PERIOD_MS) {
                heldBack++;
                log.debug(message);
                return;
            }
            isFirst = false;
            lastMs = nowMs;
            more = heldBack;
            heldBack = 0;
        }
        if (more == 0) {
            log.warn(message);
        } else {
            log.warn("{} ({} more of this kind since the last line)", message, more);
        }
    }
}
