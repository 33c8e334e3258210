package io.girok.admin;

import io.girok.controller.CommandFailed;
import io.girok.controller.Result;
import io.girok.membership.ControllerErrors;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What a client is told of the controller's answers. Stateless.
final class ControllerAnswers {
    private ControllerAnswers() {}

    /// An error and the words that go with it.
    record Told(Errors error, @Nullable String message) {
        static final Told NOTHING_WRONG = new Told(Errors.NONE, null);

        /// In Kafka's words.
        static Told of(Errors error) {
            return new Told(error, error.message());
        }
    }

    static Told aboveQuota() {
        return new Told(Errors.THROTTLING_QUOTA_EXCEEDED, "more partitions were created and deleted than "
                + "controller_mutation_rate allows; throttle_time_ms says for how long to wait");
    }

    static Told of(Result<?> result) {
        return result.isOk() ? Told.NOTHING_WRONG : new Told(ControllerErrors.of(result), result.message());
    }

    /// Of a command that came to no answer.
    static Told of(Throwable failure) {
        return new Told(ControllerErrors.of(failure), ControllerErrors.cause(failure) instanceof CommandFailed failed
                ? failed.getMessage()
                : "the controller has failed; the broker's log says why");
    }
}
