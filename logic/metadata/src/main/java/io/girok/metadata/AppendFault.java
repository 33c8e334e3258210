package io.girok.metadata;

/// What an [InMemoryQuorum] can be told to do to the next append that reaches it.
public enum AppendFault {
    /// The batch is committed, but its writer is told [MetadataLog.AppendOutcome.Unknown].
    UNKNOWN_BUT_WRITTEN,
    /// The batch is lost, and its writer is told [MetadataLog.AppendOutcome.Unknown].
    UNKNOWN_AND_LOST,
    /// The batch is turned down as [MetadataLog.Reason#UNAVAILABLE].
    UNAVAILABLE,
    /// An election comes first, so that the batch is fenced.
    LEADERSHIP_LOST
}
