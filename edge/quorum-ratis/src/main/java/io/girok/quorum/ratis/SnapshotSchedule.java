package io.girok.quorum.ratis;

import io.girok.base.Clock;
import io.girok.quorum.ratis.RatisSettings.SnapshotTrigger;

/// Says when the next snapshot is due. Owned by the thread on which Ratis applies entries.
final class SnapshotSchedule {
    private final SnapshotTrigger trigger;
    private final Clock clock;
    private final Runnable onDue;
    private long batchCount;
    private long sizeBytes;
    private long sinceMs;
    private boolean isDue;

    SnapshotSchedule(SnapshotTrigger trigger, Clock clock, Runnable onDue) {
        this.trigger = trigger;
        this.clock = clock;
        this.onDue = onDue;
        sinceMs = clock.monotonicMs();
    }

    /// Counts one more entry, and asks for a snapshot when that makes one due.
    void count(int entryBytes) {
        batchCount++;
        sizeBytes += entryBytes;
        boolean isEnough = trigger.batchCount() <= batchCount || trigger.sizeBytes() <= sizeBytes
                || trigger.ageMs() <= clock.monotonicMs() - sinceMs;
        if (isEnough && !isDue) {
            isDue = true;
            onDue.run();
        }
    }

    /// After a snapshot, or after one that failed.
    void startAgain() {
        batchCount = 0;
        sizeBytes = 0;
        sinceMs = clock.monotonicMs();
        isDue = false;
    }
}
