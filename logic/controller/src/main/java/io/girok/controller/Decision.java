package io.girok.controller;

import io.girok.metadata.MetadataRecord;
import java.util.List;

/// What a command leads to. The answer holds once the records are committed, all of them or none. Immutable.
///
/// @param isDone false: what the command sets off did not fit into one batch; [RepairPartitions] goes on with it
public record Decision<A>(List<MetadataRecord> records, A answer, boolean isDone) {
    public Decision {
        records = List.copyOf(records);
    }

    /// One with nothing left to do.
    public Decision(List<MetadataRecord> records, A answer) {
        this(records, answer, true);
    }
}
