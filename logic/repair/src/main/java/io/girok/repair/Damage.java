package io.girok.repair;

import java.nio.file.Path;

/// Something that is not as it was written. Immutable.
///
/// @param position in the file, -1 for all of it
public record Damage(Kind kind, Path file, long position, String what) {
    /// What is at fault, which decides what can be done.
    public enum Kind {
        /// Batches of a segment: what is before the first one at fault can be kept.
        BATCHES,
        /// Records in a batch that is as it was written: its producer wrote them so, and nothing is repaired.
        RECORDS,
        /// An index, which can be rebuilt from the batches.
        INDEX,
        /// A snapshot of the producers' states, which is older knowledge of what the batches say.
        SNAPSHOT,
        /// The epochs, which can be rebuilt from the batches.
        EPOCHS,
        /// The partition's topic id, which the cluster's metadata know.
        PARTITION_METADATA,
        /// What the journal had of a log that was offline, which is nowhere else: without the file the log goes on, and
        /// lacks its last records.
        JOURNAL_COPY,
        /// A checkpoint of the log directory, or what it says of a partition.
        CHECKPOINT
    }

    static final long WHOLE_FILE = -1;

    static Damage of(Kind kind, Path file, String what) {
        return new Damage(kind, file, WHOLE_FILE, what);
    }
}
