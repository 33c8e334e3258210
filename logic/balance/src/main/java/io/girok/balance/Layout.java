package io.girok.balance;

import io.girok.base.Invariant;
import io.girok.base.PartitionName;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the copies of all partitions are: what is planned from. Immutable.
///
/// A replica on a broker that is not listed is on one that is to be emptied.
public record Layout(List<Broker> brokers, List<Partition> partitions) {
    public Layout {
        brokers = List.copyOf(brokers);
        partitions = List.copyOf(partitions);
    }

    /// What may become of the replicas on a broker.
    public enum Role {
        /// They come and go.
        TAKES,
        /// They stay, and no others come: the broker is away for a while.
        KEEPS,
        /// All are to go elsewhere.
        EMPTIES
    }

    /// One broker.
    ///
    /// @param rack null: a rack of its own
    /// @param usableBytes what may be added to it, by [DiskRoom] on the roomiest of its disks; where there is none, it
    ///         gets nothing, leadership included, and may give; [Long#MAX_VALUE] when that is not known
    public record Broker(int id, @Nullable String rack, Role role, long usableBytes) {}

    /// One partition.
    ///
    /// @param replicas the preferred leader first; of a partition that is moving those that it is to have
    /// @param bytes of each copy
    /// @param isMoving it is left alone then
    public record Partition(PartitionName name, List<Integer> replicas, long bytes, boolean isMoving) {
        public Partition {
            replicas = List.copyOf(replicas);
            Invariant.check(new HashSet<>(replicas).size() == replicas.size(), "no broker holds a partition twice");
        }
    }
}
