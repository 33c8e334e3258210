package io.girok.balance;

import io.girok.base.PartitionName;
import java.util.List;

/// What is to be done, in this order, and what comes of it. Immutable.
///
/// @param before by broker id, `after` likewise
/// @param stuck partitions that have a copy on a broker that is to be emptied, and no other place for it
public record BalancePlan(List<Move> moves, List<BrokerLoad> before, List<BrokerLoad> after,
        List<PartitionName> stuck) {
    public BalancePlan {
        moves = List.copyOf(moves);
        before = List.copyOf(before);
        after = List.copyOf(after);
        stuck = List.copyOf(stuck);
    }

    /// What one broker carries.
    ///
    /// @param leaders partitions that it is the preferred leader of
    public record BrokerLoad(int broker, int replicas, int leaders, long bytes) {}

    public long bytesToCopy() {
        return moves.stream().mapToLong(Move::bytesToCopy).sum();
    }
}
