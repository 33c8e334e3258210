package io.girok.base;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The file system as the log sees it. Thread-safe.
///
/// Production is [FileDisk]; tests and the simulator use a disk in memory that can fail, fill up, and lose at a crash
/// what was not synced. Every [IOException] names the file; it is a [DiskFull] where there is no room, as far as that
/// is known, and a [SyncFailed] where a sync has failed. A file's content is durable after [DiskFile#sync]; its name
/// (creation, rename, deletion) after [#syncDirectory] of its parent.
public interface Disk {
    /// How a file is opened.
    enum Access {
        /// Existing file, read only.
        READ,
        /// Read and write; created when missing.
        WRITE,
        /// Read and write; fails when the file exists.
        CREATE
    }

    DiskFile open(Path file, Access access) throws IOException;

    /// The names (not paths) in a directory, sorted; fails when it is not a directory.
    List<String> list(Path directory) throws IOException;

    boolean exists(Path path);

    boolean isDirectory(Path path);

    /// The size of a file in bytes.
    long size(Path file) throws IOException;

    /// When the file's content last changed, by the disk's wall clock, in milliseconds since the Unix epoch.
    long lastModifiedMs(Path file) throws IOException;

    /// Creates the directory and its missing parents.
    void createDirectories(Path directory) throws IOException;

    /// Renames atomically; an existing file of the target name is replaced.
    void rename(Path from, Path to) throws IOException;

    /// Removes a file or an empty directory; false when there was none.
    boolean delete(Path path) throws IOException;

    /// Makes the directory's entries durable.
    void syncDirectory(Path directory) throws IOException;

    /// Makes everything on the file system that holds `directory` durable, contents and names, at one go: cheaper than
    /// to sync many files, dearer than to sync one. False where there is no such call; then nothing was done.
    boolean syncFileSystem(Path directory) throws IOException;

    /// Bytes this process may still write to the file system that holds `path`.
    long usableBytes(Path path) throws IOException;

    /// The size of the file system that holds `path`, whoever uses it.
    long totalBytes(Path path) throws IOException;

    /// Names the present run of the machine, from its start to the next: what a process has written in it outlives the
    /// process. Empty when that is not known.
    String machineRun();

    /// Takes an exclusive lock that ends with the process; empty when another process (or this one) holds it.
    java.util.Optional<AutoCloseable> tryLock(Path file) throws IOException;
}
