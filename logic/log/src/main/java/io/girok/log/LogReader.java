package io.girok.log;

import io.girok.base.FileSlice;
import io.girok.files.CorruptLog;
import io.girok.record.InvalidBatch;
import io.girok.record.Record;
import io.girok.record.RecordBatch;
import io.girok.record.RecordIterator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds batches by offset and records by time. Owned by the partition's shard.
final class LogReader {
    /// A read that crosses more segments than this stops early: each holds a file open.
    private static final int MAX_SLICES = 8;

    private final Segments segments;

    LogReader(Segments segments) {
        this.segments = segments;
    }

    /// Batches from the one that holds `offset` on, up to the one that holds `upTo`.
    ReadResult.Data read(long offset, long upTo, int maxBytes, boolean atLeastOne, int indexIntervalBytes)
            throws IOException {
        List<FileSlice> slices = new ArrayList<>(1);
        int total = 0;
        boolean isComplete = false;
        try {
            for (int index = segments.floor(offset); index < segments.count() && slices.size() < MAX_SLICES; index++) {
                Segment segment = segments.get(index);
                if (upTo <= segment.baseOffset()) {
                    break;
                }
                int position = 0;
                int firstSize = 0;
                if (slices.isEmpty()) {
                    Segment.Place place = segment.find(offset, indexIntervalBytes);
                    if (place == null) {
                        continue;
                    }
                    if (upTo <= place.baseOffset()) {
                        break;
                    }
                    position = place.position();
                    firstSize = place.sizeInBytes();
                }
                int available = limit(index, upTo, indexIntervalBytes) - position;
                if (available == 0) {
                    continue;
                }
                int wanted = Math.max(maxBytes - total, atLeastOne && slices.isEmpty() ? firstSize : 0);
                if (wanted <= 0) {
                    break;
                }
                int size = Math.min(available, wanted);
                slices.add(segment.log().slice(position, size));
                total += size;
                if (size < available) {
                    break;
                }
            }
            isComplete = true;
            return total == 0 ? ReadResult.Data.EMPTY : new ReadResult.Data(slices, total);
        } finally {
            if (!isComplete) {
                slices.forEach(FileSlice::release);
            }
        }
    }

    /// What has to be read from the disk before [#read] finds it in memory; null where that is likely now.
    ///
    /// @param endOffset of the log
    @Nullable
    ColdRead coldRead(long offset, long endOffset, int maxBytes, int indexIntervalBytes) {
        if (!segments.hasMoreThan(ColdRead.WARM_BYTES, offset, endOffset)) {
            return null;
        }
        List<Long> baseOffsets = new ArrayList<>(1);
        int first = segments.floor(offset);
        for (int index = first; index < segments.count() && index < first + MAX_SLICES; index++) {
            baseOffsets.add(segments.get(index).baseOffset());
        }
        return new ColdRead(segments.environment().disk(), segments.directory(), baseOffsets, offset,
                (long) maxBytes + indexIntervalBytes);
    }

    /// The position in the segment where the batch that holds `upTo` begins, or the segment's end.
    private int limit(int index, long upTo, int indexIntervalBytes) throws IOException {
        Segment segment = segments.get(index);
        Long end = segments.endOf(index);
        if (end != null && end <= upTo) {
            return segment.size();
        }
        Segment.Place place = segment.find(upTo, indexIntervalBytes);
        return place == null ? segment.size() : place.position();
    }

    /// The first record from `startOffset` on whose timestamp is `timestamp` or later.
    Optional<TimestampOffset> find(long timestamp, long startOffset, LogSettings settings) throws IOException {
        int indexIntervalBytes = settings.roll().indexIntervalBytes();
        for (int index = segments.floor(startOffset); index < segments.count(); index++) {
            Segment segment = segments.get(index);
            if (segment.size() == 0 || segment.largestTimestamp(indexIntervalBytes) < timestamp) {
                continue;
            }
            long from = Math.max(startOffset, segment.timeIndex().floorOffset(timestamp));
            TimestampOffset found = findIn(segment, from, timestamp, startOffset, settings);
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    /// The first record of the largest timestamp from `startOffset` on.
    Optional<TimestampOffset> findLargest(long startOffset, LogSettings settings) throws IOException {
        int indexIntervalBytes = settings.roll().indexIntervalBytes();
        Segment best = null;
        long largest = RecordBatch.NO_TIMESTAMP;
        for (int index = segments.floor(startOffset); index < segments.count(); index++) {
            Segment segment = segments.get(index);
            long timestamp = segment.size() == 0 ? -1 : segment.largestTimestamp(indexIntervalBytes);
            if (largest < timestamp) {
                largest = timestamp;
                best = segment;
            }
        }
        if (best == null) {
            return Optional.empty();
        }
        Segment.Place place = best.find(best.largestTimestampOffset(), indexIntervalBytes);
        if (place == null || best.largestTimestampOffset() < startOffset) {
            // The record that had it is below the start: the others are looked through.
            return findLargestByScan(startOffset, settings);
        }
        TimestampOffset found = findIn(best, place.baseOffset(), largest, startOffset, settings);
        return found == null ? findLargestByScan(startOffset, settings) : Optional.of(found);
    }

    private static long largestIn(RecordBatch batch, long startOffset, LogSettings settings) throws CorruptLog {
        long largest = RecordBatch.NO_TIMESTAMP;
        try (RecordIterator records = batch.records(maxUnpackedBytes(settings))) {
            while (records.hasNext()) {
                Record next = records.next();
                if (startOffset <= next.offset()) {
                    largest = Math.max(largest, next.timestamp());
                }
            }
        } catch (InvalidBatch e) {
            throw corrupt(batch, e);
        }
        return largest;
    }

    /// What was taken when the limit was higher is still read.
    private static long maxUnpackedBytes(LogSettings settings) {
        return Math.max(settings.batches().maxUnpackedBytes(), 1L << 30);
    }

    private Optional<TimestampOffset> findLargestByScan(long startOffset, LogSettings settings) throws IOException {
        long largest = RecordBatch.NO_TIMESTAMP;
        for (int index = segments.floor(startOffset); index < segments.count(); index++) {
            Segment segment = segments.get(index);
            Segment.Place place = segment.find(startOffset, settings.roll().indexIntervalBytes());
            if (place != null) {
                SegmentScan scan = new SegmentScan(segment.log(), place.position(), segment.size(),
                        SegmentScan.LONG_WINDOW_BYTES);
                for (RecordBatch header = scan.next(); header != null; header = scan.next()) {
                    largest = Math.max(
                            largest,
                            header.baseOffset() < startOffset
                                    ? largestIn(scan.whole(), startOffset, settings)
                                    : header.maxTimestamp());
                }
            }
        }
        return largest < 0 ? Optional.empty() : find(largest, startOffset, settings);
    }

    private static @Nullable TimestampOffset findIn(Segment segment, long from, long timestamp, long startOffset,
            LogSettings settings) throws IOException {
        Segment.Place place = segment.find(from, settings.roll().indexIntervalBytes());
        if (place == null) {
            return null;
        }
        SegmentScan scan = new SegmentScan(segment.log(), place.position(), segment.size(),
                SegmentScan.LOOKUP_WINDOW_BYTES);
        for (RecordBatch header = scan.next(); header != null; header = scan.next()) {
            if (timestamp <= header.maxTimestamp()) {
                TimestampOffset found = findIn(scan.whole(), timestamp, startOffset, settings);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private static @Nullable TimestampOffset findIn(RecordBatch batch, long timestamp, long startOffset,
            LogSettings settings) throws CorruptLog {
        try (RecordIterator records = batch.records(maxUnpackedBytes(settings))) {
            while (records.hasNext()) {
                Record next = records.next();
                if (timestamp <= next.timestamp() && startOffset <= next.offset()) {
                    return new TimestampOffset(next.timestamp(), next.offset(), batch.leaderEpoch());
                }
            }
        } catch (InvalidBatch e) {
            throw corrupt(batch, e);
        }
        return null;
    }

    /// A batch is validated before it is stored: what can't be read has changed since.
    static CorruptLog corrupt(RecordBatch batch, InvalidBatch cause) {
        return new CorruptLog("the " + batch + " can't be read any more: " + cause.getMessage());
    }
}
