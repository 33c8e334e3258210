package io.girok.journal;

import io.girok.base.Disk;
import io.girok.base.DiskFull;
import io.girok.base.PartitionName;
import io.girok.base.Shard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A write-ahead journal for many partitions. Thread-safe.
///
/// ```
/// shards: append ──▶ group that fills ──▶ (writer: one at a time, on the pool) write, sync ──▶ shards: journaled
///                    the next one fills meanwhile
/// ```
///
/// Whoever has to wait waits for the group that has what he said, and writes it himself if nobody else writes: so for
/// two groups at most, however busy the directory is.
public final class Journal implements AutoCloseable {
    /*
     * Files have slots, `girok-journal.1`, `girok-journal.2`, ..., and a number that grows with each use of a slot, so
     * that what an earlier use left behind is told from what counts. A file is free again when every partition in it is
     * saved beyond its entries there; files become free in the order of their numbers, and each group says which number
     * is the lowest in use, so that a scan passes over older ones. None is used again before that is durable: so a scan
     * knows which files must be there.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final String PREFIX = "girok-journal.";
    /// So many full files ask for a checkpoint.
    private static final int MAX_FULL_FILES = 6;
    /// More free slots than that are removed.
    private static final int MAX_FREE_FILES = 8;
    /// A group may be as large as so many files, of a size within reason. What the clients append faster than the disk
    /// takes it has to be synced where it is.
    private static final int MAX_GROUP_FILES = 4;
    private static final long MIN_FILE_BYTES = 16 * 1024;
    private static final long MAX_FILE_BYTES = 16 * 1024 * 1024;

    /// What its directory wants to know. Called on the pool.
    ///
    /// @param onFull the journal should be made shorter: partitions are to be saved, then [#release] be called
    /// @param onFailure a write or sync failed for good; nothing is journaled any more
    public record Listener(Runnable onFull, Consumer<IOException> onFailure) {}

    /// Tells whether a failure is one of a full disk.
    @FunctionalInterface
    public interface FullDisk {
        boolean isFull(IOException failure);
    }

    /// The world as a journal sees it. Immutable.
    ///
    /// @param pool where it writes, in one task at a time; what else runs there holds up whoever waits for the journal
    /// @param random gives random numbers
    /// @param fileBytes about how long a file gets
    public record Environment(Disk disk, Executor pool, LongSupplier random, FullDisk fullDisk, long fileBytes) {}

    private final Environment environment;
    private final Disk disk;
    private final Path directory;
    private final Listener listener;
    /// What was found at the start, by partition, until it has been replayed.
    private final Map<JournalKey, List<JournalEntry>> left = new ConcurrentHashMap<>();

    /// Held by whoever writes a group, for as long as that takes.
    private final Object writer = new Object();
    // Guarded by this, which is never held while the disk works; `current` is changed by the writer only.
    private final ArrayDeque<JournalFile> full = new ArrayDeque<>();
    private final ArrayDeque<JournalFile> free = new ArrayDeque<>();
    private volatile @Nullable JournalFile current;
    private Group filling;
    private Group spare;
    /// What is being written.
    private @Nullable Group underWay;
    private long highestNumber;
    /// What the last durable group says: files below may be used again.
    private long statedLowest;
    private int slots;
    /// Whether there are files that were not read at the start: they count again after a crash, until the first group
    /// says that they do not.
    private boolean hasUnread;
    private boolean isDamaged;
    private boolean isScheduled;
    private boolean isClosed;

    private Journal(Environment environment, Path directory, Listener listener, IntFunction<ByteBuffer> memory) {
        this.environment = environment;
        this.disk = environment.disk();
        this.directory = directory;
        this.listener = listener;
        int maxGroupBytes = (int) (MAX_GROUP_FILES
                * Math.clamp(environment.fileBytes(), MIN_FILE_BYTES, MAX_FILE_BYTES));
        this.filling = new Group(maxGroupBytes, memory);
        this.spare = new Group(maxGroupBytes, memory);
    }

    /// Takes the journal in `directory` into use; there need not be one. Blocks.
    ///
    /// @param names of all files there
    /// @param isNeeded whether partitions may lack what it holds; otherwise that is passed over
    public static Journal open(Environment environment, Path directory, List<String> names, boolean isNeeded,
            Listener listener) throws IOException {
        Journal journal = new Journal(environment, directory, listener, ByteBuffer::allocateDirect);
        journal.find(names, isNeeded);
        return journal;
    }

    /// A new one in an empty directory.
    ///
    /// @param memory where its groups fill
    static Journal create(Environment environment, Path directory, Listener listener,
            IntFunction<ByteBuffer> memory) {
        return new Journal(environment, directory, listener, memory);
    }

    /// What the journal in `directory` holds of each partition, in order, without taking it into use. Blocks.
    public static Map<JournalKey, List<JournalEntry>> read(Disk disk, Path directory) throws IOException {
        JournalScan scan = new JournalScan(disk);
        for (String name : disk.list(directory)) {
            if (name.startsWith(PREFIX)) {
                scan.read(new JournalFile(disk, directory, name));
            }
        }
        var _ = scan.findDamage();
        return scan.entries();
    }

    private synchronized void find(List<String> files, boolean isNeeded) throws IOException {
        List<String> names = files.stream().filter(name -> name.startsWith(PREFIX)).toList();
        JournalScan scan = new JournalScan(disk);
        hasUnread = !isNeeded && !names.isEmpty();
        for (String name : names) {
            JournalFile file = new JournalFile(disk, directory, name);
            slots = Math.max(slots, JournalFile.numberIn(name.substring(PREFIX.length())));
            if (isNeeded) {
                scan.read(file);
            } else {
                JournalScan.Head head = JournalScan.head(disk, file.path());
                file.found(head.use(), 0);
                highestNumber = Math.max(highestNumber, file.number());
                statedLowest = Math.max(statedLowest, head.lowestInUse());
            }
            free.add(file);
        }
        List<JournalFile> inOrder = new ArrayList<>(free);
        inOrder.sort(Comparator.comparingLong(JournalFile::number));
        free.clear();
        free.addAll(inOrder);
        highestNumber = Math.max(highestNumber, scan.highestNumber());
        statedLowest = Math.max(statedLowest, scan.lowestInUse());
        isDamaged = scan.findDamage();
        scan.syncNewest();
        left.putAll(scan.entries());
        for (JournalScan.Found found : scan.inUse()) {
            free.remove(found.file());
            full.add(found.file());
            found.entries().forEach(read -> note(found.file(), read));
        }
    }

    private void note(JournalFile file, JournalScan.Read read) {
        if (read.isCut()) {
            full.forEach(earlier -> earlier.lower(read.key(), read.entry().endOffset()));
        }
        file.note(read.key(), read.entry().endOffset());
    }

    /// What the journal holds of a partition from before the start, in order; each entry may be in the log already.
    public List<JournalEntry> left(JournalKey key) {
        return left.getOrDefault(key, List.of());
    }

    /// The partitions that [#left] has something for.
    public List<JournalKey> leftKeys() {
        return List.copyOf(left.keySet());
    }

    /// Whether something is gone, or cannot be read, that was durable when the journal was in use before: partitions
    /// may lack records that were acknowledged, without a hole that would show it.
    public synchronized boolean isDamaged() {
        return isDamaged;
    }

    /// What was left of the partition is in its log now.
    public void replayed(JournalKey key) {
        left.remove(key);
    }

    /// Adds to what the next [#flush] makes durable. The bytes are copied. Answers false when there is no room for them
    /// in memory: then they have to be synced where they are, as after [JournalClient#notJournaled].
    ///
    /// @param client told when they are durable
    public synchronized boolean append(JournalKey key, JournalClient client, long baseOffset, long endOffset,
            ByteBuffer bytes) {
        return isClosed || filling.add(key, client, baseOffset, endOffset, bytes);
    }

    /// Notes that the log ends at `endOffset` now, whatever was appended before.
    ///
    /// @throws DiskFull when there is no memory to say so: the segments can be synced, as where the disk is full
    public synchronized void cut(JournalKey key, long endOffset) throws DiskFull {
        if (!isClosed) {
            filling.addCut(key, endOffset);
        }
    }

    /// Begins a log of its own for the partition, durably: what the journal may hold of an earlier one, under the same
    /// topic id, does not belong to it. Such a replica was taken away from this broker, and has come back. Blocks, but
    /// only if there may be something.
    ///
    /// @throws IOException when the disk is full, or fails
    public void begin(JournalKey key) throws IOException {
        synchronized (this) {
            boolean isHeld = held().anyMatch(keys -> keys.contains(key));
            if (!isHeld && !hasUnread) {
                return;
            }
            passOver(isHeld ? List.of(key) : List.of());
        }
        flushNow();
    }

    /// Notes that what there is of these in files, read or not, counts no more.
    private void passOver(List<JournalKey> keys) throws DiskFull {
        filling.require();
        for (JournalKey key : keys) {
            cut(key, 0);
        }
    }

    /// Whose entries there may be, needed or not, in files or on their way there.
    private Stream<Set<JournalKey>> held() {
        Stream<Group> groups = Stream.concat(Stream.of(filling), Stream.ofNullable(underWay));
        return Stream.concat(Stream.concat(inUse(), free.stream()).map(JournalFile::keys), groups.flatMap(Group::keys));
    }

    private Stream<JournalFile> inUse() {
        return Stream.concat(full.stream(), Stream.ofNullable(current));
    }

    /// As [#forget], durably: the logs of these partitions go, and they may come back to begin anew. Blocks.
    ///
    /// @throws IOException when the disk fails; on one that is full they are forgotten, but not durably: what goes must
    ///         not need room
    public void dismiss(Predicate<JournalKey> isGone) throws IOException {
        try {
            boolean isNeeded;
            synchronized (this) {
                List<JournalKey> held = held().flatMap(Set::stream).filter(isGone).distinct().toList();
                isNeeded = hasUnread || !held.isEmpty();
                if (isNeeded) {
                    passOver(held);
                }
            }
            if (isNeeded) {
                flushNow();
            }
        } catch (IOException e) {
            if (!environment.fullDisk().isFull(e)) {
                throw e;
            }
        }
        forget(isGone);
    }

    /// Makes everything appended so far durable, in the background. What comes while a flush runs makes the next one.
    public void flush() {
        synchronized (this) {
            if (isScheduled || isClosed) {
                return;
            }
            isScheduled = true;
        }
        environment.pool().execute(this::writeAll);
    }

    /// As [#flush], and done when it returns. Blocks.
    ///
    /// @throws IOException when the disk is full, or fails, or the journal is closed
    public void flushNow() throws IOException {
        CompletableFuture<Optional<IOException>> end;
        synchronized (this) {
            Group writing = underWay;
            if (!filling.isNeeded() && writing == null && !isClosed) {
                return;
            }
            end = filling.isNeeded() || writing == null ? filling.end() : writing.end();
        }
        for (Group group = takeTurn(end); group != null; group = takeTurn(end)) {
            write(group);
        }
        Optional<IOException> failure = end.getNow(Optional.of(closed()));
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private void writeAll() {
        for (Group group = takeTurn(null); group != null; group = takeTurn(null)) {
            write(group);
        }
    }

    /// The group that fills, once nobody writes, for the caller to write; null when that is not needed any more, or the
    /// journal is closed. Blocks.
    ///
    /// @param awaited what the caller waits for; null for the writer that [#flush] has scheduled, which ends when there
    ///        is nothing left to write
    private @Nullable Group takeTurn(@Nullable CompletableFuture<Optional<IOException>> awaited) {
        while (true) {
            CompletableFuture<Optional<IOException>> other;
            synchronized (this) {
                Group writing = underWay;
                boolean isDone = awaited == null ? filling.isEmpty() : awaited.isDone();
                if (isDone || (isClosed && writing == null)) {
                    isScheduled &= awaited != null;
                    return null;
                }
                if (writing == null) {
                    Group group = filling;
                    filling = spare;
                    underWay = group;
                    return group;
                }
                other = writing.end();
            }
            other.join();
        }
    }

    /// Tells whoever waits how it went.
    private void write(Group group) {
        synchronized (writer) {
            IOException failure = null;
            try {
                put(group);
            } catch (IOException e) {
                failure = e;
            } catch (RuntimeException | OutOfMemoryError e) {
                failure = new IOException("journal '" + directory + "': " + e, e);
            }
            try {
                if (failure == null || environment.fullDisk().isFull(failure)) {
                    tell(group, failure == null);
                } else {
                    fail(failure);
                }
            } finally {
                takeBack(group, failure);
            }
        }
    }

    private synchronized boolean isClosed() {
        return isClosed;
    }

    private IOException closed() {
        return new IOException("journal '" + directory + "' is closed");
    }

    private void fail(IOException cause) {
        boolean isClosing;
        synchronized (this) {
            isClosing = isClosed;
            isClosed = true;
        }
        if (!isClosing) {
            listener.onFailure().accept(cause);
        }
    }

    private synchronized void takeBack(Group group, @Nullable IOException failure) {
        if (failure == null) {
            hasUnread = false;
            JournalFile last = current;
            group.forEachCut(this::wasCut);
            if (last != null) {
                group.forEachNeededEnd(last::note);
            }
        } else {
            filling.owe(group);
        }
        spare = group;
        underWay = null;
        group.finish(Optional.ofNullable(failure));
    }

    /// No file is kept for what was cut.
    private void wasCut(JournalKey key, Extent extent) {
        full.forEach(file -> file.lower(key, extent.cutTo()));
        JournalFile last = current;
        if (last != null) {
            last.lower(key, extent.cutTo());
            last.note(key, extent.neededEnd());
        }
    }

    private void put(Group group) throws IOException {
        if (isClosed()) {
            // The files may be somebody else's by now.
            throw closed();
        }
        group.complete();
        JournalFile file = fileFor(group.sizeInBytes());
        ByteBuffer bytes;
        long lowestInUse;
        synchronized (this) {
            lowestInUse = full.isEmpty() ? file.number() : full.getFirst().number();
            bytes = group.seal(file.use(), lowestInUse, file.previousEnd());
            // Before it is written: a group that fails may be on the disk all the same.
            group.forEachEnd(file::note);
        }
        file.write(bytes);
        noteStated(lowestInUse);
        removeSurplus(lowestInUse);
    }

    private synchronized void noteStated(long lowestInUse) {
        statedLowest = lowestInUse;
    }

    /// Only what a scan would pass over already: of two files that count, never the later one alone may vanish, whose
    /// cuts are about the earlier one.
    private void removeSurplus(long lowestInUse) throws IOException {
        List<JournalFile> surplus = new ArrayList<>(0);
        synchronized (this) {
            while (MAX_FREE_FILES < free.size() && free.getFirst().number() < lowestInUse) {
                surplus.add(free.removeFirst());
            }
        }
        for (JournalFile file : surplus) {
            disk.delete(file.path());
        }
    }

    private JournalFile fileFor(int groupBytes) throws IOException {
        JournalFile last = current;
        if (last != null && (last.sizeInBytes() == 0 || last.sizeInBytes() + groupBytes <= environment.fileBytes())) {
            return last;
        }
        boolean isLong;
        if (last != null) {
            last.close();
        }
        JournalFile next;
        synchronized (this) {
            if (last != null) {
                full.addLast(last);
            }
            JournalFile previous = full.peekLast();
            long previousEnd = previous != null && previous.number() == highestNumber ? previous.sizeInBytes() : 0;
            next = takeFree();
            highestNumber++;
            next.reuse(new JournalFile.Use(highestNumber, environment.random().getAsLong()), previousEnd);
            current = next;
            isLong = MAX_FULL_FILES <= full.size();
        }
        if (isLong) {
            listener.onFull().run();
        }
        return next;
    }

    private JournalFile takeFree() {
        JournalFile first = free.peekFirst();
        if (first != null && (first.number() == 0 || first.number() < statedLowest)) {
            return free.removeFirst();
        }
        slots++;
        return new JournalFile(disk, directory, PREFIX + slots);
    }

    /// One task for each shard, however many partitions it has in the group.
    private static void tell(Group group, boolean isJournaled) {
        Map<Shard, Map<JournalClient, Long>> byShard = new LinkedHashMap<>();
        group.clients()
                .forEach(
                        (client, end) -> byShard.computeIfAbsent(client.shard(), shard -> new LinkedHashMap<>())
                                .put(client, end));
        byShard.forEach((shard, clients) -> shard.execute(() -> clients.forEach((client, end) -> {
            if (isJournaled) {
                client.journaled(end);
            } else {
                client.notJournaled();
            }
        })));
    }

    /// Frees the files whose partitions are all saved beyond their entries.
    ///
    /// @param savedUpTo below which offset a partition needs no journal any more, even after a crash
    public synchronized void release(ToLongFunction<JournalKey> savedUpTo) {
        while (!full.isEmpty() && full.getFirst().isSaved(savedUpTo)) {
            free.addLast(full.removeFirst());
        }
    }

    /// Forgets what the journal holds of the partitions that `isGone` tells of: nobody will ask for it.
    public synchronized void forget(Predicate<JournalKey> isGone) {
        left.keySet().removeIf(isGone);
        filling.forget(isGone);
        Group writing = underWay;
        if (writing != null) {
            writing.forget(isGone);
        }
        inUse().forEach(file -> file.ends().keySet().removeIf(isGone));
    }

    /// As [#forget], of all partitions of that name.
    public void forget(PartitionName name) {
        forget(key -> key.name().equals(name));
    }

    /// Copies what the journal holds of a log that nobody appends to into a file of its own, durably, and forgets it:
    /// no file is kept for it any more. Where there is such a copy, it has all of it. Blocks. Answers false when there
    /// was nothing.
    ///
    /// @param to gives the [JournalCopy]
    /// @throws IOException when the disk is full, or fails, or what the log needs is damaged
    public boolean moveOut(PartitionName name, Function<JournalKey, Path> to) throws IOException {
        Predicate<JournalKey> isOfLog = key -> key.name().equals(name);
        flushNow();
        List<JournalFile.Part> held;
        synchronized (writer) {
            synchronized (this) {
                if (inUse().noneMatch(file -> file.ends().keySet().stream().anyMatch(isOfLog))) {
                    return false;
                }
                // What is written from here on is none of its business.
                held = inUse()
                        .filter(file -> file.keys().stream().anyMatch(isOfLog))
                        .map(file -> file.written(isOfLog))
                        .toList();
            }
        }
        JournalScan scan = new JournalScan(disk);
        for (JournalFile.Part part : held) {
            if (!scan.read(part) && part.isNeeded()) {
                throw new IOException(
                        "journal '" + part.file().path() + "' is damaged, which log '" + name + "' needs");
            }
        }
        Map<JournalKey, List<JournalEntry>> entries = scan.entries();
        entries.keySet().removeIf(isOfLog.negate());
        JournalCopy.write(disk, to, environment.random().getAsLong(), entries);
        forget(isOfLog);
        return true;
    }

    /// Whether so many files are full that they should be checkpointed.
    public synchronized boolean isLong() {
        return MAX_FULL_FILES <= full.size();
    }

    /// Files that are full and not free yet.
    public synchronized int fullFiles() {
        return full.size();
    }

    /// Takes nothing more; what was not flushed is not journaled. Waits for a write that is under way.
    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
        }
        synchronized (writer) {
            JournalFile file = current;
            try {
                if (file != null) {
                    file.close();
                }
            } catch (IOException e) {
                LOG.debug("journal '{}': {}", directory, e.getMessage());
            }
        }
    }
}
