package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.FreeSpace;
import io.girok.base.Invariant;
import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.base.SpaceReserve;
import io.girok.base.TopicId;
import io.girok.files.CorruptLog;
import io.girok.files.DirectoryMarks;
import io.girok.files.DirectoryRefused;
import io.girok.files.DurableDirectories;
import io.girok.files.FailedSync;
import io.girok.files.FileNames;
import io.girok.files.Marks;
import io.girok.files.MetaProperties;
import io.girok.files.SegmentFiles;
import io.girok.files.StopMark;
import io.girok.files.StorageFailed;
import io.girok.files.UnsyncedRun;
import io.girok.journal.Journal;
import io.girok.journal.JournalKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One entry of `log.dirs`: its lock, identity, checkpoints and partitions. Thread-safe.
///
/// A failure of the disk takes the whole directory offline, for good: what a failed sync has lost cannot be told, so
/// nothing is tried again until the directory is opened anew, which checks what is there.
public final class LogDirectory implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(LogDirectory.class);
    /// Locked while a process has the directory.
    public static final String LOCK = ".lock";
    /// Reading so much takes a shard about a millisecond.
    private static final long QUICK_RECOVERY_BYTES = 1024 * 1024;

    private final Path path;
    private final LogEnvironment environment;
    private final MetaProperties properties;
    private final AutoCloseable lock;
    private final boolean wasClosedClean;
    private final DirectoryMarks marks;
    private final FreeSpace space;
    private final RecoveryReport recoveries;
    private final Discards discards;
    private final SegmentDeletion deletions;
    private final Departures departures;
    private final Journal journal;
    private final JournalRemains remains;
    private final Checkpoints checkpoints;
    private final OpenLogs open = new OpenLogs();
    /// Partitions that have a directory here.
    private final Set<PartitionName> onDisk = ConcurrentHashMap.newKeySet();
    /// Those of them that were not checked since a stop that was not clean.
    private final Set<PartitionName> unchecked = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable StorageFailed> failure = new AtomicReference<>();
    private final List<Consumer<StorageFailed>> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean isClosed;
    private volatile boolean isWhole;
    private volatile boolean isFailedSyncNoted;

    private LogDirectory(Path path, LogEnvironment environment, MetaProperties properties, AutoCloseable lock,
            boolean wasClosedClean, DirectoryMarks marks, List<String> files) throws IOException {
        this.path = path;
        this.environment = environment;
        this.properties = properties;
        this.lock = lock;
        this.wasClosedClean = wasClosedClean;
        this.marks = marks;
        this.space = new FreeSpace(path, environment.disk(), environment.clock(), environment.blockingPool());
        this.discards = new Discards(path, environment, marks);
        this.deletions = new SegmentDeletion(this, environment.blockingPool());
        this.departures = new Departures(this, environment, files);
        this.recoveries = new RecoveryReport(path, environment.clock());
        Journal.Environment forJournal = new Journal.Environment(environment.disk(), environment.journalPool(),
                () -> environment.newIds().get().low(), failure -> isFull(failure, 0), environment.journalFileBytes());
        this.journal = Journal.open(forJournal, path, files, !wasClosedClean,
                new Journal.Listener(this::shortenJournal, cause -> fail("writing the journal failed", cause)));
        this.remains = new JournalRemains(path, environment.disk(), journal, files);
        this.checkpoints = new Checkpoints(this, environment, marks, journal, remains);
    }

    /// Takes the directory into use, creating it if need be. Blocks.
    ///
    /// @throws DirectoryRefused when another process has it, or it belongs to another cluster or node
    /// @throws StorageFailed when the disk fails
    public static LogDirectory open(Path path, String clusterId, int nodeId, LogEnvironment environment) {
        Disk disk = environment.disk();
        AutoCloseable lock = null;
        boolean isOpen = false;
        try {
            DurableDirectories.create(path, disk);
            lock = disk.tryLock(path.resolve(LOCK))
                    .orElseThrow(
                            () -> new DirectoryRefused("log directory '" + path
                                    + "' is in use by another process (its file '" + LOCK
                                    + "' is locked): stop that process, or set log.dirs to another directory"));
            FailedSync.check(disk, path);
            SpaceReserve.giveUpIfNeeded(disk, path);
            MetaProperties properties = MetaProperties.identify(path, clusterId, nodeId, disk,
                    environment.newIds());
            Optional<Set<PartitionName>> unsaved = StopMark.read(disk, path);
            DirectoryMarks marks = DirectoryMarks.read(disk, path);
            List<String> files = DurableDirectories.list(path, disk);
            LogDirectory opened = new LogDirectory(path, environment, properties, lock,
                    unsaved.map(Set::isEmpty).orElse(false), marks, files);
            opened.cleanUp(files, unsaved);
            isOpen = true;
            return opened;
        } catch (IOException e) {
            FailedSync.noteIfSo(e, disk, path);
            throw new StorageFailed(StorageFailed.Scope.DIRECTORY,
                    "log directory '" + path + "' cannot be used: " + StorageFailed.reason(e), e);
        } finally {
            if (!isOpen && lock != null) {
                close(lock);
            }
        }
    }

    /// A directory that could not be opened: offline from the start.
    public static LogDirectory offline(Path path, LogEnvironment environment, StorageFailed cause) {
        try {
            LogDirectory offline = new LogDirectory(path, environment, MetaProperties.unknown(), () -> {}, false,
                    DirectoryMarks.none(environment.disk(), path), List.of());
            offline.failure.set(cause);
            return offline;
        } catch (IOException e) {
            throw Invariant.violated("nothing is read");
        }
    }

    /// Takes the stop's mark away before anything can be written, and finishes deletions.
    private void cleanUp(List<String> files, Optional<Set<PartitionName>> unsaved) throws IOException {
        Disk disk = environment.disk();
        isWhole = !journal.isDamaged() && UnsyncedRun.isWhole(disk, path, unsaved.isPresent());
        if (journal.isDamaged()) {
            // The next start may not find it any more.
            UnsyncedRun.noteLost(disk, path);
        } else if (isWhole && environment.durability() == Durability.OS) {
            UnsyncedRun.note(disk, path);
        } else if (isWhole && unsaved.isPresent()) {
            UnsyncedRun.forget(disk, path);
        }
        StopMark.remove(disk, path);
        files.forEach(entry -> FileNames.partition(entry).ifPresent(onDisk::add));
        unsaved.ifPresent(names -> journal.forget(key -> !names.contains(key.name())));
        unchecked.addAll(unsaved.orElse(onDisk));
        for (PartitionName name : marks.names()) {
            if (isMissing(name) && unsaved.isEmpty() && discards.hasLeftOf(name, files)) {
                // It was deleted, and the checkpoints were not written since, as a clean stop does.
                marks.remove(name);
            } else if (isMissing(name)) {
                unchecked.add(name);
            }
        }
        discards.removeLeft(files);
        journal.leftKeys().forEach(key -> unchecked.add(key.name()));
        recoveries.expect(unchecked);
    }

    public Path path() {
        return path;
    }

    public TopicId directoryId() {
        return properties.directoryId();
    }

    /// Whether all that was acknowledged is there, or the controller knows better ([#notWholeIsKnown]).
    public boolean isWhole() {
        return isWhole;
    }

    /// The controller counts on nothing that may be missing here. Blocks shortly, when something may be.
    public void notWholeIsKnown() {
        try {
            if (!isWhole) {
                UnsyncedRun.note(environment.disk(), path);
                isWhole = true;
            }
        } catch (IOException e) {
            fail("noting that the controller knows what may be missing failed", e);
        }
    }

    /// Whether the last stop was clean, so that nothing needs to be checked.
    public boolean wasClosedClean() {
        return wasClosedClean;
    }

    /// Opens the partition's log. Blocks when there is something to recover: call it off the shard, for many partitions
    /// in parallel. The store is the shard's from then on. A log that is not there gets its files when it is first
    /// written to.
    ///
    /// A directory of that name left by a deleted topic of another id is set aside as `<name>.<id>-stray`.
    ///
    /// @throws StorageFailed when the partition (or the directory) cannot be used
    /// @throws IllegalArgumentException when the name is not one of a topic
    public PartitionStore openPartition(PartitionName name, TopicId topic, LogSettings settings, Shard shard) {
        return open(name, topic, settings, shard, Long.MAX_VALUE)
                .orElseThrow(() -> Invariant.violated("nothing is too much to recover"));
    }

    /// As [#openPartition], for a shard: empty when there is too much to recover, or to delete, for the shard to
    /// wait for.
    public Optional<PartitionStore> openIfQuick(PartitionName name, TopicId topic, LogSettings settings, Shard shard) {
        boolean hasMuch = deletions.isUnderWay(name)
                || (unchecked.contains(name) && remains.hasCopy(new JournalKey(topic, name)));
        return hasMuch ? Optional.empty() : open(name, topic, settings, shard, QUICK_RECOVERY_BYTES);
    }

    private Optional<PartitionStore> open(PartitionName name, TopicId topic, LogSettings settings, Shard shard,
            long maxRecoveryBytes) {
        StorageFailed known = failure.get();
        if (known != null) {
            throw known;
        }
        open.begin(name);
        try {
            deletions.settle(name);
            departures.requireHere(name, topic);
            // A partition that was opened and closed again since the start is clean whatever came before.
            JournalKey key = new JournalKey(topic, name);
            boolean isClean = !unchecked.contains(name);
            Optional<OpenedLog> opened = new PartitionDirectory(path, environment, marks, recoveries, isClean,
                    isClean ? List.of() : remains.of(key))
                    .open(name, topic, settings, maxRecoveryBytes);
            if (opened.isEmpty()) {
                return Optional.empty();
            }
            remains.opened(key, opened.get().endOffset(), isClean);
            unchecked.remove(name);
            recoveries.ended(name, false);
            if (opened.get().isOnDisk()) {
                onDisk.add(name);
            } else {
                onDisk.remove(name);
            }
            PartitionStore store = new PartitionStore(this, opened.get(), settings, shard);
            open.add(store);
            return Optional.of(store);
        } catch (IOException e) {
            if (!environment.disk().isDirectory(FileNames.directory(path, name))) {
                onDisk.remove(name);
            }
            if (!(e instanceof CorruptLog) && isFull(e, 0)) {
                space.noteFull(e);
                throw new StorageFailed(StorageFailed.Scope.PARTITION_UNTIL_ROOM,
                        "log '" + name + "' cannot be opened on a full disk: " + e.getMessage(), e);
            }
            throw failed(name, e);
        } finally {
            open.ended(name);
        }
    }

    /// Whether there may be some of it: without files and not checked, the journal has it.
    public boolean mayHave(PartitionName name) {
        return isOnDisk(name) || needsRecovery(name);
    }

    /// Whether the partition's log was not looked at since a stop that was not clean.
    public boolean needsRecovery(PartitionName name) {
        return unchecked.contains(name);
    }

    /// The log was closed without saving all that the checkpoints would have to say of it.
    void mustRecover(PartitionName name) {
        unchecked.add(name);
    }

    /// Nothing more is recovered unasked.
    public void endRecovery() {
        recoveries.tell();
    }

    /// Whether the partition has files here.
    public boolean isOnDisk(PartitionName name) {
        return onDisk.contains(name);
    }

    /// Whether the partition's log was here and its directory is gone: it is not opened then, until it is taken away.
    public boolean isMissing(PartitionName name) {
        Marks of = marks.find(name);
        return of != null && !onDisk.contains(name)
                && 0 < PartitionDirectory.knownEnd(of, environment.durability());
    }

    /// The bytes of a partition's segments, open or not. Blocks.
    ///
    /// @throws StorageFailed when the disk fails
    public long sizeOnDisk(PartitionName name) {
        try {
            return isOnDisk(name) ? SegmentFiles.sizeInBytes(environment.disk(), FileNames.directory(path, name)) : 0;
        } catch (IOException e) {
            throw fail("measuring log '" + name + "' failed", e);
        }
    }

    public Disk disk() {
        return environment.disk();
    }

    /// Where logs from other directories arrive.
    public Arrivals arrivals() {
        return new Arrivals(this);
    }

    /// Those that went to other directories.
    public Departures departures() {
        return departures;
    }

    void noteArrived(PartitionName name) {
        onDisk.add(name);
    }

    /// Finds what nobody wants here, and sets it aside.
    public Strays strays() {
        return new Strays(this);
    }

    /// Forgets a log that is not open, and has no files here any more.
    void forgetClosed(PartitionName name) {
        onDisk.remove(name);
        unchecked.remove(name);
        recoveries.ended(name, false);
        remains.discard(name);
        marks.remove(name);
    }

    /// Makes the directory of a log that is written to for the first time.
    void create(PartitionName name, TopicId topic, Marks of) throws IOException {
        if (environment.durability() == Durability.FSYNC) {
            journal.begin(new JournalKey(topic, name));
        }
        new PartitionDirectory(path, environment, marks, recoveries, true, List.of()).create(name, topic, of);
        onDisk.add(name);
    }

    /// The partitions that have a directory here, open or not.
    public List<PartitionName> partitionsOnDisk() {
        return List.copyOf(onDisk);
    }

    /// Those, and the partitions of which only the journal may have something.
    public Set<PartitionName> partitionsLeft() {
        Set<PartitionName> left = new HashSet<>(onDisk);
        left.addAll(unchecked);
        return left;
    }

    /// As [#delete], of a topic that lives on: the partition may be placed here again, and begins with nothing then,
    /// whatever the journal holds of it.
    ///
    /// @throws StorageFailed when the disk fails
    public void takeAway(PartitionName name, TopicId topic, LogSettings settings) {
        departures.takeAway(name, topic, settings);
    }

    /// Lets go of a log that is to be deleted, with nothing saved: it refuses everything from here on. On its shard.
    public void abandon(PartitionStore store) {
        try {
            store.abandon();
        } catch (IOException e) {
            LOGGER.debug("log '{}': {}", store.name(), e.getMessage());
        }
    }

    /// Deletes a partition that is not open: its directory is renamed at once and removed after `file.delete.delay.ms`.
    /// Blocks shortly.
    public void delete(PartitionName name, LogSettings settings) {
        try {
            deletions.settle(name);
            marks.remove(name);
            unchecked.remove(name);
            remains.discard(name);
            if (onDisk.remove(name) && environment.disk().isDirectory(FileNames.directory(path, name))) {
                discards.removeLater(discards.rename(name, FileNames.DELETED_DIRECTORY),
                        settings.retention().fileDeleteDelayMs());
            }
        } catch (IOException e) {
            throw failed(name, e);
        }
    }

    /// Notes how far each log has come, so that a crash costs little, and lets the journal's room be used again. Called
    /// every minute or so, from any thread; the work runs on the blocking pool.
    public void checkpoint() {
        space.lookIfDue();
        checkpoints.saveAll();
    }

    /// Saves these logs at one go. On any thread.
    public CompletableFuture<Void> save(Collection<PartitionStore> logs) {
        return checkpoints.save(logs);
    }

    /// Told once, when the directory goes offline, on any thread. Told at once if it is offline already.
    public void onFailure(Consumer<StorageFailed> listener) {
        listeners.add(listener);
        StorageFailed known = failure.get();
        if (known != null && listeners.remove(listener)) {
            listener.accept(known);
        }
    }

    /// Why the directory is offline, if it is.
    public Optional<StorageFailed> failure() {
        return Optional.ofNullable(failure.get());
    }

    /// Sets how much of the disk clients must leave free (`log.dir.min.free.bytes`): 0 for nothing, -1 for what suits
    /// the disk. Blocks shortly, on any thread.
    public void keepFree(long bytes) {
        try {
            space.keepFree(bytes);
        } catch (IOException e) {
            fail("asking for the free space failed", e);
        }
    }

    /// Whether others had better lead what is here: the disk has less room than clients must leave free
    /// ([#keepFree]). Of a directory that has failed nothing is led, and its disk is asked no more.
    public boolean isScarce() {
        return failure().isEmpty() && space.isScarce();
    }

    FreeSpace space() {
        return space;
    }

    /// The size of the disk, whoever uses it.
    public long totalBytes() {
        try {
            return environment.disk().totalBytes(path);
        } catch (IOException e) {
            throw fail("asking for the size of the disk failed", e);
        }
    }

    /// The bytes a broker may still write here.
    public long usableBytes() {
        try {
            return environment.disk().usableBytes(path);
        } catch (IOException e) {
            throw fail("asking for the free space failed", e);
        }
    }

    /// Closes every store, writes the checkpoints and the mark of a clean stop, and gives up the lock. Blocks; nothing
    /// may use the stores any more.
    public void closeClean() {
        try {
            new DirectoryStop(this, environment, journal).run(Set.copyOf(unchecked));
        } catch (IOException e) {
            fail("closing failed", e);
        } finally {
            close();
        }
    }

    /// Gives up lock and files, as a crash would; the next open recovers.
    @Override
    public void close() {
        isClosed = true;
        for (PartitionStore store : List.copyOf(open.all())) {
            abandon(store);
        }
        journal.close();
        close(lock);
    }

    private static void close(AutoCloseable lock) {
        try {
            lock.close();
        } catch (Exception e) {
            LOGGER.warn("a log directory's lock could not be given up: {}", e.getMessage());
        }
    }

    /// Whether what is done late still is for this directory.
    boolean isInUse() {
        return !isClosed && failure.get() == null;
    }

    Durability durability() {
        return environment.durability();
    }

    Journal journal() {
        return journal;
    }

    JournalRemains remains() {
        return remains;
    }

    /// Answers whether there was room for them.
    boolean writeCheckpoints() throws IOException {
        return checkpoints.writeWhereThereIsRoom();
    }

    private void shortenJournal() {
        checkpoints.saveChanged();
    }

    OpenLogs openLogs() {
        return open;
    }

    long producerIdExpirationMs() {
        return environment.producerIdExpirationMs();
    }

    void forget(PartitionStore store) {
        open.remove(store);
    }

    /// Whether the disk has no room, or was found to have none lately.
    public boolean isFull() {
        return space.isFull();
    }

    /// Whether a write of so many bytes failed for want of room.
    boolean isFull(IOException failure, long neededBytes) {
        return FreeSpace.isFull(failure, environment.disk(), path, neededBytes);
    }

    /// There is no room to note that first.
    StorageFailed cannotBeCut(PartitionName name, IOException full) {
        space.noteFull(full);
        return new StorageFailed(StorageFailed.Scope.PARTITION_UNTIL_ROOM,
                "log '" + name + "' cannot be cut on a full disk: " + full.getMessage(), full);
    }

    DirectoryMarks marks() {
        return marks;
    }

    Discards discards() {
        return discards;
    }

    SegmentDeletion deletions() {
        return deletions;
    }

    /// What `cause` means: corruption takes one partition offline, everything else the directory.
    StorageFailed failed(PartitionName name, IOException cause) {
        if (cause instanceof CorruptLog) {
            recoveries.ended(name, true);
            remains.noteOffline(name);
            StorageFailed corrupt = new StorageFailed(StorageFailed.Scope.PARTITION,
                    String.valueOf(cause.getMessage()), cause);
            LOGGER.error(
                    "log '{}' in '{}' is offline: {}; once the broker is stopped, 'girok log repair' says what can "
                            + "be kept",
                    name, path, cause.getMessage());
            return corrupt;
        }
        return fail("log '" + name + "'", cause);
    }

    StorageFailed fail(String what, IOException cause) {
        // Once: every log of the directory may fail for it, each on its shard.
        if (!isFailedSyncNoted && FailedSync.noteIfSo(cause, environment.disk(), path)) {
            isFailedSyncNoted = true;
        }
        StorageFailed failed = new StorageFailed(StorageFailed.Scope.DIRECTORY,
                "log directory '" + path + "' is offline: " + what + ": " + StorageFailed.reason(cause), cause);
        if (!failure.compareAndSet(null, failed)) {
            StorageFailed earlier = failure.get();
            return earlier == null ? failed : earlier;
        }
        LOGGER.error("{}; it is offline until its file system is mounted anew and the broker started again",
                failed.getMessage());
        for (Consumer<StorageFailed> listener : List.copyOf(listeners)) {
            if (listeners.remove(listener)) {
                listener.accept(failed);
            }
        }
        return failed;
    }
}
