package io.girok.membership.follow;

import io.girok.base.Shard;
import io.girok.base.Timers;
import io.girok.metadata.MetadataListener.SnapshotWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A snapshot of the metadata as bytes, for followers that are far behind: one for all of them, for as long as somebody
/// reads it. Owned by its shard.
final class SnapshotParts {
    private static final int MAX_PART_BYTES = 1024 * 1024;
    private static final long KEPT_MS = 60_000;

    private final Shard shard;
    private final Executor blockingPool;
    private final Supplier<Captured> latest;
    private @Nullable Held held;
    private @Nullable CompletableFuture<Held> making;
    private Timers.Scheduled end = () -> {};

    /// An image that was taken hold of, and how far it goes.
    record Captured(LogPosition position, SnapshotWriter writer) {}

    private record Held(LogPosition position, ByteBuffer bytes) {}

    /// @param latest the present image
    SnapshotParts(Shard shard, Executor blockingPool, Supplier<Captured> latest) {
        this.shard = shard;
        this.blockingPool = blockingPool;
        this.latest = latest;
    }

    /// The first part of a snapshot after which a follower can go on from `minEndOffset` or later.
    CompletableFuture<Answer> first(long minEndOffset) {
        Held present = held;
        if (present != null && minEndOffset <= present.position().endOffset()) {
            return CompletableFuture.completedFuture(part(present, 0));
        }
        return made().thenApply(fresh -> part(fresh, 0));
    }

    /// A further part, or the first one of another snapshot if that one is gone.
    CompletableFuture<Answer> more(long lastOffset, int position) {
        Held present = held;
        return present != null && present.position().endOffset() == lastOffset + 1 && 0 <= position
                && position <= present.bytes().limit()
                        ? CompletableFuture.completedFuture(part(present, position))
                        : first(0);
    }

    private CompletableFuture<Held> made() {
        CompletableFuture<Held> begun = making;
        if (begun != null) {
            return begun;
        }
        Captured captured = latest.get();
        CompletableFuture<Held> result = CompletableFuture.supplyAsync(() -> written(captured), blockingPool)
                .whenCompleteAsync((fresh, failure) -> {
                    making = null;
                    held = fresh;
                }, shard);
        making = result;
        return result;
    }

    private static Held written(Captured captured) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            captured.writer().writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return new Held(captured.position(), ByteBuffer.wrap(out.toByteArray()));
    }

    private Answer part(Held whole, int position) {
        end.cancel();
        end = shard.schedule(KEPT_MS, () -> held = null);
        int to = (int) Math.min(whole.bytes().limit(), (long) position + MAX_PART_BYTES);
        return new Answer.SnapshotPart(whole.position().endOffset() - 1, whole.position().lastEpoch(),
                whole.bytes().limit(), position, whole.bytes().slice(position, to - position));
    }
}
