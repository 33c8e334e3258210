package io.girok.log;

import io.girok.base.Clock;
import io.girok.base.Disk;
import io.girok.base.Timers;
import io.girok.base.TopicId;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// The world as a log directory sees it. Immutable.
///
/// @param timers for what is done later, such as unlinking deleted files
/// @param openFiles the budget, shared by all directories on `disk`
/// @param blockingPool where logs are synced and deleted; bounded
/// @param journalPool where journals write, for which acknowledgements wait; each journal gives it one task at a time
/// @param producerIdExpirationMs `producer.id.expiration.ms`: how long a silent producer is remembered
/// @param newIds fresh random ids: of the directory, of deleted partitions
/// @param journalFileBytes about how long a file of the journal gets; there are a few of them
public record LogEnvironment(Disk disk, Clock clock, Timers timers, OpenFiles openFiles, Executor blockingPool,
        Executor journalPool, Supplier<TopicId> newIds, Durability durability,
        long producerIdExpirationMs, long journalFileBytes) {
    private static final long JOURNAL_FILE_BYTES = 16L * 1024 * 1024;

    /// One pool for everything.
    public LogEnvironment(Disk disk, Clock clock, Timers timers, OpenFiles openFiles, Executor blockingPool,
            Supplier<TopicId> newIds, Durability durability, long producerIdExpirationMs) {
        this(disk, clock, timers, openFiles, blockingPool, blockingPool, newIds, durability, producerIdExpirationMs,
                JOURNAL_FILE_BYTES);
    }

    /// The same world, where journals do not wait for anything else that blocks.
    ///
    /// @param pool with a thread for each journal
    public LogEnvironment withJournalPool(Executor pool) {
        return new LogEnvironment(disk, clock, timers, openFiles, blockingPool, pool, newIds, durability,
                producerIdExpirationMs, journalFileBytes);
    }

    /// The same world, where a file of a journal gets about so long.
    public LogEnvironment withJournalFiles(long bytes) {
        return new LogEnvironment(disk, clock, timers, openFiles, blockingPool, journalPool, newIds, durability,
                producerIdExpirationMs, bytes);
    }
}
