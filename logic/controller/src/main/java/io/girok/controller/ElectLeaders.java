package io.girok.controller;

import io.girok.base.PartitionName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Gives partitions another leader now; the answers are the leaders, by partition, in the order asked.
///
/// @param partitions null: all that need it
public record ElectLeaders(Kind kind, @Nullable List<PartitionName> partitions)
        implements
            Command<Map<PartitionName, Result<Integer>>> {
    /// Who is to lead.
    public enum Kind {
        /// The first of the replicas, if it is in sync.
        PREFERRED,
        /// Where nobody leads, the first replica that is alive: what it lacks is lost.
        UNCLEAN
    }

    public ElectLeaders {
        partitions = partitions == null ? null : List.copyOf(partitions);
    }
}
