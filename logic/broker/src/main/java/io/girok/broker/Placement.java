package io.girok.broker;

import org.apache.kafka.common.protocol.Errors;

/// Where a partition is to be found. Immutable.
public sealed interface Placement permits LedPartition, Placement.NotHere {
    /// This broker does not serve the partition (now).
    ///
    /// @param error what a client is told
    /// @param leaderId who leads it, -1 when unknown
    /// @param leaderEpoch -1 when unknown
    record NotHere(Errors error, int leaderId, int leaderEpoch) implements Placement {
        static final NotHere UNKNOWN_NAME = new NotHere(Errors.UNKNOWN_TOPIC_OR_PARTITION, -1, -1);
        static final NotHere UNKNOWN_ID = new NotHere(Errors.UNKNOWN_TOPIC_ID, -1, -1);

        /// The same place, and another word for those who ask here.
        NotHere as(Errors told) {
            return new NotHere(told, leaderId, leaderEpoch);
        }

        /// Another broker leads, or none, or this one not yet: asking again helps, and every version of every API has
        /// words for it.
        static NotHere elsewhere(int leaderId, int leaderEpoch) {
            return new NotHere(Errors.NOT_LEADER_OR_FOLLOWER, leaderId, leaderEpoch);
        }
    }
}
