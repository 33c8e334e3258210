package io.girok.quorum.ratis;

import io.girok.metadata.QuorumStatus;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/// Which end of the metadata log an index of the Raft log stands for, as far back as is remembered. Thread-safe;
/// written by the thread on which Ratis applies entries.
///
/// Entries that carry no records in between have no line of their own: they stand for the end before them.
final class RaftOffsets {
    private static final int MAX_REMEMBERED = 4_096;

    private final ConcurrentSkipListMap<Long, Long> endByIndex = new ConcurrentSkipListMap<>();
    private int count;

    void applied(long index, long endOffset) {
        endByIndex.put(index, endOffset);
        count++;
        if (MAX_REMEMBERED < count) {
            endByIndex.pollFirstEntry();
            count--;
        }
    }

    /// After a snapshot has taken the place of the entries.
    void startAt(long index, long endOffset) {
        endByIndex.clear();
        count = 0;
        applied(index, endOffset);
    }

    /// The end after the entry `index`; [QuorumStatus#UNKNOWN] for those that are too long ago.
    long endAt(long index) {
        Map.Entry<Long, Long> entry = endByIndex.floorEntry(index);
        return entry == null ? QuorumStatus.UNKNOWN : entry.getValue();
    }
}
