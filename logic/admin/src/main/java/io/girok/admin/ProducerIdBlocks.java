package io.girok.admin;

import io.girok.broker.data.ProducerIds;
import io.girok.controller.ActiveController;
import io.girok.controller.AllocateProducerIds;
import io.girok.controller.Result;
import java.util.concurrent.CompletableFuture;

/// Blocks of producer ids from the active controller. Thread-safe.
public record ProducerIdBlocks(ActiveController controller) implements ProducerIds.Source {
    @Override
    public CompletableFuture<ProducerIds.Block> allocate() {
        return controller.submit(new AllocateProducerIds()).thenApply(ProducerIdBlocks::block);
    }

    private static ProducerIds.Block block(Result<AllocateProducerIds.Block> result) {
        if (!result.isOk()) {
            throw new IllegalStateException("the controller gave no producer ids: " + result.message());
        }
        return new ProducerIds.Block(result.get().firstId(), result.get().count());
    }
}
