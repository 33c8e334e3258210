package io.girok.log;

import io.girok.record.BatchVerdict;
import java.util.List;

/// How an append ended. Immutable.
public sealed interface AppendResult {
    /// Written.
    ///
    /// @param maxTimestamp the largest timestamp of the records, -1 for none
    /// @param logAppendTimeMs the time given to every record by the broker's clock, -1 where the producer's counts
    /// @param sizeInBytes as stored
    record Appended(long baseOffset, long lastOffset, long maxTimestamp, long logAppendTimeMs, int sizeInBytes)
            implements
                AppendResult {}

    /// The producer sent this batch before and it is in the log.
    record Duplicate(long baseOffset, long lastOffset, long timestamp) implements AppendResult {}

    /// Nothing was written.
    ///
    /// @param records those at fault, where it is not the batch as a whole
    record Rejected(RejectReason reason, String message, List<BatchVerdict.RecordFault> records)
            implements
                AppendResult {}
}
