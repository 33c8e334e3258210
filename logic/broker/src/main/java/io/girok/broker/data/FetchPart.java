package io.girok.broker.data;

import io.girok.base.Shard;
import io.girok.log.ColdRead;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The partitions of a fetch that lie on one shard. Owned by that shard.
final class FetchPart {
    private final FetchAttempt attempt;
    private final Shard shard;
    private final List<FetchItem> items;
    private boolean isWatching;
    private boolean isOver;
    /// Whether there may be more than was read last. Written by the shard, read by any.
    private volatile boolean isChanged;
    /// What its attempt was told: bytes read and, since then, bytes become visible.
    private long visibleBytes;
    private long readBytes;

    FetchPart(FetchAttempt attempt, Shard shard, List<FetchItem> items) {
        this.attempt = attempt;
        this.shard = shard;
        this.items = items;
    }

    Shard shard() {
        return shard;
    }

    boolean isChanged() {
        return isChanged;
    }

    /// Reads what is new since the last time, the first time everything, and stays on the watch where the fetch may
    /// have to wait.
    ///
    /// What lies far back in its log is brought from the disk on a pool first, by one task for the whole part. Nothing
    /// is decided there: whatever becomes of a partition meanwhile, the read afterwards finds out.
    void read() {
        List<ColdRead> cold = coldReads();
        if (cold.isEmpty()) {
            readNow();
            return;
        }
        var _ = CompletableFuture.runAsync(() -> cold.forEach(ColdRead::run), attempt.coldReads())
                .whenCompleteAsync((done, failure) -> readNow(), shard);
    }

    private List<ColdRead> coldReads() {
        List<ColdRead> cold = List.of();
        long left = attempt.maxBytes();
        for (FetchItem item : items) {
            if (left <= 0 || (isWatching && !item.isChanged())) {
                continue;
            }
            Optional<ColdRead> found = item.coldRead(attempt.reader(), (int) left);
            if (found.isPresent()) {
                cold = cold.isEmpty() ? new ArrayList<>(1) : cold;
                cold.add(found.get());
                left -= item.maxBytes();
            }
        }
        return cold;
    }

    private void readNow() {
        isChanged = false;
        try {
            boolean isUrgent = readItems();
            if (isUrgent) {
                attempt.urge();
            } else if (!isWatching && attempt.mustWait()) {
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
        attempt.addRead(sizeInBytes - readBytes);
        readBytes = sizeInBytes;
        report(sizeInBytes - visibleBytes);
        return isUrgent;
    }

    /// Between two reads: about so many bytes more are there.
    void progressed(long sizeInBytes) {
        if (!isOver) {
            isChanged = true;
            report(sizeInBytes);
            attempt.progressed();
        }
    }

    void interrupted() {
        if (!isOver) {
            isChanged = true;
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
        visibleBytes += moreBytes;
        attempt.addVisible(moreBytes);
    }
}
