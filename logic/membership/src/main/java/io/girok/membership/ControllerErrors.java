package io.girok.membership;

import io.girok.controller.CommandFailed;
import io.girok.controller.Result;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.protocol.Errors;

/// The protocol's codes for how the controller's commands end. Stateless.
public final class ControllerErrors {
    private ControllerErrors() {}

    public static Errors of(Result<?> result) {
        return Errors.valueOf(result.error().name());
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
