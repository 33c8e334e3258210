package io.girok.quorum.ratis;

import io.girok.base.Invariant;
import io.girok.metadata.MetadataListener;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The one thread that calls the listener. Thread-safe.
///
/// A listener hears of each record once, whichever way it comes: from Raft, from Raft started anew, or from the voters
/// that this node follows while it does not vote.
///
/// Ratis tells of commits on one thread and of elections on others, some of which hold its locks: those never wait
/// here. The thread of the commits does, when the listener lags by [#MAX_COMMITS_WAITING], which bounds the queue.
/// After the listener has thrown, it hears of that as a fatal failure and of nothing else.
final class Delivery {
    private static final int MAX_COMMITS_WAITING = 256;
    private static final long JOIN_MS = 10_000;

    private final MetadataListener listener;
    private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(MAX_COMMITS_WAITING);
    private final AtomicBoolean hasFailed = new AtomicBoolean();
    private final Thread thread;
    private volatile boolean isOpen = true;
    /// Owned by the thread.
    private long deliveredOffset = -1;

    /// Something the listener is told, or asked.
    interface Call<T extends @Nullable Object> {
        T on(MetadataListener listener) throws Exception;
    }

    Delivery(MetadataListener listener) {
        this.listener = listener;
        thread = Thread.ofPlatform().name("metadata-listener").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Tells the listener, after all it was told before; waits when it lags too far behind.
    <T extends @Nullable Object> CompletableFuture<T> commit(Call<T> call) {
        room.acquireUninterruptibly();
        CompletableFuture<T> done = new CompletableFuture<>();
        events.add(() -> {
            room.release();
            run(call, done);
        });
        return done;
    }

    /// Tells the listener, after all it was told before; never waits.
    <T extends @Nullable Object> CompletableFuture<T> tell(Call<T> call) {
        CompletableFuture<T> done = new CompletableFuture<>();
        events.add(() -> run(call, done));
        return done;
    }

    private <T extends @Nullable Object> void run(Call<T> call, CompletableFuture<T> done) {
        if (hasFailed.get()) {
            done.completeExceptionally(new IllegalStateException("the metadata log has failed before"));
            return;
        }
        try {
            done.complete(call.on(listener));
        } catch (Throwable e) {
            done.completeExceptionally(e);
            fail(e);
        }
    }

    /// The listener knows all up to here. On the thread only.
    long deliveredOffset() {
        return deliveredOffset;
    }

    /// Tells of those records that the listener does not know yet. On the thread only.
    void records(long epoch, long firstOffset, List<byte[]> records) {
        long lastOffset = firstOffset + records.size() - 1;
        if (lastOffset <= deliveredOffset) {
            return;
        }
        Invariant.check(firstOffset <= deliveredOffset + 1, "no metadata record is left out");
        int known = (int) (deliveredOffset + 1 - firstOffset);
        listener.onCommit(epoch, firstOffset + known, records.subList(known, records.size()));
        deliveredOffset = lastOffset;
    }

    /// Tells of a snapshot, unless the listener knows as much already. On the thread only.
    void snapshot(long lastOffset, long epoch, InputStream in) throws IOException {
        if (deliveredOffset < lastOffset) {
            listener.onSnapshot(lastOffset, epoch, in);
            deliveredOffset = lastOffset;
        }
    }

    /// Tells the listener, at once and once only, that this cannot go on.
    void fail(Throwable cause) {
        if (isOpen && hasFailed.compareAndSet(false, true)) {
            listener.onFatal(cause);
        }
    }

    private void run() {
        try {
            while (isOpen || !events.isEmpty()) {
                events.take().run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Delivers what waits and ends. From here on nothing is fatal any more.
    void close() {
        events.add(() -> isOpen = false);
        if (Thread.currentThread() == thread || !thread.isAlive()) {
            isOpen = false;
            return;
        }
        try {
            thread.join(JOIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
