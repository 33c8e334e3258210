package io.girok.base.simulated;

import io.girok.base.Clock;
import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.DiskFull;
import io.girok.base.Invariant;
import io.girok.base.SyncFailed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A disk in memory that forgets at a crash what was not synced, fails where told, and fills up. Thread-safe.
///
/// It is as unkind as a real one may be: a file's name is lost at a crash unless its directory was synced, whatever was
/// synced of its content; a sync that fails loses what it was for, also when the next one succeeds.
public final class MemoryDisk implements Disk {
    private static final Path ROOT = Path.of("/");

    private final Clock clock;
    private int crashes;
    private final MemoryTree tree = new MemoryTree();
    private final Set<Path> locks = new HashSet<>();
    private final List<PlantedFault> faults = new ArrayList<>();
    private final Map<DiskOperation, Integer> counts = new EnumMap<>(DiskOperation.class);
    private long capacityBytes = Long.MAX_VALUE;
    private long usedBytes;
    private long readBytes;
    private boolean syncsFileSystems = true;
    private int openHandles;
    private int endedProcesses;

    /// A disk where the time stands still.
    public MemoryDisk() {
        this(new ManualClock());
    }

    /// @param clock tells when a file changed
    public MemoryDisk(Clock clock) {
        this.clock = clock;
    }

    /// Sets what fits on the disk; less than what is used already means full.
    public synchronized void setCapacity(long bytes) {
        capacityBytes = bytes;
    }

    /// Whether there is a call that syncs all of a file system; there is at first.
    public synchronized void setSyncsFileSystems(boolean doesIt) {
        syncsFileSystems = doesIt;
    }

    public synchronized void plant(DiskFault fault) {
        faults.add(new PlantedFault(fault));
    }

    public synchronized void removeFaults() {
        faults.clear();
    }

    /// The process that used the disk is gone, and the machine goes on: every open file and lock is gone, and nothing
    /// that was written.
    public synchronized void endProcess() {
        endedProcesses++;
        openHandles = 0;
        locks.clear();
    }

    /// Pulls the plug: every open file and lock is gone, and of what was not synced `random` decides what is left.
    public synchronized void crash(RandomGenerator random) {
        endProcess();
        crashes++;
        tree.crash(random);
        usedBytes = tree.files().stream().mapToLong(file -> file.content.size()).sum();
    }

    @Override
    public synchronized String machineRun() {
        return "run " + crashes;
    }

    /// Makes everything durable, as time does.
    public synchronized void syncAll() {
        tree.syncAll();
    }

    /// Flips bits of a byte of a file, on the platter too.
    public synchronized void corrupt(Path path, long position, int mask) throws IOException {
        file(path).content.flip(Math.toIntExact(position), mask);
    }

    public synchronized int openHandles() {
        return openHandles;
    }

    public synchronized long usedBytes() {
        return usedBytes;
    }

    /// How many bytes were read from files so far.
    public synchronized long readBytes() {
        return readBytes;
    }

    /// How often something was asked for, failures included.
    public synchronized int count(DiskOperation operation) {
        return counts.getOrDefault(operation, 0);
    }

    @Override
    public synchronized DiskFile open(Path path, Access access) throws IOException {
        Path file = absolute(path);
        attempt(DiskOperation.OPEN, file);
        MemoryTree.Node node = tree.find(file);
        if (node instanceof MemoryTree.Directory) {
            throw new IOException("'" + file + "' is a directory");
        }
        if (node == null) {
            if (access == Access.READ) {
                throw new NoSuchFileException(file.toString());
            }
            MemoryTree.File created = new MemoryTree.File();
            created.modifiedMs = clock.wallMs();
            tree.put(parent(file), name(file), created);
            return new Handle(file, created, true);
        }
        if (access == Access.CREATE) {
            throw new FileAlreadyExistsException(file.toString());
        }
        return new Handle(file, (MemoryTree.File) node, access != Access.READ);
    }

    @Override
    public synchronized List<String> list(Path path) throws IOException {
        Path directory = absolute(path);
        attempt(DiskOperation.LIST, directory);
        return directory(directory).names();
    }

    @Override
    public synchronized boolean exists(Path path) {
        return tree.find(absolute(path)) != null;
    }

    @Override
    public synchronized boolean isDirectory(Path path) {
        return tree.find(absolute(path)) instanceof MemoryTree.Directory;
    }

    @Override
    public synchronized long size(Path path) throws IOException {
        Path file = absolute(path);
        attempt(DiskOperation.SIZE, file);
        return file(file).content.size();
    }

    @Override
    public synchronized long lastModifiedMs(Path path) throws IOException {
        Path file = absolute(path);
        attempt(DiskOperation.SIZE, file);
        return file(file).modifiedMs;
    }

    @Override
    public synchronized void createDirectories(Path path) throws IOException {
        Path directory = absolute(path);
        attempt(DiskOperation.CREATE_DIRECTORIES, directory);
        Path done = ROOT;
        for (Path name : directory) {
            Path child = done.resolve(name);
            MemoryTree.Node node = tree.find(child);
            if (node instanceof MemoryTree.File) {
                throw new FileAlreadyExistsException(child.toString());
            }
            if (node == null) {
                tree.put(directory(done), name.toString(), new MemoryTree.Directory());
            }
            done = child;
        }
    }

    @Override
    public synchronized void rename(Path fromPath, Path toPath) throws IOException {
        Path from = absolute(fromPath);
        Path to = absolute(toPath);
        attempt(DiskOperation.RENAME, from);
        MemoryTree.Node node = tree.find(from);
        if (node == null) {
            throw new NoSuchFileException(from.toString());
        }
        MemoryTree.Node replaced = tree.find(to);
        if (replaced == node) {
            return;
        }
        if (replaced instanceof MemoryTree.Directory directory && !directory.isEmpty()) {
            throw new DirectoryNotEmptyException(to.toString());
        }
        if (replaced != null && replaced.getClass() != node.getClass()) {
            throw new FileAlreadyExistsException(to.toString());
        }
        tree.move(parent(from), name(from), parent(to), name(to), node);
        unlink(replaced);
    }

    @Override
    public synchronized boolean delete(Path path) throws IOException {
        Path target = absolute(path);
        attempt(DiskOperation.DELETE, target);
        MemoryTree.Node node = tree.find(target);
        if (node == null) {
            return false;
        }
        if (node instanceof MemoryTree.Directory directory && !directory.isEmpty()) {
            throw new DirectoryNotEmptyException(target.toString());
        }
        tree.remove(parent(target), name(target));
        unlink(node);
        return true;
    }

    @Override
    public synchronized void syncDirectory(Path path) throws IOException {
        Path directory = absolute(path);
        attempt(DiskOperation.OPEN_DIRECTORY, directory);
        attempt(DiskOperation.SYNC_DIRECTORY, directory);
        MemoryTree.Node node = tree.find(directory);
        if (!(node instanceof MemoryTree.Directory found)) {
            throw new NoSuchFileException(directory.toString());
        }
        tree.sync(found);
    }

    @Override
    public synchronized boolean syncFileSystem(Path path) throws IOException {
        Path directory = absolute(path);
        attempt(DiskOperation.SYNC_FILE_SYSTEM, directory);
        directory(directory);
        if (!syncsFileSystems) {
            return false;
        }
        tree.syncAll();
        return true;
    }

    @Override
    public synchronized long usableBytes(Path path) throws IOException {
        attempt(DiskOperation.SPACE, path);
        if (tree.find(absolute(path)) == null) {
            throw new NoSuchFileException(path.toString());
        }
        return Math.max(0, capacityBytes - usedBytes);
    }

    @Override
    public synchronized long totalBytes(Path path) throws IOException {
        if (tree.find(absolute(path)) == null) {
            throw new NoSuchFileException(path.toString());
        }
        return capacityBytes;
    }

    @Override
    public synchronized Optional<AutoCloseable> tryLock(Path path) throws IOException {
        Path file = absolute(path);
        attempt(DiskOperation.OPEN, file);
        if (tree.find(file) == null) {
            tree.put(parent(file), name(file), new MemoryTree.File());
        }
        if (!locks.add(file)) {
            return Optional.empty();
        }
        int lockedAt = endedProcesses;
        return Optional.of(() -> unlock(file, lockedAt));
    }

    private synchronized void unlock(Path file, int lockedAt) {
        if (lockedAt == endedProcesses) {
            locks.remove(file);
        }
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private MemoryTree.Directory parent(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent == null || !(tree.find(parent) instanceof MemoryTree.Directory directory)) {
            throw new NoSuchFileException(path.toString());
        }
        return directory;
    }

    private MemoryTree.Directory directory(Path path) throws IOException {
        return switch (tree.find(path)) {
            case MemoryTree.Directory directory -> directory;
            case MemoryTree.File file -> throw new NotDirectoryException(path.toString());
            case null -> throw new NoSuchFileException(path.toString());
        };
    }

    private MemoryTree.File file(Path path) throws IOException {
        return switch (tree.find(absolute(path))) {
            case MemoryTree.File file -> file;
            case MemoryTree.Directory directory -> throw new IOException("'" + path + "' is a directory");
            case null -> throw new NoSuchFileException(path.toString());
        };
    }

    private void unlink(MemoryTree.@Nullable Node node) {
        if (node instanceof MemoryTree.File file) {
            file.isLinked = false;
            freeIfUnused(file);
        }
    }

    private void freeIfUnused(MemoryTree.File file) {
        if (!file.isLinked && file.handles == 0) {
            usedBytes -= file.content.size();
        }
    }

    /// Counts an operation; throws when a fault is planted that it is the turn of.
    private void attempt(DiskOperation operation, Path path) throws IOException {
        PlantedFault fault = dueFault(operation, path);
        if (fault != null) {
            throw fault.exception(path);
        }
    }

    private @Nullable PlantedFault dueFault(DiskOperation operation, Path path) {
        counts.merge(operation, 1, Integer::sum);
        PlantedFault due = null;
        for (PlantedFault fault : faults) {
            if (fault.isDue(operation, path)) {
                due = fault;
            }
        }
        return due;
    }

    /// A fault and how many of its operations it has seen.
    private static final class PlantedFault {
        private final DiskFault fault;
        private int seen;

        PlantedFault(DiskFault fault) {
            this.fault = fault;
        }

        boolean isDue(DiskOperation operation, Path path) {
            if (operation != fault.operation() || !fault.paths().test(path)) {
                return false;
            }
            seen++;
            return seen == fault.nth() || (fault.isLasting() && fault.nth() < seen);
        }

        IOException exception(Path path) {
            String message = "planted failure: " + fault.operation() + " of '" + path + "'";
            return switch (fault.operation()) {
                case SYNC, SYNC_DIRECTORY, SYNC_FILE_SYSTEM -> new SyncFailed(message, null);
                default -> fault.isForWantOfRoom() ? new DiskFull(message) : new IOException(message);
            };
        }
    }

    /// An open file; of no use any more after a crash.
    private final class Handle implements DiskFile {
        private final Path path;
        private final MemoryTree.File file;
        private final boolean isWritable;
        private final int openedAt = endedProcesses;
        private boolean isOpen = true;

        Handle(Path path, MemoryTree.File file, boolean isWritable) {
            this.path = path;
            this.file = file;
            this.isWritable = isWritable;
            file.handles++;
            openHandles++;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            synchronized (MemoryDisk.this) {
                checkOpen();
                attempt(DiskOperation.READ, path);
                int count = file.content.read(into, position);
                readBytes += count;
                return count;
            }
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            synchronized (MemoryDisk.this) {
                checkWritable();
                if (Integer.MAX_VALUE - 64 < position + from.remaining()) {
                    throw new IOException("'" + path + "' would be larger than memory can hold");
                }
                int wanted = from.remaining();
                PlantedFault fault = dueFault(DiskOperation.WRITE, path);
                int allowed = fault == null ? wanted : Math.min(wanted, fault.fault.bytesBefore());
                int count = (int) Math.clamp(capacityBytes - usedBytes + file.content.size() - position, 0L, allowed);
                count = Math.max(count, (int) Math.clamp(file.content.size() - position, 0L, allowed));
                put(from, count, (int) position);
                if (fault != null) {
                    throw fault.exception(path);
                }
                if (count < wanted) {
                    throw new DiskFull("write at position " + (position + count) + " of '" + path
                            + "' failed: No space left on device");
                }
            }
        }

        private void put(ByteBuffer from, int count, int position) {
            if (count == 0) {
                return;
            }
            int before = file.content.size();
            file.modifiedMs = clock.wallMs();
            file.content.write(from, count, position);
            usedBytes += file.content.size() - before;
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
            ByteBuffer bytes;
            synchronized (MemoryDisk.this) {
                checkOpen();
                attempt(DiskOperation.READ, path);
                bytes = ByteBuffer.allocate((int) Math.clamp(file.content.size() - position, 0L, count));
                file.content.read(bytes, position);
            }
            return target.write(bytes.flip());
        }

        @Override
        public long size() throws IOException {
            synchronized (MemoryDisk.this) {
                checkOpen();
                attempt(DiskOperation.SIZE, path);
                return file.content.size();
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (MemoryDisk.this) {
                checkWritable();
                Invariant.check(0 <= size, "a file is not cut to less than nothing");
                attempt(DiskOperation.TRUNCATE, path);
                int before = file.content.size();
                file.modifiedMs = clock.wallMs();
                file.content.truncate((int) Math.min(size, before));
                usedBytes += file.content.size() - before;
            }
        }

        @Override
        public void sync() throws IOException {
            synchronized (MemoryDisk.this) {
                checkOpen();
                PlantedFault fault = dueFault(DiskOperation.SYNC, path);
                if (fault != null) {
                    file.content.failSync();
                    throw fault.exception(path);
                }
                file.content.sync();
            }
        }

        @Override
        public void close() {
            synchronized (MemoryDisk.this) {
                if (isOpen && openedAt == endedProcesses) {
                    openHandles--;
                    file.handles--;
                    freeIfUnused(file);
                }
                isOpen = false;
            }
        }

        @Override
        public String toString() {
            return path.toString();
        }

        private void checkOpen() throws IOException {
            if (!isOpen) {
                throw new IOException("'" + path + "' is closed");
            }
            if (openedAt != endedProcesses) {
                throw new IOException("'" + path + "' was opened before the disk crashed");
            }
        }

        private void checkWritable() throws IOException {
            checkOpen();
            if (!isWritable) {
                throw new IOException("'" + path + "' is open for reading only");
            }
        }
    }
}
