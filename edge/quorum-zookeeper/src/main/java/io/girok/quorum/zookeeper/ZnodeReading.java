package io.girok.quorum.zookeeper;

import io.girok.quorum.zookeeper.Ensemble.Znode;
import java.util.Optional;
import java.util.function.Consumer;

/// Reads one znode whenever it may have changed, and never twice at a time. Owned by the engine's thread.
final class ZnodeReading {
    private final EngineThread engine;
    private final Ensemble ensemble;
    private final String path;
    private final Consumer<Optional<Znode>> onRead;
    private final Runnable onTrouble;
    private boolean isReading;
    private boolean hasChanged;

    /// @param onTrouble when it could not be read; someone must ask again
    ZnodeReading(EngineThread engine, Ensemble ensemble, String path, Consumer<Optional<Znode>> onRead,
            Runnable onTrouble) {
        this.engine = engine;
        this.ensemble = ensemble;
        this.path = path;
        this.onRead = onRead;
        this.onTrouble = onTrouble;
    }

    void ask() {
        if (isReading) {
            hasChanged = true;
            return;
        }
        isReading = true;
        hasChanged = false;
        engine.then(ensemble.read(path), znode -> {
            isReading = false;
            onRead.accept(znode);
            if (hasChanged) {
                ask();
            }
        }, _ -> {
            isReading = false;
            onTrouble.run();
        });
    }
}
