package io.girok.broker;

import io.girok.base.PartitionName;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is to become of a partition, one step after the other. What goes wrong in one is reported and does not keep the
/// next from running. Thread-safe; the steps run where each of them says.
final class StepChain {
    private static final Logger LOG = LoggerFactory.getLogger(StepChain.class);

    private final PartitionName name;
    private CompletableFuture<Void> latest = CompletableFuture.completedFuture(null);

    StepChain(PartitionName name) {
        this.name = name;
    }

    void add(Executor executor, Runnable step) {
        await(executor, () -> {
            step.run();
            return CompletableFuture.completedFuture(null);
        });
    }

    /// As [#add], where the next step has to wait for what this one begins.
    synchronized void await(Executor executor, Supplier<CompletableFuture<Void>> step) {
        latest = latest.exceptionally(failure -> {
            LOG.error("partition '{}': a change of its state failed", name, failure);
            return null;
        }).thenComposeAsync(done -> step.get(), executor);
    }

    /// Done when everything added so far is.
    synchronized CompletableFuture<Void> latest() {
        return latest;
    }
}
