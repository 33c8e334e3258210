package io.girok.quorum.zookeeper;

import io.girok.metadata.MetadataListener;
import io.girok.quorum.zookeeper.LogTail.Position;
import io.girok.quorum.zookeeper.ZookeeperSettings.Truncation;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has snapshots written when one is due, while this node leads. Owned by the engine's thread.
final class SnapshotTaker {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotTaker.class);
    private static final long NOT_LEADING = -1;
    private static final long UNKNOWN = -1;

    private final EngineThread engine;
    private final SnapshotStore store;
    private final LogTail tail;
    private final MetadataListener listener;
    private final Truncation truncation;
    private long epoch = NOT_LEADING;
    /// Where the last one ended, or failed.
    private long coveredIndex = UNKNOWN;
    private long coveredBytes;
    private @Nullable CompletableFuture<Long> underWay;

    SnapshotTaker(EngineThread engine, SnapshotStore store, LogTail tail, MetadataListener listener,
            Truncation truncation) {
        this.engine = engine;
        this.store = store;
        this.tail = tail;
        this.listener = listener;
        this.truncation = truncation;
    }

    void elected(long newEpoch) {
        epoch = newEpoch;
        coveredIndex = UNKNOWN;
        engine.then(store.endIndex(), index -> {
            if (epoch == newEpoch && coveredIndex == UNKNOWN) {
                covered(index);
                takeWhenDue();
            }
        }, failure -> {
            LOG.debug("where the last snapshot ends is not known; the next one comes early", failure);
            covered(0);
        });
    }

    void ended() {
        epoch = NOT_LEADING;
    }

    private void covered(long index) {
        coveredIndex = index;
        coveredBytes = tail.deliveredBytes();
    }

    /// The log may have grown.
    void takeWhenDue() {
        boolean isDue = truncation.entryCount() <= tail.position().nextIndex() - coveredIndex
                || truncation.sizeBytes() <= tail.deliveredBytes() - coveredBytes;
        if (epoch != NOT_LEADING && coveredIndex != UNKNOWN && isDue && underWay == null) {
            engine.then(take(), _ -> {}, failure -> LOG.warn(
                    "no snapshot of the metadata log could be written; the ensemble keeps more of it until one can: {}",
                    String.valueOf(failure.getMessage())));
        }
    }

    /// Of all that is delivered; ends in the last offset it covers. One at a time: who asks meanwhile gets the one that
    /// is under way.
    CompletableFuture<Long> take() {
        if (underWay != null) {
            return underWay;
        }
        Position position = tail.position();
        if (epoch == NOT_LEADING) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("only the node that leads writes snapshots of the metadata log"));
        }
        if (position.nextIndex() == 0) {
            return CompletableFuture.completedFuture(position.nextOffset() - 1);
        }
        CompletableFuture<Long> answer = new CompletableFuture<>();
        underWay = answer;
        covered(position.nextIndex());
        engine.then(store.write(position, epoch, listener.captureSnapshot(), truncation.keptEntries()), pointer -> {
            underWay = null;
            answer.complete(pointer.lastOffset());
        }, failure -> {
            underWay = null;
            answer.completeExceptionally(failure);
        });
        return answer;
    }
}
