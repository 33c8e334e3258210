package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.PartitionName;
import io.girok.files.Marks;
import java.io.IOException;
import java.util.List;

/// Takes pieces off a log, at its beginning (retention) and at its end (truncation). Owned by the partition's shard.
final class LogTrim {
    private final PartitionName name;
    private final Segments segments;
    private final Marks marks;
    private final LogDirectory home;

    LogTrim(PartitionName name, Segments segments, Marks marks, LogDirectory home) {
        this.name = name;
        this.segments = segments;
        this.marks = marks;
        this.home = home;
    }

    /// How many segments, from the first on, retention lets go; the active one counts if all go.
    int countDeletable(long nowMs, long highWatermark, long endOffset, LogSettings settings) throws IOException {
        LogSettings.Retention retention = settings.retention();
        long surplus = retention.deletes() && 0 <= retention.retentionBytes()
                ? segments.sizeInBytes() - retention.retentionBytes()
                : -1;
        int count = 0;
        while (count < segments.count()) {
            Segment segment = segments.get(count);
            boolean isActive = count == segments.count() - 1;
            long segmentEnd = isActive ? endOffset : segments.get(count + 1).baseOffset();
            if (highWatermark < segmentEnd || (isActive && segment.size() == 0)) {
                break;
            }
            boolean isBelowStart = !isActive && segmentEnd <= marks.startOffset();
            boolean isSurplus = 0 <= surplus && segment.size() <= surplus;
            if (!isBelowStart && !isSurplus && !isTooOld(segment, nowMs, settings)) {
                break;
            }
            surplus -= segment.size();
            count++;
        }
        return count;
    }

    /// When the first segment gets too old; [Long#MAX_VALUE] for never.
    long dueMs(LogSettings settings) throws IOException {
        LogSettings.Retention retention = settings.retention();
        Segment first = segments.first();
        if (!retention.deletes() || retention.retentionMs() < 0 || first.size() == 0) {
            return Long.MAX_VALUE;
        }
        long time = timeOf(first, segments.environment().clock().wallMs(), settings);
        long due = time + retention.retentionMs() + 1;
        return due < 0 ? Long.MAX_VALUE : due;
    }

    private static boolean isTooOld(Segment segment, long nowMs, LogSettings settings) throws IOException {
        LogSettings.Retention retention = settings.retention();
        if (!retention.deletes() || retention.retentionMs() < 0 || segment.size() == 0) {
            return false;
        }
        return retention.retentionMs() < nowMs - timeOf(segment, nowMs, settings);
    }

    /// When the segment's last record was written, as far as anybody can tell: by the records, or by the file where
    /// they do not say. What is dated further ahead than the topic allows counts as allowed, so that one wrong clock
    /// does not keep its segment, and all that follow, for ever.
    private static long timeOf(Segment segment, long nowMs, LogSettings settings) throws IOException {
        long largest = segment.largestTimestamp(settings.roll().indexIntervalBytes());
        if (0 <= largest && largest <= nowMs) {
            return largest;
        }
        long writtenMs = segment.log().lastModifiedMs();
        long aheadMs = settings.batches().timestampAfterMaxMs();
        boolean isTooFarAhead = 0 <= largest && writtenMs <= Long.MAX_VALUE - aheadMs;
        return largest < 0 ? writtenMs : isTooFarAhead ? Math.min(largest, writtenMs + aheadMs) : largest;
    }

    /// Takes the first `count` segments out of the log; their files go in the background.
    void deleteFirst(int count, LogSettings settings) {
        List<Segment> removed = segments.removeFirst(count);
        marks.setStartOffset(Math.max(marks.startOffset(), segments.first().baseOffset()));
        home.deletions().later(name, removed, settings.retention().fileDeleteDelayMs());
    }

    /// Where the log ends once it is cut at `offset`: where the batch that holds it begins.
    long cutOffset(long offset, int indexIntervalBytes) throws IOException {
        Segment last = segments.get(segments.floor(offset));
        last.resume(indexIntervalBytes);
        Segment.Place place = last.find(offset, indexIntervalBytes);
        return place == null ? last.nextOffset() : place.baseOffset();
    }

    /// Cuts from `offset` on; answers whether there were snapshots of the producers' states past it.
    boolean cut(long offset, int indexIntervalBytes) throws IOException {
        Disk disk = segments.environment().disk();
        int index = segments.floor(offset);
        Segment last = segments.get(index);
        last.resume(indexIntervalBytes);
        Segment.Place place = last.find(offset, indexIntervalBytes);
        for (Segment segment : segments.removeFrom(index + 1).reversed()) {
            SegmentDeletion.deleteNow(segment, disk);
        }
        if (place != null) {
            last.truncate(place.position(), place.baseOffset(), indexIntervalBytes);
        }
        return ProducerSnapshots.removeAbove(disk, segments.directory(), last.nextOffset());
    }

    /// Removes every segment and begins a new one at `offset`, whose file comes with the first write if there is no
    /// room for it now.
    void dropAll(long offset) throws IOException {
        home.deletions().settle(name);
        Disk disk = segments.environment().disk();
        for (Segment segment : segments.removeFrom(0).reversed()) {
            SegmentDeletion.deleteNow(segment, disk);
        }
        ProducerSnapshots.removeAbove(disk, segments.directory(), -1);
        Segment fresh = segments.addFresh(offset);
        try {
            fresh.create();
        } catch (IOException e) {
            if (!home.isFull(e, 0)) {
                throw e;
            }
        }
    }
}
