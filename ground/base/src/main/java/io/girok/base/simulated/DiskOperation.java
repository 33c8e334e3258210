package io.girok.base.simulated;

/// What a [MemoryDisk] counts and can be made to fail at. Immutable.
///
/// A directory is opened to be synced: without [#OPEN_DIRECTORY] it is not, and nothing is lost with that, other than
/// where [#SYNC_DIRECTORY] fails.
public enum DiskOperation {
    OPEN, READ, WRITE, TRUNCATE, SYNC, SIZE, LIST, CREATE_DIRECTORIES, RENAME, DELETE, OPEN_DIRECTORY, SYNC_DIRECTORY,
    SYNC_FILE_SYSTEM, SPACE
}
