package io.girok.broker.data;

import io.girok.base.Clock;
import io.girok.base.Timers;
import io.girok.broker.SpanningRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One fetch on its way through the shards of its partitions, and its wait for enough to answer with. Thread-safe; its
/// parts belong to their shards.
final class FetchAttempt {
    /*
     * Every part reads on its shard, in parallel, and the last one to finish decides. Is there enough, or something
     * that can't wait (an error, say), the fetch is answered. If not, it waits; its parts have put themselves on the
     * watch in the very turn in which they read, so that nothing falls between. What becomes visible is reported by
     * the partitions in bytes; once the sum may be enough, or time is over, the parts of which something was reported
     * read again, and of them only the partitions that reported. A part of which nothing was reported has what it read
     * last: nobody waits for its shard.
     *
     *   READING --not enough--> WAITING --enough reported, time over--> READING
     *      |  enough, urgent, time over    |  time over, and nothing was reported
     *      +-------------------------------+--> OVER
     *
     * What is reported of a part while others read is not in what they find: if that is not enough yet, one more round
     * reads it.
     *
     * Several parts that read in parallel may together find more than the answer may hold: the one who answers takes
     * the surplus back, in the order of the partitions.
     */

    private enum Status {
        READING, WAITING, OVER
    }

    /// What the request asks for.
    ///
    /// @param maxWaitMs 0 to answer at once
    record Terms(Reader reader, int maxBytes, int minBytes, int maxWaitMs) {}

    /// @param coldReads where the disk is waited for
    record Surroundings(Clock clock, Executor coldReads) {}

    private final Terms terms;
    private final Surroundings surroundings;
    private final List<FetchItem> items;
    private final Runnable whenOver;
    private final List<FetchPart> parts = new ArrayList<>();
    private final long deadlineMs;

    private final AtomicReference<Status> status = new AtomicReference<>(Status.READING);
    private final AtomicInteger partsToRead = new AtomicInteger();
    /// What was read, and what became visible since as far as is reported.
    private final AtomicLong visibleBytes = new AtomicLong();
    private final AtomicLong readBytes = new AtomicLong();
    private final AtomicBoolean isUrgent = new AtomicBoolean();
    private volatile boolean isTimeOver;
    private volatile Timers.@Nullable Scheduled timer;

    /// @param items in the order of the answer
    /// @param whenOver takes the items' results, on any shard
    FetchAttempt(Terms terms, Surroundings surroundings, List<FetchItem> items, Runnable whenOver) {
        this.terms = terms;
        this.surroundings = surroundings;
        this.items = items;
        this.whenOver = whenOver;
        this.deadlineMs = surroundings.clock().monotonicMs() + terms.maxWaitMs();
        this.isTimeOver = terms.maxWaitMs() <= 0;
    }

    /// @param here those of the items whose partitions are on this broker
    void start(List<FetchItem> here) {
        if (here.size() < items.size()) {
            isUrgent.set(true);
        }
        if (here.isEmpty()) {
            whenOver.run();
            return;
        }
        for (SpanningRequest.Part<FetchItem> part : SpanningRequest.split(here, item -> item.partition().shard())) {
            parts.add(new FetchPart(this, part.shard(), part.items()));
        }
        partsToRead.set(parts.size());
        for (FetchPart part : parts) {
            part.shard().run(part::read);
        }
    }

    Reader reader() {
        return terms.reader();
    }

    Executor coldReads() {
        return surroundings.coldReads();
    }

    int maxBytes() {
        return terms.maxBytes();
    }

    /// Whether what was read so far is no answer yet.
    boolean mustWait() {
        return isTooLittle(readBytes);
    }

    private boolean isTooLittle(AtomicLong bytes) {
        return !isTimeOver && !isUrgent.get() && bytes.get() < terms.minBytes();
    }

    void urge() {
        isUrgent.set(true);
    }

    /// So many bytes became visible.
    void addVisible(long bytes) {
        visibleBytes.addAndGet(bytes);
    }

    /// So many bytes were read, beside what was before.
    void addRead(long bytes) {
        readBytes.addAndGet(bytes);
    }

    /// A part has read; the last one decides.
    void partRead() {
        if (partsToRead.decrementAndGet() != 0) {
            return;
        }
        if (!mustWait()) {
            answer();
            return;
        }
        long waitMs = deadlineMs - surroundings.clock().monotonicMs();
        if (timer == null) {
            timer = parts.getFirst().shard().schedule(waitMs, this::timeOver);
        }
        status.set(Status.WAITING);
        progressed();
    }

    /// Something was reported: reads again if that may be enough.
    void progressed() {
        if (isTooLittle(visibleBytes) || !status.compareAndSet(Status.WAITING, Status.READING)) {
            return;
        }
        List<FetchPart> changed = new ArrayList<>(parts.size());
        for (FetchPart part : parts) {
            if (part.isChanged()) {
                changed.add(part);
            }
        }
        if (changed.isEmpty()) {
            answer();
            return;
        }
        partsToRead.set(changed.size());
        for (FetchPart part : changed) {
            // Not at once: whoever reports may have more to report in this turn.
            part.shard().execute(part::read);
        }
    }

    /// Answers with what there is. From any thread.
    void hurry() {
        timeOver();
    }

    private void timeOver() {
        isTimeOver = true;
        progressed();
    }

    private void answer() {
        status.set(Status.OVER);
        Timers.Scheduled running = timer;
        if (running != null) {
            running.cancel();
        }
        for (FetchPart part : parts) {
            part.shard().run(part::end);
        }
        if (1 < parts.size()) {
            dropSurplus();
        }
        whenOver.run();
    }

    private void dropSurplus() {
        long left = terms.maxBytes();
        boolean isEmpty = true;
        for (FetchItem item : items) {
            int size = item.result().sizeInBytes();
            if (size == 0) {
                continue;
            }
            if (isEmpty || size <= Math.min(left, item.maxBytes())) {
                isEmpty = false;
                left -= size;
            } else {
                item.dropRecords();
            }
        }
    }
}
