package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.FreeSpace;
import io.girok.base.PartitionName;
import io.girok.files.CorruptLog;
import io.girok.files.EpochCache;
import io.girok.files.ProducerSnapshotFile;
import io.girok.files.TextFile;
import io.girok.journal.JournalEntry;
import io.girok.record.BatchWalk;
import io.girok.record.RecordBatch;
import io.girok.record.producer.ProducerStates;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes a log whole after a stop that was not clean. Used by one thread, before the partition's shard gets the log.
///
/// Below the recovery point everything was synced, batches and index entries alike: there, what is missing is an error
/// that takes the partition offline. From the recovery point on a batch counts if it is whole, its CRC fits and its
/// offsets follow; the log is cut before the first that does not. What is kept is synced before anybody sees it, or is
/// in the journal: then it is saved later, as what was appended just now is, and the recovery point stays where it was.
/// It also does where a full disk has no room for the epochs and the producers' snapshot.
final class LogRecovery {
    private static final Logger LOGGER = LoggerFactory.getLogger(LogRecovery.class);

    private final PartitionName name;
    private final RecoveryProgress progress;
    private final Segments segments;
    private final long recoveryPoint;
    private final EpochCache epochs;
    private final List<JournalEntry> journaled;
    private final LogSettings.Roll roll;
    private long nextOffset;
    private boolean hasProducers;
    private boolean hadSnapshots;
    private boolean isSaved = true;
    private @Nullable ProducerStates producers;
    private @Nullable String problem;

    /// @param journaled what the journal has for the log; what the segments lack of it is appended
    LogRecovery(RecoveryProgress progress, Segments segments, long recoveryPoint, EpochCache epochs,
            List<JournalEntry> journaled, LogSettings.Roll roll) {
        this.progress = progress;
        this.name = progress.name();
        this.segments = segments;
        this.recoveryPoint = recoveryPoint;
        this.epochs = epochs;
        this.journaled = journaled;
        this.roll = roll;
    }

    /// About how many bytes lie past the recovery point, and in the journal.
    static long bytesToRead(Segments segments, long recoveryPoint, List<JournalEntry> journaled) throws IOException {
        int first = segments.floor(recoveryPoint);
        long bytes = (long) segments.get(first).size() - segments.get(first).offsetIndex().floorPosition(recoveryPoint);
        for (int index = first + 1; index < segments.count(); index++) {
            bytes += segments.get(index).size();
        }
        for (JournalEntry entry : journaled) {
            bytes += entry.sizeInBytes();
        }
        return bytes;
    }

    /// How a recovery ended.
    ///
    /// @param isSynced whether all that is in the segments is on stable storage
    /// @param unsaved what only memory knows; null when all is saved
    record Recovered(long endOffset, boolean isSynced, @Nullable Unsaved unsaved) {}

    /// What follows from the batches, and is in no file yet.
    ///
    /// @param producers null where no producer has an id in what was recovered
    /// @param hadSnapshots whether there were snapshots of the producers' states that are gone
    record Unsaved(EpochCache epochs, @Nullable ProducerStates producers, boolean hadSnapshots) {}

    /// Checks what lies past the recovery point and cuts what is not whole.
    Recovered run() throws IOException {
        int first = segments.floor(recoveryPoint);
        hadSnapshots = ProducerSnapshots.removeAbove(disk(), segments.directory(), recoveryPoint);
        epochs.truncateFromEnd(recoveryPoint);
        if (0 < first && segments.get(first).baseOffset() == recoveryPoint) {
            checkClosed(segments.get(first - 1));
        }
        int index = first;
        while (index < segments.count() && problem == null) {
            Segment segment = segments.get(index);
            if (index != first && segment.baseOffset() != nextOffset) {
                // A segment begins where the one before it ended: what was between them never reached the disk.
                problem = "hole before offset " + segment.baseOffset();
                break;
            }
            recover(segment);
            index++;
        }
        if (nextOffset < recoveryPoint) {
            Segment last = segments.get(Math.max(first, index - 1));
            throw new CorruptLog("log '" + name + "' ends at offset " + nextOffset + ", at position " + last.size()
                    + " of segment " + last.log().path().getFileName()
                    + ", but was on stable storage up to its recovery point " + recoveryPoint
                    + ": the partition stays offline and nothing is deleted");
        }
        if (problem != null) {
            cutAfter(index - 1);
        }
        replay();
        if (hasProducers) {
            rebuildProducers();
        }
        List<Segment> checked = segments.from(first);
        checked.forEach(Segment::markNew);
        if (recoveryPoint < nextOffset && isJournaled()) {
            checked.forEach(Segment::markLogDirty);
            return new Recovered(nextOffset, false, new Unsaved(epochs, producers, hadSnapshots));
        }
        saveProducers();
        sync(checked);
        return new Recovered(nextOffset, true, isSaved ? null : new Unsaved(epochs, producers, hadSnapshots));
    }

    /// Whether another crash would find all of it again.
    private boolean isJournaled() {
        long end = recoveryPoint;
        for (JournalEntry entry : journaled) {
            if (entry.isGap() || entry.isInCopy() || end < entry.baseOffset()) {
                return false;
            }
            end = Math.max(end, entry.endOffset());
        }
        return problem == null && nextOffset <= end;
    }

    /// Of the segment before the recovery point only the last entries of its indexes, which came when it was closed,
    /// may be younger than the last sync.
    private void checkClosed(Segment segment) throws IOException {
        dropUnlikelyEntries(segment);
        save(() -> segment.resume(roll.indexIntervalBytes()));
        segment.finish();
        for (LogFile index : segment.takeDirtyIndexes()) {
            index.sync();
        }
    }

    private void recover(Segment segment) throws IOException {
        boolean isSyncedInPart = segment.baseOffset() < recoveryPoint;
        segment.offsetIndex().truncateToSane(recoveryPoint, segment.size());
        segment.timeIndex().truncateToSane(recoveryPoint);
        // Also where no producer is left that could write them anew: a marker that was cut aborts nothing.
        segment.transactionIndex().truncateToSane(recoveryPoint);
        dropUnlikelyEntries(segment);
        SegmentScan scan = segment.scanFromIndex(SegmentScan.LONG_WINDOW_BYTES);
        nextOffset = segment.baseOffset();
        long timestampsKnownTo = segment.timeIndex().lastOffset();
        long scanBegin = scan.end();
        for (RecordBatch header = scan.next(); header != null; header = scan.next()) {
            String wrong = header.baseOffset() < recoveryPoint
                    ? checkOrder(segment, header)
                    : check(segment, header, scan);
            if (wrong != null) {
                problem = wrong;
                cut(segment, scan.position(), wrong);
                break;
            }
            RecordBatch batch = scan.header();
            progress.read(batch.sizeInBytes());
            note(segment, batch, scan.position());
        }
        if (problem == null && scan.problem() != null) {
            problem = scan.problem();
            cut(segment, (int) scan.end(), String.valueOf(scan.problem()));
        }
        segment.markResumed();
        if (isSyncedInPart && 0 < scanBegin) {
            segment.noteTimestampsFrom(timestampsKnownTo + 1);
        }
    }

    private void note(Segment segment, RecordBatch batch, int position) throws IOException {
        nextOffset = batch.lastOffset() + 1;
        if (recoveryPoint <= batch.lastOffset()) {
            hasProducers |= batch.hasProducerId();
            epochs.assign(batch.leaderEpoch(), batch.baseOffset());
        }
        segment.note(batch, position, roll.indexIntervalBytes());
    }

    /// Appends what the journal has and the segments lost.
    private void replay() throws IOException {
        long from = nextOffset;
        for (JournalEntry entry : journaled) {
            if (entry.endOffset() <= nextOffset || entry.isGap()) {
                continue;
            }
            if (nextOffset < entry.baseOffset() && isInGap(nextOffset)) {
                LOGGER.info(
                        "log '{}': ends at offset {}; what follows found no room in the journal, and was not "
                                + "acknowledged",
                        name, nextOffset);
                break;
            }
            requireNoHole(nextOffset < entry.baseOffset(), entry.baseOffset());
            ByteBuffer bytes = entry.read();
            BatchWalk walk = BatchWalk.of(bytes.duplicate());
            for (RecordBatch batch = walk.next(); batch != null; batch = walk.next()) {
                if (nextOffset <= batch.lastOffset() && batch.baseOffset() < entry.endOffset()) {
                    append(batch, bytes.slice(batch.position(), batch.sizeInBytes()));
                }
            }
        }
        if (from < nextOffset) {
            LOGGER.info("log '{}': offsets {} to {} were restored from the journal", name, from, nextOffset - 1);
        }
    }

    private boolean isInGap(long offset) {
        return journaled.stream()
                .anyMatch(entry -> entry.isGap() && entry.baseOffset() <= offset && offset < entry.endOffset());
    }

    private void requireNoHole(boolean isHole, long offset) throws CorruptLog {
        if (isHole) {
            throw new CorruptLog("log '" + name + "' ends at offset " + nextOffset
                    + ", and the journal goes on at offset " + offset
                    + ": records in between are lost; the partition stays offline and nothing is deleted");
        }
    }

    private void append(RecordBatch batch, ByteBuffer bytes) throws IOException {
        Segment active = segments.active();
        // Offsets that compaction left out are no hole: the entry says where it begins.
        requireNoHole(batch.baseOffset() < nextOffset, batch.baseOffset());
        boolean isFull = roll.segmentBytes() - batch.sizeInBytes() < active.size()
                || Integer.MAX_VALUE < batch.lastOffset() - active.baseOffset()
                || active.isIndexFull(roll.maxIndexBytes());
        if (isFull && 0 < active.size()) {
            active.finish();
            active = segments.addFresh(batch.baseOffset());
        }
        int position = active.size();
        active.write(bytes);
        note(active, batch, position);
    }

    /// Entries that were written after the last sync can look sane and be halves: the last ones must agree with the
    /// log.
    private static void dropUnlikelyEntries(Segment segment) throws IOException {
        OffsetIndex offsets = segment.offsetIndex();
        while (0 < offsets.entries().count() && !segment.isLastEntryRight()) {
            offsets.entries().truncate(offsets.entries().count() - 1);
        }
        TimeIndex times = segment.timeIndex();
        while (0 < times.entries().count()) {
            RecordBatch header = headerOf(segment, times.lastOffset());
            if (header != null && header.maxTimestamp() == times.lastTimestamp()) {
                break;
            }
            times.entries().truncate(times.entries().count() - 1);
        }
        if (0 < times.entries().count()) {
            // The last may be right and not synced: it came when the segment was closed.
            times.entries().markDirty();
        }
    }

    private static @Nullable RecordBatch headerOf(Segment segment, long lastOffset) throws IOException {
        SegmentScan scan = new SegmentScan(segment.log(), segment.offsetIndex().floorPosition(lastOffset),
                segment.size(), SegmentScan.LOOKUP_WINDOW_BYTES);
        for (RecordBatch header = scan.next(); header != null; header = scan.next()) {
            if (lastOffset <= header.lastOffset()) {
                return header.lastOffset() == lastOffset ? header : null;
            }
        }
        return null;
    }

    private @Nullable String checkOrder(Segment segment, RecordBatch header) {
        return segment.follows(header, nextOffset)
                ? null
                : "batch at offset " + header.baseOffset() + " that does not follow " + nextOffset;
    }

    private @Nullable String check(Segment segment, RecordBatch header, SegmentScan scan) throws IOException {
        String wrong = checkOrder(segment, header);
        if (wrong != null) {
            return wrong;
        }
        return scan.isCrcValid() ? null : "batch whose CRC does not fit";
    }

    private void cut(Segment segment, int position, String what) throws IOException {
        if (nextOffset < recoveryPoint) {
            throw new CorruptLog("log '" + name + "': segment " + segment.log().path().getFileName() + " has a " + what
                    + " at position " + position + ", after offset " + (nextOffset - 1)
                    + " and below its recovery point " + recoveryPoint
                    + ": the partition stays offline and nothing is deleted");
        }
        LOGGER.warn(
                "log '{}': segment {} ends in a {} at position {}; cut {} bytes, next offset {}",
                name,
                segment.log().path().getFileName(),
                what,
                position,
                segment.size() - position,
                nextOffset);
        progress.cut(segment.size() - position);
        segment.cutTail(position);
    }

    /// Segments after the one that was cut cannot be kept: their records would leave a hole before them.
    private void cutAfter(int last) throws IOException {
        List<Segment> removed = segments.removeFrom(last + 1);
        for (Segment segment : removed) {
            LOGGER.warn(
                    "log '{}': removed segment {} of {} bytes, which follows the cut at offset {}",
                    name,
                    segment.log().path().getFileName(),
                    segment.size(),
                    nextOffset);
            progress.cut(segment.size());
            SegmentDeletion.deleteNow(segment, disk());
        }
    }

    /// Brings the indexes of aborted transactions up to date.
    private void rebuildProducers() throws IOException {
        ProducerStates states = ProducerSnapshots.load(name, segments, recoveryPoint, hadSnapshots);
        ProducerSnapshots.replay(states, segments, recoveryPoint, nextOffset, true);
        producers = states;
    }

    private void saveProducers() throws IOException {
        ProducerStates states = producers;
        if (states != null) {
            Path snapshot = ProducerSnapshotFile.path(segments.directory(), nextOffset);
            save(() -> TextFile.replace(disk(), snapshot, ProducerSnapshotFile.encode(states.entries())));
        }
    }

    private interface Save {
        void run() throws IOException;
    }

    private void save(Save what) throws IOException {
        try {
            what.run();
        } catch (IOException e) {
            if (!FreeSpace.isFull(e, disk(), segments.directory(), 0)) {
                throw e;
            }
            LOGGER.warn(
                    "log '{}': no room on the disk to save what was recovered, which is done again at the next start: "
                            + "{}",
                    name, e.getMessage());
            isSaved = false;
        }
    }

    private void sync(List<Segment> checked) throws IOException {
        for (Segment segment : checked) {
            if (recoveryPoint < nextOffset || problem != null) {
                segment.log().sync();
                segment.markLogClean();
            }
            for (LogFile indexFile : segment.takeDirtyIndexes()) {
                indexFile.sync();
            }
        }
        if (recoveryPoint < nextOffset || problem != null) {
            save(() -> EpochCache.write(disk(), segments.directory(), epochs.lines()));
            disk().syncDirectory(segments.directory());
        }
    }

    private Disk disk() {
        return segments.environment().disk();
    }
}
