package io.girok.replication;

/// How far a reader may see. Immutable.
public enum Isolation {
    /// Up to the high watermark.
    READ_UNCOMMITTED,
    /// Up to the last stable offset: no record of an open transaction.
    READ_COMMITTED,
    /// Up to the end of the log: for followers, who make it committed.
    LOG_END;

    private static final byte READ_COMMITTED_ID = 1;

    /// By its number in requests of consumers; what is not 1 reads uncommitted, as the protocol has it.
    public static Isolation ofId(byte id) {
        return id == READ_COMMITTED_ID ? READ_COMMITTED : READ_UNCOMMITTED;
    }
}
