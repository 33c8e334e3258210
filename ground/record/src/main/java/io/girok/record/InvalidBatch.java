package io.girok.record;

/// Thrown where bytes turn out not to be a valid record batch. Immutable.
///
/// Carries no stack trace: the bytes are at fault, not the code, and anybody may send as many of them as they like.
public final class InvalidBatch extends RuntimeException {
    /// [#recordIndex] when the batch as a whole is at fault.
    public static final int NO_RECORD = -1;

    private final InvalidReason reason;
    private final String message;
    private final int recordIndex;

    public InvalidBatch(InvalidReason reason, String message) {
        this(reason, message, NO_RECORD);
    }

    public InvalidBatch(InvalidReason reason, String message, int recordIndex) {
        super(message, null, false, false);
        this.reason = reason;
        this.message = message;
        this.recordIndex = recordIndex;
    }

    @Override
    public String getMessage() {
        return message;
    }

    public InvalidReason reason() {
        return reason;
    }

    /// The record at fault, counted from 0 in its batch, or [#NO_RECORD].
    public int recordIndex() {
        return recordIndex;
    }
}
