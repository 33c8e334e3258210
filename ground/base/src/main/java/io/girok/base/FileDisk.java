package io.girok.base;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The machine's file system. Thread-safe.
///
/// An open file is a [FileChannel], which the JDK closes for everybody when a thread that waits in it is interrupted.
/// Never interrupt a thread that may be reading, writing or syncing: pools that do disk work are stopped by ending
/// their queue (`shutdown`), not by `shutdownNow`.
public final class FileDisk implements Disk {
    /// Of Linux; other systems have none.
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    /// ENOSPC, which also says that there are no inodes left, and EDQUOT, where the locale is an English one.
    private static final List<String> FULL = List.of("No space left on device", "Disk quota exceeded");

    @Override
    public DiskFile open(Path file, Access access) throws IOException {
        Set<? extends OpenOption> options = switch (access) {
            case READ -> Set.of(StandardOpenOption.READ);
            case WRITE -> Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
            case CREATE -> Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        };
        try {
            return new OpenFile(file, FileChannel.open(file, options));
        } catch (FileSystemException e) {
            throw classified(e);
        }
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> String.valueOf(entry.getFileName())).sorted().toList();
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return Files.isDirectory(path);
    }

    @Override
    public long size(Path file) throws IOException {
        return Files.size(file);
    }

    @Override
    public long lastModifiedMs(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toMillis();
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
        } catch (FileSystemException e) {
            throw classified(e);
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (FileSystemException e) {
            throw classified(e);
        }
    }

    @Override
    public boolean delete(Path path) throws IOException {
        return Files.deleteIfExists(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new NoSuchFileException(directory.toString());
        }
        // One that cannot be opened, for want of a descriptor, was not synced, and nothing is lost with that.
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            sync(channel, directory);
        }
    }

    private static void sync(FileChannel channel, Path directory) throws SyncFailed {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw syncFailed("sync of directory", directory, e);
        }
    }

    /// One system call; the file store, which also reads the table of mounts, is asked only where 0 may mean that the
    /// call has failed.
    @Override
    public boolean syncFileSystem(Path directory) throws IOException {
        Optional<FileSystemSync> sync = FileSystemSyncHolder.SYNC;
        if (sync.isEmpty()) {
            return false;
        }
        sync.get().sync(directory);
        return true;
    }

    /// Found when it is first needed, since finding it takes longer than most starts of a broker have time.
    private static final class FileSystemSyncHolder {
        static final Optional<FileSystemSync> SYNC = FileSystemSync.find();
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        long usable = path.toFile().getUsableSpace();
        if (0 < usable) {
            return usable;
        }
        try {
            return Files.getFileStore(path).getUsableSpace();
        } catch (IOException e) {
            throw failed("look-up of the free space at", path, e);
        }
    }

    @Override
    public long totalBytes(Path path) throws IOException {
        try {
            return Files.getFileStore(path).getTotalSpace();
        } catch (IOException e) {
            throw failed("look-up of the size of the disk at", path, e);
        }
    }

    @Override
    public String machineRun() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public Optional<AutoCloseable> tryLock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        boolean locked = false;
        try {
            FileLock lock = channel.tryLock();
            locked = lock != null;
            return locked ? Optional.of(channel) : Optional.empty();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed("lock of", file, e);
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    private static IOException failed(String action, Path path, IOException cause) {
        String message = action + " '" + path + "' failed: " + describe(cause);
        return isFull(cause) ? new DiskFull(message, cause) : new IOException(message, cause);
    }

    private static SyncFailed syncFailed(String action, Path path, IOException cause) {
        return new SyncFailed(action + " '" + path + "' failed: " + describe(cause), cause);
    }

    private static IOException classified(FileSystemException cause) {
        return isFull(cause) ? new DiskFull(describe(cause), cause) : cause;
    }

    /// By the text, which is all that the JDK passes on of the error's number.
    private static boolean isFull(IOException cause) {
        String message = describe(cause);
        return FULL.stream().anyMatch(message::contains);
    }

    private static String describe(IOException cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    /// A file channel whose errors name the file and the position.
    private static final class OpenFile implements DiskFile {
        private final Path path;
        private final FileChannel channel;

        OpenFile(Path path, FileChannel channel) {
            this.path = path;
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            int total = 0;
            try {
                while (into.hasRemaining()) {
                    int count = channel.read(into, position + total);
                    if (count < 0) {
                        break;
                    }
                    total += count;
                }
                return total;
            } catch (IOException e) {
                throw failed("read at position " + (position + total) + " of", path, e);
            }
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            long next = position;
            try {
                while (from.hasRemaining()) {
                    next += channel.write(from, next);
                }
            } catch (IOException e) {
                throw failed("write at position " + next + " of", path, e);
            }
        }

        @Override
        public FileChannel channel() {
            return channel;
        }

        /// The target's failure (a client that went away) arrives here too, so the message blames neither side.
        @Override
        public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
            try {
                return channel.transferTo(position, count, target);
            } catch (IOException e) {
                throw failed("transfer of " + count + " bytes from position " + position + " of", path, e);
            }
        }

        @Override
        public long size() throws IOException {
            try {
                return channel.size();
            } catch (IOException e) {
                throw failed("look-up of the size of", path, e);
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            try {
                channel.truncate(size);
            } catch (IOException e) {
                throw failed("truncation to " + size + " bytes of", path, e);
            }
        }

        /// `fdatasync`: content and size, which is all that is needed to read the file again; not its times.
        @Override
        public void sync() throws IOException {
            try {
                channel.force(false);
            } catch (IOException e) {
                throw syncFailed("sync of", path, e);
            }
        }

        @Override
        public void close() throws IOException {
            try {
                channel.close();
            } catch (IOException e) {
                throw failed("close of", path, e);
            }
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }
}
