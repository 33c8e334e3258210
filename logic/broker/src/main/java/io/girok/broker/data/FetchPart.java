package io.girok.broker.data;

import io.girok.base.Shard;
import java.util.List;

/// The partitions of a fetch that lie on one shard. Owned by that shard.
final class FetchPart {
    private final FetchAttempt attempt;
    private final Shard shard;
    private final List<FetchItem> items;
    private boolean isWatching;
    private boolean isOver;
    /// What this part has reported to its attempt: bytes read and, since then, bytes become visible.
    private long reportedBytes;

    FetchPart(FetchAttempt attempt, Shard shard, List<FetchItem> items) {
        this.attempt = attempt;
        this.shard = shard;
        this.items = items;
    }

    Shard shard() {
        return shard;
    }

    /// Reads what is new since the last time, the first time everything, and stays on the watch where the fetch may
    /// have to wait.
    void read() {
        try {
            boolean isUrgent = readItems();
            if (isUrgent) {
                attempt.urge();
            } else if (!isWatching && attempt.mayWait()) {
                watch();
            }
        } finally {
            attempt.partRead();
        }
    }

    private boolean readItems() {
        Reader reader = attempt.reader();
        long left = attempt.maxBytes();
        if (isWatching) {
            for (FetchItem item : items) {
                left -= item.isChanged() ? 0 : item.result().sizeInBytes();
            }
        }
        boolean isUrgent = false;
        boolean isEmpty = left == attempt.maxBytes();
        long sizeInBytes = attempt.maxBytes() - left;
        for (FetchItem item : items) {
            if (isWatching && !item.isChanged()) {
                continue;
            }
            item.read(reader, (int) Math.max(0, left), isEmpty);
            int size = item.result().sizeInBytes();
            left -= size;
            sizeInBytes += size;
            isEmpty &= size == 0;
            isUrgent |= item.isUrgent(reader);
        }
        report(sizeInBytes - reportedBytes);
        return isUrgent;
    }

    /// Between two reads: about so many bytes more are there.
    void progressed(long sizeInBytes) {
        if (!isOver) {
            report(sizeInBytes);
            attempt.progressed();
        }
    }

    void interrupted() {
        if (!isOver) {
            attempt.urge();
            attempt.progressed();
        }
    }

    /// The fetch is answered.
    void end() {
        isOver = true;
        if (isWatching) {
            for (FetchItem item : items) {
                item.stopWatching(attempt.reader().isolation());
            }
        }
    }

    private void watch() {
        isWatching = true;
        for (FetchItem item : items) {
            item.watch(this, attempt.reader().isolation());
        }
    }

    private void report(long moreBytes) {
        reportedBytes += moreBytes;
        attempt.addBytes(moreBytes);
    }
}
