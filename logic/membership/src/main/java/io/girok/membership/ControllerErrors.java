package io.girok.membership;

import io.girok.controller.CommandFailed;
import io.girok.controller.Result;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The protocol's codes for how the controller's commands end. Stateless.
public final class ControllerErrors {
    private ControllerErrors() {}

    public static Errors of(Result<?> result) {
        return Errors.valueOf(result.error().name());
    }

    /// Of a command that came to a result, or else to a failure.
    static Errors of(@Nullable Result<?> result, @Nullable Throwable failure) {
        return result == null || failure != null
                ? of(failure == null ? new IllegalStateException("no result") : failure)
                : of(result);
    }

    /// Of a command that came to no answer.
    public static Errors of(Throwable failure) {
        return cause(failure) instanceof CommandFailed failed
                ? Errors.valueOf(failed.error().name())
                : Errors.UNKNOWN_SERVER_ERROR;
    }

    /// What is behind a failure that a future has wrapped.
    public static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
