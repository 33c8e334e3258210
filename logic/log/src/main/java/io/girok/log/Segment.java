package io.girok.log;

import io.girok.files.CorruptLog;
import io.girok.files.FileNames;
import io.girok.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A piece of the log: a file of batches, two sparse indexes, and an index of aborted transactions. Owned by the
/// partition's shard.
///
/// A segment that nobody asks anything knows its base offset only; the rest is read from its files when it is first
/// needed ([#resume]).
final class Segment {
    /// Where a batch lies.
    record Place(int position, int sizeInBytes, long baseOffset) {}

    private static final Logger LOGGER = LoggerFactory.getLogger(Segment.class);
    private static final int UNKNOWN = -1;

    private final long baseOffset;
    private final LogFile log;
    private final OffsetIndex offsetIndex;
    private final TimeIndex timeIndex;
    private final TransactionIndex transactionIndex;
    private final long openedMs;
    private int size = UNKNOWN;
    private boolean isResumed;
    private boolean isNew;
    private boolean isLogDirty;
    private long nextOffset;
    private long largestTimestamp = RecordBatch.NO_TIMESTAMP;
    private long largestTimestampOffset = UNKNOWN;
    private long firstTimestamp = RecordBatch.NO_TIMESTAMP;
    private int bytesSinceIndexEntry;
    private @Nullable RecentBatches recent;

    private Segment(Path directory, long baseOffset, String suffix, LogEnvironment environment) {
        this.baseOffset = baseOffset;
        this.nextOffset = baseOffset;
        this.openedMs = environment.clock().wallMs();
        this.log = file(directory, baseOffset, FileNames.LOG + suffix, environment);
        this.offsetIndex = new OffsetIndex(file(directory, baseOffset, FileNames.OFFSET_INDEX + suffix, environment),
                baseOffset);
        this.timeIndex = new TimeIndex(file(directory, baseOffset, FileNames.TIME_INDEX + suffix, environment),
                baseOffset);
        this.transactionIndex = new TransactionIndex(
                file(directory, baseOffset, FileNames.TRANSACTION_INDEX + suffix, environment), baseOffset);
    }

    private static LogFile file(Path directory, long baseOffset, String ending, LogEnvironment environment) {
        return new LogFile(environment.openFiles(), environment.disk(), directory, FileNames.of(baseOffset, ending));
    }

    /// A segment whose files are there.
    static Segment existing(Path directory, long baseOffset, LogEnvironment environment) {
        return new Segment(directory, baseOffset, "", environment);
    }

    /// A segment without files yet: they come with the first write.
    static Segment fresh(Path directory, long baseOffset, LogEnvironment environment) {
        return fresh(directory, baseOffset, "", environment);
    }

    /// @param suffix what the names of its files end in
    static Segment fresh(Path directory, long baseOffset, String suffix, LogEnvironment environment) {
        Segment segment = new Segment(directory, baseOffset, suffix, environment);
        segment.size = 0;
        segment.isResumed = true;
        segment.isNew = true;
        return segment;
    }

    long baseOffset() {
        return baseOffset;
    }

    LogFile log() {
        return log;
    }

    OffsetIndex offsetIndex() {
        return offsetIndex;
    }

    TimeIndex timeIndex() {
        return timeIndex;
    }

    TransactionIndex transactionIndex() {
        return transactionIndex;
    }

    int size() throws IOException {
        if (size == UNKNOWN) {
            size = Math.toIntExact(log.sizeOnDisk());
        }
        return size;
    }

    /// About how many bytes there are from `offset` on, by what is in memory; [Integer#MAX_VALUE] when that does not
    /// say.
    ///
    /// @param endOffset of the segment
    int knownSizeFrom(long offset, long endOffset) {
        if (size == UNKNOWN) {
            return Integer.MAX_VALUE;
        }
        if (offset <= baseOffset) {
            return size;
        }
        return (int) ((double) size * (endOffset - offset) / (endOffset - baseOffset));
    }

    /// The offset that follows the last batch; needs [#resume].
    long nextOffset() {
        return nextOffset;
    }

    /// Of the first batch that was appended; -1 if it has none. Needs [#resume].
    long firstTimestamp() {
        return firstTimestamp;
    }

    /// When the segment was begun, or found at the start.
    long openedMs() {
        return openedMs;
    }

    /// Creates the file without writing to it.
    void create() throws IOException {
        log.truncate(0);
    }

    /// Learns what the segment holds from its indexes and the batches past their last entries, and completes the
    /// indexes where they lack something, durably: nobody saves a log again in which nothing else has changed.
    void resume(int indexIntervalBytes) throws IOException {
        if (isResumed) {
            return;
        }
        boolean wasDirty = indexes().stream().anyMatch(EntryFile::isDirty);
        learn(indexIntervalBytes);
        if (!wasDirty) {
            for (LogFile index : takeDirtyIndexes()) {
                index.sync();
            }
        }
        isResumed = true;
    }

    private void learn(int indexIntervalBytes) throws IOException {
        if (!offsetIndex.entries().isWhole() || !timeIndex.entries().isWhole()) {
            offsetIndex.truncateToSane(Long.MAX_VALUE, size());
            timeIndex.truncateToSane(Long.MAX_VALUE);
        }
        if (size() < offsetIndex.lastPosition()) {
            throw new CorruptLog("index '" + offsetIndex.entries().file() + "' points to position "
                    + offsetIndex.lastPosition() + ", past the end of its segment at " + size());
        }
        if (offsetIndex.entries().count() != 0 && (timeIndex.entries().count() == 0 || !isLastEntryRight())) {
            // Of an index that was completed when the power was lost.
            offsetIndex.entries().truncate(0);
            timeIndex.entries().truncate(0);
        }
        SegmentScan scan = scanFromIndex(SegmentScan.LOOKUP_WINDOW_BYTES);
        for (RecordBatch header = scan.next(); header != null; header = scan.next()) {
            if (!follows(header, nextOffset)) {
                throw new CorruptLog("segment '" + log + "' has a batch at position " + scan.position()
                        + " whose offsets " + header.baseOffset() + " to " + header.lastOffset()
                        + " do not follow on " + nextOffset);
            }
            note(header, scan.position(), indexIntervalBytes);
        }
        if (scan.problem() != null) {
            throw new CorruptLog("segment '" + log + "' ends in a " + scan.problem() + " at position " + scan.end()
                    + ", after offset " + (nextOffset - 1));
        }
    }

    /// Whether the last entry of the offset index, which has one, is of the batch that it points to.
    boolean isLastEntryRight() throws IOException {
        RecordBatch header = new SegmentScan(log, offsetIndex.lastPosition(), size(), RecordBatch.HEADER_BYTES).next();
        return header != null && header.lastOffset() == offsetIndex.lastOffset();
    }

    /// Whether the batch may come where `expected` is the next offset, and its offsets fit this segment. There may be a
    /// gap: the records of a cleaned log keep their offsets.
    boolean follows(RecordBatch batch, long expected) {
        return expected <= batch.baseOffset() && 0 <= batch.lastOffsetDelta()
                && batch.lastOffset() - baseOffset <= Integer.MAX_VALUE && batch.baseOffset() <= batch.lastOffset();
    }

    /// Prepares for [#note] of the batches past the last index entry, and gives a walk of them.
    SegmentScan scanFromIndex(int windowBytes) throws IOException {
        int from = offsetIndex.lastPosition();
        nextOffset = baseOffset;
        largestTimestamp = timeIndex.lastTimestamp();
        largestTimestampOffset = timeIndex.lastOffset();
        bytesSinceIndexEntry = 0;
        recent = null;
        if (0 < from) {
            RecordBatch first = new SegmentScan(log, 0, size(), RecordBatch.HEADER_BYTES).next();
            firstTimestamp = first == null ? RecordBatch.NO_TIMESTAMP : first.maxTimestamp();
        }
        return new SegmentScan(log, from, size(), windowBytes);
    }

    /// Says that all batches were noted.
    void markResumed() {
        isResumed = true;
    }

    /// Takes note of a batch that is in the file at `position`.
    void note(RecordBatch batch, int position, int indexIntervalBytes) throws IOException {
        long lastOffset = batch.lastOffset();
        long timestamp = batch.maxTimestamp();
        if (position == 0) {
            firstTimestamp = timestamp;
        }
        if (largestTimestamp < timestamp) {
            largestTimestamp = timestamp;
            largestTimestampOffset = lastOffset;
        }
        if (indexIntervalBytes < bytesSinceIndexEntry && offsetIndex.lastOffset() < lastOffset) {
            addIndexEntries(lastOffset, position);
        }
        bytesSinceIndexEntry += batch.sizeInBytes();
        nextOffset = lastOffset + 1;
        recentBatches().add(batch.baseOffset(), position, batch.sizeInBytes());
    }

    /// An index is sparse anyway: where the disk is full the entries are left out, and the next batch tries again. The
    /// time index comes first, because whoever resumes looks at the batches past the last offset entry only.
    private void addIndexEntries(long lastOffset, int position) {
        try {
            timeIndex.appendIfLater(largestTimestamp, largestTimestampOffset);
            offsetIndex.append(lastOffset, position);
            bytesSinceIndexEntry = 0;
        } catch (IOException e) {
            LOGGER.debug("segment '{}' has no index entry for offset {}: {}", log, lastOffset, e.getMessage());
        }
    }

    private RecentBatches recentBatches() {
        RecentBatches batches = recent;
        if (batches == null) {
            batches = new RecentBatches();
            recent = batches;
        }
        return batches;
    }

    /// Writes whole batches at the end of the file; [#note] each of them then.
    void write(ByteBuffer batches) throws IOException {
        isLogDirty = true;
        int before = size();
        int count = batches.remaining();
        try {
            log.write(batches, before);
        } catch (IOException e) {
            try {
                log.truncate(before);
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
                throw new UnrepairedWrite(e);
            }
            throw e;
        }
        size = before + count;
    }

    /// A write failed and its beginning is still in the file.
    static final class UnrepairedWrite extends IOException {
        UnrepairedWrite(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /// The first batch whose last offset is `offset` or later; null when all end before it.
    @Nullable
    Place find(long offset, int indexIntervalBytes) throws IOException {
        RecentBatches batches = recent;
        int slot = batches == null ? -1 : batches.find(offset);
        if (batches != null && 0 <= slot) {
            return new Place(batches.position(slot), batches.size(slot), offset);
        }
        resume(indexIntervalBytes);
        if (nextOffset <= offset) {
            return null;
        }
        SegmentScan scan = new SegmentScan(log, offsetIndex.floorPosition(offset), size(),
                SegmentScan.LOOKUP_WINDOW_BYTES);
        for (RecordBatch header = scan.next(); header != null; header = scan.next()) {
            if (offset <= header.lastOffset()) {
                return new Place(scan.position(), header.sizeInBytes(), header.baseOffset());
            }
        }
        if (scan.problem() != null) {
            throw new CorruptLog("segment '" + log + "' has a " + scan.problem() + " at position " + scan.end()
                    + ", where offset " + offset + " was looked for");
        }
        return null;
    }

    long largestTimestamp(int indexIntervalBytes) throws IOException {
        resume(indexIntervalBytes);
        return largestTimestamp;
    }

    /// The last offset of the batch that has the largest timestamp.
    long largestTimestampOffset() {
        return largestTimestampOffset;
    }

    /// Puts the largest timestamp into the time index: the segment is written to no more, or its log is closed.
    /// Where the disk is full the entry is left out: whoever resumes looks at the batches past the last one.
    void finish() {
        if (isResumed && 0 <= largestTimestamp) {
            try {
                timeIndex.appendIfLater(largestTimestamp, largestTimestampOffset);
            } catch (IOException e) {
                LOGGER.debug("segment '{}' has no last entry in its time index: {}", log, e.getMessage());
            }
        }
        recent = null;
    }

    /// Cuts the file at `position`, where the batch that holds `offset` (or one past it) begins.
    void truncate(int position, long offset, int indexIntervalBytes) throws IOException {
        offsetIndex.truncateToPosition(position);
        timeIndex.truncateToOffset(offset);
        transactionIndex.truncateToSane(offset);
        log.truncate(position);
        isLogDirty = true;
        size = position;
        isResumed = false;
        firstTimestamp = RecordBatch.NO_TIMESTAMP;
        // What the time index no longer knows lies between its last entry and the cut.
        long known = timeIndex.lastOffset();
        resume(indexIntervalBytes);
        noteTimestampsFrom(known + 1);
    }

    /// Cuts what lies past the last batch that was noted.
    void cutTail(int position) throws IOException {
        log.truncate(position);
        isLogDirty = true;
        size = position;
    }

    /// Entries of the offset index may lie past those of the time index; timestamps in between would be missed.
    void noteTimestampsFrom(long offset) throws IOException {
        SegmentScan scan = new SegmentScan(log, offsetIndex.floorPosition(offset), size(),
                SegmentScan.LOOKUP_WINDOW_BYTES);
        for (RecordBatch header = scan.next(); header != null; header = scan.next()) {
            if (largestTimestamp < header.maxTimestamp()) {
                largestTimestamp = header.maxTimestamp();
                largestTimestampOffset = header.lastOffset();
            }
        }
    }

    boolean isIndexFull(int maxIndexBytes) throws IOException {
        return maxIndexBytes / OffsetIndex.ENTRY_BYTES <= offsetIndex.entries().count()
                || maxIndexBytes / TimeIndex.ENTRY_BYTES - 1 <= timeIndex.entries().count();
    }

    boolean isLogDirty() {
        return isLogDirty;
    }

    void markLogDirty() {
        isLogDirty = true;
    }

    void markLogClean() {
        isLogDirty = false;
    }

    /// The names of its files may not be durable: a process that was killed has made them.
    void markNew() {
        isNew = true;
    }

    /// Whether files appeared since the last call, whose names must be made durable.
    boolean takeNew() {
        boolean was = isNew;
        isNew = false;
        return was;
    }

    /// The index files with unsynced entries; clean from now on.
    List<LogFile> takeDirtyIndexes() {
        List<LogFile> dirty = new ArrayList<>(3);
        for (EntryFile index : indexes()) {
            if (index.takeDirty()) {
                dirty.add(index.file());
            }
        }
        return dirty;
    }

    private List<EntryFile> indexes() {
        return List.of(offsetIndex.entries(), timeIndex.entries(), transactionIndex.entries());
    }

    /// All files, the log first.
    List<LogFile> files() {
        List<LogFile> files = new ArrayList<>(4);
        files.add(log);
        for (EntryFile index : indexes()) {
            files.add(index.file());
        }
        return files;
    }

    void close() throws IOException {
        for (LogFile file : files()) {
            file.close();
        }
        recent = null;
    }

    @Override
    public String toString() {
        return log.toString();
    }
}
