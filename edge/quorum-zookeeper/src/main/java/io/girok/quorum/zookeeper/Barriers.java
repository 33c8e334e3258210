package io.girok.quorum.zookeeper;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Those who wait until all that is committed is delivered. Owned by the engine's thread.
///
/// A read may be answered by a server that lags behind, and the ensemble's own `sync` is no barrier while its leader
/// is being deposed: a write is. What is read after it in the same session is at least as new.
final class Barriers {
    private final EngineThread engine;
    private final Ensemble ensemble;
    private final Znodes znodes;
    private final LogTail tail;
    private final Runnable onTrouble;
    /// To be asked once more when there is a connection.
    private final List<CompletableFuture<Long>> again = new ArrayList<>();

    /// @param onTrouble when something could not be asked; someone must say when it can
    Barriers(EngineThread engine, Ensemble ensemble, Znodes znodes, LogTail tail, Runnable onTrouble) {
        this.engine = engine;
        this.ensemble = ensemble;
        this.znodes = znodes;
        this.tail = tail;
        this.onTrouble = onTrouble;
    }

    /// Completes `answer` with the last offset that is delivered once all is that was committed before; asks for as
    /// long as it is not done.
    void await(CompletableFuture<Long> answer) {
        if (answer.isDone()) {
            return;
        }
        if (!ensemble.isConnected()) {
            again.add(answer);
            return;
        }
        engine.then(ensemble.commit(List.of(ensemble.set(znodes.barrier(), new byte[0]))), outcome -> {
            if (outcome.isDone()) {
                engine.then(tail.caughtUp(), answer::complete, _ -> later(answer));
            } else {
                later(answer);
            }
        }, engine::fail);
    }

    private void later(CompletableFuture<Long> answer) {
        again.add(answer);
        onTrouble.run();
    }

    void onConnected() {
        List<CompletableFuture<Long>> asking = List.copyOf(again);
        again.clear();
        asking.forEach(this::await);
    }
}
