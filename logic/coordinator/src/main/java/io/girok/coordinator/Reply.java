package io.girok.coordinator;

import java.util.concurrent.CompletableFuture;

/// The place of one command's answer: named by decisions, filled by the runtime. Owned by the partition's shard.
public final class Reply<A> {
    private final CompletableFuture<Outcome<A>> future = new CompletableFuture<>();

    Reply() {}

    CompletableFuture<Outcome<A>> future() {
        return future;
    }

    void answer(A answer) {
        future.complete(new Outcome.Answered<>(answer));
    }

    void fail(Outcome.Reason reason) {
        future.complete(new Outcome.Failed<>(reason));
    }
}
