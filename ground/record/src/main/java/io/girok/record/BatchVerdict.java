package io.girok.record;

import java.util.List;

/// What came of validating a batch. Immutable.
public sealed interface BatchVerdict {
    /// The batch may be appended.
    ///
    /// @param batch what to append: the batch that was given, patched where the topic wanted it, or a repacked one in
    /// memory of its own
    /// @param maxTimestamp the largest of the records' times, -1 if none has one
    record Accepted(RecordBatch batch, long maxTimestamp) implements BatchVerdict {}

    /// The batch must not be appended; it was not changed.
    ///
    /// @param records the records at fault, where it is not the batch as a whole
    record Refused(InvalidReason reason, String message, List<RecordFault> records) implements BatchVerdict {}

    /// @param index the record's place in its batch, from 0
    record RecordFault(int index, String message) {}
}
