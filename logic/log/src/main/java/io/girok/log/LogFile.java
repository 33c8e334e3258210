package io.girok.log;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.FileSlice;
import io.girok.base.Invariant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A file of a partition that is opened when it is needed, within the budget of [OpenFiles]. Reads and syncs are
/// thread-safe; the rest is owned by the partition's shard.
final class LogFile {
    private final OpenFiles openFiles;
    private final Disk disk;
    private final Disk.Access access;
    /// Shared by the files of a partition, which are many.
    private final Path directory;
    private volatile String name;

    // Guarded by the lock of [OpenFiles].
    @Nullable
    DiskFile open;
    int leases;
    boolean isClosing;

    LogFile(OpenFiles openFiles, Disk disk, Path directory, String name) {
        this(openFiles, disk, directory, name, Disk.Access.WRITE);
    }

    private LogFile(OpenFiles openFiles, Disk disk, Path directory, String name, Disk.Access access) {
        this.access = access;
        this.openFiles = openFiles;
        this.disk = disk;
        this.directory = directory;
        this.name = name;
    }

    /// A file that nothing is written to, with a budget of its own.
    static LogFile forReading(Disk disk, Path path) {
        return new LogFile(new OpenFiles(disk, 1), disk, path.resolveSibling(""), String.valueOf(path.getFileName()),
                Disk.Access.READ);
    }

    Disk.Access access() {
        return access;
    }

    Path path() {
        return directory.resolve(name);
    }

    /// As the disk says, without opening it; 0 when there is none.
    long sizeOnDisk() throws IOException {
        Path path = path();
        return disk.exists(path) ? disk.size(path) : 0;
    }

    /// When the file last changed, as the disk says.
    long lastModifiedMs() throws IOException {
        return disk.lastModifiedMs(path());
    }

    int read(ByteBuffer into, long position) throws IOException {
        DiskFile file = openFiles.lease(this);
        try {
            return file.read(into, position);
        } finally {
            openFiles.release(this);
        }
    }

    void write(ByteBuffer from, long position) throws IOException {
        DiskFile file = openFiles.lease(this);
        try {
            file.write(from, position);
        } finally {
            openFiles.release(this);
        }
    }

    void truncate(long size) throws IOException {
        DiskFile file = openFiles.lease(this);
        try {
            file.truncate(size);
        } finally {
            openFiles.release(this);
        }
    }

    void sync() throws IOException {
        DiskFile file = openFiles.lease(this);
        try {
            file.sync();
        } finally {
            openFiles.release(this);
        }
    }

    /// A region for the network to send; holds the file open until it is released.
    FileSlice slice(long position, int size) throws IOException {
        DiskFile file = openFiles.lease(this);
        return new FileSlice(file, position, size, this::releaseSlice);
    }

    private void releaseSlice() {
        try {
            openFiles.release(this);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Lets go of the handle as soon as nobody uses it.
    void close() throws IOException {
        openFiles.close(this);
    }

    /// Renames the file within its directory, open or not; those who use it keep using it.
    void rename(Path target) throws IOException {
        disk.rename(path(), target);
        moved(target);
    }

    /// As [#rename], for a file that need not be there: an index without entries has none.
    void renameIfThere(Path target) throws IOException {
        Path path = path();
        if (disk.exists(path)) {
            disk.rename(path, target);
        }
        moved(target);
    }

    private void moved(Path target) {
        Invariant.check(directory.equals(target.getParent()), "a file of a log stays in its directory");
        name = String.valueOf(target.getFileName());
    }

    @Override
    public String toString() {
        return path().toString();
    }
}
