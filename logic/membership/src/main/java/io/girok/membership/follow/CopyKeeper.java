package io.girok.membership.follow;

import io.girok.metadata.MetadataListener;
import io.girok.metadata.MetadataListener.SnapshotWriter;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes a follower's copy of the metadata now and then. Owned by the delivering executor.
final class CopyKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(CopyKeeper.class);

    private final MetadataCopy copy;
    private final Executor blockingPool;
    private final AtomicBoolean isWriting = new AtomicBoolean();
    private LogPosition position = LogPosition.START;
    private LogPosition kept = LogPosition.START;

    CopyKeeper(MetadataCopy copy, Executor blockingPool) {
        this.copy = copy;
        this.blockingPool = blockingPool;
    }

    /// Tells the listener what is kept; where the log goes on after it.
    LogPosition load(MetadataListener listener) {
        Optional<MetadataCopy.Kept> found = copy.read();
        if (found.isEmpty()) {
            return position;
        }
        MetadataCopy.Kept content = found.get();
        try {
            listener.onSnapshot(content.lastOffset(), content.lastEpoch(), content.content());
            position = new LogPosition(content.lastOffset() + 1, content.lastEpoch());
            kept = position;
        } catch (IOException | RuntimeException e) {
            // A copy of another version of Girok, say.
            LOG.warn("the copy of the metadata is not used, the voters are asked for all of it: {}", e.getMessage());
        }
        return position;
    }

    void delivered(LogPosition after, long recordsPerCopy, MetadataListener listener) {
        position = after;
        if (recordsPerCopy <= after.endOffset() - kept.endOffset()) {
            write(listener, new CompletableFuture<>());
        }
    }

    /// `done` ends in the last offset of what is kept.
    void write(MetadataListener listener, CompletableFuture<Long> done) {
        LogPosition covered = position;
        if (covered.equals(kept)) {
            done.complete(covered.endOffset() - 1);
            return;
        }
        if (!isWriting.compareAndSet(false, true)) {
            done.completeExceptionally(new IllegalStateException("a copy is being written"));
            return;
        }
        kept = covered;
        SnapshotWriter content = listener.captureSnapshot();
        blockingPool.execute(() -> {
            try {
                copy.write(covered.endOffset() - 1, covered.lastEpoch(), content);
                isWriting.set(false);
                done.complete(covered.endOffset() - 1);
            } catch (IOException | RuntimeException e) {
                isWriting.set(false);
                LOG.warn("no copy of the metadata could be written; a restart asks the voters for more: {}",
                        e.getMessage());
                done.completeExceptionally(e);
            }
        });
    }
}
