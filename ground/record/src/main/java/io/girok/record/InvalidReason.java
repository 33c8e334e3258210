package io.girok.record;

/// Why bytes are not an acceptable record batch; each names the Kafka error a producer gets for it. Immutable.
public enum InvalidReason {
    /// The bytes are not what the sender wrote: size or CRC do not fit (`CORRUPT_MESSAGE`).
    CORRUPT,
    /// A message set of format v0 or v1 (`UNSUPPORTED_FOR_MESSAGE_FORMAT`, or `INVALID_RECORD` in a produce request).
    OLD_FORMAT,
    /// A format that nobody knows yet (`INVALID_RECORD`).
    UNKNOWN_FORMAT,
    /// The batch, or what it decompresses to, is over its limit (`MESSAGE_TOO_LARGE`).
    TOO_LARGE,
    /// The batch is as its sender wrote it and still makes no sense, or is not for a client to write
    /// (`INVALID_RECORD`).
    INVALID_RECORD,
    /// A record's time is outside what the topic takes (`INVALID_TIMESTAMP`).
    INVALID_TIMESTAMP,
    /// A compression id that nobody knows (`UNSUPPORTED_COMPRESSION_TYPE`).
    UNKNOWN_COMPRESSION
}
