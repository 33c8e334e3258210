package io.girok.metadata;

import io.girok.base.Invariant;
import io.girok.metadata.MetadataLog.AppendOutcome;
import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.MetadataLog.AppendOutcome.NotWritten;
import io.girok.metadata.MetadataLog.Reason;
import java.util.List;
import java.util.Optional;

/// Which batches the metadata log takes, the same for every engine: those of the current epoch that begin at the next
/// offset. Pure.
///
/// An engine asks where its log is ordered, never before: on Ratis when the entry is applied, on every replica, where
/// the current epoch is the entry's term. A batch that is turned down leaves no trace.
public final class AcceptRule {
    private AcceptRule() {}

    /// What becomes of a batch of `recordCount` records when the log is in `currentEpoch` and goes on at `nextOffset`.
    public static AppendOutcome judge(
            long currentEpoch, long nextOffset, long epoch, long baseOffset, int recordCount) {
        if (epoch != currentEpoch) {
            return new NotWritten(Reason.FENCED, "the epoch is " + currentEpoch + ", the writer's is " + epoch);
        }
        if (baseOffset != nextOffset) {
            return new NotWritten(Reason.OFFSET_MISMATCH,
                    "the next offset is " + nextOffset + ", the batch begins at " + baseOffset);
        }
        return new Appended(baseOffset, baseOffset + recordCount - 1);
    }

    /// Says no to a batch that is too large for any log; asked before the batch goes anywhere.
    public static Optional<NotWritten> checkSize(List<byte[]> records) {
        Invariant.check(!records.isEmpty(), "a batch of metadata has at least one record");
        long bytes = 0;
        for (byte[] bytesOfOne : records) {
            bytes += bytesOfOne.length;
        }
        if (MetadataLog.MAX_BATCH_BYTES < bytes) {
            return Optional.of(new NotWritten(Reason.TOO_LARGE,
                    "the batch has " + bytes + " bytes, at most " + MetadataLog.MAX_BATCH_BYTES + " are allowed"));
        }
        return Optional.empty();
    }
}
