package io.girok.quorum.ratis;

import io.girok.base.Invariant;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;

/// The threads that one Ratis server makes, kept together by a thread group, which a thread hands on to those it
/// starts. Thread-safe.
///
/// Ratis' log writer notices its end only when its wait of a second is over, so closing takes that long; a start that
/// fails leaves some of its threads behind. Both are put right here.
final class RatisThreads {
    private static final String LOG_WRITER = "SegmentedRaftLogWorker";
    private static final long POLL_MS = 10;
    private static final long JOIN_MS = 1_000;
    private static final long CLOSE_MS = 30_000;

    private final ThreadGroup group = new ThreadGroup("ratis");

    /// What starts Ratis.
    interface Start {
        RaftServer run() throws IOException;
    }

    /// Runs `start` so that all threads that come of it are among these, and waits for it.
    RaftServer start(Start start) throws IOException {
        CompletableFuture<RaftServer> started = new CompletableFuture<>();
        Thread starter = new Thread(group, () -> {
            MBeansWithoutRatis.install();
            try {
                started.complete(start.run());
            } catch (Throwable e) {
                started.completeExceptionally(e);
            } finally {
                MBeansWithoutRatis.remove();
            }
        }, "ratis-start");
        starter.setDaemon(true);
        starter.start();
        try {
            return started.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    /// Closes `server`. Once `machine` has been closed nothing is written any more, and the log writer is woken.
    void close(RaftServer server, MetadataStateMachine machine) throws IOException, InterruptedException {
        CompletableFuture<IOException> failure = new CompletableFuture<>();
        Thread closer = new Thread(group, () -> {
            try {
                server.close();
            } catch (IOException e) {
                failure.complete(e);
            }
        }, "ratis-close");
        closer.setDaemon(true);
        closer.start();
        for (long waitedMs = 0; closer.isAlive() && waitedMs < CLOSE_MS; waitedMs += POLL_MS) {
            closer.join(POLL_MS);
            if (machine.isClosed()) {
                alive().stream().filter(thread -> thread.getName().endsWith(LOG_WRITER)).forEach(Thread::interrupt);
            }
        }
        if (failure.isDone()) {
            throw failure.join();
        }
        if (closer.isAlive()) {
            throw new IOException("Ratis did not close within " + CLOSE_MS + " ms");
        }
    }

    /// Waits for the end of a close that Ratis has begun by itself: until then it holds the lock of its directory.
    void awaitClosed(RaftServer.Division division) throws IOException, InterruptedException {
        for (long waitedMs = 0; division.getInfo().getLifeCycleState() != LifeCycle.State.CLOSED; waitedMs += POLL_MS) {
            if (CLOSE_MS <= waitedMs) {
                throw new IOException("Ratis did not close within " + CLOSE_MS + " ms");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
    }

    /// Ends what a close or a failed start has left; true when nothing is left.
    boolean interruptAll() throws InterruptedException {
        for (Thread thread : alive()) {
            thread.interrupt();
        }
        for (Thread thread : alive()) {
            thread.join(JOIN_MS);
        }
        return alive().isEmpty();
    }

    List<Thread> alive() {
        Thread[] threads = new Thread[group.activeCount() + 16];
        int count = group.enumerate(threads);
        Invariant.check(count < threads.length, "Ratis has more threads than were looked at");
        return Arrays.asList(threads).subList(0, count);
    }
}
