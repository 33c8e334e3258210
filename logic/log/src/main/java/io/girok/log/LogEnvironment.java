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
/// @param blockingPool where syncs and deletions run; bounded
/// @param producerIdExpirationMs `producer.id.expiration.ms`: how long a silent producer is remembered
/// @param newIds fresh random ids: of the directory, of deleted partitions
/// @param journalFileBytes about how long a file of the journal gets; there are a few of them
public record LogEnvironment(Disk disk, Clock clock, Timers timers, OpenFiles openFiles, Executor blockingPool,
        Supplier<TopicId> newIds, Durability durability,
        long producerIdExpirationMs, long journalFileBytes) {
    private static final long JOURNAL_FILE_BYTES = 16L * 1024 * 1024;

    public LogEnvironment(Disk disk, Clock clock, Timers timers, OpenFiles openFiles, Executor blockingPool,
            Supplier<TopicId> newIds, Durability durability, long producerIdExpirationMs) {
        this(disk, clock, timers, openFiles, blockingPool, newIds, durability, producerIdExpirationMs,
                JOURNAL_FILE_BYTES);
    }
}
