package io.girok.base;

import java.io.IOException;

/// The disk has no room for what was to be written, or the quota does not allow it: nothing is wrong with what is
/// there. Immutable.
public final class DiskFull extends IOException {
    public DiskFull(String message, Throwable cause) {
        super(message, cause);
    }

    public DiskFull(String message) {
        super(message);
    }
}
