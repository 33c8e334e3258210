package io.girok.controller;

import io.girok.base.PartitionName;
import io.girok.metadata.PartitionImage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Moves partitions to other brokers, or calls that off (KIP-455); the answers are what the partitions are then, in the
/// order asked.
///
/// @param allowsReplicationFactorChange whether a partition may get more or fewer replicas than it has
public record AlterReassignments(List<Reassignment> reassignments, boolean allowsReplicationFactorChange)
        implements
            Command<Map<PartitionName, Result<PartitionImage>>> {
    public AlterReassignments {
        reassignments = List.copyOf(reassignments);
    }

    /// @param target the replicas to be, the preferred leader first, in place of a target that was given before; null:
    ///         back to those of before the reassignment
    public record Reassignment(PartitionName partition, @Nullable List<Integer> target) {
        public Reassignment {
            target = target == null ? null : List.copyOf(target);
        }
    }
}
