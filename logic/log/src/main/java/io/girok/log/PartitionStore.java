package io.girok.log;

import io.girok.base.Invariant;
import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.base.TopicId;
import io.girok.files.EpochEnd;
import io.girok.files.Marks;
import io.girok.files.StorageFailed;
import io.girok.journal.JournalKey;
import io.girok.record.producer.AbortedTransaction;
import io.girok.record.producer.ProducerState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The log of one partition replica. Owned by the partition's shard, which never waits here for a sync.
///
/// Every method throws [StorageFailed] once the partition or its directory is offline.
public final class PartitionStore {
    // Three offsets, in this order:
    //   recovery point <= durable offset <= end offset
    // The end moves with each append. The durable offset follows by flushes of the batches alone, which is what an
    // acknowledgement waits for: of the journal, which all partitions of the directory share, or of the segments where
    // the journal has no room. The recovery point follows by deep flushes (at a roll, at a checkpoint, at the end),
    // which also save the indexes, the epochs and the producers' states: below it, nothing is looked at after a crash.
    //
    // A store that was opened after a clean stop has read nothing: the end offset is the recovery point. What its files
    // say is read by LogContents.resume() when it is first needed, and must agree.

    private final PartitionName name;
    private final TopicId topic;
    private final LogDirectory home;
    private final Shard shard;
    private final Marks marks;
    private final Segments segments;
    private final LogContents contents;
    private final LogReader reader;
    private final LogFlushing flushing;
    private final LogTrim trim;
    private final CleanableLog cleanable;
    private LogSettings settings;
    private boolean isOnDisk;
    private int cuts;
    private volatile boolean isClosed;
    private @Nullable StorageFailed failure;

    /// @param opened what the directory found
    PartitionStore(LogDirectory home, OpenedLog opened, LogSettings settings, Shard shard) {
        this.home = home;
        this.name = opened.name();
        this.topic = opened.topic();
        this.shard = shard;
        this.marks = opened.marks();
        this.segments = opened.segments();
        this.contents = new LogContents(opened, settings);
        this.isOnDisk = opened.isOnDisk();
        this.settings = settings;
        this.reader = new LogReader(segments);
        this.trim = new LogTrim(name, segments, marks, home);
        this.flushing = new LogFlushing(new JournalKey(topic, name), home, shard, marks, segments, contents,
                settings.flush(), opened.endOffset(), this::fail);
        this.cleanable = new CleanableLog(this, home, contents, segments, marks, flushing);
        flushing.onFlushed(cleanable::flushed);
    }

    public PartitionName name() {
        return name;
    }

    public TopicId topic() {
        return topic;
    }

    /// Appends the batches between the buffer's position and limit, all or none, with one write.
    ///
    /// @param batches may be written to: offsets, leader epoch and what the topic wants are put in place
    /// @param leaderEpoch the leader's, put into every batch; ignored for [AppendOrigin#REPLICATION]
    public AppendResult append(ByteBuffer batches, AppendOrigin origin, int leaderEpoch) {
        checkUsable();
        try {
            contents.resume();
            AppendPlan plan = switch (origin) {
                case CLIENT -> AppendPlan.forClient(batches, contents.endOffset(), leaderEpoch, settings,
                        segments.environment().clock().wallMs());
                case COORDINATOR -> AppendPlan.forCoordinator(batches, contents.endOffset(), leaderEpoch);
                case REPLICATION -> AppendPlan.forReplication(batches, contents.endOffset());
            };
            return switch (plan) {
                case AppendPlan.End(AppendResult result) -> result;
                case AppendPlan.Write write -> append(write, origin);
            };
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private AppendResult append(AppendPlan.Write plan, AppendOrigin origin) throws IOException {
        if (plan.hasProducers() && origin != AppendOrigin.REPLICATION) {
            AppendResult refusal = contents.checkProducers(plan);
            if (refusal != null) {
                return refusal;
            }
        }
        int size = plan.batches().remaining();
        long from = contents.endOffset();
        if (!hasRoom(origin)) {
            return new AppendResult.Rejected(RejectReason.DISK_FULL, "log '" + name + "': its disk has less than "
                    + home.space().floorBytes() + " bytes free (log.dir.min.free.bytes); nothing was written",
                    List.of());
        }
        try {
            createOnDisk();
            if (contents.rollIfNeeded(plan, size)) {
                flushing.requestDeep();
            }
            contents.write(plan);
        } catch (Segment.UnrepairedWrite e) {
            throw e;
        } catch (IOException e) {
            if (home.isFull(e, size)) {
                home.space().noteFull(e);
                return new AppendResult.Rejected(RejectReason.DISK_FULL,
                        "log '" + name + "': " + e.getMessage() + "; nothing was written", List.of());
            }
            throw e;
        }
        home.space().wrote(size);
        contents.noteWritten(plan);
        flushing.appended(plan.batches(), from);
        return new AppendResult.Appended(plan.baseOffset(), plan.lastOffset(), plan.maxTimestamp(),
                plan.logAppendTimeMs(), size);
    }

    private boolean hasRoom(AppendOrigin origin) {
        return switch (origin) {
            case CLIENT -> home.space().admitsClients();
            case REPLICATION -> home.space().admitsReplicas();
            case COORDINATOR -> true;
        };
    }

    private void createOnDisk() throws IOException {
        if (!isOnDisk) {
            home.create(name, topic, marks);
            isOnDisk = true;
        }
    }

    /// The first offset that may be read.
    public long startOffset() {
        return marks.startOffset();
    }

    /// The next offset to be written.
    public long endOffset() {
        return contents.endOffset();
    }

    /// Everything below is durable in the sense of [Durability].
    public long durableOffset() {
        return flushing.durableOffset();
    }

    /// The bytes of all segments.
    public long sizeInBytes() {
        return onDisk(() -> segments.sizeInBytes());
    }

    /// How many segments there are.
    public int segmentCount() {
        return segments.count();
    }

    /// The largest leader epoch that has been assigned an offset, -1 for none.
    public int latestEpoch() {
        return onDisk(() -> contents.epochs().latest());
    }

    /// The epoch of the first record, or of the next one in an empty log; -1 when none is known.
    public int earliestEpoch() {
        return onDisk(() -> contents.epochs().earliest());
    }

    /// Tells `listener` the durable offset, on the shard, whenever it has advanced. Listeners are told in the order
    /// they came and stay for good.
    public void onDurable(LongConsumer listener) {
        flushing.onDurable(listener);
    }

    /// Asks for everything appended so far to become durable; [#onDurable] tells when. One sync answers all that came
    /// while the last one ran.
    public void requestFlush() {
        checkUsable();
        flushing.request();
    }

    /// Reads batches from the one that holds `offset` on, up to the batch that holds `upToOffset`, which is out.
    ///
    /// @param maxBytes the last batch is cut short where it is reached
    /// @param atLeastOne whether the first batch is given whole even if it is larger than `maxBytes`
    public ReadResult read(long offset, long upToOffset, int maxBytes, boolean atLeastOne) {
        checkUsable();
        if (offset < startOffset() || contents.endOffset() < offset) {
            return new ReadResult.OutOfRange(startOffset(), contents.endOffset());
        }
        long upTo = Math.min(upToOffset, contents.endOffset());
        if (upTo <= offset) {
            return ReadResult.Data.EMPTY;
        }
        try {
            contents.resume();
            return reader.read(offset, upTo, maxBytes, atLeastOne, settings.roll().indexIntervalBytes());
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// What is to be run on a pool before [#read], so that this does not wait for the disk: what lies far behind the
    /// end of the log has likely left the page cache. Empty where there is nothing to wait for, and where a read fails.
    public Optional<ColdRead> coldRead(long offset, int maxBytes) {
        if (isClosed || isOffline() || offset < startOffset() || contents.endOffset() <= offset) {
            return Optional.empty();
        }
        return Optional.ofNullable(
                reader.coldRead(offset, contents.endOffset(), maxBytes, settings.roll().indexIntervalBytes()));
    }

    /// The first record whose timestamp is `timestamp` or later; empty when there is none.
    public Optional<TimestampOffset> offsetForTimestamp(long timestamp) {
        return onDisk(() -> {
            contents.resume();
            return reader.find(timestamp, startOffset(), settings);
        });
    }

    /// The first record of the largest timestamp; empty when no record has one.
    public Optional<TimestampOffset> maxTimestampOffset() {
        return onDisk(() -> {
            contents.resume();
            return reader.findLargest(startOffset(), settings);
        });
    }

    /// Where the epoch ends in this log (KIP-101, KIP-320).
    public EpochEnd endOffsetFor(int leaderEpoch) {
        return onDisk(() -> contents.epochs().endOffsetFor(leaderEpoch, contents.endOffset()));
    }

    /// Notes that the leader of `epoch` writes from `startOffset` on.
    public void assignEpoch(int epoch, long startOffset) {
        var _ = onDisk(() -> {
            contents.epochs().assign(epoch, startOffset);
            return epoch;
        });
    }

    /// The end of what a consumer of committed records may read: the first offset of the earliest open transaction, or
    /// the high watermark.
    public long lastStableOffset(long highWatermark) {
        return onDisk(() -> Math.max(startOffset(), contents.producers().lastStableOffset(highWatermark)));
    }

    /// The aborted transactions that have records in `[fromOffset, toOffset)`.
    public List<AbortedTransaction> abortedTransactions(long fromOffset, long toOffset) {
        return onDisk(() -> contents.abortedTransactions(fromOffset, toOffset));
    }

    /// The producers known to the log, for DescribeProducers.
    public List<ProducerState> producers() {
        return onDisk(() -> contents.producers().states());
    }

    /// Notes the high watermark for the checkpoint.
    public void noteHighWatermark(long offset) {
        marks.setHighWatermark(offset);
    }

    /// The high watermark as it was last checkpointed (or noted), never above the end offset.
    public long checkpointedHighWatermark() {
        return Math.min(marks.highWatermark(), contents.endOffset());
    }

    /// Hides everything below `offset` for good (DeleteRecords); its segments go with the next [#deleteOldSegments].
    ///
    /// @param offset at most the end offset; nothing happens when it is not above the start offset
    public void advanceStartOffset(long offset) {
        checkUsable();
        Invariant.check(offset <= contents.endOffset(), "a log starts at its end at most");
        try {
            if (startOffset() < offset) {
                marks.setStartOffset(offset);
                contents.epochs().truncateFromStart(offset);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Cuts everything from `offset` on, and the batch that holds it; also the epochs that wrote nothing. Blocks where
    /// there is something to cut; for followers.
    ///
    /// @throws StorageFailed of [StorageFailed.Scope#PARTITION_UNTIL_ROOM] on a full disk: nothing has changed then
    public void truncateTo(long offset) {
        checkUsable();
        if (contents.endOffset() <= offset) {
            var _ = onDisk(() -> {
                contents.epochs().truncateFromEnd(contents.endOffset());
                return offset;
            });
            return;
        }
        if (offset < segments.first().baseOffset()) {
            truncateFullyAndStartAt(offset);
            return;
        }
        try {
            cuts++;
            contents.resume();
            flushing.settle();
            cleanable.settle();
            disown(trim.cutOffset(offset, settings.roll().indexIntervalBytes()));
            contents.truncate(offset, trim);
            lowerMarks();
            flushing.flushNow();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Drops everything and goes on at `offset`. Blocks; for followers that fell out of the leader's log.
    ///
    /// @throws StorageFailed of [StorageFailed.Scope#PARTITION_UNTIL_ROOM] on a full disk: nothing has changed then
    public void truncateFullyAndStartAt(long offset) {
        checkUsable();
        try {
            cuts++;
            flushing.settle();
            cleanable.settle();
            disown(0);
            contents.restartAt(offset, trim);
            lowerMarks();
            marks.setStartOffset(offset);
            flushing.flushNow();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Before anything from `offset` on is cut, neither the checkpoints nor the journal may speak of it, durably: with
    /// its beginning gone, what the journal has of its end would be a hole. A crash in between leaves records too many,
    /// which nobody counts on.
    private void disown(long offset) throws IOException {
        long startOffset = marks.startOffset();
        try {
            createOnDisk();
            home.marks().lower(name, marks, offset);
            flushing.cut(offset);
        } catch (IOException e) {
            if (!home.isFull(e, 0)) {
                throw e;
            }
            marks.setStartOffset(startOffset);
            throw home.cannotBeCut(name, e);
        }
    }

    private void lowerMarks() {
        long end = contents.endOffset();
        flushing.lower(end);
        marks.setRecoveryPoint(Math.min(marks.recoveryPoint(), end));
        marks.setHighWatermark(Math.min(marks.highWatermark(), end));
        marks.setStartOffset(Math.min(marks.startOffset(), end));
    }

    /// Deletes what retention by time, size and start offset allows, up to `highWatermark`; forgets producers that were
    /// silent for too long. Answers the number of segments.
    public int deleteOldSegments(long nowMs, long highWatermark) {
        return deleteSegments(nowMs, highWatermark, settings);
    }

    /// As [#deleteOldSegments], but for retention by time and size: a follower leaves those to its leader, whose start
    /// offset it takes over, so that its own clock does not decide what is left when it leads.
    public int deleteBelowStart(long nowMs, long highWatermark) {
        return deleteSegments(nowMs, highWatermark, settings.keepingAll());
    }

    private int deleteSegments(long nowMs, long highWatermark, LogSettings rules) {
        checkUsable();
        try {
            contents.expireProducers(nowMs - home.producerIdExpirationMs());
            int count = trim.countDeletable(nowMs, Math.min(highWatermark, contents.endOffset()), contents.endOffset(),
                    rules);
            if (count == 0 || cleanable.isSwapping()) {
                return 0;
            }
            contents.resume();
            if (count == segments.count()) {
                startSegment();
            }
            trim.deleteFirst(count, settings);
            contents.epochs().truncateFromStart(marks.startOffset());
            return count;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// When, by the wall clock in milliseconds, retention by time may want something of this log that it does not want
    /// now, if nothing is appended meanwhile; [Long#MAX_VALUE] for never.
    public long retentionDueMs() {
        return onDisk(() -> trim.dueMs(settings));
    }

    /// Begins a new segment, if the last one holds anything.
    public void roll() {
        checkUsable();
        try {
            contents.resume();
            if (0 < segments.active().size()) {
                startSegment();
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void startSegment() throws IOException {
        contents.rollAt(contents.endOffset());
        segments.active().create();
        flushing.requestDeep();
    }

    public void updateSettings(LogSettings newSettings) {
        settings = newSettings;
        contents.setSettings(newSettings);
        flushing.setSettings(newSettings.flush());
    }

    /// Captures what a checkpoint has to save, to be saved together with other logs; empty when there is nothing, or
    /// when it is under way. Lets go of files if nothing happens here.
    ///
    /// @param whenDone told on the shard, with whether there was something to save
    Optional<Flusher.Lent> lendCheckpoint(Consumer<Boolean> whenDone) {
        if (isClosed || isOffline()) {
            whenDone.accept(false);
            return Optional.empty();
        }
        if (isChanged()) {
            return flushing.lendCheckpoint(whenDone);
        }
        try {
            segments.close();
        } catch (IOException e) {
            fail(e);
        }
        whenDone.accept(false);
        return Optional.empty();
    }

    /// Whether there is something to be saved. The epoch of a leader that wrote nothing yet is not worth a directory.
    private boolean isChanged() {
        return isOnDisk && contents.isChangedSince(marks.recoveryPoint());
    }

    /// Makes everything durable and lets go of files and memory. Blocks; the directory's checkpoints still know it.
    /// Answers false where a full disk had no room for all that the next opening wants to know, which recovers then.
    public boolean close() {
        if (isClosed) {
            return flushing.isSaved();
        }
        checkUsable();
        try {
            flushing.settle();
            contents.finish();
            if (isChanged()) {
                flushing.flushNow();
            }
            abandon();
            return flushing.isSaved();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// The active segment as far as it has been written: what is below only changes when the log is cut.
    ///
    /// @param sizeInBytes of whole batches
    /// @param cuts as of [#cuts]
    public record Tail(long baseOffset, int sizeInBytes, int cuts) {}

    public Tail tail() {
        return onDisk(() -> new Tail(segments.active().baseOffset(), segments.active().size(), cuts));
    }

    /// How often the log was cut since it was opened: in between, segments only grow.
    public int cuts() {
        return cuts;
    }

    /// Whether [#close] has something to save.
    public boolean hasToSave() {
        return !isOffline() && !isClosed && isChanged();
    }

    /// What [#close] has to save, to be saved together with other logs before it; empty when it fails. Nothing may be
    /// appended after it.
    Optional<Flusher.Lent> lendLast() {
        try {
            return flushing.lendLast();
        } catch (IOException e) {
            fail(e);
            return Optional.empty();
        }
    }

    /// Lets nothing more be flushed; done when nothing is. What follows is [LogDirectory#abandon], without a wait.
    public CompletableFuture<Void> stopFlushing() {
        return flushing.stopSoon();
    }

    /// Lets go of files without saving anything: the partition is deleted, or its directory is offline.
    void abandon() throws IOException {
        isClosed = true;
        flushing.stop();
        cleanable.stop();
        home.forget(this);
        if (failure != null || !flushing.isSaved()) {
            home.mustRecover(name);
        }
        segments.close();
    }

    /// Whether the store refuses its work, because of a failure of its own or of its directory.
    boolean isOffline() {
        return failure != null || home.failure().isPresent();
    }

    /// The log as a cleaner sees it.
    public CleanableLog cleanable() {
        return cleanable;
    }

    LogSettings settings() {
        return settings;
    }

    Shard shard() {
        return shard;
    }

    interface DiskWork<T> {
        T run() throws IOException;
    }

    <T> T onDisk(DiskWork<T> work) {
        checkUsable();
        try {
            return work.run();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void checkUsable() {
        StorageFailed known = failure;
        if (known != null) {
            throw known;
        }
        Optional<StorageFailed> ofDirectory = home.failure();
        if (ofDirectory.isPresent()) {
            throw ofDirectory.get();
        }
        if (isClosed) {
            throw new StorageFailed(StorageFailed.Scope.PARTITION, "log '" + name + "' is closed", null);
        }
    }

    private void fail(IOException cause) {
        StorageFailed failed = failed(cause);
        Invariant.check(failed == failure, "a failure is remembered");
    }

    /// Takes the partition offline, and the directory with it unless only this log is at fault.
    StorageFailed failed(IOException cause) {
        StorageFailed known = failure;
        if (known == null) {
            known = home.failed(name, cause);
            failure = known;
            flushing.stop();
        }
        return known;
    }
}
