package io.girok.server;

/// The broker can't start; the message is for its operator.
public final class StartFailed extends RuntimeException {
    StartFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
