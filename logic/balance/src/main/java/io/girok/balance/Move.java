package io.girok.balance;

import io.girok.base.PartitionName;
import java.util.List;

/// A partition's replicas as they are and as they are to be, the preferred leader first. Immutable.
///
/// @param bytesToCopy 0 when only the order changes
/// @param reasons at least one
public record Move(PartitionName partition, List<Integer> from, List<Integer> to, long bytesToCopy,
        List<Reason> reasons) {
    public Move {
        from = List.copyOf(from);
        to = List.copyOf(to);
        reasons = List.copyOf(reasons);
    }

    /// The brokers that get a copy.
    public List<Integer> added() {
        return to.stream().filter(broker -> !from.contains(broker)).toList();
    }

    /// Whether some broker gets a copy; otherwise only the order changes.
    public boolean copies() {
        return !added().isEmpty();
    }

    /// Whether another broker is to be the preferred leader.
    public boolean changesLeader() {
        return !from.getFirst().equals(to.getFirst());
    }
}
