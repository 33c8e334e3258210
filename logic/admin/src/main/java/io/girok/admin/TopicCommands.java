package io.girok.admin;

import io.girok.controller.ActiveController;
import io.girok.controller.Command;
import io.girok.controller.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Has topics made by the controller, and waits until this broker serves what it hosts of them: who creates a topic and
/// writes to it at once is not told to ask again. Thread-safe.
final class TopicCommands {
    private final ActiveController controller;
    private final Function<String, CompletableFuture<Void>> served;

    /// @param served done when the partitions of a topic in the image are open, or known to be offline
    TopicCommands(ActiveController controller, Function<String, CompletableFuture<Void>> served) {
        this.controller = controller;
        this.served = served;
    }

    /// @param command answers by the topic's name
    <A> CompletableFuture<Map<String, Result<A>>> submit(Command<Map<String, Result<A>>> command) {
        return controller.submit(command).thenCompose(results -> {
            List<CompletableFuture<Void>> waited = new ArrayList<>();
            results.forEach((name, result) -> {
                if (result.isOk()) {
                    waited.add(served.apply(name));
                }
            });
            return CompletableFuture.allOf(waited.toArray(CompletableFuture[]::new))
                    .handle((done, failure) -> results);
        });
    }
}
