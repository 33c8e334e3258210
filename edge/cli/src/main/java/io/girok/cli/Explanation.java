package io.girok.cli;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/// What an exception means, in one line for the person who typed the command. Stateless.
final class Explanation {
    private Explanation() {}

    static String of(Throwable problem) {
        Throwable cause = root(problem);
        return switch (cause) {
            case Failure failure -> text(failure);
            case TimeoutException timeout -> "the broker did not answer in time: " + text(timeout);
            case InterruptException ignored -> "interrupted";
            case KafkaException refused -> text(refused) + whyOf(refused);
            case java.io.IOException failed -> failed.getClass().getSimpleName() + ": " + text(failed);
            default -> cause.getClass().getName() + ": " + text(cause) + " (--verbose shows where)";
        };
    }

    /// The exception that a future's or a stream's wrapper carries.
    static Throwable root(Throwable problem) {
        Throwable current = problem;
        while (isWrapper(current) && current.getCause() != null) {
            current = current.getCause();
        }
        return current;
    }

    private static boolean isWrapper(Throwable problem) {
        return problem instanceof ExecutionException || problem instanceof CompletionException
                || problem instanceof java.io.UncheckedIOException;
    }

    /// What lies at the bottom: on the way down, clients only say what could not be made of it.
    private static String whyOf(KafkaException problem) {
        String why = "";
        for (Throwable cause = problem.getCause(); cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null) {
                why = " (" + cause.getMessage() + ")";
            }
        }
        return why;
    }

    private static String text(Throwable problem) {
        @Nullable
        String message = problem.getMessage();
        return message == null || message.isBlank() ? problem.getClass().getSimpleName() : message.strip();
    }
}
