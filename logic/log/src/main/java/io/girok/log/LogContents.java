package io.girok.log;

import io.girok.base.PartitionName;
import io.girok.files.CorruptLog;
import io.girok.files.EpochCache;
import io.girok.files.ProducerSnapshotFile;
import io.girok.record.BatchWalk;
import io.girok.record.RecordBatch;
import io.girok.record.producer.AbortedTransaction;
import io.girok.record.producer.ProducerEntry;
import io.girok.record.producer.ProducerStates;
import io.girok.record.producer.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is in a log: its segments, its end, and what follows from its batches (epochs, producers), read from the disk
/// when it is first needed. Owned by the partition's shard.
final class LogContents {
    private final PartitionName name;
    private final Segments segments;
    private LogSettings settings;
    private long endOffset;
    /// Whether a recovery has removed snapshots of the producers' states, which it could not make anew.
    private final boolean hadSnapshots;
    private boolean isResumed;
    private boolean isNewDirectory;
    private @Nullable EpochCache epochs;
    private @Nullable ProducerStates producers;

    LogContents(OpenedLog opened, LogSettings settings) {
        this.settings = settings;
        this.name = opened.name();
        this.segments = opened.segments();
        this.endOffset = opened.endOffset();
        this.isNewDirectory = opened.isNewDirectory();
        LogRecovery.Unsaved unsaved = opened.unsaved();
        this.epochs = unsaved == null ? null : unsaved.epochs();
        this.producers = unsaved == null ? null : unsaved.producers();
        this.hadSnapshots = unsaved != null && unsaved.hadSnapshots();
        noteUnsaved();
    }

    long endOffset() {
        return endOffset;
    }

    void setSettings(LogSettings newSettings) {
        settings = newSettings;
    }

    /// Writes the batches at the log's end, with one write.
    void write(AppendPlan.Write plan) throws IOException {
        segments.active().write(plan.batches().duplicate());
    }

    /// Takes note of what was written last.
    void noteWritten(AppendPlan.Write plan) throws IOException {
        Segment active = segments.active();
        note(plan, active, active.size() - plan.batches().remaining());
        endOffset = plan.lastOffset() + 1;
    }

    /// Whether there is something that only memory knows.
    boolean isChangedSince(long recoveryPoint) {
        EpochCache cache = epochs;
        return recoveryPoint < endOffset || (cache != null && cache.isDirty());
    }

    /// Cuts from `offset` on, and the batch that holds it.
    void truncate(long offset, LogTrim trim) throws IOException {
        // What is known of producers after the cut must not come from what was cut.
        ProducerStates known = producers;
        producers = null;
        boolean cutSnapshots = trim.cut(offset, settings.roll().indexIntervalBytes());
        endOffset = segments.active().nextOffset();
        epochs().truncateFromEnd(endOffset);
        // Without an older snapshot all batches are gone through, which must not happen where no producer has an id.
        boolean hadStates = cutSnapshots || (known != null && !known.isEmpty());
        if (known != null || hadStates) {
            producers = ProducerSnapshots.load(name, segments, endOffset, hadStates);
        }
    }

    /// Drops everything and goes on at `offset`.
    void restartAt(long offset, LogTrim trim) throws IOException {
        trim.dropAll(offset);
        isResumed = true;
        endOffset = offset;
        epochs().truncateFromEnd(0);
        producers = new ProducerStates();
    }

    void expireProducers(long timestampMs) {
        ProducerStates states = producers;
        if (states != null) {
            states.expire(timestampMs);
        }
    }

    /// What a flush was to save is not on the disk: the next one saves it.
    void noteUnsaved() {
        EpochCache cache = epochs;
        if (cache != null) {
            cache.markDirty();
        }
    }

    /// The producers' state was saved at `offset`.
    void noteSnapshot(long offset) {
        ProducerStates states = producers;
        if (states != null) {
            states.setSnapshotOffset(offset);
        }
    }

    /// Puts what is known of the last segment into its indexes, before the log is closed.
    void finish() throws IOException {
        if (isResumed) {
            segments.active().finish();
        }
    }

    /// The aborted transactions that have records in `[from, to)`.
    List<AbortedTransaction> abortedTransactions(long from, long to) throws IOException {
        List<AbortedTransaction> found = new ArrayList<>(0);
        for (int index = segments.floor(from); index < segments.count(); index++) {
            for (AbortedTransaction aborted : segments.get(index).transactionIndex().all()) {
                if (from <= aborted.lastOffset() && aborted.firstOffset() < to) {
                    found.add(aborted);
                }
                if (to <= aborted.lastStableOffset()) {
                    return found;
                }
            }
        }
        return found;
    }

    /// What the producers' state says against the append; null when it says nothing.
    @Nullable
    AppendResult checkProducers(AppendPlan.Write plan) throws IOException {
        ProducerStates states = producers();
        BatchWalk walk = BatchWalk.of(plan.batches().duplicate());
        for (RecordBatch batch = walk.next(); batch != null; batch = walk.next()) {
            switch (states.check(batch)) {
                case ProducerStates.Verdict.Fine fine -> {
                }
                case ProducerStates.Verdict.Repeats(ProducerEntry.Batch repeated) -> {
                    return new AppendResult.Duplicate(repeated.firstOffset(), repeated.lastOffset(),
                            repeated.timestamp());
                }
                case ProducerStates.Verdict.Refused(Refusal refusal, String message) -> {
                    return new AppendResult.Rejected(RejectReason.of(refusal), "log '" + name + "': " + message,
                            List.of());
                }
            }
        }
        return null;
    }

    /// Takes note of batches that are in the file now.
    private void note(AppendPlan.Write plan, Segment segment, int position) throws IOException {
        ByteBuffer written = plan.batches();
        BatchWalk walk = BatchWalk.of(written.duplicate());
        for (RecordBatch batch = walk.next(); batch != null; batch = walk.next()) {
            int at = position + batch.position() - written.position();
            segment.note(batch, at, settings.roll().indexIntervalBytes());
            epochs().assign(batch.leaderEpoch(), batch.baseOffset());
            if (batch.hasProducerId()) {
                Optional<AbortedTransaction> aborted = producers().apply(batch);
                if (aborted.isPresent()) {
                    segment.transactionIndex().append(aborted.get());
                }
            }
        }
    }

    /// Begins a new segment if the append does not belong in the last one; answers whether it did.
    boolean rollIfNeeded(AppendPlan.Write plan, int size) throws IOException {
        Segment active = segments.active();
        LogSettings.Roll roll = settings.roll();
        boolean overflows = Integer.MAX_VALUE < plan.lastOffset() - active.baseOffset()
                || Integer.MAX_VALUE - active.size() < size;
        if (active.size() == 0 && !overflows) {
            return false;
        }
        boolean isFull = roll.segmentBytes() - size < active.size() || active.isIndexFull(roll.maxIndexBytes());
        if (overflows || isFull || isOld(active, plan.maxTimestamp())) {
            rollAt(overflows ? plan.baseOffset() : endOffset);
            return true;
        }
        return false;
    }

    /// By the records' time; by the clock where the first record has none.
    private boolean isOld(Segment active, long timestamp) {
        LogSettings.Roll roll = settings.roll();
        long maxJitterMs = Math.min(roll.segmentJitterMs(), roll.segmentMs());
        long jitterMs = maxJitterMs == 0 ? 0 : Math.floorMod(name.hashCode() * 31L + active.baseOffset(), maxJitterMs);
        long ageMs = 0 <= active.firstTimestamp()
                ? timestamp - active.firstTimestamp()
                : segments.environment().clock().wallMs() - active.openedMs();
        return roll.segmentMs() - jitterMs < ageMs;
    }

    /// Ends the last segment and begins one at `baseOffset`, whose file comes with the first write.
    void rollAt(long baseOffset) throws IOException {
        Segment old = segments.active();
        if (old.size() == 0) {
            segments.removeFrom(segments.count() - 1);
            SegmentDeletion.deleteNow(old, segments.environment().disk());
        } else {
            old.finish();
        }
        segments.addFresh(baseOffset);
    }

    /// Reads what a clean stop left unread, and holds it against the end offset.
    void resume() throws IOException {
        if (isResumed) {
            return;
        }
        Segment active = segments.active();
        active.resume(settings.roll().indexIntervalBytes());
        if (active.nextOffset() != endOffset) {
            throw new CorruptLog("log '" + name + "' ends at offset " + active.nextOffset() + ", but was closed at "
                    + endOffset + ": the partition stays offline and nothing is deleted");
        }
        isResumed = true;
    }

    EpochCache epochs() throws IOException {
        EpochCache cache = epochs;
        if (cache == null) {
            cache = EpochCache.read(segments.environment().disk(), segments.directory());
            epochs = cache;
        }
        return cache;
    }

    ProducerStates producers() throws IOException {
        ProducerStates states = producers;
        if (states == null) {
            resume();
            states = ProducerSnapshots.load(name, segments, endOffset, hadSnapshots);
            producers = states;
        }
        return states;
    }

    /// What is to be synced now; counts as synced from here on.
    FlushWork captureFlush(boolean isDeep) {
        List<Segment> logs = new ArrayList<>(1);
        List<LogFile> indexes = new ArrayList<>(isDeep ? 3 : 0);
        boolean hasNewFiles = isDeep;
        for (int index = segments.count() - 1; 0 <= index; index--) {
            Segment segment = segments.get(index);
            boolean isDirty = segment.isLogDirty();
            if (isDirty) {
                logs.addFirst(segment);
                segment.markLogClean();
                hasNewFiles |= segment.takeNew();
            }
            if (isDeep) {
                indexes.addAll(segment.takeDirtyIndexes());
            } else if (!isDirty) {
                break;
            }
        }
        EpochCache cache = epochs;
        ProducerStates states = producers;
        Optional<List<String>> epochLines = isDeep && cache != null && cache.takeDirty()
                ? Optional.of(cache.lines())
                : Optional.empty();
        boolean savesProducers = isDeep && states != null && states.snapshotOffset() != endOffset
                && (!states.isEmpty() || 0 <= states.snapshotOffset());
        FlushWork work = new FlushWork(endOffset, logs, indexes, isDeep, epochLines,
                savesProducers && states != null
                        ? Optional.of(ProducerSnapshotFile.encode(states.entries()))
                        : Optional.empty(),
                hasNewFiles, isNewDirectory);
        isNewDirectory = false;
        return work;
    }
}
