package io.girok.log;

import org.jspecify.annotations.Nullable;

/// A partition, or the whole log directory, is offline: the disk failed, or what is stored is not what was written.
/// What failed stays failed until it is opened again. Immutable.
public final class StorageFailed extends RuntimeException {
    /// How much is offline.
    public enum Scope {
        PARTITION, DIRECTORY
    }

    private final Scope scope;

    public StorageFailed(Scope scope, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.scope = scope;
    }

    public Scope scope() {
        return scope;
    }
}
