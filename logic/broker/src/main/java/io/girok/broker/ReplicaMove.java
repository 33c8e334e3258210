package io.girok.broker;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.PartitionId;
import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.files.FileNames;
import io.girok.files.SegmentFiles;
import io.girok.files.StorageFailed;
import io.girok.log.LogDirectory;
import io.girok.log.PartitionStore;
import io.girok.replication.ByteRate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Copies a log from one log directory to another while it is written to (KIP-113). Used by one thread at a time.
///
/// ```
/// copy the closed segments ─▶ copy what came meanwhile, until it is little ─▶ close the log ─▶ the rest ─▶ in place
///                                                                      clients are told to ask again
/// ```
///
/// Until the copy is in place it lies in a directory of its own, `<topic>-<partition>.<id>-future`, which a start
/// removes: then the log is where it was.
///
/// Once the rate is used up, or its turn has lasted long enough, the copying pauses where it is, and goes on there when
/// it is asked to; the rest of a closed log does not, since clients wait for it.
///
/// It ends where it would leave less of the other directory's disk than clients must (`log.dir.min.free.bytes`).
public final class ReplicaMove {
    private static final Logger LOGGER = LoggerFactory.getLogger(ReplicaMove.class);
    /// After so many buffers others have their turn in the pool.
    private static final int TURN_BUFFERS = 16;
    private static final String LOG = ".log";
    /// What a swap or a deletion leaves for a moment; at the end it is copied too, and the next opening deals with it.
    private static final List<String> PASSING = List.of(".deleted", ".cleaned", ".swap", ".tmp");

    private final PartitionName name;
    private final LogDirectory from;
    private final LogDirectory to;
    private final Disk disk;
    private final Path source;
    private final Path future;
    private final Map<String, Copied> copied = new HashMap<>();
    private final Map<String, Begun> begun = new HashMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private final ByteRate rate;
    private final ByteBuffer buffer;
    private String growing = "";
    /// As of the last round.
    private int cuts;
    private boolean isRoomChecked;
    private boolean isPaused;
    private long leftOfTurn;
    /// Up to where the turns go that follow; null when they go as far as the log has come by then.
    private PartitionStore.@Nullable Tail round;
    private long copiedInRound;
    private volatile boolean isCancelled;

    /// What a file was when it was copied.
    private record Copied(long size, long modifiedMs) {}

    /// A file of which the beginning is copied, to `end`.
    ///
    /// @param file what it was when that was begun
    private record Begun(Copied file, boolean isGrowing, long end) {}

    /// @param buffer what is copied goes through it
    ReplicaMove(PartitionName name, LogDirectory from, LogDirectory to, ByteRate rate, ByteBuffer buffer) {
        this.name = name;
        this.buffer = buffer;
        this.rate = rate;
        this.from = from;
        this.to = to;
        this.disk = from.disk();
        this.source = FileNames.directory(from.path(), name);
        this.future = to.arrivals().futurePathOf(name);
    }

    public PartitionName name() {
        return name;
    }

    LogDirectory from() {
        return from;
    }

    public LogDirectory to() {
        return to;
    }

    /// The bytes of the copy. From any thread.
    public long sizeInBytes() {
        return bytes.get();
    }

    /// The copy is not wanted any more: what runs ends soon. From any thread.
    void cancel() {
        isCancelled = true;
    }

    boolean isCancelled() {
        return isCancelled;
    }

    /// Whether there is more to copy, for which the rate, or its turn, had nothing left.
    boolean isPaused() {
        return isPaused;
    }

    /// Copies what was not copied yet or has changed, of a log that is in use; answers how many bytes those were, in
    /// the turns before as well that have paused for nothing but others. Blocks, but neither for the rate nor for long.
    ///
    /// @param tail what is beyond may be half a batch, or be taken back
    long copyBelow(PartitionStore.Tail tail) {
        try {
            beginAnewIfCut(tail.cuts());
            leftOfTurn = (long) TURN_BUFFERS * buffer.capacity();
            // With a goal that moves on with the log, turns would never end while it grows faster than it is copied.
            PartitionStore.Tail goal = round == null ? tail : round;
            copiedInRound = (round == null ? 0 : copiedInRound) + copy(new Extent(goal, tail));
            round = isPaused && leftOfTurn <= 0 ? goal : null;
            return copiedInRound;
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    /// As [#copyBelow], of a log that is closed, so that nothing changes any more.
    ///
    /// @param timesCut how often it was cut until it was closed
    void copyRest(int timesCut) throws IOException {
        beginAnewIfCut(timesCut);
        copy(null);
    }

    /// What is longer than it was when it was copied need not have grown only, if the log was cut in between.
    private void beginAnewIfCut(int timesCut) {
        if (timesCut != cuts) {
            cuts = timesCut;
            copied.clear();
            begun.clear();
            round = null;
            growing = "";
            bytes.set(0);
        }
    }

    /// How much of a log in use is copied.
    ///
    /// @param goal nothing beyond
    /// @param tail where the log is by now: only the segment that is written to there has what it had
    private record Extent(PartitionStore.Tail goal, PartitionStore.Tail tail) {
        /// Not what passes, and nothing of what came after the goal. The indexes of the segment that is written to
        /// change all the time, and are copied at the end.
        boolean has(String file) {
            return PASSING.stream().noneMatch(file::endsWith)
                    && offset(file, LOG) <= goal.baseOffset()
                    && FileNames.INDEXES.stream().allMatch(ending -> offset(file, ending) < goal.baseOffset());
        }

        /// Less than any if there is none in the name.
        private static long offset(String file, String ending) {
            return FileNames.offset(file, ending).orElse(-1);
        }
    }

    /// @param extent null for all of a closed log
    private long copy(@Nullable Extent extent) throws IOException {
        isPaused = false;
        if (!disk.isDirectory(source)) {
            return 0;
        }
        disk.createDirectories(future);
        List<String> files = disk.list(source).stream().filter(file -> extent == null || extent.has(file)).toList();
        String active = extent == null
                ? files.stream().filter(file -> file.endsWith(LOG)).max(String::compareTo).orElse("")
                : FileNames.of(extent.tail.baseOffset(), LOG);
        checkRoom(files);
        long before = bytes.get();
        for (String file : files) {
            boolean isActive = file.equals(active);
            long maxBytes = isActive && extent != null ? extent.goal.sizeInBytes() : Long.MAX_VALUE;
            Part part = new Part(file, extent == null && !file.endsWith(LOG), isActive, maxBytes, extent != null);
            if (!copyPart(part)) {
                isPaused = true;
                return bytes.get() - before;
            }
            growing = isActive ? file : growing;
        }
        growing = active;
        forget(files);
        return bytes.get() - before;
    }

    /// What cannot go well is not begun.
    private void checkRoom(List<String> files) throws IOException {
        if (!isRoomChecked) {
            long size = 0;
            for (String file : files) {
                size += SegmentFiles.sizeUnlessGone(disk, source.resolve(file));
            }
            to.arrivals().checkRoomFor(size);
            isRoomChecked = true;
        }
    }

    /// Removes the copies of what is not there any more.
    private void forget(List<String> files) throws IOException {
        for (var parts = begun.keySet().iterator(); parts.hasNext();) {
            String part = parts.next();
            if (!files.contains(part)) {
                disk.delete(future.resolve(part));
                parts.remove();
            }
        }
        for (var copies = copied.entrySet().iterator(); copies.hasNext();) {
            Map.Entry<String, Copied> copy = copies.next();
            if (!files.contains(copy.getKey())) {
                disk.delete(future.resolve(copy.getKey()));
                bytes.addAndGet(-copy.getValue().size);
                copies.remove();
            }
        }
    }

    /// A file that is due.
    ///
    /// @param isForced whether it is copied even if it looks as it did: in a millisecond it may have changed
    /// @param isActive whether it is only added to
    /// @param maxBytes of the file that count
    /// @param mayPause whether the copying ends when the rate, or its turn, is used up
    private record Part(String file, boolean isForced, boolean isActive, long maxBytes, boolean mayPause) {}

    /// False when it has paused.
    private boolean copyPart(Part part) throws IOException {
        Path path = source.resolve(part.file);
        try {
            return copyPart(part, path);
        } catch (NoSuchFileException e) {
            if (!disk.exists(path)) {
                // Gone meanwhile: what took its place comes with the next round.
                return true;
            }
            throw e;
        }
    }

    private boolean copyPart(Part part, Path path) throws IOException {
        Begun left = begun.get(part.file);
        Copied now = new Copied(Math.min(disk.size(path), part.maxBytes), disk.lastModifiedMs(path));
        Copied before = copied.get(part.file);
        if (now.equals(before) && left == null && !part.isForced) {
            return true;
        }
        long begin = beginOf(part, now, before, left);
        long end;
        try (DiskFile in = disk.open(path, Disk.Access.READ);
                DiskFile out = disk.open(future.resolve(part.file), Disk.Access.WRITE)) {
            out.truncate(begin);
            end = copy(in, out, new Range(begin, now.size), part.mayPause);
            out.sync();
        }
        if (end < now.size) {
            begun.put(part.file, new Begun(now, part.isActive, end));
            return false;
        }
        begun.remove(part.file);
        copied.put(part.file, now);
        bytes.addAndGet(now.size - (before == null ? 0 : before.size));
        return true;
    }

    private long beginOf(Part part, Copied now, @Nullable Copied before, @Nullable Begun beginning) {
        if (beginning != null && beginning.end <= now.size
                && (now.equals(beginning.file) || (part.isActive && beginning.isGrowing))) {
            return beginning.end;
        }
        return before != null && before.size <= now.size && part.isActive && part.file.equals(growing)
                ? before.size
                : 0;
    }

    private record Range(long begin, long end) {}

    /// Answers the end of what was copied.
    private long copy(DiskFile in, DiskFile out, Range range, boolean mayPause) throws IOException {
        long position = range.begin;
        while (position < range.end) {
            if (isCancelled) {
                throw new IOException("the move of '" + name + "' to '" + to.path() + "' was called off");
            }
            if (mayPause && (leftOfTurn <= 0 || rate.isUsedUp())) {
                break;
            }
            buffer.clear().limit((int) Math.min(buffer.capacity(), range.end - position));
            int count = in.read(buffer, position);
            if (count <= 0) {
                throw new IOException("'" + source + "' has become shorter than " + range.end
                        + " bytes while it was read");
            }
            to.arrivals().checkRoomFor(count);
            out.write(buffer.flip(), position);
            to.arrivals().wrote(count);
            rate.count(count);
            leftOfTurn -= count;
            position += count;
        }
        return position;
    }

    /// Puts the copy in its place, and the log it was made of out of it. The log is closed and all of it is copied.
    /// Blocks.
    ///
    /// Once the copy is in its place the log goes on there, whatever becomes of the directory that it has left, which
    /// knows of it. A crash in between leaves both.
    void finish(TopicId topic) throws IOException {
        from.departures().announce(name, topic, to);
        PartitionId id = new PartitionId(topic, name.index());
        try {
            if (disk.isDirectory(future)) {
                disk.syncDirectory(future);
                to.arrivals().adopt(name, future, from);
            }
            to.departures().forget(id);
        } catch (IOException | StorageFailed e) {
            from.departures().forget(id);
            throw e;
        }
        try {
            from.departures().leave(name, topic);
        } catch (StorageFailed e) {
            LOGGER.warn("log '{}' is in '{}' now, and is left in '{}' as well, until a start sets it aside: {}", name,
                    to.path(), from.path(), e.getMessage());
        }
    }

    /// Removes the copy.
    void discard() {
        to.arrivals().discard(future);
    }
}
