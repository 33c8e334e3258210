package io.girok.membership.follow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/// The end of the metadata log in memory, as far as its limits allow. Pure; owned by its [MetadataFeed].
final class RecentCommits {
    private final int maxBatches;
    private final long maxBytes;
    private final Deque<CommittedBatch> batches = new ArrayDeque<>();
    private long sizeBytes;
    /// Before the first batch here.
    private LogPosition begin = LogPosition.START;

    /// What there is for a follower.
    sealed interface Found {
        /// What comes next; nothing yet, perhaps.
        record Next(List<CommittedBatch> batches) implements Found {}

        /// It has to begin with a snapshot.
        record TooFarBehind() implements Found {}

        /// The record before its end has this epoch here.
        record Diverged(long epoch) implements Found {}
    }

    RecentCommits(int maxBatches, long maxBytes) {
        this.maxBatches = maxBatches;
        this.maxBytes = maxBytes;
    }

    void add(CommittedBatch batch) {
        batches.addLast(batch);
        sizeBytes += batch.sizeBytes();
        while (maxBatches < batches.size() || (maxBytes < sizeBytes && 1 < batches.size())) {
            CommittedBatch oldest = batches.removeFirst();
            sizeBytes -= oldest.sizeBytes();
            begin = LogPosition.after(oldest);
        }
    }

    /// The log goes on after a snapshot.
    void restart(LogPosition after) {
        batches.clear();
        sizeBytes = 0;
        begin = after;
    }

    long beginOffset() {
        return begin.endOffset();
    }

    long endOffset() {
        return end().endOffset();
    }

    private LogPosition end() {
        return batches.isEmpty() ? begin : LogPosition.after(batches.getLast());
    }

    /// What comes after `position`: at least one batch, if there is one, and no more once `limitBytes` are reached.
    Found after(LogPosition position, long limitBytes) {
        if (end().endOffset() < position.endOffset()) {
            // This node is behind; what it does not know yet it can't judge.
            return new Found.Next(List.of());
        }
        if (position.endOffset() < begin.endOffset()) {
            return new Found.TooFarBehind();
        }
        List<CommittedBatch> later = new ArrayList<>();
        LogPosition here = begin;
        for (Iterator<CommittedBatch> backwards = batches.descendingIterator(); backwards.hasNext();) {
            CommittedBatch batch = backwards.next();
            if (batch.endOffset() <= position.endOffset()) {
                here = LogPosition.after(batch);
                break;
            }
            later.add(batch);
        }
        if (here.endOffset() != position.endOffset()) {
            return new Found.TooFarBehind();
        }
        if (here.lastEpoch() != position.lastEpoch()) {
            return new Found.Diverged(here.lastEpoch());
        }
        Collections.reverse(later);
        return new Found.Next(within(later, limitBytes));
    }

    private static List<CommittedBatch> within(List<CommittedBatch> later, long limitBytes) {
        long bytes = 0;
        for (int count = 0; count < later.size(); count++) {
            bytes += later.get(count).sizeBytes();
            if (limitBytes < bytes && 0 < count) {
                return later.subList(0, count);
            }
        }
        return later;
    }
}
