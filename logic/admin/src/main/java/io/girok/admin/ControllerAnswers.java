package io.girok.admin;

import io.girok.controller.CommandFailed;
import io.girok.controller.ControllerError;
import io.girok.controller.Result;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What a client is told of the controller's answers. Stateless.
final class ControllerAnswers {
    private ControllerAnswers() {}

    /// An error and the words that go with it.
    record Told(Errors error, @Nullable String message) {
        static final Told NOTHING_WRONG = new Told(Errors.NONE, null);
    }

    static Told of(Result<?> result) {
        return result.isOk() ? Told.NOTHING_WRONG : new Told(errorOf(result.error()), result.message());
    }

    /// Of a command that came to no answer.
    static Told of(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        return cause instanceof CommandFailed failed
                ? new Told(errorOf(failed.error()), failed.getMessage())
                : new Told(Errors.UNKNOWN_SERVER_ERROR, "the controller has failed; the broker's log says why");
    }

    private static Errors errorOf(ControllerError error) {
        return Errors.valueOf(error.name());
    }
}
