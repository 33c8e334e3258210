package io.girok.replication;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What became of a leader's append. Immutable.
public sealed interface AppendOutcome {
    /// In this leader's log, now or since an earlier attempt of the same producer; not necessarily committed.
    ///
    /// @param lastOffset the last record's, or the base offset of a duplicate whose batch is no longer known whole
    /// @param logAppendTimeMs -1 where the producer's timestamps count
    record Written(long baseOffset, long lastOffset, long logAppendTimeMs, long logStartOffset)
            implements
                AppendOutcome {
        public long endOffset() {
            return lastOffset + 1;
        }
    }

    /// Not in the log.
    ///
    /// @param message for the client; null where the code says it all
    /// @param recordErrors the records at fault, where it is not the batch as a whole
    record Refused(Errors error, @Nullable String message, List<RecordFault> recordErrors) implements AppendOutcome {
        static Refused of(Errors error) {
            return new Refused(error, null, List.of());
        }
    }

    /// A record that was refused.
    ///
    /// @param index of the record in its batch, from 0
    record RecordFault(int index, String message) {}
}
