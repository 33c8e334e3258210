package io.girok.broker.data;

import io.girok.replication.ByteRate;
import io.girok.replication.Isolation;
import io.girok.replication.PartitionLeader.Follower;

/// Who fetches. Immutable.
sealed interface Reader {
    /// How far it may see.
    Isolation isolation();

    /// @param knowsFollowers whether it may read from a follower, and be sent to one (KIP-392)
    /// @param rack where it is, empty when it does not say
    record Consumer(Isolation isolation, boolean knowsFollowers, String rack, ReplicaSelector selector)
            implements
                Reader {}

    /// Another broker.
    ///
    /// @param hurriesCommits whether it is told at once what is committed: consumers read from it
    /// @param throttle what followers that catch up are given together
    record Replica(Follower follower, boolean hurriesCommits, ByteRate throttle) implements Reader {
        @Override
        public Isolation isolation() {
            return Isolation.LOG_END;
        }
    }
}
