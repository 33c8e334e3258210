package io.girok.base;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A sync has failed: what was written since the last one that did not must be taken as lost, although the machine's
/// memory shows it, and no later sync may be believed. Also where it failed for want of room. Immutable.
public final class SyncFailed extends IOException {
    public SyncFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
