package io.girok.quorum.zookeeper;

import io.girok.base.Invariant;

/// What a [ZookeeperMetadataLog] is told at its start. Immutable.
public record ZookeeperSettings(Servers servers, int nodeId, Timing timing, Security security,
        Truncation truncation) {

    /// How long things may take, in milliseconds.
    ///
    /// @param sessionMs after this long without a word the ensemble takes a node for dead; the servers may bound it
    /// @param connectionMs how long the first connection may take
    /// @param deadlineMs after it, the outcome of an append is unknown, and a barrier has failed
    public record Timing(int sessionMs, int connectionMs, long deadlineMs) {
        private static final long DEADLINE_MS = 10_000;

        public Timing(int sessionMs, int connectionMs) {
            this(sessionMs, connectionMs, DEADLINE_MS);
        }
    }

    /// When the log is cut. A snapshot is due once as many entries, or bytes of them, have come together since the
    /// last one.
    ///
    /// @param keptEntries how many entries before a snapshot stay, so that a node that is a little behind need not load
    ///         it; at least one, which the next entry is chained to
    public record Truncation(long entryCount, long sizeBytes, long keptEntries) {
        public static final Truncation DEFAULT = new Truncation(5_000, 16 * 1024 * 1024, 500);

        public Truncation {
            Invariant.check(0 < entryCount && 0 < sizeBytes, "a snapshot comes after something");
            Invariant.check(0 < keptEntries, "the last entry is never cut off");
        }
    }
}
