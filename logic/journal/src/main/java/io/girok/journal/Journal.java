package io.girok.journal;

import io.girok.base.Disk;
import io.girok.base.PartitionName;
import io.girok.base.Shard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
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
public final class Journal implements AutoCloseable {
    /*
     * Files have slots, `girok-journal.1`, `girok-journal.2`, ..., and a number that grows with each use of a slot, so
     * that what an earlier use left behind is told from what counts. A file is free again when every partition in it is
     * saved beyond its entries there; files become free in the order of their numbers, and each group says which number
     * is the lowest in use, so that a scan passes over older ones.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final String PREFIX = "girok-journal.";
    /// So many full files ask for a checkpoint.
    private static final int MAX_FULL_FILES = 6;
    /// More free slots than that are removed.
    private static final int MAX_FREE_FILES = 8;

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
    /// @param pool where it writes; bounded
    /// @param random gives random numbers
    /// @param fileBytes about how long a file gets
    public record Environment(Disk disk, Executor pool, LongSupplier random, FullDisk fullDisk, long fileBytes) {}

    private final Environment environment;
    private final Disk disk;
    private final Path directory;
    private final Listener listener;
    /// What was found at the start, by partition, until it has been replayed.
    private final Map<JournalKey, List<JournalEntry>> left = new ConcurrentHashMap<>();

    /// Held by whoever writes, for as long as that takes.
    private final Object writer = new Object();
    // Guarded by this, which is never held while the disk works; `current` is changed by the writer only.
    private final ArrayDeque<JournalFile> full = new ArrayDeque<>();
    private final ArrayDeque<JournalFile> free = new ArrayDeque<>();
    private volatile @Nullable JournalFile current;
    private Group filling = new Group();
    private Group spare = new Group();
    private long highestNumber;
    private int slots;
    /// Whether the files that were there at the start were read.
    private boolean isRead;
    private boolean isWriting;
    private boolean isClosed;

    private Journal(Environment environment, Path directory, Listener listener) {
        this.environment = environment;
        this.disk = environment.disk();
        this.directory = directory;
        this.listener = listener;
    }

    /// Takes the journal in `directory` into use; there need not be one. Blocks.
    ///
    /// @param names of all files there
    /// @param isNeeded whether partitions may lack what it holds; otherwise that is passed over
    public static Journal open(Environment environment, Path directory, List<String> names, boolean isNeeded,
            Listener listener) throws IOException {
        Journal journal = new Journal(environment, directory, listener);
        journal.find(names.stream().filter(name -> name.startsWith(PREFIX)).toList(), isNeeded);
        return journal;
    }

    /// What the journal in `directory` holds of each partition, in order, without taking it into use. Blocks.
    public static Map<JournalKey, List<JournalEntry>> read(Disk disk, Path directory) throws IOException {
        JournalScan scan = new JournalScan(disk);
        for (String name : disk.list(directory)) {
            if (name.startsWith(PREFIX)) {
                scan.read(new JournalFile(disk, directory, name));
            }
        }
        return scan.entries();
    }

    private synchronized void find(List<String> names, boolean isNeeded) throws IOException {
        JournalScan scan = new JournalScan(disk);
        isRead = isNeeded;
        for (String name : names) {
            JournalFile file = new JournalFile(disk, directory, name);
            slots = Math.max(slots, slotOf(name));
            if (isNeeded) {
                scan.read(file);
            } else {
                file.found(JournalScan.use(disk, file.path()), 0);
                highestNumber = Math.max(highestNumber, file.number());
            }
            free.add(file);
        }
        List<JournalFile> inOrder = new ArrayList<>(free);
        inOrder.sort(Comparator.comparingLong(JournalFile::number));
        free.clear();
        free.addAll(inOrder);
        highestNumber = Math.max(highestNumber, scan.highestNumber());
        left.putAll(scan.entries());
        for (JournalScan.Found found : scan.inUse()) {
            free.remove(found.file());
            full.add(found.file());
            found.entries().forEach(read -> found.file().note(read.key(), read.entry().endOffset()));
        }
    }

    private static int slotOf(String name) {
        try {
            return Integer.parseInt(name.substring(PREFIX.length()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /// What the journal holds of a partition from before the start, in order; each entry may be in the log already.
    public List<JournalEntry> left(JournalKey key) {
        return left.getOrDefault(key, List.of());
    }

    /// The partitions that [#left] has something for.
    public List<JournalKey> leftKeys() {
        return List.copyOf(left.keySet());
    }

    /// What was left of the partition is in its log now.
    public void replayed(JournalKey key) {
        left.remove(key);
    }

    /// Adds to what the next [#flush] makes durable. The bytes are copied.
    ///
    /// @param client told when they are
    public synchronized void append(JournalKey key, JournalClient client, long baseOffset, long endOffset,
            ByteBuffer bytes) {
        if (!isClosed) {
            filling.add(key, client, baseOffset, endOffset, bytes);
        }
    }

    /// Notes that the log ends at `endOffset` now, whatever was appended before.
    public synchronized void cut(JournalKey key, long endOffset) {
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
        passOverUnread();
        if (isHeld(key)) {
            cut(key, 0);
            flushNow();
        }
    }

    private synchronized boolean isHeld(JournalKey key) {
        return files().anyMatch(file -> file.keys().contains(key));
    }

    /// Files that were not read at the start count again after a crash, until the first group says that they do not.
    private void passOverUnread() throws IOException {
        synchronized (writer) {
            if (current == null && hasUnread()) {
                IOException failure = write(new Group());
                if (failure != null) {
                    throw failure;
                }
            }
        }
    }

    private synchronized boolean hasUnread() {
        return !isRead && !free.isEmpty();
    }

    private Stream<JournalFile> files() {
        return Stream.of(Stream.ofNullable(current), full.stream(), free.stream()).flatMap(Function.identity());
    }

    /// As [#forget], durably: the logs of these partitions go, and they may come back to begin anew. Blocks.
    ///
    /// @throws IOException when the disk fails; on one that is full they are forgotten, but not durably: what goes must
    ///         not need room
    public void dismiss(Predicate<JournalKey> isGone) throws IOException {
        boolean isHeld;
        synchronized (this) {
            List<JournalKey> held = files().flatMap(file -> file.keys().stream()).filter(isGone).distinct().toList();
            held.forEach(key -> cut(key, 0));
            isHeld = !held.isEmpty();
        }
        try {
            passOverUnread();
            if (isHeld) {
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
            if (isWriting || isClosed) {
                return;
            }
            isWriting = true;
        }
        environment.pool().execute(this::writeAll);
    }

    /// As [#flush], and done when it returns. Blocks.
    ///
    /// @throws IOException when the disk is full, or fails
    public void flushNow() throws IOException {
        synchronized (writer) {
            for (Group group = next(false); group != null; group = next(false)) {
                IOException failure = write(group);
                if (failure != null) {
                    throw failure;
                }
            }
        }
    }

    private void writeAll() {
        synchronized (writer) {
            Group group = next(true);
            while (group != null) {
                var _ = write(group);
                group = next(true);
            }
        }
    }

    /// Answers why it was not written, null when it was; whoever waits has been told.
    private @Nullable IOException write(Group group) {
        IOException failure = null;
        try {
            put(group);
        } catch (IOException e) {
            failure = e;
        }
        if (failure == null || environment.fullDisk().isFull(failure)) {
            tell(group, failure == null);
            takeBack(group, failure == null);
        } else {
            fail(failure);
        }
        return failure;
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

    /// Null when there is nothing more to write.
    ///
    /// @param isScheduled whether the caller is the one that [#flush] has scheduled, which ends then
    private @Nullable Group next(boolean isScheduled) {
        synchronized (this) {
            if (!isClosed && !filling.isEmpty()) {
                Group group = filling;
                filling = spare;
                return group;
            }
            isWriting &= !isScheduled;
            return null;
        }
    }

    private synchronized void takeBack(Group group, boolean isWritten) {
        if (!isWritten) {
            filling.addGaps(group);
        }
        group.clear();
        spare = group;
    }

    private void put(Group group) throws IOException {
        JournalFile file = fileFor(group.sizeInBytes());
        ByteBuffer bytes;
        long lowestInUse;
        synchronized (this) {
            lowestInUse = full.isEmpty() ? file.number() : full.getFirst().number();
            bytes = group.seal(file.use(), lowestInUse);
            // Before it is written: a group that fails may be on the disk all the same.
            file.note(group.ends());
        }
        file.write(bytes);
        removeSurplus(lowestInUse);
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
            next = free.pollFirst();
            if (next == null) {
                slots++;
                next = new JournalFile(disk, directory, PREFIX + slots);
            }
            highestNumber++;
            next.reuse(new JournalFile.Use(highestNumber, environment.random().getAsLong()));
            current = next;
            isLong = MAX_FULL_FILES <= full.size();
        }
        if (isLong) {
            listener.onFull().run();
        }
        return next;
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
        while (!full.isEmpty() && isSaved(full.getFirst(), savedUpTo)) {
            free.addLast(full.removeFirst());
        }
    }

    private static boolean isSaved(JournalFile file, ToLongFunction<JournalKey> savedUpTo) {
        Iterator<Map.Entry<JournalKey, Long>> ends = file.ends().entrySet().iterator();
        while (ends.hasNext()) {
            Map.Entry<JournalKey, Long> end = ends.next();
            if (savedUpTo.applyAsLong(end.getKey()) < end.getValue()) {
                return false;
            }
            ends.remove();
        }
        return true;
    }

    /// Forgets what the journal holds of the partitions that `isGone` tells of: nobody will ask for it.
    public synchronized void forget(Predicate<JournalKey> isGone) {
        left.keySet().removeIf(isGone);
        for (JournalFile file : full) {
            file.ends().keySet().removeIf(isGone);
        }
        JournalFile last = current;
        if (last != null) {
            last.ends().keySet().removeIf(isGone);
        }
    }

    /// As [#forget], of all partitions of that name.
    public void forget(PartitionName name) {
        forget(key -> key.name().equals(name));
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
