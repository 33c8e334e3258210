package io.girok.files;

import java.io.IOException;
import java.nio.file.FileSystemException;

import org.jspecify.annotations.Nullable;

/// A partition, or the whole log directory, is offline: the disk failed, or what is stored is not what was written.
/// What failed stays failed until it is opened again. Immutable.
public final class StorageFailed extends RuntimeException {
    /// How much is offline.
    public enum Scope {
        PARTITION,
        /// As PARTITION, but its log can be opened once the disk has room.
        PARTITION_UNTIL_ROOM,
        DIRECTORY
    }

    private final Scope scope;

    public StorageFailed(Scope scope, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.scope = scope;
    }

    public Scope scope() {
        return scope;
    }

    /// Why the file system refused, in words: some of its exceptions name the file only.
    public static String reason(IOException cause) {
        boolean isNameOnly = cause instanceof FileSystemException refused && refused.getReason() == null;
        String kind = cause.getClass().getSimpleName().replace("Exception", "");
        return isNameOnly ? kind + " '" + cause.getMessage() + "'" : String.valueOf(cause.getMessage());
    }
}
