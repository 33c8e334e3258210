package io.girok.server;

import io.girok.log.LogEnvironment;
import io.girok.metadata.setting.BrokerSettings;
import io.girok.metadata.setting.Settings;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads of a broker beside its event loops. They start when there is something to do, and those of a pool end
/// when there has been nothing for 10 seconds. Thread-safe.
final class ServerThreads {
    private static final Logger LOG = LoggerFactory.getLogger(ServerThreads.class);
    private static final long IDLE_SECONDS = 10;
    private static final long STOP_LIMIT_MS = 60_000;

    private final ThreadPoolExecutor blockingPool;
    /// One for each log directory: a journal has one task at a time, so none waits for another, nor for anything else.
    private final ThreadPoolExecutor journals;
    private final ThreadPoolExecutor cleaners;
    private final ThreadPoolExecutor coldReads;
    private final ExecutorService controller = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().name("girok-controller").factory());

    /// @param directoryCount of log directories
    ServerThreads(Settings settings, int directoryCount) {
        this.blockingPool = pool(settings.get(BrokerSettings.BACKGROUND_THREADS), "girok-blocking-");
        this.journals = pool(directoryCount, "girok-journal-");
        this.cleaners = pool(settings.get(BrokerSettings.LOG_CLEANER_THREADS), "girok-cleaner-");
        this.coldReads = pool(settings.get(BrokerSettings.COLD_READ_THREADS), "girok-cold-read-");
    }

    private static ThreadPoolExecutor pool(int threads, String name) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(threads, threads, IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), Thread.ofPlatform().name(name, 0).factory());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    Executor blockingPool() {
        return blockingPool;
    }

    Executor cleaners() {
        return cleaners;
    }

    Executor coldReads() {
        return coldReads;
    }

    Executor controller() {
        return controller;
    }

    /// The same environment, whose journals write in threads of their own: what is acknowledged waits for them, and
    /// the blocking pool may be busy for long with recoveries, deletions and copies.
    LogEnvironment forLogs(LogEnvironment environment) {
        return environment.withJournalPool(journals);
    }

    /// Ends them all once their work is done. Blocks, for a minute at most.
    void end() {
        controller.shutdown();
        cleaners.shutdown();
        // Nobody waits for it any more.
        coldReads.shutdownNow();
        blockingPool.shutdown();
        try {
            if (!blockingPool.awaitTermination(STOP_LIMIT_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("background work is still under way after {} ms and is left alone", STOP_LIMIT_MS);
            }
        } catch (InterruptedException e) {
            LOG.warn("interrupted while background work was ending");
        }
        journals.shutdown();
    }
}
