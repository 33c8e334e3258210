package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.Shard;
import io.girok.files.Marks;
import io.girok.journal.JournalClient;
import io.girok.journal.JournalKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Makes a log durable, and tells how far it is. Owned by the partition's shard.
///
/// ```
/// append ──▶ journal, which all logs of the directory share ──▶ durable offset
///        └─▶ segment, synced here where the journal has no room, and by deep flushes ──▶ recovery point
/// ```
final class LogFlushing {
    private final JournalKey key;
    private final LogDirectory home;
    private final Shard shard;
    private final Marks marks;
    private final Segments segments;
    private final LogContents contents;
    private final Flusher flusher;
    private final Consumer<IOException> onFailed;
    private final List<Consumer<Boolean>> checkpointListeners = new ArrayList<>(0);
    private final List<LongConsumer> durableListeners = new ArrayList<>(1);
    private Runnable onFlushed = () -> {};
    private LogSettings.Flush settings;
    private JournalTail tail;
    private long syncedOffset;
    private boolean isTimerSet;
    private volatile boolean isStopped;
    /// Whether the last deep flush found room for what only memory knew; set on the pool, read on the shard.
    private volatile boolean isSaved = true;

    /// @param syncedOffset everything below is on stable storage
    /// @param onFailed told on the shard, once
    LogFlushing(JournalKey key, LogDirectory home, Shard shard, Marks marks, Segments segments, LogContents contents,
            LogSettings.Flush settings, long syncedOffset, Consumer<IOException> onFailed) {
        this.key = key;
        this.home = home;
        this.shard = shard;
        this.marks = marks;
        this.segments = segments;
        this.contents = contents;
        this.settings = settings;
        this.syncedOffset = syncedOffset;
        this.onFailed = onFailed;
        this.tail = new JournalTail();
        this.flusher = new Flusher(shard, segments.environment().blockingPool(), contents::captureFlush,
                new FlushSteps(), this::flushed, this::fail);
    }

    void setSettings(LogSettings.Flush newSettings) {
        settings = newSettings;
    }

    /// Everything below is durable in the sense of [Durability].
    long durableOffset() {
        return home.durability() == Durability.OS ? contents.endOffset() : syncedOffset;
    }

    /// Whether the last deep flush has saved everything.
    boolean isSaved() {
        return isSaved;
    }

    void onDurable(LongConsumer listener) {
        durableListeners.add(listener);
    }

    /// Tells `listener`, on the shard, of the end of each flush of the segments.
    void onFlushed(Runnable listener) {
        onFlushed = listener;
    }

    /// Whether no flush of the segments is under way: only then may files get other names.
    boolean isIdle() {
        return flusher.isIdle();
    }

    /// Batches are in the segment.
    ///
    /// @param from where the log ended before: a compacted log's copy has nothing of the offsets up to the first batch
    void appended(ByteBuffer batches, long from) {
        switch (home.durability()) {
            case FSYNC -> journal(batches, from);
            case OS -> tellDurable();
        }
        if (settings.messages() <= contents.endOffset() - syncedOffset) {
            flush();
        } else if (settings.ms() != Long.MAX_VALUE && !isTimerSet) {
            isTimerSet = true;
            shard.schedule(settings.ms(), this::flushByTimer);
        }
    }

    /// Clients that wait for no sync can be faster than the disk.
    private void journal(ByteBuffer batches, long from) {
        if (!home.journal().append(key, tail, from, contents.endOffset(), batches)) {
            home.journal().flush();
            tail.notJournaled();
        }
    }

    private void flushByTimer() {
        isTimerSet = false;
        request();
    }

    /// Asks for everything appended so far to become durable.
    void request() {
        if (!isStopped && home.failure().isEmpty() && syncedOffset < contents.endOffset()) {
            flush();
        }
    }

    private void flush() {
        switch (home.durability()) {
            case FSYNC -> home.journal().flush();
            case OS -> flusher.request(false);
        }
    }

    /// Asks for indexes and states to be saved as well.
    void requestDeep() {
        flusher.request(true);
    }

    /// As [#requestDeep], done when it returns. Blocks.
    void flushNow() throws IOException {
        flusher.flushNow();
    }

    /// Waits for what runs. Blocks.
    void settle() throws IOException {
        flusher.settle();
    }

    /// The log is about to be cut to `journalEnd`: nothing of what was appended beyond counts any more, after a crash
    /// neither. The journal says so before a segment loses anything, or a crash in between would leave it to go on
    /// beyond a hole. Blocks.
    ///
    /// @throws IOException when the disk is full, and all counts as before, or fails
    void cut(long journalEnd) throws IOException {
        // The journal forgets what is cut, and if it has no room now, once it has: the segments must not rely on it.
        flusher.request(false);
        flusher.settle();
        tail = new JournalTail();
        home.journal().cut(key, journalEnd);
        home.journal().flushNow();
    }

    /// The log ends at `endOffset` now.
    void lower(long endOffset) {
        syncedOffset = Math.min(syncedOffset, endOffset);
    }

    /// What a checkpoint has to save, to be saved together with other logs; empty when that is under way already.
    ///
    /// @param whenDone told on the shard
    Optional<Flusher.Lent> lendCheckpoint(Consumer<Boolean> whenDone) {
        checkpointListeners.add(whenDone);
        Flusher.Lent lent = flusher.lend();
        if (lent == null) {
            flusher.request(true);
        }
        return Optional.ofNullable(lent);
    }

    /// What has to be saved before the log is closed, to be saved together with other logs. Waits for what runs.
    /// Blocks.
    Optional<Flusher.Lent> lendLast() throws IOException {
        flusher.settle();
        contents.finish();
        return Optional.ofNullable(flusher.lend());
    }

    /// Saves nothing more.
    void stop() {
        isStopped = true;
        flusher.stop();
        tellCheckpointed();
    }

    /// As [#stop], done when nothing runs any more.
    CompletableFuture<Void> stopSoon() {
        isStopped = true;
        CompletableFuture<Void> stopped = flusher.stopSoon();
        tellCheckpointed();
        return stopped;
    }

    private void flushed(FlushWork work) {
        onFlushed.run();
        syncedOffset = Math.max(syncedOffset, work.endOffset());
        if (work.isDeep() && !isSaved) {
            contents.noteUnsaved();
        } else if (work.isDeep()) {
            marks.setRecoveryPoint(Math.max(marks.recoveryPoint(), work.endOffset()));
            if (work.producers().isPresent()) {
                contents.noteSnapshot(work.endOffset());
            }
        }
        if (home.durability() == Durability.FSYNC) {
            tellDurable();
        }
        if (work.isDeep()) {
            tellCheckpointed();
        }
    }

    private void fail(IOException cause) {
        onFailed.accept(cause);
        tellCheckpointed();
    }

    private void tellCheckpointed() {
        List<Consumer<Boolean>> told = List.copyOf(checkpointListeners);
        checkpointListeners.clear();
        told.forEach(listener -> listener.accept(true));
    }

    private void tellDurable() {
        long durable = durableOffset();
        for (LongConsumer listener : durableListeners) {
            listener.accept(durable);
        }
    }

    /// What the journal tells of appends up to a truncation. On the shard.
    private final class JournalTail implements JournalClient {
        /// Until the segments are synced up to here, what the journal has beyond does not count.
        private long gapEnd;

        @Override
        public Shard shard() {
            return shard;
        }

        @Override
        public void journaled(long endOffset) {
            if (tail != this || isStopped || endOffset <= syncedOffset) {
                return;
            }
            if (syncedOffset < gapEnd) {
                flusher.request(false);
            } else {
                syncedOffset = endOffset;
                tellDurable();
            }
        }

        @Override
        public void notJournaled() {
            if (tail == this && !isStopped && syncedOffset < contents.endOffset()) {
                gapEnd = contents.endOffset();
                flusher.request(false);
            }
        }
    }

    /// What the flusher does, on any thread.
    private final class FlushSteps implements Flusher.Steps {
        @Override
        public void run(FlushWork work) throws IOException {
            try {
                isSaved = work.run(disk(), segments.directory(), marks.checkpointedRecoveryPoint());
            } catch (IOException e) {
                tell(e);
                throw e;
            }
        }

        @Override
        public boolean prepare(FlushWork work) throws IOException {
            return work.prepare(disk(), segments.directory());
        }

        @Override
        public void install(FlushWork work) throws IOException {
            work.install(disk(), segments.directory());
        }

        @Override
        public void ended(boolean wasSaved, @Nullable IOException cause) {
            isSaved = wasSaved;
            if (cause != null) {
                tell(cause);
            }
        }

        /// Told from here as well: the shard may be gone, and others must not believe a later sync.
        private void tell(IOException cause) {
            if (!isStopped) {
                var _ = home.failed(key.name(), cause);
            }
        }

        private Disk disk() {
            return segments.environment().disk();
        }
    }
}
