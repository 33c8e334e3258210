package io.girok.broker;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.PartitionName;
import io.girok.files.FileNames;
import io.girok.log.LogDirectory;
import io.girok.log.PartitionStore;
import io.girok.replication.ByteRate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

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
/// Once the rate is used up, the copying pauses where it is, and goes on there when it is asked to; the rest of a
/// closed log does not, since clients wait for it.
public final class ReplicaMove {
    private static final int BUFFER_BYTES = 1024 * 1024;
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
    private final AtomicLong bytes = new AtomicLong();
    private final ByteRate rate;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private String growing = "";
    /// As of the last round.
    private int cuts;
    private @Nullable Begun begun;
    private volatile boolean isCancelled;

    /// What a file was when it was copied.
    private record Copied(long size, long modifiedMs) {}

    /// A file of which the beginning is copied, to `end`.
    ///
    /// @param file what it was when that was begun
    private record Begun(String name, Copied file, boolean isGrowing, long end) {}

    ReplicaMove(PartitionName name, LogDirectory from, LogDirectory to, ByteRate rate) {
        this.name = name;
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

    /// Whether there is more to copy, for which the rate had nothing left.
    boolean isPaused() {
        return begun != null;
    }

    /// Copies what was not copied yet or has changed, of a log that is in use; answers how many bytes those were.
    /// Blocks, but not for the rate.
    ///
    /// @param tail what is beyond may be half a batch, or be taken back
    long copyBelow(PartitionStore.Tail tail) {
        try {
            beginAnewIfCut(tail.cuts());
            return copy(tail);
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
            begun = null;
            growing = "";
            bytes.set(0);
        }
    }

    private long copy(PartitionStore.@Nullable Tail tail) throws IOException {
        if (!disk.isDirectory(source)) {
            return 0;
        }
        disk.createDirectories(future);
        List<String> files = disk.list(source).stream().filter(file -> tail == null || isDue(file, tail)).toList();
        String active = files.stream().filter(file -> file.endsWith(LOG)).max(String::compareTo).orElse("");
        long before = bytes.get();
        Begun left = begun;
        if (left != null && !files.contains(left.name)) {
            disk.delete(future.resolve(left.name));
            begun = null;
        }
        for (String file : files) {
            boolean isActive = file.equals(active);
            long maxBytes = isActive && tail != null ? tail.sizeInBytes() : Long.MAX_VALUE;
            Part part = new Part(file, tail == null && !file.endsWith(LOG), isActive, maxBytes, tail != null);
            if (!copyPart(part)) {
                return bytes.get() - before;
            }
            growing = isActive ? file : growing;
        }
        growing = active;
        forget(files);
        return bytes.get() - before;
    }

    /// Not what passes, and no segment that came after the tail.
    private static boolean isDue(String file, PartitionStore.Tail tail) {
        OptionalLong base = FileNames.offset(file, LOG);
        return PASSING.stream().noneMatch(file::endsWith) && (base.isEmpty() || base.getAsLong() <= tail.baseOffset());
    }

    /// Removes the copies of what is not there any more.
    private void forget(List<String> files) throws IOException {
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
    /// @param mayPause whether the copying ends when the rate is used up
    private record Part(String file, boolean isForced, boolean isActive, long maxBytes, boolean mayPause) {}

    /// False when it has paused.
    private boolean copyPart(Part part) throws IOException {
        Path path = source.resolve(part.file);
        Begun left = begun;
        if (!disk.exists(path)) {
            // Gone meanwhile: what took its place comes with the next round.
            return true;
        }
        Copied now = new Copied(Math.min(disk.size(path), part.maxBytes), disk.lastModifiedMs(path));
        Copied before = copied.get(part.file);
        if (now.equals(before) && !part.isForced) {
            return true;
        }
        long begin = beginOf(part, now, before, left != null && left.name.equals(part.file) ? left : null);
        long end;
        try (DiskFile in = disk.open(path, Disk.Access.READ);
                DiskFile out = disk.open(future.resolve(part.file), Disk.Access.WRITE)) {
            out.truncate(begin);
            end = copy(in, out, new Range(begin, now.size), part.mayPause);
            out.sync();
        }
        if (end < now.size) {
            begun = new Begun(part.file, now, part.isActive, end);
            return false;
        }
        begun = null;
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
            if (mayPause && rate.isUsedUp()) {
                break;
            }
            buffer.clear().limit((int) Math.min(BUFFER_BYTES, range.end - position));
            int count = in.read(buffer, position);
            if (count <= 0) {
                throw new IOException("'" + source + "' has become shorter than " + range.end
                        + " bytes while it was read");
            }
            out.write(buffer.flip(), position);
            rate.count(count);
            position += count;
        }
        return position;
    }

    /// Puts the copy in its place, and the log it was made of out of it. The log is closed and all of it is copied.
    /// Blocks.
    void finish() throws IOException {
        if (disk.isDirectory(future)) {
            disk.syncDirectory(future);
            to.arrivals().adopt(name, future, from);
        }
        from.delete(name);
    }

    /// Removes the copy.
    void discard() {
        to.arrivals().discard(future);
    }
}
