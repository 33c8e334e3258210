package io.girok.server;

/// What the user asked for can't be understood; the message is for them.
public final class UsageError extends RuntimeException {
    UsageError(String message) {
        super(message);
    }

    UsageError(String message, Throwable cause) {
        super(message, cause);
    }
}
