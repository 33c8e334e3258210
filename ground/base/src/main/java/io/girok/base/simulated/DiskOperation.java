package io.girok.base.simulated;

/// What a [MemoryDisk] counts and can be made to fail at. Immutable.
public enum DiskOperation {
    OPEN, READ, WRITE, TRUNCATE, SYNC, SIZE, LIST, CREATE_DIRECTORIES, RENAME, DELETE, SYNC_DIRECTORY, SYNC_FILE_SYSTEM,
    SPACE
}
