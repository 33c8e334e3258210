package io.girok.cli;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaFuture;

/// Waits for the answers of the admin client. Stateless.
final class Answers {
    private Answers() {}

    /// The answer; what went wrong is thrown as itself, not wrapped.
    static <T> T of(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (Explanation.root(e) instanceof RuntimeException cause) {
                throw cause;
            }
            throw Failure.of(Explanation.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.of("interrupted");
        }
    }
}
