package io.girok.journal;

import io.girok.base.Shard;

/// Who appends to the journal, and wants to know when it is durable.
public interface JournalClient {
    /// Where it is told.
    Shard shard();

    /// Everything appended below `endOffset` is on stable storage.
    void journaled(long endOffset);

    /// The journal has no room for what was appended, on the disk or in memory: it has to be synced where it is.
    void notJournaled();
}
