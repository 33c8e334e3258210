package io.girok.controller;

import io.girok.metadata.MetadataRecord;
import java.util.List;

/// What a command leads to. The answer holds once the records are committed, all of them or none. Immutable.
public record Decision<A>(List<MetadataRecord> records, A answer) {
    public Decision {
        records = List.copyOf(records);
    }
}
